"""Tickets, and what must be proved about them: consent, evidence, the diagnoses and what was said."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from astreinte.accounts.models import User
from astreinte.customers.models import Customer, Server
from astreinte.guarantee.models import DeskPolicy
from astreinte.monitoring.models import Incident
from astreinte.paging.models import Page
from astreinte.tickets.states import DiagnosisState, TicketState


class Mode(models.TextChoices):
    """Urgent rings somebody now; standard waits for working hours; a rehearsal goes as an urgent one, and binds nobody."""

    STANDARD = "standard", _("Standard")
    URGENT = "urgent", _("Urgent")
    REHEARSAL = "rehearsal", _("Rehearsal")


class Symptom(models.TextChoices):
    """What the customer sees: the picker."""

    WEBSITE_DOWN = "website-down", _("My site does not answer or shows an error")
    SLOW = "slow", _("My site is slow")
    MAIL = "mail", _("E-mail does not work")
    FTP_SSH = "ftp-ssh", _("I cannot connect by FTP or SSH")
    DNS_DOMAIN = "dns-domain", _("My domain name does not resolve")
    CHANGE_NOT_APPLIED = "change-not-applied", _("A change made in the administration is not applied")
    BACKUP = "backup", _("I cannot reach my backups")
    CERTIFICATE = "certificate", _("Certificate or security warning")
    HOW_TO = "how-to", _("I have a question or a request")
    OTHER = "other", _("Something else")


class Consent(models.Model):
    """The acceptance of the fee, frozen: what was shown, to whom, when, from where. Never changed (Code civil, 1127-2)."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    right = models.CharField(max_length=20)
    customer_name = models.CharField(max_length=200)
    customer_kind = models.CharField(max_length=10)
    server_name = models.CharField(max_length=253)
    plan_name = models.CharField(max_length=60)
    language = models.CharField(max_length=5)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    box_text = models.TextField(blank=True)
    button_label = models.CharField(max_length=300)
    amount_excl_cents = models.PositiveIntegerField()
    vat_rate = models.CharField(max_length=6)
    vat_category = models.CharField(max_length=2)
    amount_incl_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    tariff_from = models.DateField()
    policy_from = models.DateField()
    policy_sha256 = models.CharField(max_length=64)
    shown_at = models.DateTimeField(null=True)
    known_shown = models.JSONField(default=list)
    channel = models.CharField(max_length=10)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["at"], name="consents_of_today")]


class Receipt(models.Model):
    """The paper of an acceptance, drawn once."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="receipt")
    drawn_at = models.DateTimeField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)


class Ticket(models.Model):
    """A request. It keeps the plan, the commitments, the policy and the price of the moment it was opened."""

    state = models.CharField(max_length=12, choices=TicketState.choices, default=TicketState.OPEN)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    server = models.ForeignKey(Server, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    symptom = models.CharField(max_length=20, choices=Symptom.choices)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    language = models.CharField(max_length=5)
    opening_key = models.CharField(max_length=100)
    opened_at = models.DateTimeField()
    urgent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    eta_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True)
    plan_name = models.CharField(max_length=60)
    gti_s = models.PositiveIntegerField()
    gtr_s = models.PositiveIntegerField()
    availability = models.CharField(max_length=10)
    policy = models.ForeignKey(DeskPolicy, on_delete=models.PROTECT, null=True, related_name="+")
    page = models.OneToOneField(Page, on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, null=True, related_name="ticket")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_double_click_is_one_ticket", fields=["opened_by", "opening_key"]),
            models.CheckConstraint(name="urgent_means_paged", condition=Q(mode=Mode.STANDARD) | Q(page__isnull=False)),
            models.CheckConstraint(
                name="urgent_means_consented", condition=~Q(mode=Mode.URGENT) | Q(consent__isnull=False)
            ),
            # without a consent there is no charge: see `no_fee_without_consent`
            models.CheckConstraint(
                name="a_rehearsal_binds_nobody",
                condition=~Q(mode=Mode.REHEARSAL) | Q(consent__isnull=True, incident__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_rehearsal_at_a_time",
                fields=["opened_by"],
                condition=Q(mode=Mode.REHEARSAL, state__in=[TicketState.OPEN, TicketState.ACKNOWLEDGED]),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="tickets_of"),
            models.Index(fields=["server", "-id"], name="tickets_on"),
            models.Index(fields=["state", "-id"], name="tickets_in_state"),
            models.Index(fields=["mode", "-id"], name="tickets_in_mode"),
            models.Index(fields=["handled_by", "-id"], name="tickets_of_engineer"),
            models.Index(
                fields=["mode", "opened_at"],
                name="tickets_open",
                condition=Q(state__in=[TicketState.OPEN, TicketState.ACKNOWLEDGED]),
            ),
        ]

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"T{1000 + self.pk}"

    @property
    def story(self) -> str:
        """The name of this ticket's story in the timeline."""
        return f"ticket/{self.pk}"

    @property
    def is_urgent(self) -> bool:
        """Whether it calls somebody, or goes as if it did."""
        return self.mode != Mode.STANDARD

    @property
    def is_rehearsal(self) -> bool:
        return self.mode == Mode.REHEARSAL


class Diagnosis(models.Model):
    """A live look at a server for one complaint: the facts found, and what they advise. Frozen once it is done."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=DiagnosisState.choices, default=DiagnosisState.RUNNING)
    server = models.ForeignKey(Server, on_delete=models.PROTECT, related_name="+")
    # the case it is about, once there is one
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="diagnoses")
    symptom = models.CharField(max_length=20, choices=Symptom.choices)
    text = models.TextField(blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=list)  # facts.md, 1
    advice = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["server", "-id"], name="diagnoses_of"),
            models.Index(fields=["started_at"], name="diagnoses_running", condition=Q(state=DiagnosisState.RUNNING)),
        ]

    @property
    def story(self) -> str:
        """The name of this diagnosis' story in the timeline."""
        return f"diagnosis/{self.pk}"


class Message(models.Model):
    """A word in the conversation, of the customer, of an engineer, or internal to the staff."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_staff = models.BooleanField()
    internal = models.BooleanField(default=False)
    body = models.TextField()
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)  # its words are gone, for good (decision 0030)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="only_staff_talks_inside", condition=Q(internal=False) | Q(by_staff=True))
        ]


class Attachment(models.Model):
    """A file of the conversation: sniffed, renamed, kept outside the web root under its random name."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)


class Evidence(models.Model):
    """Something the verdict may rest on, frozen. Never changed: freeze again to add. Its words may be erased, once."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="evidence")
    kind = models.SlugField(max_length=40)
    text = models.CharField(max_length=500)
    body = models.TextField()
    at = models.DateTimeField()
    frozen_at = models.DateTimeField()
    # commits to the words: with the salt where there was one, else it is that of `body` alone (verify.py)
    sha256 = models.CharField(max_length=64)
    salted = models.BooleanField(default=False)
    salt = models.CharField(max_length=64, blank=True, default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
