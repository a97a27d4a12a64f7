"""The tables of `oncall`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('oncall', '0001_first'),
        ('oncall', '0002_replacements_of_the_file'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Rota',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.SlugField(max_length=60, unique=True)),
                    ('time_zone', models.CharField(max_length=60)),
                ],
            ),
            migrations.CreateModel(
                name='Rotation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rota', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rotations', to='oncall.rota')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('every_count', models.PositiveSmallIntegerField()),
                    ('every_unit', models.CharField(choices=[('hours', 'hours'), ('days', 'days'), ('weeks', 'weeks')], max_length=5)),
                    ('handoff_weekday', models.PositiveSmallIntegerField(null=True)),
                    ('handoff_time', models.TimeField()),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField(null=True)),
                ],
                options={
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('rota', 'position'), name='a_layer_has_one_rotation')],
                },
            ),
            migrations.CreateModel(
                name='RotationPerson',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rotation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='oncall.rotation')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['position'],
                },
            ),
            migrations.CreateModel(
                name='Override',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rota', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='oncall.rota')),
                    ('layer', models.PositiveSmallIntegerField(null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('start', models.DateTimeField()),
                    ('end', models.DateTimeField()),
                    ('from_file', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='an_override_lasts')],
                },
            ),
        ]),
    ]
