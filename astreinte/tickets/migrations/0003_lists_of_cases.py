"""Lists of cases are read page by page on an index, whatever their number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_proofs_are_frozen")]
    operations = [
        migrations.AddIndex(
            model_name="ticket", index=models.Index(fields=["state", "-id"], name="tickets_in_state")
        ),
        migrations.AddIndex(model_name="ticket", index=models.Index(fields=["mode", "-id"], name="tickets_in_mode")),
        migrations.AddIndex(
            model_name="ticket", index=models.Index(fields=["handled_by", "-id"], name="tickets_of_engineer")
        ),
    ]
