"""The paper of an acceptance is never changed or deleted."""

from django.db import migrations

from astreinte.core.frozen import freeze


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_receipts_of_acceptances")]
    operations = [freeze("tickets", "receipt")]
