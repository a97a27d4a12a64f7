"""Questions about *Just me?*: whose, what is seen from each place by now, who asks too often, what is over. Reads only."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core import digests, rows
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import queries, registered, vantage
from astreinte.monitoring.models import Check, Inquiry, LookUp, Result, Site
from astreinte.monitoring.rules import OURS, reaching
from astreinte.monitoring.rules.reaching import DOWN, RUNNING, UP, Reach

UNKNOWN, DEGRADED = "unknown", "degraded"
# What somebody signed in may ask in a minute; what one place, and the whole world, may ask without a login.
MOST, WITHIN = 12, timedelta(minutes=1)
FROM_ONE_PLACE, PLACE_WITHIN = 10, timedelta(minutes=10)
FROM_EVERYWHERE, WORLD_WITHIN = 60, timedelta(minutes=1)
# Those that nobody shared are forgotten after a day.
KEPT = timedelta(days=1)
# A look-up that a prober took and never answered is made again.
ABANDONED = timedelta(seconds=30)
# A registry is asked so often in a minute by the whole desk.
MOST_OF = {"rdap": 10}
NETWORK = "asn"
KINDS_OF_WHAT = {"http": "web", "ping": "ping"}

Line = dict[str, Any]


def seen_by(user: User | None) -> QuerySet[Inquiry]:
    """The inquiries this person may read: their own, and on servers they see; without a login, those made without one."""
    found = Inquiry.objects.select_related("server__customer", "server__plan", "asked_by")
    if user is None:
        return found.filter(asked_by=None)
    return found.filter(server__in=customers.servers_of(user).order_by().values("pk"), asked_by__isnull=False)


def own(user: User) -> QuerySet[Inquiry]:
    """Those this person made, on servers they still see: to act on."""
    return seen_by(user).filter(asked_by=user)


def shared(token: str, *, at: datetime) -> Inquiry | None:
    """What this link shows; None when it is over, or never was."""
    return Inquiry.objects.filter(shared_sha256=digests.sha256(token), shared_until__gt=at).first()


def same(server: Server, *, name: str, by: User | None, place: str, at: datetime) -> Inquiry | None:
    """What the same person has just asked."""
    asked = Inquiry.objects.filter(server=server, name=name, asked_by=by, asked_at__gt=at - reaching.RECENT)
    return asked.filter(place=place).order_by("-pk").first()


def was_asked(server: Server, *, at: datetime) -> bool:
    """Whether anybody has just made us look at this server."""
    return Inquiry.objects.filter(server=server, asked_at__gt=at - reaching.RECENT).exists()


def are_many(by: User | None, *, place: str, at: datetime) -> bool:
    """Whether this person, or this place, or the world without a login asks too often."""
    if by is not None:
        return Inquiry.objects.filter(asked_by=by, asked_at__gt=at - WITHIN).count() >= MOST
    nobody = Inquiry.objects.filter(asked_by=None)
    here = nobody.filter(place=place, asked_at__gt=at - PLACE_WITHIN).count() >= FROM_ONE_PLACE
    return here or nobody.filter(asked_at__gt=at - WORLD_WITHIN).count() >= FROM_EVERYWHERE


def running() -> list[Inquiry]:
    """Those that still look, oldest first."""
    if not rows.exists(Inquiry, {"ended_at": None}):  # nearly always so
        return []
    return list(Inquiry.objects.filter(ended_at=None).select_related("server").order_by("pk"))


def asking_to_lift(server: Server) -> list[Inquiry]:
    """Those whose ban somebody asked to lift, and that nobody confirmed."""
    return list(Inquiry.objects.filter(server=server, lift_asked_at__isnull=False, lifted_at=None))


def over(*, at: datetime) -> QuerySet[Inquiry]:
    """What is to be forgotten: a day old and not shared, or shared until before now."""
    unshared = Q(shared_until=None) | Q(shared_until__lte=at)
    return Inquiry.objects.filter(unshared, asked_at__lte=at - KEPT)


# -- what is looked up -----------------------------------------------------------------------------------------------------


def wanted(*, at: datetime, limit: int) -> list[LookUp]:
    """Look-ups somebody waits for, oldest first; of a registry no more than it bears."""
    free = Q(claimed_at=None) | Q(claimed_at__lte=at - ABANDONED)
    waiting = LookUp.objects.filter(free, wanted_at__isnull=False).select_related("server").order_by("wanted_at")
    found = list(waiting[:limit])
    if not found:
        return []
    left = {kind: most - _lately(kind, at=at) for kind, most in MOST_OF.items()}
    return list(_bearable(found, left))


def _lately(kind: str, *, at: datetime) -> int:
    since = at - timedelta(minutes=1)
    return LookUp.objects.filter(Q(claimed_at__gt=since) | Q(tried_at__gt=since), kind=kind).count()


def _bearable(found: Iterable[LookUp], left: dict[str, int]) -> Iterator[LookUp]:
    for one in found:
        if left.get(one.kind, 1) > 0:
            yield one
            left[one.kind] = left.get(one.kind, 1) - (one.kind in left)


def look_ups(server: Server, *, name: str = "") -> list[LookUp]:
    """What is known of the names of this server, or of one of them."""
    found = LookUp.objects.filter(server=server)
    return list((found.filter(name=name) if name else found).order_by("name", "kind"))


def autonomous_system(inquiry: Inquiry) -> int:
    """The number of the network whoever asked comes from; 0 when it is not known."""
    found = LookUp.objects.filter(server=inquiry.server_id, kind=NETWORK, name=inquiry.address or "").first()
    return int(found.found.get("asn", 0)) if found else 0


def old_networks(*, at: datetime) -> QuerySet[LookUp]:
    """The networks of those who asked a day ago: an address is somebody's."""
    before = at - KEPT
    return LookUp.objects.filter(Q(tried_at__lte=before) | Q(wanted_at__lte=before), kind=NETWORK)


