"""The demonstration's provider: loaded into an empty database, its phones on this machine, one password for everybody."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from astreinte.accounts import edits
from astreinte.accounts.models import ApiToken, Provider, Role, User
from astreinte.core.actors import SYSTEM
from astreinte.customers.models import Member
from astreinte.flows import apply_provider
from astreinte.notifications.models import ContactMethod
from astreinte.provider_file import parse

FILE = Path(__file__).parent / "provider.yaml"
PASSWORD = "demonstration-2026"  # noqa: S105 - printed at the start, and good for nothing but the demonstration
# Whose three servers are broken, and whose token the stand-in of the panel has.
VISITOR, PANEL = "nora@lumiere.example", "chloe@hebergement.example"
PANEL_TOKEN = "panel of the demonstration"  # noqa: S105 - its name
ACCOUNT = "AC00000000000000000000000000000001"


def load(ports: Mapping[str, int], *, at: datetime) -> dict[str, Any]:
    """Make the installation match the demonstration's file; a second time changes only the ports."""
    token = _token()
    words = {name: str(port) for name, port in ports.items()}
    text = Template(FILE.read_text(encoding="utf-8")).substitute(words, account=ACCOUNT, token=token)
    apply_provider.apply(parse(text), by=SYSTEM, at=at)
    Provider.objects.update(demonstration=True)
    User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).update(password=make_password(PASSWORD))
    return {
        "account": ACCOUNT,
        "token": token,
        "password": PASSWORD,
        "logins": _logins(),
        "names": _names(),
        "panel": {"token": _panel(at=at), "login": VISITOR, "password": PASSWORD},
    }


def _token() -> str:
    """The telephones' own: a new one each time, for nothing else knows it."""
    return secrets.token_hex(16)


def _panel(*, at: datetime) -> str:
    """The token its facts come with: a new one each time, and the last one is refused from now on."""
    for token in ApiToken.objects.filter(name=PANEL_TOKEN, revoked_at=None):
        edits.revoke_token(token, at=at)
    _token_row, text = edits.new_token(User.objects.get(email=PANEL), name=PANEL_TOKEN, scopes=["facts"], at=at)
    return text


def _logins() -> list[tuple[str, str]]:
    """One person for each role, in the order one meets them."""
    found = [("client", member.user.email) for member in Member.objects.filter(is_owner=True).order_by("pk")[:1]]
    for role in ("engineer", "manager", "billing", "admin"):
        holders = Role.objects.filter(role=role).order_by("pk").values_list("user__email", flat=True)
        found += [(role, email) for email in holders[:1]]
    return found


def _names() -> dict[str, str]:
    """Whose each telephone and mailbox is."""
    phones = ContactMethod.objects.filter(kind__in=["sms", "voice"]).values_list("address", "user__name")
    return {**dict(User.objects.values_list("email", "name")), **dict(phones)}
