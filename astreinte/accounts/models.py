"""People who sign in, the roles of the staff, API tokens, and the provider whose desk this is."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from astreinte.core.actors import Actor
from astreinte.core.configuration import remembered

# The engineers of rehearsals are rows, so that what they do is kept as what people do. Nobody signs in as one, nothing reaches one.
STAND_INS = "@rehearsal.invalid"


class StaffRole(models.TextChoices):
    """What a person of the provider may do."""

    ENGINEER = "engineer", _("Engineer")
    MANAGER = "manager", _("Support manager")
    BILLING = "billing", _("Billing clerk")
    ADMIN = "admin", _("Administrator")


class People(BaseUserManager["User"]):
    """Finds people by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new person; without a password they choose one by the reset link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in: a member of customers, or of the provider's staff, or both."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=200)
    language = models.CharField(_("Language"), max_length=5, default="fr")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = People()

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_email_is_lower_case", condition=models.Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def roles(self) -> frozenset[str]:
        """The roles of this person among the staff (asked once per object)."""
        if "_roles" not in self.__dict__:
            self.__dict__["_roles"] = held_by(self.pk) if self.pk else frozenset()
        found: frozenset[str] = self.__dict__["_roles"]
        return found

    @property
    def is_staff_member(self) -> bool:
        """Whether this person works for the provider."""
        return self.is_active and bool(self.roles)

    @property
    def handles_cases(self) -> bool:
        """Whether this person reads and works on tickets: engineers and managers; a clerk sees no technical secrets."""
        return self.has_role(StaffRole.ENGINEER, StaffRole.MANAGER)

    def has_role(self, *roles: str) -> bool:
        """Whether this person has one of these roles."""
        return self.is_active and bool(self.roles & set(roles))

    @property
    def actor(self) -> Actor:
        """This person, as the timeline will remember them."""
        return Actor(kind="staff" if self.is_staff_member or self.stands_in else "member", id=self.pk, name=self.name)

    @property
    def stands_in(self) -> bool:
        """Whether this is nobody: the engineer, or the customer, of rehearsals."""
        return not self.is_active and self.email.endswith(STAND_INS)


class Role(models.Model):
    """One role of one person of the staff."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=StaffRole.choices)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_role_is_held_once", fields=["user", "role"])]


@remembered
def held_by(user: int) -> frozenset[str]:
    """The roles of the person with this key."""
    return frozenset(Role.objects.filter(user=user).values_list("role", flat=True))


class ApiToken(models.Model):
    """A key for programs: shown once, kept as a SHA-256, limited in scope and in time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class RememberedAnswer(models.Model):
    """The answer given to an Idempotency-Key, kept 24 h: the same key and body give it again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    asked_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_key_is_answered_once", fields=["user", "key"])]


class Tries(models.Model):
    """How many passwords were tried, or links asked for, in a window of time: about whom, or from where, as a keyed SHA-256 (tries.py)."""

    key = models.CharField(max_length=64, unique=True)
    window_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)


class Provider(models.Model):
    """The hosting provider whose desk this is: one row, made by `astreinte apply`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    siren = models.CharField(max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    franchise = models.BooleanField(default=False)
    legal_form = models.CharField(max_length=200, blank=True)
    register = models.CharField(max_length=200, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    time_zone = models.CharField(max_length=60, default="Europe/Paris")
    languages = models.JSONField(default=list)
    email = models.EmailField()
    billing_review_s = models.PositiveIntegerField(default=0)
    billing_schedule = models.CharField(max_length=10, default="immediate")
    vies = models.BooleanField(default=False)
    # the sections `monitoring` and `messages` of the provider file, durations in seconds
    settings = models.JSONField(default=dict)
    demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_provider", condition=models.Q(id=1))]
