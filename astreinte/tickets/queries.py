"""Questions about the case: what a person may see, what an urgent ticket would cost them, the two clocks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import translation

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import Provider, User
from astreinte.billing import queries as billing
from astreinte.billing.rules import vat
from astreinte.core import money, rows
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.customers.models import Member, Server
from astreinte.guarantee import queries as guarantee
from astreinte.guarantee.models import DeskPolicy
from astreinte.guarantee.rules import clocks
from astreinte.paging.models import Page
from astreinte.tickets import refusals
from astreinte.tickets.models import Dispute, Evidence, Message, Mode, Symptom, Ticket, Verdict
from astreinte.tickets.rules import offer as rules
from astreinte.tickets.rules.rehearsal import rehearsed
from astreinte.tickets.states import DisputeState, TicketState, VerdictState

CONTEST_FOR = timedelta(days=30)
REOPEN_FOR = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What an urgent ticket on this server costs this person, now; or why it is not for them."""

    server: Server
    refusal: Refusal | None
    amount_excl_cents: int = 0
    amount_incl_cents: int = 0
    vat_rate: str = "0.00"
    vat_category: str = ""
    currency: str = "EUR"
    language: str = "fr"
    right: str = ""
    words: rules.Words | None = None
    policy: DeskPolicy | None = None
    tariff_from: str = ""
    rehearsal: bool = False

    @property
    def is_available(self) -> bool:
        return self.refusal is None

    def is_what(self, amount_excl_cents: int, text_sha256: str) -> bool:
        """Whether somebody was shown exactly this offer."""
        return self.words is not None and (amount_excl_cents, text_sha256) == (
            self.amount_excl_cents,
            self.words.text_sha256,
        )


def seen_by(user: User) -> QuerySet[Ticket]:
    """The tickets this person may open, of servers that are gone too. Doors start from here, never from Ticket.objects."""
    related = ("customer", "server", "page", "consent", "handled_by", "opened_by", "policy")
    tickets = Ticket.objects.select_related(*related).exclude(
        mode=Mode.REHEARSAL, subject=""
    )  # a rehearsal that is forgotten
    if user.handles_cases:
        return tickets
    return tickets.filter(customers.reached_by(user, customer="customer", server="server"))


def opened_with(user: User, key: str) -> Ticket | None:
    """The ticket this person already opened with this key: a double click, or a retry."""
    return next(iter(rows.select(Ticket, {"opened_by": user, "opening_key": key})), None)


def evidence_of(ticket: Ticket) -> list[Evidence]:
    """What a verdict on this ticket may rest on, oldest first."""
    return rows.select(Evidence, {"ticket": ticket}, order=("id",))


def symptom_words(symptom: str) -> dict[str, str]:
    """A symptom as the picker says it, in each language."""
    return {language: _said(Symptom(symptom).label, language) for language, _ in settings.LANGUAGES}


def other_languages(language: str) -> list[str]:
    """The languages of the desk but this one."""
    return [code for code, _ in settings.LANGUAGES if code != language]


def _said(label: Any, language: str) -> str:
    with translation.override(language):
        return str(label)


def by_ref(tickets: QuerySet[Ticket], ref: str) -> Ticket | None:
    """The ticket people call "T1042", among those given."""
    digits = ref.strip().upper().removeprefix("T")
    return tickets.filter(pk=int(digits) - 1000).first() if digits.isdecimal() and len(digits) < 12 else None  # noqa: PLR2004


def stories(ticket: Ticket) -> list[str]:
    """The names of all that tells this case: its own story, that of its page, and that of the call its page goes beside."""
    told = (ticket.page, call_of(ticket))
    return list(dict.fromkeys([ticket.story, *(page.story for page in told if page)]))


def call_of(ticket: Ticket) -> Page | None:
    """The page that rings for this ticket: its own, unless it has never rung beside that of its incident."""
    page, incident = ticket.page, ticket.incident
    beside = page is not None and page.step < 0 and incident is not None
    return (incident.call or page) if beside and incident else page


