"""The tables of `billing`. `replaces` names the migrations that came before this one (docs/decisions/0031)."""

import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.db import migrations, models

from astreinte.core.frozen import freeze
from astreinte.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('billing', '0001_first'),
        ('billing', '0002_issued_is_frozen'),
        ('billing', '0003_charges_wait_for_their_letter'),
    ]

    dependencies = [
        ('customers', '0001_tables'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Tariff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.SlugField(max_length=60)),
                    ('from_date', models.DateField()),
                    ('amount_cents', models.PositiveIntegerField()),
                ],
                options={
                    'ordering': ['from_date'],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'from_date'), name='one_tariff_a_day')],
                },
            ),
            migrations.CreateModel(
                name='NumberSeries',
                fields=[
                    ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                    ('last', models.PositiveIntegerField(default=0)),
                    ('last_sha256', models.CharField(blank=True, max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='Invoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('issued', 'issued'), ('paid', 'paid'), ('credited', 'cancelled by a credit note')], default='draft', max_length=10)),
                    ('kind', models.CharField(choices=[('invoice', 'invoice'), ('credit-note', 'credit-note')], max_length=12)),
                    ('series', models.CharField(blank=True, max_length=20)),
                    ('sequence', models.PositiveIntegerField(null=True)),
                    ('number', models.CharField(max_length=35, null=True, unique=True)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                    ('ticket_ref', models.CharField(max_length=20)),
                    ('refers_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                    ('issued_on', models.DateField(null=True)),
                    ('due_on', models.DateField(null=True)),
                    ('amount_excl_cents', models.PositiveIntegerField(default=0)),
                    ('vat_rate', models.CharField(blank=True, max_length=6)),
                    ('vat_cents', models.PositiveIntegerField(default=0)),
                    ('amount_incl_cents', models.PositiveIntegerField(default=0)),
                    ('currency', models.CharField(default='EUR', max_length=3)),
                    ('document', models.TextField(blank=True)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('previous_sha256', models.CharField(blank=True, max_length=64)),
                    ('pdf', models.BinaryField(null=True)),
                    ('pdf_sha256', models.CharField(max_length=64, null=True)),
                    ('xml', models.TextField(null=True)),
                    ('paid_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['customer', '-id'], name='invoices_of')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('series', ''), _negated=True), fields=('series', 'sequence'), name='a_number_is_given_once'), models.UniqueConstraint(condition=models.Q(('kind', 'credit-note')), fields=('refers_to',), name='an_invoice_is_credited_once'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('number__isnull', False), _connector='OR'), name='issued_means_numbered'), models.CheckConstraint(condition=models.Q(('amount_incl_cents', django.db.models.expressions.CombinedExpression(models.F('amount_excl_cents'), '+', models.F('vat_cents')))), name='an_invoice_adds_up'), models.CheckConstraint(condition=models.Q(('kind', 'invoice'), ('refers_to__isnull', False), _connector='OR'), name='a_credit_note_says_what_it_corrects')],
                },
            ),
            migrations.CreateModel(
                name='Charge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=80, unique=True)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                    ('ticket_ref', models.CharField(max_length=20)),
                    ('description', models.JSONField(default=dict)),
                    ('amount_cents', models.PositiveIntegerField()),
                    ('vat_rate', models.CharField(max_length=6)),
                    ('vat_category', models.CharField(max_length=2)),
                    ('performed_on', models.DateField()),
                    ('created_at', models.DateTimeField()),
                    ('issue_after', models.DateTimeField(null=True)),
                    ('held_at', models.DateTimeField(null=True)),
                    ('cancelled_at', models.DateTimeField(null=True)),
                    ('problem', models.CharField(blank=True, max_length=500)),
                    ('invoice', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charge', to='billing.invoice')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('cancelled_at__isnull', True), ('held_at__isnull', True), ('invoice__isnull', True)), fields=['issue_after'], name='charges_to_issue')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='a_charge_is_a_real_amount'), models.CheckConstraint(condition=models.Q(('cancelled_at__isnull', True), ('invoice__isnull', True), _connector='OR'), name='a_cancelled_charge_is_not_invoiced')],
                },
            ),
        ]),
        # an issued invoice is never changed or deleted (CGI, art. 289); its rendering is attached once
        freeze(
            "billing",
            "invoice",
            once=["pdf", "pdf_sha256", "xml", "paid_at"],
            free=["state"],
            when="OLD.state <> 'draft'",
        ),
    ]
