"""An issued invoice is never changed or deleted (CGI, art. 289); its rendering is attached once."""

from django.db import migrations

from astreinte.core.frozen import freeze


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_first")]
    operations = [
        freeze(
            "billing", "invoice", once=["pdf", "pdf_sha256", "xml", "paid_at"], free=["state"],
            when="OLD.state <> 'draft'",
        ),
    ]
