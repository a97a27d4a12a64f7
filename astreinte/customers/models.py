"""Customers, members and their rights, plans, servers and the services the provider administers on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.accounts.models import User


class CustomerKind(models.TextChoices):
    """Whom the law protects how."""

    BUSINESS = "business", _("Business")
    CONSUMER = "consumer", _("Consumer")
    PUBLIC = "public", _("Public body")


class Customer(models.Model):
    """A company or a person, billed."""

    ref = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=CustomerKind.choices)
    language = models.CharField(max_length=5, default="fr")
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    siren = models.CharField(max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    escalation = models.CharField(max_length=60, default="default")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """An offer: what it guarantees, and whether it comes with urgent tickets."""

    name = models.SlugField(max_length=60, unique=True)
    urgent = models.BooleanField()
    gti_s = models.PositiveIntegerField()
    gtr_s = models.PositiveIntegerField()
    availability = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="we_intervene_before_we_restore", condition=models.Q(gti_s__lte=models.F("gtr_s"))
            ),
        ]


class Server(models.Model):
    """What is guaranteed."""

    name = models.CharField(max_length=253, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="servers")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    addresses = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class ManagedService(models.Model):
    """A service the provider administers on a server; `parameters` are those of its check."""

    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="services")
    position = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]


class Member(models.Model):
    """A login of a customer, with its rights."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="members")
    is_owner = models.BooleanField(default=False)
    is_billing = models.BooleanField(default=False)
    may_open_urgent = models.BooleanField(default=False)
    monthly_cap_cents = models.PositiveIntegerField(null=True)
    technical_on = models.ManyToManyField(Server, related_name="+")
    technical_everywhere = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_person_is_one_member_of_a_customer", fields=["user", "customer"])
        ]

    @property
    def may_spend(self) -> bool:
        """Whether this member may open an urgent ticket: a right of its own, that the owner has."""
        return self.is_owner or self.may_open_urgent

    @property
    def sees_bills(self) -> bool:
        return self.is_owner or self.is_billing

    @property
    def right(self) -> str:
        """The right under which this member opens an urgent ticket, as the consent will say."""
        return "owner" if self.is_owner else "urgent"