def looked_up(servers: Iterable[Server]) -> set[int]:
    """Those of which a prober is asking about a name, by key; a registry is never waited for."""
    asked = LookUp.objects.filter(server__in=[server.pk for server in servers], claimed_at__isnull=False)
    return set(asked.exclude(kind__in=("rdap", NETWORK)).values_list("server", flat=True))


# -- the lines --------------------------------------------------------------------------------------------------------------


def lines(inquiry: Inquiry, *, at: datetime) -> list[Line]:
    """What each place and each server says by now, as plain JSON; once it ended, what was frozen."""
    if inquiry.ended_at:
        return list(inquiry.found)
    is_late = at >= inquiry.asked_at + reaching.PATIENCE
    found = [*_from_places(inquiry), *_of_names(inquiry)]
    return [{**line, "state": UNKNOWN} if is_late and line["state"] == RUNNING else line for line in found]


def verdict(inquiry: Inquiry, found: Iterable[Line]) -> Reach:
    """The one sentence; once it ended, the one that was said."""
    return Reach(inquiry.verdict) if inquiry.ended_at else reaching.reach(found)


def is_over(found: Iterable[Line]) -> bool:
    """Whether there is nothing more to wait for."""
    return all(line["state"] != RUNNING for line in found)


def _from_places(inquiry: Inquiry) -> Iterator[Line]:
    checks = list(_checks(inquiry))
    places = [one for one in vantage.overview() if one.name != vantage.MAIN]
    watching = {one.pk: vantage.theirs_among(one, [check.pk for check in checks]) for one in places}
    seen = _looks(checks, inquiry)
    for check in checks:
        yield _line(check, "", seen.get((check.pk, None)), waits=True)
        for place in places:
            if check.pk in watching[place.pk]:
                yield _line(check, place.name, _believable(place, seen, check, at=inquiry.asked_at), waits=False)


def _checks(inquiry: Inquiry) -> Iterator[Check]:
    """The pages of the name, and the pings of its server; of a server as a whole, everything."""
    watched = queries.checks_of([inquiry.server]).select_related("service")
    whole = inquiry.name == inquiry.server.name
    for check in watched:
        if whole or check.kind == "ping" or (check.kind == "http" and inquiry.name in registered.names(check)):
            yield check


