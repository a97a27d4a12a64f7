"""The installation is made to match a provider file: every room in one transaction, all of it or nothing."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from astreinte.accounts import queries as accounts
from astreinte.accounts import roster
from astreinte.accounts.models import Provider
from astreinte.accounts.roster import Person
from astreinte.billing import edits as billing
from astreinte.core import configuration, timeline
from astreinte.core.actors import Actor
from astreinte.core.changes import Change
from astreinte.core.refusals import Refusal, gettext_noop
from astreinte.core.transactions import all_or_nothing
from astreinte.customers import edits as customers
from astreinte.customers.edits import CustomerWish, MemberWish, ServerWish
from astreinte.flows import apply_watching
from astreinte.guarantee import edits as guarantee
from astreinte.notifications import edits as notifications
from astreinte.notifications import links
from astreinte.notifications.edits import Contact
from astreinte.oncall import roster as oncall
from astreinte.paging import edits as paging
from astreinte.provider_file import Problem, ProviderFile, ProviderFileRefused
from astreinte.provider_file import people as sections
from astreinte.provider_file.grammar import Escalation
from astreinte.tickets import proofs
from astreinte.tickets import queries as cases

# The line of history names what changed, up to this many: a first file adds thousands.
NAMED = 200


class _Rehearsed(Exception):  # noqa: N818 - undoes a dry run
    def __init__(self, changes: list[Change]) -> None:
        self.changes = changes


def apply(file: ProviderFile, *, by: Actor, at: datetime, dry_run: bool = False) -> list[Change]:
    """Every room matches the file; answers the differences there were. A dry run does it all and takes it back.

    Raises ProviderFileRefused, with lines, when tickets rest on what the file would change.
    """
    try:
        return _applied(file, by=by, at=at, dry_run=dry_run)
    except _Rehearsed as rehearsed:
        return rehearsed.changes


@all_or_nothing
def _applied(file: ProviderFile, *, by: Actor, at: datetime, dry_run: bool) -> list[Change]:
    configuration.changed()  # nothing that is asked from here on is kept under the stamp of before
    _refuse_what_tickets_rest_on(file, at=at)
    provider, changes = roster.provider(fields=_provider(file), hidden=["iban", "settings"])
    changes += roster.people(_people(file))
    changes += notifications.transports(_transports(file))
    changes += notifications.contacts({person.email: _contacts(person) for person in file.staff})
    changes += oncall.rotas(_rotas(file))
    changes += paging.policies({name: _escalation(policy) for name, policy in file.escalation.items()})
    changes += customers.plans(_plans(file))
    changes += customers.customers([_customer(customer, file=file) for customer in file.customers])
    changes += customers.forget_plans(but=file.plans)
    changes += apply_watching.apply(file, by=by, at=at)
    changes += billing.tariffs(_tariffs(file), accepted=proofs.accepted_tariffs())
    changes += guarantee.policies(_policies(file), accepted=proofs.accepted_policies())
    configuration.changed()
    _tell(provider, changes, sha256=file.document_sha256, by=by, at=at)
    if dry_run:
        raise _Rehearsed(changes)
    return changes


def _tell(provider: Provider, changes: list[Change], *, sha256: str, by: Actor, at: datetime) -> None:
    said = [f"{change.kind} {change.what}" for change in changes[:NAMED]]
    timeline.record(
        provider, "provider:applied", at=at, by=by, story="provider", sha256=sha256, count=len(changes), changes=said
    )


# -- what cannot change any more -------------------------------------------------------------------------------------


def _refuse_what_tickets_rest_on(file: ProviderFile, *, at: datetime) -> None:
    provider = accounts.provider()
    today = cases.local_day(at, provider).date() if provider else at.date()
    tariffs = billing.against_tariffs(_tariffs(file), accepted=proofs.accepted_tariffs(), today=today)
    policies = guarantee.against_policies(_policies(file), accepted=proofs.accepted_policies(), today=today)
    found = [
        *_not_yet(file),
        *_placed(file, tariffs, days=[one.from_ for one in file.tariffs.urgent_intervention], path=TARIFFS),
        *_placed(file, policies, days=[one.from_ for one in file.policies], path=("policies",)),
    ]
    if found:
        raise ProviderFileRefused(sorted(found))


TARIFFS = ("tariffs", "urgent_intervention")
AT_ONCE = gettext_noop("%(key)s: this version invoices each ticket at once; write immediate.")
NO_VIES = gettext_noop("%(key)s: this version checks VAT numbers by their checksum, not with VIES; write off.")


def _not_yet(file: ProviderFile) -> Iterator[Problem]:
    """What the grammar knows and no room does yet is refused in words, never silently ignored."""
    if file.billing.schedule != "immediate":
        yield file.problem("billing", "schedule", msgid=AT_ONCE, key="schedule")
    if file.billing.vies:
        yield file.problem("billing", "vies", msgid=NO_VIES, key="vies")


def _placed(
    file: ProviderFile, refusals: Iterable[Refusal], *, days: list[date], path: tuple[str, ...]
) -> Iterator[Problem]:
    for refusal in refusals:
        day = refusal.details["day"]
        place: tuple[str | int, ...] = (*path, days.index(day)) if day in days else path
        yield file.problem(*place, msgid=refusal.sentence, **refusal.details)


# -- from the words of the file to those of each room ------------------------------------------------------------------


def _provider(file: ProviderFile) -> dict[str, Any]:
    said = file.provider
    return {
        "name": said.name,
        "legal_name": said.legal_name or said.name,
        **_address(said.address),
        "siren": said.siren or "",
        "siret": said.siret or "",
        "vat_number": said.vat_number or "",
        "franchise": said.franchise,
        "legal_form": said.legal_form or "",
        "register": said.register_ or "",
        "iban": said.iban or "",
        "time_zone": said.time_zone,
        "languages": list(said.languages),
        "email": said.email,
        "billing_review_s": _seconds(file.billing.review),
        "billing_schedule": file.billing.schedule,
        "vies": file.billing.vies,
        "settings": {
            "monitoring": apply_watching.of_monitoring(file),
            "disputes": {"answer_s": _seconds(file.billing.answer)},
            **_looking(file),
            **file.own_words,
        },
    }


def _looking(file: ProviderFile) -> dict[str, Any]:
    return {"look_ups": apply_watching.plain(file.look_ups), "just_me": apply_watching.plain(file.just_me)}


def _address(address: sections.PostalAddress) -> dict[str, str]:
    return {
        "street": address.street,
        "postcode": address.postcode,
        "city": address.city,
        "country": address.country,
    }


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _people(file: ProviderFile) -> list[Person]:
    """Everybody who signs in, once: what the staff section says of somebody wins over what a customer says."""
    first = file.provider.languages[0]
    found: dict[str, Person] = {}
    for customer in file.customers:
        language = customer.language or first
        for member in customer.members:
            person = Person(email=member.email, name=member.name, language=None, first_language=language)
            found.setdefault(member.email, person)
    for one in file.staff:
        found[one.email] = Person(
            email=one.email, name=one.name, language=one.language, first_language=first, roles=frozenset(one.roles)
        )
    return list(found.values())


def _transports(file: ProviderFile) -> dict[str, list[dict[str, Any]]]:
    kinds = {kind: getattr(file.channels, kind) for kind in file.channels.KINDS}
    hook = file.just_me.lift_ban
    return {
        **{
            kind: [way.model_dump(by_alias=True, exclude_none=True) for way in ways]
            for kind, ways in kinds.items()
            if ways
        },
        **({links.LIFT: [hook.model_dump(exclude_none=True)]} if hook else {}),
    }


def _contacts(person: sections.StaffMember) -> list[Contact]:
    return [
        Contact(after_s=_seconds(one.after), kind=one.way.value, address=_where(getattr(one, one.way)))
        for one in person.contacts
    ]


def _where(address: Any) -> Any:
    """A hook without a secret is a bare address: it then takes the installation's secret."""
    if not isinstance(address, sections.Hook):
        return address
    return {"url": address.url, "secret": address.secret} if address.secret else address.url


