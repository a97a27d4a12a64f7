"""The tables of `monitoring`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import astreinte.core.fields
import django.db.models.deletion
import django.db.models.manager
import uuid
from django.conf import settings
from django.db import migrations, models

from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('monitoring', '0001_first'),
        ('monitoring', '0002_checks'),
        ('monitoring', '0003_history'),
        ('monitoring', '0004_alerts'),
        ('monitoring', '0005_public_words'),
        ('monitoring', '0006_suspected_incidents'),
        ('monitoring', '0007_words_and_maintenance'),
        ('monitoring', '0008_server_facts'),
        ('monitoring', '0009_status_subscribers'),
        ('monitoring', '0010_sites_vantage_points'),
        ('monitoring', '0011_look_ups_and_inquiries'),
        ('monitoring', '0012_readings'),
    ]

    dependencies = [
        ('customers', '0001_tables'),
        ('paging', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Check',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='customers.server')),
                    ('service', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.managedservice')),
                    ('kind', models.CharField(max_length=40)),
                    ('where', models.CharField(max_length=300)),
                    ('interval_s', models.PositiveIntegerField()),
                    ('down_after', models.PositiveSmallIntegerField()),
                    ('up_after', models.PositiveSmallIntegerField()),
                    ('state', models.CharField(choices=[('unknown', 'not known yet'), ('up', 'in order'), ('down', 'down')], default='unknown', max_length=10)),
                    ('since', models.DateTimeField(null=True)),
                    ('against', models.PositiveIntegerField(default=0)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('looked_at', models.DateTimeField(null=True)),
                    ('took_ms', models.PositiveIntegerField(null=True)),
                    ('saw', models.CharField(blank=True, max_length=200)),
                    ('error', models.CharField(blank=True, max_length=20)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='checks_due')],
                },
            ),
            migrations.CreateModel(
                name='Rollup',
                fields=[
                    ('pk', models.CompositePrimaryKey('of_check', 'span_s', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('of_check', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.check')),
                    ('span_s', models.PositiveIntegerField()),
                    ('start', astreinte.core.fields.SecondField()),
                    ('looks', models.PositiveIntegerField()),
                    ('failures', models.PositiveIntegerField()),
                    ('ms_total', models.PositiveIntegerField()),
                    ('ms_max', models.PositiveIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='ServerFact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.server')),
                    ('kind', models.CharField(max_length=40)),
                    ('subject', models.CharField(blank=True, max_length=300)),
                    ('value', models.JSONField()),
                    ('source', models.CharField(max_length=20)),
                    ('detail', models.TextField(blank=True)),
                    ('observed_at', models.DateTimeField()),
                    ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('said_at', models.DateTimeField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('server', 'kind', 'subject', 'source'), name='one_word_on_each_thing')],
                },
            ),
            migrations.CreateModel(
                name='Reading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('server', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.server')),
                    ('due_at', models.DateTimeField(null=True)),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('read_at', models.DateTimeField(null=True)),
                    ('facts', models.JSONField(default=list)),
                    ('trouble', models.CharField(blank=True, max_length=20)),
                    ('unanswered', models.JSONField(default=dict)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='readings_due')],
                },
            ),
            migrations.CreateModel(
                name='Incident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('state', models.CharField(choices=[('suspected', 'suspected'), ('open', 'in progress'), ('resolved', 'resolved')], default='open', max_length=10)),
                    ('title', models.CharField(max_length=300)),
                    ('clause', models.SlugField(blank=True, max_length=60)),
                    ('of_check', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.check')),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='monitoring.incident')),
                    ('page', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='paging.page')),
                    ('times', models.PositiveIntegerField(default=1)),
                    ('opened_at', models.DateTimeField()),
                    ('started_at', models.DateTimeField(null=True)),
                    ('resolved_at', models.DateTimeField(null=True)),
                    ('next_update_at', models.DateTimeField(null=True)),
                    ('reminded_at', models.DateTimeField(null=True)),
                    ('servers', models.ManyToManyField(related_name='+', to='customers.server')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('next_update_at__isnull', False), ('reminded_at__isnull', True), ('state', 'open')), fields=['next_update_at'], name='promises_to_keep')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('of_check',), name='one_open_incident_per_check'), models.UniqueConstraint(condition=models.Q(('state', 'suspected')), fields=('state',), name='one_suspicion_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='PublicMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='monitoring.incident')),
                    ('stage', models.CharField(choices=[('investigating', 'we are looking for the cause'), ('identified', 'we know the cause'), ('monitoring', 'mended, we keep an eye on it'), ('resolved', 'it is over')], max_length=20)),
                    ('texts', models.JSONField()),
                    ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('next_update_at', models.DateTimeField(null=True)),
                    ('said_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Follower',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='monitoring.incident')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('since', models.DateTimeField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('incident', 'user'), name='one_follows_an_incident_once')],
                },
            ),
            migrations.CreateModel(
                name='Maintenance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('state', models.CharField(choices=[('planned', 'planned'), ('cancelled', 'cancelled')], default='planned', max_length=10)),
                    ('title', models.CharField(max_length=300)),
                    ('start', models.DateTimeField()),
                    ('end', models.DateTimeField()),
                    ('from_file', models.BooleanField(default=False)),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('reason', models.TextField(blank=True)),
                    ('planned_at', models.DateTimeField(null=True)),
                    ('reminded_at', models.DateTimeField(null=True)),
                    ('servers', models.ManyToManyField(related_name='+', to='customers.server')),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['end'], name='maintenance_by_end')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='a_maintenance_lasts')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='LookUp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.server')),
                    ('kind', models.CharField(max_length=10)),
                    ('name', models.CharField(max_length=253)),
                    ('wanted_at', models.DateTimeField(null=True)),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('tried_at', models.DateTimeField(null=True)),
                    ('looked_at', models.DateTimeField(null=True)),
                    ('found', models.JSONField(default=dict)),
                    ('error', models.CharField(blank=True, max_length=20)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('wanted_at__isnull', False)), fields=['wanted_at'], name='look_ups_wanted')],
                    'constraints': [models.UniqueConstraint(fields=('server', 'kind', 'name'), name='a_name_is_looked_up_once')],
                },
            ),
            migrations.CreateModel(
                name='Inquiry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.server')),
                    ('name', models.CharField(max_length=253)),
                    ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('address', models.GenericIPAddressField(null=True)),
                    ('place', models.CharField(blank=True, db_index=True, max_length=64)),
                    ('asked_at', models.DateTimeField(db_index=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('verdict', models.CharField(blank=True, max_length=20)),
                    ('found', models.JSONField(default=list)),
                    ('shared_sha256', models.CharField(blank=True, max_length=64)),
                    ('shared_until', models.DateTimeField(null=True)),
                    ('lift_asked_at', models.DateTimeField(null=True)),
                    ('lifted_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('shared_sha256', ''), _negated=True), fields=('shared_sha256',), name='one_result_per_link')],
                },
            ),
            migrations.CreateModel(
                name='AlertSource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, unique=True)),
                    ('kind', models.CharField(choices=[('alertmanager', 'Alertmanager'), ('alerts', 'other monitoring'), ('heartbeat', 'heartbeat'), ('site', 'vantage point')], max_length=20)),
                    ('key_sha256', models.CharField(max_length=64)),
                    ('server', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.server')),
                    ('every_s', models.PositiveIntegerField(null=True)),
                    ('cron', models.TextField(blank=True)),
                    ('grace_s', models.PositiveIntegerField(default=0)),
                    ('proves', models.CharField(blank=True, max_length=20)),
                    ('since', models.DateTimeField()),
                    ('heard_at', models.DateTimeField(null=True)),
                    ('began_at', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('matched_at', models.DateTimeField(null=True)),
                    ('window_at', models.DateTimeField(null=True)),
                    ('window_count', models.PositiveIntegerField(default=0)),
                    ('refused_at', models.DateTimeField(null=True)),
                    ('is_active', models.BooleanField(default=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('key_sha256',), name='one_source_per_key')],
                },
            ),
            migrations.CreateModel(
                name='Alert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='monitoring.alertsource')),
                    ('fingerprint', models.CharField(max_length=200)),
                    ('name', models.CharField(max_length=200)),
                    ('title', models.CharField(max_length=300)),
                    ('labels', models.JSONField(default=dict)),
                    ('server', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.server')),
                    ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='monitoring.incident')),
                    ('firing', models.BooleanField(default=True)),
                    ('times', models.PositiveIntegerField(default=1)),
                    ('first_at', models.DateTimeField()),
                    ('last_at', models.DateTimeField()),
                    ('resolved_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['source', 'fingerprint'], name='alerts_by_fingerprint')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('firing', True)), fields=('source', 'fingerprint'), name='one_firing_alert_per_fingerprint')],
                },
            ),
            migrations.CreateModel(
                name='Site',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, unique=True)),
                    ('source', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='site', to='monitoring.alertsource')),
                    ('blind_at', models.DateTimeField(null=True)),
                    ('last_number', models.BigIntegerField(default=0)),
                    ('checks', models.PositiveIntegerField(default=0)),
                    ('kept', models.PositiveIntegerField(default=0)),
                    ('dropped', models.PositiveIntegerField(default=0)),
                    ('off_ms', models.IntegerField(default=0)),
                    ('servers', models.ManyToManyField(related_name='+', to='customers.server')),
                ],
            ),
            migrations.CreateModel(
                name='Result',
                fields=[
                    ('pk', models.CompositePrimaryKey('of_check', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('of_check', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.check')),
                    ('at', astreinte.core.fields.MillisecondField()),
                    ('up', models.BooleanField()),
                    ('took_ms', models.PositiveIntegerField()),
                    ('saw', models.CharField(blank=True, max_length=200)),
                    ('error', models.CharField(blank=True, max_length=20)),
                    ('site', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.site')),
                ],
            ),
            migrations.CreateModel(
                name='Sight',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('of_check', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sights', to='monitoring.check')),
                    ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.site')),
                    ('believed', models.CharField(choices=[('unknown', 'not known yet'), ('up', 'in order'), ('down', 'down')], default='unknown', max_length=10)),
                    ('since', models.DateTimeField(null=True)),
                    ('against', models.PositiveIntegerField(default=0)),
                    ('looked_at', models.DateTimeField(null=True)),
                    ('took_ms', models.PositiveIntegerField(null=True)),
                    ('saw', models.CharField(blank=True, max_length=200)),
                    ('error', models.CharField(blank=True, max_length=20)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('of_check', 'site'), name='a_site_sees_a_check_once')],
                },
            ),
            migrations.CreateModel(
                name='Subscriber',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('email', 'e-mail'), ('webhook', 'webhook')], max_length=10)),
                    ('address', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('language', models.CharField(max_length=5)),
                    ('components', models.JSONField(default=list)),
                    ('asked_at', models.DateTimeField()),
                    ('confirmed_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False)), fields=('digest',), name='one_subscriber_per_address'), models.UniqueConstraint(condition=models.Q(('confirmed_at', None)), fields=('digest',), name='one_question_per_address')],
                },
            ),
            migrations.CreateModel(
                name='SubscriptionRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address_key', models.CharField(max_length=64)),
                    ('source_key', models.CharField(max_length=64)),
                    ('written', models.BooleanField()),
                    ('at', models.DateTimeField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name='Announcement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=100, unique=True)),
                    ('at', models.DateTimeField()),
                ],
            ),
        ]),
    ]
