"""How people are reached, how messages leave, and every message with its state."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.accounts.models import User
from astreinte.notifications.states import NotificationState


class ChannelKind(models.TextChoices):
    """The ways to reach somebody."""

    SMS = "sms", _("SMS")
    VOICE = "voice", _("call")
    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("webhook")
    APPRISE = "apprise", _("chat or push")


class ContactMethod(models.Model):
    """A personal contact rule: this channel, this long after the start of the step."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    after_s = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    # a number, an address, or an address with its secret: encrypted where it holds one (see queries.address_of)
    address = models.TextField()
    refused_at = models.DateTimeField(null=True)
    refused_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="a_person_has_ordered_contacts", fields=["user", "position"])]


class Transport(models.Model):
    """What a channel leaves through: the provider's gateway or relay. `sealed` is encrypted: it holds credentials."""

    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    position = models.PositiveSmallIntegerField()
    sealed = models.TextField()

    class Meta:
        ordering = ["kind", "position"]
        constraints = [models.UniqueConstraint(name="transports_are_ordered", fields=["kind", "position"])]


# Messages that ask for a person: they are answered by link, by SMS code or by key, and when one fails the next channel leaves now.
RINGS = ("page", "help")
# Calls in which a key means something: those, and the test, where it says what it would do.
KEYPAD = (*RINGS, "test")


class Notification(models.Model):
    """One message to one person over one channel. `key` is the same at every attempt."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    once = models.CharField(max_length=200, unique=True)
    about = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    context = models.JSONField(default=dict)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=5)
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    address = models.TextField()
    contact = models.ForeignKey(ContactMethod, on_delete=models.SET_NULL, null=True, related_name="+")
    # 0 pages before everything else; 5 the rest: a slow relay never delays a ring
    priority = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(max_length=10, choices=NotificationState.choices, default=NotificationState.QUEUED)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    # how many of these may have arrived: one more each time a worker died and the provider could not tell
    copies = models.PositiveSmallIntegerField(default=1)
    claimed_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    provider_ref = models.CharField(max_length=100, blank=True)
    will_confirm = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    hastened_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "priority", "due_at"],
                name="outbox_due",
                condition=models.Q(state=NotificationState.QUEUED),
            ),
            models.Index(
                fields=["claimed_until"], name="outbox_claimed", condition=models.Q(state=NotificationState.SENDING)
            ),
            models.Index(
                fields=["accepted_at"],
                name="outbox_silent",
                condition=models.Q(state=NotificationState.ACCEPTED, will_confirm=True, hastened_at__isnull=True),
            ),
            models.Index(fields=["about", "id"], name="outbox_about"),
            models.Index(fields=["provider_ref"], name="outbox_ref", condition=~models.Q(provider_ref="")),
        ]

    @property
    def rings(self) -> bool:
        """Whether this asks for a person."""
        return self.kind in RINGS
