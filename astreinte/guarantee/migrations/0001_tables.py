"""The tables of `guarantee`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('guarantee', '0001_first'),
        ('guarantee', '0002_words_of_a_policy'),
    ]

    dependencies = [
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='DeskPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_date', models.DateField(unique=True)),
                    ('covered', models.JSONField(default=list)),
                    ('excluded', models.JSONField(default=list)),
                    ('text', models.JSONField(default=dict)),
                    ('sha256', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['from_date'],
                },
            ),
        ]),
    ]
