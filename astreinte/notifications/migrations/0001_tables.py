"""The tables of `notifications`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('notifications', '0001_first'),
        ('notifications', '0002_due_by_channel'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='ContactMethod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('after_s', models.PositiveIntegerField()),
                    ('kind', models.CharField(choices=[('sms', 'SMS'), ('voice', 'call'), ('email', 'e-mail'), ('webhook', 'webhook'), ('apprise', 'chat or push')], max_length=10)),
                    ('address', models.TextField()),
                    ('refused_at', models.DateTimeField(null=True)),
                    ('refused_because', models.CharField(blank=True, max_length=300)),
                ],
                options={
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'position'), name='a_person_has_ordered_contacts')],
                },
            ),
            migrations.CreateModel(
                name='Transport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('sms', 'SMS'), ('voice', 'call'), ('email', 'e-mail'), ('webhook', 'webhook'), ('apprise', 'chat or push')], max_length=10)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('sealed', models.TextField()),
                ],
                options={
                    'ordering': ['kind', 'position'],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'position'), name='transports_are_ordered')],
                },
            ),
            migrations.CreateModel(
                name='Notification',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('once', models.CharField(max_length=200, unique=True)),
                    ('about', models.CharField(max_length=80)),
                    ('kind', models.CharField(max_length=40)),
                    ('context', models.JSONField(default=dict)),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(max_length=200)),
                    ('language', models.CharField(max_length=5)),
                    ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'call'), ('email', 'e-mail'), ('webhook', 'webhook'), ('apprise', 'chat or push')], max_length=10)),
                    ('address', models.TextField()),
                    ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notifications.contactmethod')),
                    ('priority', models.PositiveSmallIntegerField(default=5)),
                    ('state', models.CharField(choices=[('queued', 'waiting'), ('sending', 'being sent'), ('accepted', 'sent'), ('delivered', 'delivered'), ('failed', 'failed'), ('withdrawn', 'withdrawn')], default='queued', max_length=10)),
                    ('created_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField()),
                    ('attempt', models.PositiveSmallIntegerField(default=0)),
                    ('copies', models.PositiveSmallIntegerField(default=1)),
                    ('claimed_until', models.DateTimeField(null=True)),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('provider_ref', models.CharField(blank=True, max_length=100)),
                    ('will_confirm', models.BooleanField(default=False)),
                    ('accepted_at', models.DateTimeField(null=True)),
                    ('delivered_at', models.DateTimeField(null=True)),
                    ('hastened_at', models.DateTimeField(null=True)),
                    ('error', models.CharField(blank=True, max_length=500)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['channel', 'priority', 'due_at'], name='outbox_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_until'], name='outbox_claimed'), models.Index(condition=models.Q(('hastened_at__isnull', True), ('state', 'accepted'), ('will_confirm', True)), fields=['accepted_at'], name='outbox_silent'), models.Index(fields=['about', 'id'], name='outbox_about'), models.Index(condition=models.Q(('provider_ref', ''), _negated=True), fields=['provider_ref'], name='outbox_ref')],
                },
            ),
        ]),
    ]
