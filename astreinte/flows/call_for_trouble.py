"""Something fails, whoever says so: its incident, and the page that rings for it, before any customer has to open a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from astreinte.accounts import queries as accounts
from astreinte.core.actors import SYSTEM
from astreinte.customers.models import Server
from astreinte.flows import announce, escalate, same_trouble
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring import rules, sources
from astreinte.monitoring.actions import Anomaly
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Alert, AlertSource, Check, Incident
from astreinte.monitoring.probes.base import of_kind
from astreinte.monitoring.states import CheckState
from astreinte.monitoring.words import as_said, sentence, symptom_words
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page

DOWN, NO_BACKUP = "service-down", "backup-unreachable"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What fails, and how those who are rung read it: in a word, in a few words in each language, and what was seen."""

    what: Anomaly
    symptom: str
    words: Mapping[str, str]
    said_by: str = ""  # who says so, where no server is known


def of_check(check: Check) -> Trouble:
    """One of our own checks is down; which clause that is depends on what it looks at."""
    clause = of_kind(check.kind).clause
    what = Anomaly(title=sentence(check), saw=check.saw or check.error, server=check.server, clause=clause, check=check)
    return Trouble(what=what, symptom=check.kind, words=symptom_words(check))


def of_heard(source: AlertSource, heard: Heard, *, server: Server | None, check: Check | None = None) -> Trouble:
    """A source says that something fails; which clause that is depends on what it proves. A check of ours keeps its own words."""
    if check:
        known = of_check(check)
        return replace(known, what=replace(known.what, saw=heard.title))
    clause = NO_BACKUP if source.proves == "backup" else DOWN
    title = heard.words.get(_language(server), heard.title)
    what = Anomaly(title=title, saw=heard.title, server=server, clause=clause if server else "")
    words = heard.words or as_said(heard.name)
    return Trouble(what=what, symptom=heard.name, words=words, said_by=source.name)


def of_alert(alert: Alert) -> Trouble:
    """The same, from what was kept of it."""
    return of_heard(alert.source, as_heard(alert), server=alert.server)


def as_heard(alert: Alert) -> Heard:
    """An alert as it was heard."""
    return Heard(
        fingerprint=alert.fingerprint, firing=alert.firing, name=alert.name, title=alert.title, labels=alert.labels
    )


def of_incident(incident: Incident) -> Trouble | None:
    """What an incident is about, now; None when nothing says so any more."""
    check = watched.check_now(incident.of_check_id) if incident.of_check_id else None
    alert = sources.of_incident(incident).first()
    if check and alert and check.state != CheckState.DOWN:
        return of_heard(alert.source, as_heard(alert), server=check.server, check=check)
    if check:
        return of_check(check)
    return of_alert(alert) if alert else None


def _language(server: Server | None) -> str:
    provider = accounts.provider()
    return server.customer.language if server else next(iter(provider.languages if provider else []), "")


def begins(trouble: Trouble, *, last: Incident | None, at: datetime, part_of: Incident | None = None) -> Incident:
    """Its incident, in the transaction of whoever saw it. `last` is the newest one about the same thing, and is not open.

    It is a part of the trouble around it (or `part_of`), and rings nobody then; else somebody is called.
    """
    same = last if last and rules.is_same(resolved_at=last.resolved_at, at=at) else None
    parent = part_of or watched.trouble_around(trouble.what.server, at=at)
    rings = parent is None and (same is None or rules.rings(times=same.times + 1, since=at, at=at))
    page = new_page(trouble, at=at) if rings else None
    incident = (
        monitoring.reopen(same, page=page, parent=parent, at=at)
        if same
        else monitoring.open_incident(trouble.what, page=page, parent=parent, at=at)
    )
    if page and not same_trouble.began(incident, page, at=at):
        escalate.first(page, at=at)
    if page and same:
        announce.again(incident, at=at)
    return incident


def parts(troubles: Sequence[Trouble], *, of: Incident, at: datetime) -> list[Incident]:
    """Many that begin in one breath, none of them known before: parts of the one that rings for all."""
    return monitoring.open_parts([trouble.what for trouble in troubles], parent=of, at=at)


def new_page(trouble: Trouble, *, at: datetime) -> Page:
    """A page about it, by the plan of the server's customer; by the default one when no server is known."""
    what, server = trouble.what, trouble.what.server
    provider = accounts.provider()
    facts = {
        "customer": server.customer.name if server else provider.name if provider else "",
        "server": server.name if server else trouble.said_by,
        "plan": server.plan.name if server else "",
        "symptom": trouble.symptom,
        "symptom_words": dict(trouble.words),
        "sentence": what.saw,
        "saw": "",
        "urgent": False,
        "monitored": True,
    }
    plan = pages.plan(server.customer.escalation if server else "default")
    return paging.start(plan=plan, title=what.title, facts=facts, by=SYSTEM, at=at)
