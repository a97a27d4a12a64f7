"""The tables of `paging`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('paging', '0001_first'),
        ('paging', '0002_rehearsals'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='EscalationPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.SlugField(max_length=60, unique=True)),
                    ('repeat_every_s', models.PositiveIntegerField()),
                    ('last_resort', models.JSONField(default=list)),
                ],
            ),
            migrations.CreateModel(
                name='Step',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='paging.escalationpolicy')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('after_s', models.PositiveIntegerField()),
                    ('notify', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('policy', 'position'), name='a_step_has_its_place')],
                },
            ),
            migrations.CreateModel(
                name='Page',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('state', models.CharField(choices=[('triggered', 'ringing'), ('acknowledged', 'taken in charge'), ('closed', 'closed')], default='triggered', max_length=12)),
                    ('title', models.CharField(max_length=300)),
                    ('facts', models.JSONField(default=dict)),
                    ('plan', models.JSONField()),
                    ('rehearsal', models.BooleanField(default=False)),
                    ('opened_at', models.DateTimeField()),
                    ('round', models.PositiveIntegerField(default=0)),
                    ('step', models.IntegerField(default=-1)),
                    ('reached', models.BooleanField(default=False)),
                    ('escalates_at', models.DateTimeField(null=True)),
                    ('acknowledged_at', models.DateTimeField(null=True)),
                    ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('acknowledged_via', models.CharField(blank=True, max_length=20)),
                    ('eta_at', models.DateTimeField(null=True)),
                    ('first_sent_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'triggered')), fields=['escalates_at'], name='pages_to_escalate'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['opened_at'], name='pages_open')],
                },
            ),
        ]),
    ]
