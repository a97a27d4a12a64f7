"""Questions about diagnoses: whose, how far, what is known by now. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from astreinte.accounts.models import User
from astreinte.core import rows
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import inquiries as monitored
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import readings
from astreinte.monitoring.models import Check, Reading, Result
from astreinte.tickets import facts
from astreinte.tickets.models import Diagnosis, Ticket
from astreinte.tickets.rules import looking as rules
from astreinte.tickets.states import DiagnosisState

# The same question within this time is the same diagnosis: nobody looks twice for it.
SAME = timedelta(seconds=10)
# How long what was looked at may be weighed again, for what is complained of in the end.
LASTS = timedelta(minutes=2)
# How many failures are told to the one who is rung.
SAID = 2
# The roles of facts that say what is wrong (guarantee/rules/advice/explanation.py).
POINTS = frozenset({"ours", "theirs", "broken", "named"})
MOST, WITHIN = 12, timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is looked at: its check, and what was seen of it since the diagnosis began; None while nothing was."""

    check: Check
    look: Result | None


def seen_by(user: User) -> QuerySet[Diagnosis]:
    """The diagnoses this person may read: those of servers they see; every one for the staff."""
    found = Diagnosis.objects.select_related("server__customer", "server__plan", "ticket", "started_by")
    if user.handles_cases:
        return found
    return found.filter(server__in=customers.servers_of(user).order_by().values("pk"))


def same(server: Server, *, symptom: str, by: User, at: datetime) -> Diagnosis | None:
    """What this person has just asked."""
    return _of_no_case(server, by=by).filter(symptom=symptom, started_at__gt=at - SAME).order_by("-pk").first()


def _of_no_case(server: Server | int, *, by: User | int) -> QuerySet[Diagnosis]:
    return Diagnosis.objects.filter(server=server, started_by=by, ticket=None)


def serves(looked: Diagnosis, *, server: Server, by: User, at: datetime) -> bool:
    """Whether what this person has just looked at may be weighed for a complaint about this server, without looking again."""
    is_theirs = looked.started_by_id == by.pk and looked.server_id == server.pk and looked.ticket_id is None
    return is_theirs and at - LASTS < looked.started_at <= at


def weighed_already(looked: Diagnosis, *, symptom: str) -> Diagnosis | None:
    """The diagnosis of the same looks for this complaint, if it was asked for already."""
    twins = _of_no_case(looked.server_id, by=looked.started_by_id)
    return twins.filter(symptom=symptom, started_at=looked.started_at).exclude(pk=looked.pk).first()


def lately(server: Server, *, by: User, at: datetime) -> Diagnosis | None:
    """What this person saw of this server last, while it may still be weighed."""
    return _of_no_case(server, by=by).filter(started_at__gt=at - LASTS).order_by("-started_at", "-pk").first()


def are_many(user: User, *, at: datetime) -> bool:
    """Whether this person asks too often. The same looks weighed for another complaint were asked for once."""
    asked = Diagnosis.objects.filter(started_by=user, started_at__gt=at - WITHIN)
    return asked.values("server", "started_at").distinct().count() >= MOST


def over(*, at: datetime) -> list[Diagnosis]:
    """Of those that still look, the ones with nothing more to wait for, oldest first. All are judged by the same few questions."""
    if not rows.exists(Diagnosis, {"state": DiagnosisState.RUNNING}):  # nearly always so
        return []
    looking = Diagnosis.objects.filter(state=DiagnosisState.RUNNING)
    found = list(looking.select_related("server__customer", "server__plan", "ticket__policy").order_by("started_at"))
    young = [one for one in found if not rules.is_late(started_at=one.started_at, at=at)]
    waiting = _waiting(young, at=at)
    return [one for one in found if one.pk not in waiting]


def _waiting(young: Sequence[Diagnosis], *, at: datetime) -> set[int]:
    """Those of these that still wait for an answer, by key."""
    if not young:
        return set()
    servers = [one.server for one in young]
    checks, asked = list(monitoring.checks_of(servers)), _waited_for(servers)
    looks = monitoring.last_looks(checks, since=young[0].started_at)
    answers: dict[int, list[datetime | None]] = defaultdict(list)
    for check in checks:
        answers[check.server_id].append(looks[check.pk].at if check.pk in looks else None)
    return {one.pk for one in young if not _is_over(one, answers[one.server_id], asked=asked, at=at)}


def _is_over(one: Diagnosis, answers: Iterable[datetime | None], *, asked: set[int], at: datetime) -> bool:
    return rules.is_over(started_at=one.started_at, answers=answers, asked=one.server_id in asked, at=at)


def _waited_for(servers: Sequence[Server]) -> set[int]:
    """Those of which a prober is asking other machines: a name server, a certificate, Prometheus."""
    return monitored.looked_up(servers) | readings.waited_for(servers)


