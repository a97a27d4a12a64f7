from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_tables")]

    operations = [
        migrations.AddField("alertsource", "younger_than_s", models.PositiveIntegerField(null=True)),
        migrations.AddField("alertsource", "pattern", models.CharField(max_length=200, blank=True, default=""), False),
        migrations.AddField("alertsource", "newest_at", models.DateTimeField(null=True)),
        migrations.AddField("alertsource", "saw", models.CharField(max_length=200, blank=True, default=""), False),
    ]
