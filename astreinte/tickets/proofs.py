"""What tickets rest on, and whether it still says what it said: consents and evidence against the history. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from astreinte.core import digests
from astreinte.core.exports import instant
from astreinte.core.models import TimelineEntry
from astreinte.core.proofs import CHANGED, Broken
from astreinte.core.refusals import gettext_noop
from astreinte.tickets import packs as packing
from astreinte.tickets import verify
from astreinte.tickets.models import Consent, Evidence, Pack, Receipt, Ticket

NO_CONSENT = gettext_noop("the consent its history names is missing, or belongs to another ticket")
NO_TICKET = gettext_noop("no ticket rests on it, or the history of its ticket names another one")
NO_EVIDENCE = gettext_noop("this evidence, that the history names, is missing")
UNTOLD = gettext_noop("the history does not know it")
NO_PACK = gettext_noop("this pack, that the history names, is missing")
# why verify.py stops, in our words
WHY = {
    "changed": CHANGED,
    "missing": gettext_noop("something before it was removed, added or put in another order"),
    "unchained": gettext_noop("it does not follow the pack before it"),
    "end": gettext_noop("items at its end were removed or added"),
    "receipt": gettext_noop("its receipt is not the one that was written when it was sealed"),
}
OTHER_ROW = gettext_noop("it is not what the history says was frozen")
EMPTIED = gettext_noop("its words are gone, and the history does not tell that they were erased")
NOT_EMPTIED = gettext_noop("the history tells that its words were erased, and there are some")
OTHER_LINK = gettext_noop("what is before it is not what it was when its words were erased")


def accepted_tariffs() -> set[date]:
    """The first days of the tariffs somebody accepted."""
    return set(Consent.objects.values_list("tariff_from", flat=True).distinct())


def accepted_policies() -> set[date]:
    """The first days of the policies tickets were opened under."""
    pinned = Ticket.objects.filter(policy__isnull=False).values_list("policy__from_date", flat=True)
    return {*Consent.objects.values_list("policy_from", flat=True).distinct(), *pinned.distinct()}


def consent_sha256(consent: Consent) -> str:
    """The SHA-256 of an acceptance, from its row."""
    columns = [field.attname for field in Consent._meta.concrete_fields]  # noqa: SLF001
    fields: dict[str, Any] = {name: getattr(consent, name) for name in columns if name not in {"id", "sha256", "by_id"}}
    return digests.sha256(digests.canonical_json({"by": consent.by_id, **fields}))


def consents() -> Iterator[Broken]:
    """Each consent against its own digest, and against the line of history of its ticket."""
    told = _told_consents()
    held = dict(Ticket.objects.filter(consent__isnull=False).values_list("consent_id", "pk"))
    for consent in Consent.objects.order_by("id").iterator(chunk_size=500):
        ticket = held.get(consent.pk, 0)
        if consent_sha256(consent) != consent.sha256:
            yield Broken(row=f"consent {consent.pk}", why=CHANGED)
        elif told.pop(ticket, None) != consent.sha256:
            yield Broken(row=f"consent {consent.pk}", why=NO_TICKET)
        told.pop(ticket, None)
    for ticket in sorted(told):
        yield Broken(row=f"ticket {ticket} ({Ticket(pk=ticket).ref})", why=NO_CONSENT)


def receipts() -> Iterator[Broken]:
    """The paper of each acceptance, against its own digest."""
    for paper in Receipt.objects.order_by("id").iterator(chunk_size=100):
        if digests.sha256(bytes(paper.pdf)) != paper.sha256:
            yield Broken(row=f"receipt {paper.pk}", why=CHANGED)


def _told_consents() -> dict[int, str]:
    """The consent of each urgent ticket, as the history names it."""
    lines = TimelineEntry.objects.filter(kind__in=["ticket:opened", "ticket:made-urgent"]).order_by("id")
    found = {}
    for subject, data in lines.values_list("subject", "data").iterator(chunk_size=1000):
        if "consent_sha256" in data:
            found[int(subject.partition("/")[2])] = str(data["consent_sha256"])
    return found


def evidence_sha256(evidence: Evidence) -> str:
    """The SHA-256 of a whole piece of evidence, its place and its dates included."""
    if evidence.salted:
        return kept_sha256(evidence)
    said = [evidence.ticket_id, evidence.kind, evidence.text, evidence.sha256, evidence.at, evidence.frozen_at]
    return digests.sha256(digests.canonical_json(said))


def kept_sha256(evidence: Evidence) -> str:
    """The SHA-256 of what stays of it for ever: all but its words and their salt."""
    place = [evidence.salted, evidence.ticket_id, str(evidence.public_id)]
    said = [*place, evidence.kind, evidence.sha256, evidence.at, evidence.frozen_at]
    return digests.sha256(digests.canonical_json(said))


def evidence() -> Iterator[Broken]:
    """Each piece of evidence against its own digest, and against the lines that were written when it was frozen, and erased."""
    told, erased = _told_evidence("evidence:frozen"), _told_evidence("evidence:erased")
    for one in Evidence.objects.order_by("id").iterator(chunk_size=500):
        frozen, emptied = told.pop(one.pk, None), erased.pop(one.pk, None)
        why = _emptied(one, emptied) if emptied or one.erased_at else _whole(one)
        why = why or (UNTOLD if frozen is None else _other(one, frozen["sha256"]))
        if why:
            yield Broken(row=f"evidence {one.pk}", why=why)
    for key in sorted({*told, *erased}):
        yield Broken(row=f"evidence {key}", why=NO_EVIDENCE)


def _whole(one: Evidence) -> str:
    return "" if packing.commitment(one) == one.sha256 else CHANGED


def _emptied(one: Evidence, told: dict[str, Any] | None) -> str:
    """Why a piece that was erased, or looks so, is not as it was left."""
    if told is None:
        return EMPTIED
    if not one.erased_at or one.text or one.body or one.salt:
        return NOT_EMPTIED
    return "" if (told["sha256"], told["erased"]) == (kept_sha256(one), instant(one.erased_at)) else OTHER_ROW


def _other(one: Evidence, told: str) -> str:
    """What was frozen without a salt cannot be compared any more once it is erased: the line of its end did it."""
    gone = one.erased_at and not one.salted
    return "" if gone or told == evidence_sha256(one) else OTHER_ROW


def _told_evidence(kind: str) -> dict[int, dict[str, Any]]:
    """What the lines of this kind say, by the key of their piece."""
    rows = TimelineEntry.objects.filter(kind=kind).order_by("id").values_list("subject", "data")
    return {int(subject.partition("/")[2]): data for subject, data in rows.iterator(chunk_size=1000)}


def packs() -> Iterator[Broken]:
    """The packs of each ticket, by the very program the customer has, and against the lines written when they were sealed."""
    told, erased = _told_packs(), _told_evidence("evidence:erased")
    held = Pack.objects.filter(sealed_at__isnull=False).values_list("ticket", flat=True)
    for ticket in Ticket.objects.filter(pk__in={*held, *told}).order_by("pk"):
        yield from _packs_of(ticket, told.get(ticket.pk, {}))
        yield from _links(ticket, erased) if erased else ()


def _packs_of(ticket: Ticket, told: dict[int, str]) -> Iterator[Broken]:
    found = verify.first_broken(packing.document(ticket)) if packing.sealed(ticket).exists() else None
    if found and found.pack:
        item = f", item {found.item}" if found.item else ""
        yield Broken(row=f"{ticket.ref}, pack {found.pack}{item}", why=WHY.get(found.why, CHANGED))
        return
    for place, pack in enumerate(packing.sealed(ticket), start=1):
        known = told.pop(place, None)
        if known is None:
            yield Broken(row=f"{ticket.ref}, pack {place}", why=UNTOLD)
        elif not _is_its_receipt(pack, place) or known != pack.sha256:
            yield Broken(row=f"{ticket.ref}, pack {place}", why=OTHER_ROW)
    for number in sorted(told):
        yield Broken(row=f"{ticket.ref}, pack {number}", why=NO_PACK)


def _links(ticket: Ticket, erased: dict[int, dict[str, Any]]) -> Iterator[Broken]:
    """Around each piece that was erased and had no salt: nothing but the history proves what is before it."""
    for pack in packing.sealed(ticket).prefetch_related("items"):
        for row, before in packing.linked(pack):
            told = erased.get(row.evidence_id, {})
            if "before" in told and (told["before"], told["chain"]) != (before, row.chain):
                yield Broken(row=f"{ticket.ref}, pack {pack.number}, item {row.number}", why=OTHER_LINK)


def _is_its_receipt(pack: Pack, place: int) -> bool:
    """Whether the columns say what the receipt says, which its chain proves."""
    said = packing.receipt(pack)
    columns = (pack.number, pack.moment, instant(pack.sealed_at), pack.sha256)
    return columns == (place, said["moment"], said["sealed_at"], said["sha256"])


def _told_packs() -> dict[int, dict[int, str]]:
    """The SHA-256 of each pack, as the history names it: by the key of the ticket, then by number."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for data in TimelineEntry.objects.filter(kind="pack:sealed").values_list("data", flat=True):
        found[int(data["ticket"])][int(data["number"])] = str(data["sha256"])
    return found
