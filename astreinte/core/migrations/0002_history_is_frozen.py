"""History is append-only: the database refuses to change or delete a line; its seal is added once."""

from django.db import migrations

from astreinte.core.frozen import freeze


class Migration(migrations.Migration):
    dependencies = [("core", "0001_first")]
    operations = [freeze("core", "timelineentry", once=["seal"]), freeze("core", "seal")]