def messages_seen_by(user: User, ticket: Ticket) -> QuerySet[Message]:
    """The conversation: internal messages for the staff only."""
    messages = ticket.messages.select_related("author").prefetch_related("attachments")
    return messages if user.handles_cases else messages.filter(internal=False)


def about_page(page: Page) -> Ticket | None:
    """The ticket that asked for this page."""
    return Ticket.objects.select_related("customer", "server", "page", "opened_by").filter(page=page).first()


def open_urgent() -> QuerySet[Ticket]:
    """The urgent tickets that are not over, by what breaks first."""
    states = [TicketState.OPEN, TicketState.ACKNOWLEDGED]
    tickets = Ticket.objects.filter(mode=Mode.URGENT, state__in=states)
    return tickets.select_related("customer", "server", "page", "handled_by").order_by("acknowledged_at", "urgent_at")


def awaiting_verdict() -> QuerySet[Ticket]:
    """Urgent tickets that are resolved and have no verdict yet."""
    given = Exists(Verdict.objects.filter(ticket=OuterRef("pk")))
    resolved = Ticket.objects.filter(mode=Mode.URGENT, state=TicketState.RESOLVED).exclude(given)
    return resolved.select_related("customer", "server", "page", "handled_by").order_by("resolved_at")


def to_close(*, at: datetime, limit: int = 50) -> list[Ticket]:
    """The resolved cases to which nothing more can happen: a standard one after two weeks, an urgent one 30 days after its verdict."""
    standard = Q(mode=Mode.STANDARD, resolved_at__lte=at - REOPEN_FOR)
    urgent = Q(mode=Mode.URGENT, verdict__given_at__lte=at - CONTEST_FOR) & ~Q(
        verdict__dispute__state=DisputeState.OPEN
    )
    return list(Ticket.objects.filter(standard | urgent, state=TicketState.RESOLVED).order_by("pk")[:limit])


def open_disputes() -> QuerySet[Dispute]:
    """The disputes that wait for an answer, oldest first."""
    related = ("verdict__ticket__customer", "verdict__ticket__server", "verdict__given_by", "opened_by")
    return Dispute.objects.filter(state=DisputeState.OPEN).select_related(*related).order_by("opened_at")


def verdict_of(ticket: Ticket) -> Verdict | None:
    """The verdict of a ticket, with its charge, invoice and dispute."""
    return (
        Verdict.objects.select_related("charge__invoice", "credit_note", "given_by", "consent")
        .filter(ticket=ticket)
        .first()
    )


def dispute_of(verdict: Verdict | None) -> Dispute | None:
    """The dispute about a verdict, if any."""
    return (
        Dispute.objects.select_related("opened_by", "decided_by").filter(verdict=verdict).first() if verdict else None
    )


def may_contest(verdict: Verdict | None, *, at: datetime) -> bool:
    """Whether the customer may still contest: a standing verdict that bills, within 30 days, once."""
    if verdict is None or verdict.charge_id is None or verdict.state != VerdictState.GIVEN:
        return False
    return at < verdict.given_at + CONTEST_FOR and dispute_of(verdict) is None


def gti(ticket: Ticket) -> clocks.Clock | None:
    """The time to intervene of an urgent ticket."""
    if ticket.urgent_at is None:
        return None
    return clocks.response(
        started_at=ticket.urgent_at, target=timedelta(seconds=ticket.gti_s), acknowledged_at=ticket.acknowledged_at
    )


def gtr(ticket: Ticket) -> clocks.Clock | None:
    """The time to restore of an urgent ticket."""
    if ticket.urgent_at is None:
        return None
    return clocks.restoration(
        started_at=ticket.urgent_at, target=timedelta(seconds=ticket.gtr_s), restored_at=ticket.resolved_at
    )