def of_ticket(ticket: Ticket) -> list[Diagnosis]:
    """The diagnoses of a case, oldest first."""
    return list(ticket.diagnoses.select_related("server__customer", "server__plan", "started_by").order_by("pk"))


def is_looking(ticket: Ticket) -> bool:
    """Whether a diagnosis of this case still looks."""
    return ticket.diagnoses.filter(state=DiagnosisState.RUNNING).exists()


def tells(diagnosis: Diagnosis, ticket: Ticket) -> bool:
    """Whether this diagnosis looked while the trouble was there: one that begins with the resolution sees what works again."""
    over = ticket.resolved_at
    return over is None or diagnosis.started_at < over or (diagnosis.ended_at or diagnosis.started_at) <= over


def advised(ticket: Ticket) -> str:
    """What the last finished diagnosis that tells of this case advises (`covered`, `excluded`...); empty when there is none."""
    return advised_clauses(ticket)[0]


def advised_clauses(ticket: Ticket) -> tuple[str, list[str]]:
    """The same, with its clauses."""
    done = [one for one in ticket.diagnoses.filter(state=DiagnosisState.DONE).order_by("pk") if tells(one, ticket)]
    last = done[-1] if done else None
    return (str(last.advice["outcome"]), list(last.advice["clauses"])) if last and last.advice else ("", [])


def forecast(ticket: Ticket) -> tuple[str, str]:
    """What the customer had read before the case began: what the first diagnosis advises, and how sure it is; empty without one."""
    read = ticket.diagnoses.filter(state=DiagnosisState.DONE, started_at__lte=ticket.opened_at)
    first = read.order_by("pk").first()
    advice = (first.advice if first else None) or {}
    return str(advice.get("outcome", "")), str(advice.get("confidence", ""))


def lines(diagnosis: Diagnosis) -> list[Line]:
    """What is looked at, and what has answered since the diagnosis began."""
    checks = list(monitoring.checks_of([diagnosis.server]))
    looks = monitoring.last_looks(checks, since=diagnosis.started_at)
    return [Line(check=check, look=looks.get(check.pk)) for check in checks]


def failing(diagnosis: Diagnosis) -> str:
    """What does not work, as the looks said it, else what the advice rests on; how much was in order when nothing fails.

    No language: services, protocols and kinds of facts.
    """
    looked = [line for line in lines(diagnosis) if line.look]
    broken = [line for line in looked if line.look and not line.look.up]
    if broken:
        return ", ".join(f"{one.check.kind}: {_said(one)}" for one in broken[:SAID])
    return _points_at(diagnosis) or (f"{len(looked)}/{len(looked)} OK" if looked else "")


def _points_at(diagnosis: Diagnosis) -> str:
    """The first fact that points at a cause: all that is watched may well be in order beside a service that failed."""
    cited = (diagnosis.advice or {}).get("explanation", [])
    one = next((one for one in cited if one.get("role") in POINTS and "value" in one), None)
    if one is None:
        return ""
    what = f"{one['fact_kind']} {one.get('subject', '')}".strip()
    return f"{what}: {one['value']}"[:60]


def _said(line: Line) -> str:
    return (line.look.saw or line.look.error)[:60] if line.look else ""


def is_over(diagnosis: Diagnosis, found: Sequence[Line], *, at: datetime) -> bool:
    """Whether there is nothing more to wait for; the page has its lines already."""
    if diagnosis.state == DiagnosisState.DONE:
        return True
    answers = [line.look.at if line.look else None for line in found]
    return _is_over(diagnosis, answers, asked=_waited_for([diagnosis.server]), at=at)


def reading(diagnosis: Diagnosis) -> Reading | None:
    """What Prometheus has said of the server since the diagnosis began, or what is waited for; None where it was not asked."""
    found = readings.of(diagnosis.server)
    if found is None or found.due_at or (found.read_at and found.read_at >= diagnosis.started_at):
        return found
    return None


def known(diagnosis: Diagnosis, *, at: datetime) -> list[dict[str, Any]]:
    """The facts by now; once it is done, those that were frozen."""
    if diagnosis.state == DiagnosisState.DONE:
        return list(diagnosis.facts)
    return facts.about(diagnosis.server, symptom=diagnosis.symptom, at=at)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A fact that is another one than the first time; None where there was none, or is none any more."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None


def changes(first: Diagnosis, last: Diagnosis) -> list[Change]:
    """What is different in the last of two diagnoses of a case."""
    before, after = ({_about(one): one for one in each.facts} for each in (first, last))
    keys = dict.fromkeys([*before, *after])
    pairs = [Change(before=before.get(key), after=after.get(key)) for key in keys]
    return [one for one in pairs if _value(one.before) != _value(one.after)]


def _about(fact: dict[str, Any]) -> tuple[str, str, str]:
    return fact["kind"], fact.get("subject", ""), fact["source"]


def _value(fact: dict[str, Any] | None) -> Any:
    return fact["value"] if fact else None
