"""The tables of `accounts`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('accounts', '0001_first'),
        ('accounts', '0002_provider_settings'),
    ]

    dependencies = [
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='E-mail')),
                    ('name', models.CharField(max_length=200, verbose_name='Name')),
                    ('language', models.CharField(default='fr', max_length=5, verbose_name='Language')),
                    ('is_active', models.BooleanField(default=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='an_email_is_lower_case')],
                },
            ),
            migrations.CreateModel(
                name='Role',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('engineer', 'Engineer'), ('manager', 'Support manager'), ('billing', 'Billing clerk'), ('admin', 'Administrator')], max_length=10)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'role'), name='a_role_is_held_once')],
                },
            ),
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(max_length=100)),
                    ('prefix', models.CharField(max_length=12)),
                    ('sha256', models.CharField(max_length=64, unique=True)),
                    ('scopes', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='RememberedAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('key', models.CharField(max_length=255)),
                    ('asked_sha256', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField()),
                    ('answer', models.TextField()),
                    ('at', models.DateTimeField(db_index=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='a_key_is_answered_once')],
                },
            ),
            migrations.CreateModel(
                name='Provider',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('legal_name', models.CharField(max_length=200)),
                    ('street', models.CharField(max_length=200)),
                    ('postcode', models.CharField(max_length=20)),
                    ('city', models.CharField(max_length=100)),
                    ('country', models.CharField(max_length=2)),
                    ('siren', models.CharField(blank=True, max_length=9)),
                    ('siret', models.CharField(blank=True, max_length=14)),
                    ('vat_number', models.CharField(blank=True, max_length=20)),
                    ('franchise', models.BooleanField(default=False)),
                    ('legal_form', models.CharField(blank=True, max_length=200)),
                    ('register', models.CharField(blank=True, max_length=200)),
                    ('iban', models.CharField(blank=True, max_length=34)),
                    ('time_zone', models.CharField(default='Europe/Paris', max_length=60)),
                    ('languages', models.JSONField(default=list)),
                    ('email', models.EmailField(max_length=254)),
                    ('billing_review_s', models.PositiveIntegerField(default=0)),
                    ('billing_schedule', models.CharField(default='immediate', max_length=10)),
                    ('vies', models.BooleanField(default=False)),
                    ('settings', models.JSONField(default=dict)),
                    ('demonstration', models.BooleanField(default=False)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_provider')],
                },
            ),
        ]),
    ]