def spent_cents(member: Member, *, at: datetime) -> int:
    """What this member has engaged this month, excl. VAT: consents of tickets that were not cancelled nor found free."""
    month = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    engaged = Ticket.objects.filter(consent__by=member.user_id, customer=member.customer_id, urgent_at__gte=month)
    free = (
        Q(verdict__coverage__in=["covered", "undetermined"])
        | Q(state=TicketState.CANCELLED)
        | Q(verdict__state="overturned")
    )
    total: int | None = engaged.exclude(free).aggregate(total=Sum("consent__amount_excl_cents"))["total"]
    return total or 0


def _no_entry(
    server: Server, member: Member | None, *, price_cents: int, at: datetime, language: str
) -> Refusal | None:
    if not server.is_active:
        return refusals.ServerGone(server=server.name)
    if not server.plan.urgent:
        return refusals.NotEntitled(server=server.name, plan=server.plan.name.capitalize())
    if member is None or not member.may_spend:
        return refusals.NoRight(customer=server.customer.name)
    cap = member.monthly_cap_cents
    if price_cents and cap is not None and spent_cents(member, at=at) + price_cents > cap:
        return refusals.CapReached(cap=as_money(cap, language=language))
    return None


def as_money(cents: int, *, language: str, currency: str = "EUR") -> str:
    """Money as this language writes it: "95,00 €"."""
    return format_currency(Decimal(cents) / 100, currency, locale=language)


def _vat_mention(treatment: vat.Treatment, *, language: str) -> str:
    return "; ".join(mention.text(language) for mention in treatment.mentions)


def local_day(at: datetime, provider: Provider) -> datetime:
    """The instant, on the provider's own calendar."""
    return at.astimezone(ZoneInfo(provider.time_zone))


def offer(*, server: Server, user: User, at: datetime, language: str, rehearsal: bool = False) -> Offer:
    """What an urgent ticket on this server would cost this person now, in the exact words to accept, or to rehearse; or why not."""
    provider = accounts.provider()
    today = local_day(at, provider).date() if provider else at.date()
    tariff, policy = billing.tariff_on(today), guarantee.policy_on(today)
    member = customers.member(user=user, customer=server.customer)
    engaged = tariff.amount_cents if tariff and not rehearsal else 0
    refusal = _no_entry(server, member, price_cents=engaged, at=at, language=language)
    if refusal or not (provider and tariff and policy and member):
        return Offer(server=server, refusal=refusal or refusals.NotOffered(), language=language)
    try:
        treatment = vat.treatment(seller=billing.seller(provider), buyer=billing.buyer(server.customer), at=today)
    except Refusal as unknown:
        return Offer(
            server=server, refusal=refusals.PriceUnknown(reason=unknown.sentence % unknown.details), language=language
        )
    incl = tariff.amount_cents + money.vat_cents(tariff.amount_cents, rate=Decimal(treatment.rate))
    terms = rules.Terms(
        language=language,
        consumer=server.customer.kind == "consumer",
        provider=provider.name,
        server=server.name,
        amount_excl=as_money(tariff.amount_cents, language=language),
        amount_incl=as_money(incl, language=language),
        vat_rate=format_decimal(Decimal(treatment.rate), locale=language),
        vat_mention=_vat_mention(treatment, language=language),
        tariff_from=tariff.from_date,
        policy_from=policy.from_date,
        covered=tuple(policy.covered),
        excluded=tuple(policy.excluded),
    )
    return Offer(
        server=server,
        refusal=None,
        amount_excl_cents=tariff.amount_cents,
        amount_incl_cents=incl,
        vat_rate=treatment.rate,
        vat_category=treatment.category,
        language=language,
        right=member.right,
        words=rehearsed(rules.words(terms), language=language) if rehearsal else rules.words(terms),
        rehearsal=rehearsal,
        policy=policy,
        tariff_from=tariff.from_date.isoformat(),
    )
