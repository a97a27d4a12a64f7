"""Consent and evidence are never changed or deleted."""

from django.db import migrations

from astreinte.core.frozen import freeze


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_first")]
    operations = [freeze("tickets", "consent"), freeze("tickets", "evidence"), freeze("tickets", "message")]
