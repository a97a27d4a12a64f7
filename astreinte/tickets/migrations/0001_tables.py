"""The tables of `tickets`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from astreinte.core.frozen import freeze
from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('tickets', '0001_first'),
        ('tickets', '0002_proofs_are_frozen'),
        ('tickets', '0003_lists_of_cases'),
        ('tickets', '0004_receipts_of_acceptances'),
        ('tickets', '0005_receipts_are_frozen'),
        ('tickets', '0006_consents_of_today'),
        ('tickets', '0007_diagnoses'),
        ('tickets', '0008_proposed_verdicts'),
        ('tickets', '0009_evidence_packs'),
        ('tickets', '0010_reviews_and_forecasts'),
        ('tickets', '0011_rehearsals'),
    ]

    dependencies = [
        ('billing', '0001_tables'),
        ('customers', '0001_tables'),
        ('guarantee', '0001_tables'),
        ('monitoring', '0001_tables'),
        ('paging', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('by_name', models.CharField(max_length=200)),
                    ('right', models.CharField(max_length=20)),
                    ('customer_name', models.CharField(max_length=200)),
                    ('customer_kind', models.CharField(max_length=10)),
                    ('server_name', models.CharField(max_length=253)),
                    ('plan_name', models.CharField(max_length=60)),
                    ('language', models.CharField(max_length=5)),
                    ('text', models.TextField()),
                    ('text_sha256', models.CharField(max_length=64)),
                    ('box_text', models.TextField(blank=True)),
                    ('button_label', models.CharField(max_length=300)),
                    ('amount_excl_cents', models.PositiveIntegerField()),
                    ('vat_rate', models.CharField(max_length=6)),
                    ('vat_category', models.CharField(max_length=2)),
                    ('amount_incl_cents', models.PositiveIntegerField()),
                    ('currency', models.CharField(default='EUR', max_length=3)),
                    ('tariff_from', models.DateField()),
                    ('policy_from', models.DateField()),
                    ('policy_sha256', models.CharField(max_length=64)),
                    ('shown_at', models.DateTimeField(null=True)),
                    ('known_shown', models.JSONField(default=list)),
                    ('channel', models.CharField(max_length=10)),
                    ('ip', models.CharField(blank=True, max_length=45)),
                    ('user_agent', models.CharField(blank=True, max_length=500)),
                    ('sha256', models.CharField(max_length=64)),
                ],
                options={
                    'indexes': [models.Index(fields=['at'], name='consents_of_today')],
                },
            ),
            migrations.CreateModel(
                name='Receipt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('consent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='tickets.consent')),
                    ('drawn_at', models.DateTimeField()),
                    ('pdf', models.BinaryField()),
                    ('sha256', models.CharField(max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='Ticket',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'open'), ('acknowledged', 'taken in charge'), ('resolved', 'resolved'), ('closed', 'closed'), ('cancelled', 'cancelled')], default='open', max_length=12)),
                    ('mode', models.CharField(choices=[('standard', 'Standard'), ('urgent', 'Urgent'), ('rehearsal', 'Rehearsal')], max_length=10)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.server')),
                    ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('symptom', models.CharField(choices=[('website-down', 'My site does not answer or shows an error'), ('slow', 'My site is slow'), ('mail', 'E-mail does not work'), ('ftp-ssh', 'I cannot connect by FTP or SSH'), ('dns-domain', 'My domain name does not resolve'), ('change-not-applied', 'A change made in the administration is not applied'), ('backup', 'I cannot reach my backups'), ('certificate', 'Certificate or security warning'), ('how-to', 'I have a question or a request'), ('other', 'Something else')], max_length=20)),
                    ('subject', models.CharField(max_length=200)),
                    ('body', models.TextField(blank=True)),
                    ('language', models.CharField(max_length=5)),
                    ('opening_key', models.CharField(max_length=100)),
                    ('opened_at', models.DateTimeField()),
                    ('urgent_at', models.DateTimeField(null=True)),
                    ('acknowledged_at', models.DateTimeField(null=True)),
                    ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('eta_at', models.DateTimeField(null=True)),
                    ('resolved_at', models.DateTimeField(null=True)),
                    ('summary', models.TextField(blank=True)),
                    ('plan_name', models.CharField(max_length=60)),
                    ('gti_s', models.PositiveIntegerField()),
                    ('gtr_s', models.PositiveIntegerField()),
                    ('availability', models.CharField(max_length=10)),
                    ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guarantee.deskpolicy')),
                    ('page', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='paging.page')),
                    ('consent', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ticket', to='tickets.consent')),
                    ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.incident')),
                ],
                options={
                    'indexes': [models.Index(fields=['customer', '-id'], name='tickets_of'), models.Index(fields=['server', '-id'], name='tickets_on'), models.Index(fields=['state', '-id'], name='tickets_in_state'), models.Index(fields=['mode', '-id'], name='tickets_in_mode'), models.Index(fields=['handled_by', '-id'], name='tickets_of_engineer'), models.Index(condition=models.Q(('state__in', ['open', 'acknowledged'])), fields=['mode', 'opened_at'], name='tickets_open')],
                    'constraints': [models.UniqueConstraint(fields=('opened_by', 'opening_key'), name='a_double_click_is_one_ticket'), models.CheckConstraint(condition=models.Q(('mode', 'standard'), ('page__isnull', False), _connector='OR'), name='urgent_means_paged'), models.CheckConstraint(condition=models.Q(models.Q(('mode', 'urgent'), _negated=True), ('consent__isnull', False), _connector='OR'), name='urgent_means_consented'), models.CheckConstraint(condition=models.Q(models.Q(('mode', 'rehearsal'), _negated=True), models.Q(('consent__isnull', True), ('incident__isnull', True)), _connector='OR'), name='a_rehearsal_binds_nobody'), models.UniqueConstraint(condition=models.Q(('mode', 'rehearsal'), ('state__in', ['open', 'acknowledged'])), fields=('opened_by',), name='one_rehearsal_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Diagnosis',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('state', models.CharField(choices=[('running', 'running'), ('done', 'done')], default='running', max_length=10)),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.server')),
                    ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='diagnoses', to='tickets.ticket')),
                    ('symptom', models.CharField(choices=[('website-down', 'My site does not answer or shows an error'), ('slow', 'My site is slow'), ('mail', 'E-mail does not work'), ('ftp-ssh', 'I cannot connect by FTP or SSH'), ('dns-domain', 'My domain name does not resolve'), ('change-not-applied', 'A change made in the administration is not applied'), ('backup', 'I cannot reach my backups'), ('certificate', 'Certificate or security warning'), ('how-to', 'I have a question or a request'), ('other', 'Something else')], max_length=20)),
                    ('text', models.TextField(blank=True)),
                    ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('facts', models.JSONField(default=list)),
                    ('advice', models.JSONField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['server', '-id'], name='diagnoses_of'), models.Index(condition=models.Q(('state', 'running')), fields=['started_at'], name='diagnoses_running')],
                },
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='tickets.ticket')),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('by_staff', models.BooleanField()),
                    ('internal', models.BooleanField(default=False)),
                    ('body', models.TextField()),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('internal', False), ('by_staff', True), _connector='OR'), name='only_staff_talks_inside')],
                },
            ),
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='tickets.message')),
                    ('name', models.CharField(max_length=150)),
                    ('content_type', models.CharField(max_length=100)),
                    ('size', models.PositiveIntegerField()),
                    ('sha256', models.CharField(max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='Evidence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='tickets.ticket')),
                    ('kind', models.SlugField(max_length=40)),
                    ('text', models.CharField(max_length=500)),
                    ('body', models.TextField()),
                    ('at', models.DateTimeField()),
                    ('frozen_at', models.DateTimeField()),
                    ('sha256', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Verdict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('given', 'given'), ('overturned', 'overturned')], default='given', max_length=12)),
                    ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='tickets.ticket')),
                    ('clause', models.SlugField(max_length=60)),
                    ('coverage', models.CharField(choices=[('covered', 'covered'), ('excluded', 'not covered'), ('undetermined', 'undetermined')], max_length=12)),
                    ('justification', models.TextField()),
                    ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('given_at', models.DateTimeField()),
                    ('consent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.consent')),
                    ('charge', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='billing.charge')),
                    ('credit_note', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                    ('forecast', models.CharField(blank=True, default='', max_length=12)),
                    ('forecast_confidence', models.CharField(blank=True, default='', max_length=6)),
                    ('advised', models.CharField(blank=True, default='', max_length=12)),
                    ('evidence', models.ManyToManyField(related_name='+', to='tickets.evidence')),
                    ('weighed', models.ManyToManyField(related_name='+', to='monitoring.incident')),
                ],
                options={
                    'indexes': [models.Index(fields=['given_at'], name='verdicts_by_day'), models.Index(fields=['forecast', 'given_at'], name='verdicts_by_forecast')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('charge__isnull', True), ('consent__isnull', False), _connector='OR'), name='no_fee_without_consent'), models.CheckConstraint(condition=models.Q(('charge__isnull', True), ('coverage', 'excluded'), _connector='OR'), name='only_an_excluded_verdict_is_billed')],
                },
            ),
            migrations.CreateModel(
                name='ProposedVerdict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='tickets.ticket')),
                    ('clause', models.SlugField(max_length=60)),
                    ('justification', models.TextField()),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_at', models.DateTimeField()),
                    ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('settled_at', models.DateTimeField(null=True)),
                    ('evidence', models.ManyToManyField(related_name='+', to='tickets.evidence')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('ticket',), name='one_proposal_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Dispute',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'being reviewed'), ('upheld', 'accepted'), ('dismissed', 'not accepted')], default='open', max_length=12)),
                    ('verdict', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='tickets.verdict')),
                    ('reason', models.TextField()),
                    ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField()),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('answer', models.TextField(blank=True)),
                    ('answer_by', models.DateTimeField(null=True)),
                    ('reminded_at', models.DateTimeField(null=True)),
                    ('late_told_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('late_told_at', None), ('state', 'open')), fields=['answer_by'], name='answers_to_give')],
                },
            ),
            migrations.CreateModel(
                name='Review',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'being reviewed'), ('covered', 'covered after all'), ('stands', 'the verdict stands')], default='open', max_length=10)),
                    ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='tickets.verdict')),
                    ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.incident')),
                    ('opened_at', models.DateTimeField()),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('answer', models.TextField(blank=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('verdict', 'incident'), name='an_incident_flags_a_verdict_once'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('verdict',), name='one_review_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Pack',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='tickets.ticket')),
                    ('moment', models.CharField(choices=[('opening', 'at the opening'), ('resolution', 'at the resolution'), ('after', 'half an hour after the resolution'), ('verdict', 'at the verdict'), ('decision', 'at the answer to a dispute or a review')], max_length=12)),
                    ('asked_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField(null=True)),
                    ('sealed_at', models.DateTimeField(null=True)),
                    ('receipt', models.TextField(blank=True)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('sealed_at__isnull', True)), fields=['due_at'], name='packs_due')],
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'number'), name='packs_of_a_ticket_are_counted'), models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', True), ('sealed_at__isnull', True)), models.Q(('number__gte', 1), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='a_sealed_pack_has_its_receipt')],
                },
            ),
            migrations.CreateModel(
                name='PackItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='tickets.pack')),
                    ('number', models.PositiveIntegerField()),
                    ('evidence', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='packed', to='tickets.evidence')),
                    ('chain', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['pack_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('pack', 'number'), name='items_of_a_pack_are_counted')],
                },
            ),
        ]),
        freeze("tickets", "consent"),
        freeze("tickets", "evidence"),
        freeze("tickets", "message"),
        freeze("tickets", "receipt"),
        freeze("tickets", "pack", when="OLD.sealed_at IS NOT NULL"),
        freeze("tickets", "packitem"),
    ]