def _rotas(file: ProviderFile) -> dict[str, oncall.Definition]:
    zone = file.provider.time_zone
    return {name: rota.as_rules(name, time_zone=zone) for name, rota in file.rotas.items()}


def _escalation(policy: Escalation) -> paging.PolicyWish:
    return paging.PolicyWish(
        repeat_every_s=_seconds(policy.round_length),
        last_resort=[_target(one) for one in policy.last_resort],
        steps=[(_seconds(step.after), [_target(one) for one in step.notify]) for step in policy.steps],
    )


def _target(target: sections.Target) -> str:
    return target.name if target.kind == "user" else f"{target.kind}:{target.name}"


def _plans(file: ProviderFile) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "urgent": plan.urgent,
            "gti_s": _seconds(plan.gti),
            "gtr_s": _seconds(plan.gtr),
            "availability": str(plan.availability),
        }
        for name, plan in file.plans.items()
    }


def _customer(customer: sections.Customer, *, file: ProviderFile) -> CustomerWish:
    fields = {
        "name": customer.name,
        "kind": customer.kind,
        "language": customer.language or file.provider.languages[0],
        **_address(customer.address),
        "siren": customer.siren or "",
        "siret": customer.siret or "",
        "vat_number": customer.vat_number or "",
        "escalation": customer.escalation,
    }
    return CustomerWish(
        ref=customer.ref,
        fields=fields,
        members=[_member(member) for member in customer.members],
        servers=[_server(server) for server in customer.servers],
    )


def _member(member: sections.Member) -> MemberWish:
    rights = {
        "is_owner": "owner" in member.rights,
        "is_billing": "billing" in member.rights,
        "may_open_urgent": "urgent" in member.rights,
        "monthly_cap_cents": member.monthly_cap_cents,
        "technical_everywhere": False,
    }
    return MemberWish(email=member.email, rights=rights, servers=frozenset(member.servers))


def _server(server: sections.Server) -> ServerWish:
    return ServerWish(
        name=server.name,
        plan=server.plan,
        addresses=list(server.addresses),
        services=server.services_at_home(),
    )


def _tariffs(file: ProviderFile) -> dict[date, int]:
    return {tariff.from_: tariff.amount_cents for tariff in file.tariffs.urgent_intervention}


def _policies(file: ProviderFile) -> dict[date, guarantee.PolicyWish]:
    return {
        policy.from_: guarantee.PolicyWish(
            covered=list(policy.covered),
            excluded=list(policy.excluded),
            text={str(language): words for language, words in (policy.text or {}).items()},
        )
        for policy in file.policies
    }
