"""Freeze the acceptance of the fee, word for word."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F

from astreinte.accounts.models import User
from astreinte.core import digests, rows
from astreinte.customers import queries as customers
from astreinte.customers.models import Customer, Member
from astreinte.tickets.models import Consent, Receipt
from astreinte.tickets.queries import Offer


@dataclass(frozen=True, kw_only=True)
class Given:
    """How the fee was accepted: from where, and what was on the screen."""

    channel: str
    ip: str = ""
    user_agent: str = ""
    shown_at: datetime | None = None
    known_shown: list[dict[str, Any]] = field(default_factory=list)


def hold_allowance(customer: Customer, *, by: User) -> None:
    """Whoever has a monthly cap engages one sum at a time until our transaction ends: the next opening counts this one.

    An update that changes nothing; without a cap, nobody waits.
    """
    member = customers.member(user=by, customer=customer)
    if member and member.monthly_cap_cents is not None:
        Member.objects.filter(pk=member.pk).update(monthly_cap_cents=F("monthly_cap_cents"))


def accept_fee(offer: Offer, *, by: User, given: Given, at: datetime) -> Consent:
    """Freeze the acceptance: what was shown, word for word, and its SHA-256."""
    if offer.words is None or offer.policy is None:
        raise ValueError("An offer that is not available cannot be accepted.")
    server, words = offer.server, offer.words
    fields: dict[str, Any] = {
        "at": at,
        "by_name": by.name,
        "right": offer.right,
        "customer_name": server.customer.name,
        "customer_kind": server.customer.kind,
        "server_name": server.name,
        "plan_name": server.plan.name,
        "language": offer.language,
        "text": words.text,
        "text_sha256": words.text_sha256,
        "box_text": words.box,
        "button_label": words.button,
        "amount_excl_cents": offer.amount_excl_cents,
        "vat_rate": offer.vat_rate,
        "vat_category": offer.vat_category,
        "amount_incl_cents": offer.amount_incl_cents,
        "currency": offer.currency,
        "tariff_from": date.fromisoformat(offer.tariff_from),
        "policy_from": offer.policy.from_date,
        "policy_sha256": offer.policy.sha256,
        **asdict(given),
        "user_agent": given.user_agent[:500],
    }
    return rows.insert(Consent(by=by, sha256=consent_sha256(by.pk, fields), **fields))


def keep_receipt(consent: Consent, pdf: bytes, *, at: datetime) -> None:
    """Keep the paper of an acceptance; the first one drawn stands."""
    paper = Receipt(consent=consent, pdf=pdf, sha256=digests.sha256(pdf), drawn_at=at)
    Receipt.objects.bulk_create([paper], ignore_conflicts=True)


def consent_sha256(by_id: int, fields: Mapping[str, Any]) -> str:
    """The SHA-256 of a whole acceptance."""
    return digests.sha256(digests.canonical_json({"by": by_id, **fields}))
