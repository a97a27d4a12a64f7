"""The tables of `customers`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('customers', '0001_first'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Customer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ref', models.SlugField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=200)),
                    ('kind', models.CharField(choices=[('business', 'Business'), ('consumer', 'Consumer'), ('public', 'Public body')], max_length=10)),
                    ('language', models.CharField(default='fr', max_length=5)),
                    ('street', models.CharField(max_length=200)),
                    ('postcode', models.CharField(max_length=20)),
                    ('city', models.CharField(max_length=100)),
                    ('country', models.CharField(max_length=2)),
                    ('siren', models.CharField(blank=True, max_length=9)),
                    ('siret', models.CharField(blank=True, max_length=14)),
                    ('vat_number', models.CharField(blank=True, max_length=20)),
                    ('escalation', models.CharField(default='default', max_length=60)),
                    ('is_active', models.BooleanField(default=True)),
                ],
            ),
            migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.SlugField(max_length=60, unique=True)),
                    ('urgent', models.BooleanField()),
                    ('gti_s', models.PositiveIntegerField()),
                    ('gtr_s', models.PositiveIntegerField()),
                    ('availability', models.CharField(max_length=10)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('gti_s__lte', models.F('gtr_s'))), name='we_intervene_before_we_restore')],
                },
            ),
            migrations.CreateModel(
                name='Server',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=253, unique=True)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='servers', to='customers.customer')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.plan')),
                    ('addresses', models.JSONField(default=list)),
                    ('is_active', models.BooleanField(default=True)),
                ],
            ),
            migrations.CreateModel(
                name='ManagedService',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='services', to='customers.server')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('type', models.CharField(max_length=40)),
                    ('parameters', models.JSONField(default=dict)),
                ],
                options={
                    'ordering': ['position'],
                },
            ),
            migrations.CreateModel(
                name='Member',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='customers.customer')),
                    ('is_owner', models.BooleanField(default=False)),
                    ('is_billing', models.BooleanField(default=False)),
                    ('may_open_urgent', models.BooleanField(default=False)),
                    ('monthly_cap_cents', models.PositiveIntegerField(null=True)),
                    ('technical_everywhere', models.BooleanField(default=False)),
                    ('technical_on', models.ManyToManyField(related_name='+', to='customers.server')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'customer'), name='a_person_is_one_member_of_a_customer')],
                },
            ),
        ]),
    ]
