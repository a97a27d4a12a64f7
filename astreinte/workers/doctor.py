"""Looks at everything that could stop a page: one line each, with what to do when it is not green."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from astreinte.accounts import erased
from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.core import clock, health, outbound
from astreinte.notifications import queries as outbox
from astreinte.notifications import readiness
from astreinte.oncall import coverage
from astreinte.paging import queries as paging
from astreinte.workers import doctor_watch
from astreinte.workers.doctor_lines import Level, Line, amber, green, red

# A worker writes a sign of life every few seconds.
FRESH = timedelta(seconds=60)
LATE_S = 10.0
CLOCK_OFF_S, CLOCK_WRONG_S = 1.0, 5.0
AHEAD = timedelta(days=14)
CONNECT_S = 5.0
WORKERS = {"pager": Level.RED, "keeper": Level.AMBER, "prober": Level.AMBER, "auditor": Level.AMBER}


def examine(*, at: datetime, send: bool = False) -> list[Line]:
    """Every line, the foundations first; when those fail, the rest cannot be asked and is left out."""
    since = clock.monotonic()
    try:
        lines = [*_database(), *_migrations()]
    except Exception as error:  # noqa: BLE001 - whatever the driver says, the database does not answer
        why = _("Start it, or correct ASTREINTE_DATABASE_URL.")
        return [red("database", _("The database does not answer: %s.") % str(error).strip(), why)]
    if any(line.about == "migrations" and line.level is Level.RED for line in lines):
        return lines
    looks: list[Callable[[], Iterable[Line]]] = [
        lambda: _clock(at),
        _secret_key,
        _erased,
        _provider,
        _channels,
        lambda: _gaps(at),
        _rotas,
        _policies,
        lambda: _workers(at),
        doctor_watch.references,
        lambda: doctor_watch.sites(at),
        lambda: _overdue(at),
        lambda: doctor_watch.status_page(at),
        doctor_watch.pings,
    ]
    lines += [line for look in looks for line in look()]
    lines += _reach() if send else []
    elapsed = (clock.now() - at).total_seconds() - (clock.monotonic() - since)
    if abs(elapsed) > CLOCK_OFF_S:
        lines.append(red("clock", _("The clock jumped by %.1f s while we looked.") % elapsed, _keep_time()))
    return lines


def _keep_time() -> str:
    return _("Let chrony or systemd-timesyncd keep the time of this machine.")


def _database() -> Iterator[Line]:
    found = health.database()
    name = f"{found.vendor} {found.version}" + (f", journal {found.journal.upper()}" if found.journal else "")
    if not found.is_durable:
        yield red(
            "database", _("%s may forget a commit when the power fails.") % name, _("Set synchronous to FULL, or on.")
        )
    elif not found.is_journal_safe:
        why = _("This SQLite can corrupt a database in WAL mode: upgrade it to 3.51.3, or use a rollback journal.")
        yield red("database", name, why)
    else:
        yield green("database", name)


def _migrations() -> Iterator[Line]:
    try:
        missing = health.missing_migrations()
    except health.HalfWay as refused:
        yield red("migrations", _(refused.sentence) % refused.details, "")
        return
    if missing:
        sentence = _("%(count)d migrations are missing, first %(name)s.") % {"count": len(missing), "name": missing[0]}
        yield red("migrations", sentence, _("Run `astreinte migrate`."))
    else:
        yield green("migrations", _("All applied."))


def _clock(at: datetime) -> Iterator[Line]:
    theirs = health.database_clock()
    off = abs((theirs - clock.now()).total_seconds()) if theirs else 0.0
    sentence = _("%.2f s away from the clock of the database.") % off if theirs else f"{at:%Y-%m-%d %H:%M:%S} UTC"
    if off > CLOCK_WRONG_S:
        yield red("clock", sentence, _keep_time())
    elif off > CLOCK_OFF_S:
        yield amber("clock", sentence, _keep_time())
    else:
        yield green("clock", sentence)


def _erased() -> Iterator[Line]:
    """A backup of before somebody was erased may have been restored."""
    try:
        back = erased.are_back()
    except (ValueError, TypeError):
        yield red("erased", _("erased.jsonl cannot be read."), _("Bring back the one that was kept."))
        return
    if back:
        sentence = ngettext("%d person who was erased is back.", "%d people who were erased are back.", len(back))
        yield red("erased", sentence % len(back), _("Run `astreinte erase --again`."))


def _secret_key() -> Iterator[Line]:
    path = Path(settings.DATA) / "secret_key"
    named = os.environ.get("ASTREINTE_SECRET_KEY_FILE")
    path = Path(named) if named else path
    if os.environ.get("ASTREINTE_SECRET_KEY") or not path.exists():
        yield green("secret key", _("Given by the environment."))
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        sentence = _("Others can read %s: it opens the credentials of the channels.") % path
        yield red("secret key", sentence, _("Run `chmod 600 %s`.") % path)
    else:
        yield green("secret key", _("Readable by us alone: %s.") % path)


def _provider() -> Iterator[Line]:
    provider = accounts.provider()
    if provider is None:
        yield red("provider", _("Nobody said yet whose desk this is."), _("Run `astreinte apply provider.yaml`."))
    else:
        yield green("provider", provider.name)


def _channels() -> Iterator[Line]:
    unreadable = readiness.unreadable()
    if unreadable:
        yield red("channels", unreadable, _("Run `astreinte apply provider.yaml`."))
        return
    ways = readiness.gateways()
    if "email" not in ways:
        yield red("channels", _("No e-mail can leave."), _("Write channels.email in the provider file."))
    if ways:
        yield green("channels", ", ".join(sorted(ways)))
    for person, kind, why in readiness.unusable_contacts():
        sentence = _("%(person)s cannot be reached by %(kind)s: %(why)s.") % {
            "person": person,
            "kind": kind,
            "why": why,
        }
        yield amber("contacts", sentence, _("Correct the contact in the provider file, or `channels`."))


def _gaps(at: datetime) -> Iterator[Line]:
    found = coverage.gaps(at=at, until=at + AHEAD)
    if not found:
        yield red("rotas", _("There is no rota."), _("Write `rotas` in the provider file."))
    for name, gaps in found.items():
        about = f"rota {name}"
        if not gaps:
            yield green(about, _("Somebody is on call for the next 14 days."))
            continue
        first = {"start": f"{gaps[0].start:%Y-%m-%d %H:%M}", "end": f"{gaps[0].end:%Y-%m-%d %H:%M}", "count": len(gaps)}
        sentence = _("Nobody is on call from %(start)s to %(end)s UTC (%(count)d gaps in 14 days).") % first
        yield red(about, sentence, _("Add a layer or a replacement."))


def _rotas() -> Iterator[Line]:
    people = {person.pk: person for name in coverage.names() for person in coverage.people_of(name)}
    yield from _unreachable(people.values())


def _unreachable(people: Iterable[User]) -> Iterator[Line]:
    everybody = list(people)
    reachable = readiness.reachable(everybody)
    for person in everybody:
        if person.pk not in reachable:
            sentence = _("%s takes turns on call and has no way to be reached.") % person.name
            yield red("people", sentence, _("Add a contact that works to the provider file."))


def _policies() -> Iterator[Line]:
    policies = list(paging.policies())
    if not policies:
        sentence = _("There is no escalation policy: a page would ring the whole staff at once.")
        yield red("escalation", sentence, _("Write `escalation` in the provider file."))
    for policy in policies:
        deaf = [place for place, step in enumerate(policy.steps.all(), start=1) if not _somebody(step.notify)]
        about = f"escalation {policy.name}"
        if deaf:
            sentence = _("Step %s would ring nobody.") % ", ".join(map(str, deaf))
            yield red(about, sentence, _("Name people who have a contact that works."))
        else:
            yield green(about, _("Every step has somebody to ring."))


def _somebody(targets: Iterable[str]) -> bool:
    people = [person for target in targets for person in _named(target)]
    return bool(readiness.reachable(people))


def _named(target: str) -> list[User]:
    kind, _colon, name = target.rpartition(":")
    if kind == "rota":
        return coverage.people_of(name)
    if kind == "role":
        return list(accounts.with_role(name))
    person = accounts.by_email(name)
    return [person] if person else []


def _workers(at: datetime) -> Iterator[Line]:
    alive = health.heartbeats()
    for worker, level in WORKERS.items():
        last = alive.get(worker)
        if last is not None and at - last <= FRESH:
            yield green(worker, _("Alive %d s ago.") % max(0, (at - last).total_seconds()))
            continue
        sentence = _("No sign of life since %s.") % f"{last:%Y-%m-%d %H:%M:%S} UTC" if last else _("It never ran.")
        remedy = _("Start it: `astreinte %s`, or everything: `astreinte up`.") % worker
        yield Line(level=level, about=worker, sentence=sentence, remedy=remedy)


def _overdue(at: datetime) -> Iterator[Line]:
    late = outbox.overdue_s(at=at)
    if late > LATE_S:
        yield red(
            "outbox", _("A message is %d s late.") % late, _("See that a pager runs and that its channels answer.")
        )
    else:
        yield green("outbox", _("Nothing is late."))
    lost = [str(page.pk) for page in paging.lost(at=at)]
    if lost:
        yield red(
            "pages", _("Pages that ring and will not climb: %s.") % ", ".join(lost), _("Take them in the console.")
        )


def _reach() -> Iterator[Line]:
    for kind, machines in readiness.gateways().items():
        for host, port in machines:
            about, where = f"channel {kind}", f"{host}:{port}"
            try:
                outbound.open_socket(host, port, allow_private=True, timeout=CONNECT_S).close()
            except (OSError, outbound.OutboundRefused) as error:
                sentence = _("%(where)s does not answer: %(why)s.") % {"where": where, "why": error}
                yield red(about, sentence, _("Check the network and the address in `channels`."))
            else:
                yield green(about, _("%s answers.") % where)
