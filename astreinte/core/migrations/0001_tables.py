"""The tables of `core`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

from django.db import migrations, models

from astreinte.core.frozen import freeze
from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('core', '0001_first'),
        ('core', '0002_history_is_frozen'),
        ('core', '0003_configuration_stamp'),
    ]

    dependencies = [
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('lines', models.PositiveIntegerField()),
                    ('previous_sha256', models.CharField(max_length=64)),
                    ('sha256', models.CharField(max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='TimelineEntry',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('story', models.CharField(max_length=80)),
                    ('subject', models.CharField(max_length=80)),
                    ('kind', models.CharField(max_length=60)),
                    ('at', models.DateTimeField()),
                    ('by_kind', models.CharField(max_length=10)),
                    ('by_id', models.BigIntegerField(null=True)),
                    ('by_name', models.CharField(max_length=200)),
                    ('data', models.JSONField(default=dict)),
                    ('sha256', models.CharField(max_length=64)),
                    ('seal', models.PositiveBigIntegerField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['story', 'id'], name='timeline_story'), models.Index(condition=models.Q(('seal__isnull', True)), fields=['id'], name='timeline_unsealed'), models.Index(fields=['seal', 'id'], name='timeline_seal')],
                },
            ),
            migrations.CreateModel(
                name='ConfigurationStamp',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('stamp', models.CharField(max_length=32)),
                ],
            ),
            migrations.CreateModel(
                name='Heartbeat',
                fields=[
                    ('worker', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('detail', models.JSONField(default=dict)),
                ],
            ),
        ]),
        freeze("core", "timelineentry", once=["seal"]),
        freeze("core", "seal"),
    ]