def _looks(checks: Iterable[Check], inquiry: Inquiry) -> Mapping[tuple[int, int | None], Result]:
    """The newest look of each place at each check: of the desk itself, since somebody asked."""
    since = inquiry.asked_at - reaching.LATELY
    found = Result.objects.filter(of_check__in=[check.pk for check in checks], at__gte=since).order_by("at")
    fresh = inquiry.asked_at - reaching.RECENT
    return {(one.of_check_id, one.site_id): one for one in found if one.site_id is not None or one.at >= fresh}


def _believable(
    place: Site, seen: Mapping[tuple[int, int | None], Result], check: Check, *, at: datetime
) -> Result | None:
    if not vantage.is_heard(place, at=at) or vantage.is_blind(place, at=at):
        return None
    return seen.get((check.pk, place.pk))


def _line(check: Check, place: str, look: Result | None, *, waits: bool) -> Line:
    what = KINDS_OF_WHAT.get(check.kind, "service")
    told = {"what": what, "kind": check.kind, "where": check.where, "from": place, "said": ""}
    if look is None or look.error in OURS:
        state = RUNNING if waits and look is None else UNKNOWN
        return {**told, "state": state, "error": "", "ms": None, "at": None}
    state = UP if look.up else DOWN
    return {**told, "state": state, "error": look.error, "ms": look.took_ms, "at": look.at.isoformat()}


def _of_names(inquiry: Inquiry) -> Iterator[Line]:
    whole = inquiry.name == inquiry.server.name
    asked = set(registered.look_ups(inquiry.server))
    for one in look_ups(inquiry.server, name="" if whole else inquiry.name):
        if (one.kind, one.name) in asked:
            yield from LINES[one.kind](one)


def _told(one: LookUp, what: str, *, state: str, **more: Any) -> Line:
    at = one.looked_at.isoformat() if one.looked_at else None
    told = {"what": what, "kind": one.kind, "where": one.name, "from": "", "said": "", "error": "", "ms": None}
    return {**told, "at": at, "state": state, **more}


def _waiting(one: LookUp, what: str) -> Line | None:
    """What is said while nobody answered, or when nobody could."""
    if one.wanted_at is not None:
        return _told(one, what, state=RUNNING, at=None)
    if one.error:
        return _told(one, what, state=UNKNOWN, error=one.error)
    return None if one.looked_at else _told(one, what, state=UNKNOWN)


def _dns(one: LookUp) -> Iterator[Line]:
    waiting = _waiting(one, "dns")
    if waiting:
        yield waiting
        return
    answers = one.found.get("answers", [])
    usual = _usual(answers)
    for answer in answers:
        said = ", ".join(answer["said"])
        well = not answer["error"] and answer["code"] == "NOERROR" and bool(said)
        state = DOWN if not well else DEGRADED if said != usual else UP
        more = {"role": answer["role"], "code": answer["code"], "said": said, "ms": answer["ms"]}
        yield _told(one, "dns", state=state, error=answer["error"], **{"from": answer["server"]}, **more)
    if one.found.get("dnssec") == "bogus":
        yield _told(one, "dnssec", state=DOWN)


def _usual(answers: Iterable[Mapping[str, Any]]) -> str:
    """What most of those who answer say."""
    said = [", ".join(one["said"]) for one in answers if one["said"]]
    return max(said, key=said.count, default="")


def _tls(one: LookUp) -> Iterator[Line]:
    waiting = _waiting(one, "tls")
    if waiting:
        yield waiting
        return
    found = one.found
    state = DOWN if found["refused"] or found["days_left"] <= 0 else UP
    yield _told(one, "tls", state=state, said=found["issuer"], ends_at=found["ends_at"], refused=found["refused"])


def _rdap(one: LookUp) -> Iterator[Line]:
    """It never makes anybody wait: what is not known yet is not told."""
    if one.looked_at and one.found.get("state"):
        found = one.found
        state = UP if found["state"] == "active" else DOWN
        more = {"where": found["domain"], "said": found["registrar"], "ends_at": found["ends_at"]}
        yield _told(one, "domain", state=state, domain_state=found["state"], **more)


LINES = {"dns": _dns, "tls": _tls, "rdap": _rdap}
