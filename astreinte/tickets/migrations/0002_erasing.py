"""What is frozen from now on commits to words with a salt; words may be erased, once. What was frozen before stays as it is (decision 0030)."""

from django.db import migrations, models

from astreinte.core.frozen import freeze, thaw


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_tables")]

    operations = [
        thaw(freeze("tickets", "evidence")),
        migrations.AddField("evidence", "salted", models.BooleanField(default=False)),
        migrations.AddField("evidence", "salt", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("evidence", "erased_at", models.DateTimeField(null=True)),
        freeze("tickets", "evidence", emptied=["text", "body", "salt"]),
        thaw(freeze("tickets", "message")),
        migrations.AddField("message", "erased_at", models.DateTimeField(null=True)),
        freeze("tickets", "message", emptied=["body"]),
    ]
