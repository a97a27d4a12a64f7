"""Values right one by one and wrong together. Reads the tree, so that it speaks even when the grammar refused."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from astreinte.core import durations
from astreinte.core.refusals import gettext_noop
from astreinte.monitoring.probes import KINDS, BadParameters, make
from astreinte.monitoring.probes.base import at_home
from astreinte.monitoring.rules import windows
from astreinte.oncall.rules import words, zones
from astreinte.oncall.rules.turns import Every, Handoff, Unit
from astreinte.provider_file import values
from astreinte.provider_file.grammar import BREATH, ROUND
from astreinte.provider_file.people import OWN
from astreinte.provider_file.problems import Problem
from astreinte.provider_file.references import DUPLICATE, name, targets, whom_of
from astreinte.provider_file.tree import Node

GTI_OVER_GTR = gettext_noop("The time to intervene (gti) is longer than the time to restore (gtr).")
NOT_LATER = gettext_noop("Each step comes later than the one before: write more than %(before)s.")
ROUND_TOO_SHORT = gettext_noop("The round is repeated before its last step, at %(last)s: write that or more.")
NO_ROUND = gettext_noop("repeat_every cannot be 0s.")
BOTH = gettext_noop("%(value)s is already covered on line %(first)d: a clause is covered or excluded, not both.")
WEEKDAY = gettext_noop("A hand-over on a weekday needs a rotation in weeks: write every: 1w, or only the time.")
BACKWARDS = gettext_noop("%(key)s: the end is not after the start.")
OTHER_SIREN = gettext_noop("%(key)s does not contain the SIREN %(siren)s.")
UNWATCHABLE = gettext_noop("This service cannot be watched: %(why)s.")
OWN_NAME = gettext_noop("%(value)s is the name of the desk's own prober: give this site another name.")
MAIN = "main"
NO_INTERVAL = gettext_noop("%(key)s cannot be 0s.")

NEVER_REACHED = gettext_noop(
    "%(person)s: this contact is never used, the next step comes after %(time)s at the latest."
)
NOBODY = gettext_noop("Nobody has the role %(value)s: this step is skipped.")
NO_CONTACTS = gettext_noop("%(person)s has the role %(value)s and no contact: this step does not ring this person.")
NO_OWNER = gettext_noop("%(customer)s has no owner: nobody of this customer may do everything.")
SEES_NOTHING = gettext_noop("%(member)s is technical on no server: list them in servers.")
SHORT_KEY = gettext_noop(
    "The key of %(door)s is short: whoever guesses it can raise alerts. Use 20 characters or more."
)
NO_VAT = gettext_noop("The provider has no vat_number and does not say franchise: true: its invoices would be refused.")
LATE_START = gettext_noop("The first step of %(policy)s is not immediate: the phone rings after %(time)s.")

GOOD_KEY = 16
DEFAULT_ZONE = "Europe/Paris"  # as the grammar has it
T = TypeVar("T")


def problems(root: Node) -> Iterator[Problem]:
    """Every contradiction."""
    yield from _plans(root)
    yield from _policies(root)
    yield from _layers(root)
    yield from _numbers(root.get("provider"))
    for customer in root.get("customers").items():
        yield from _numbers(customer)
    for _, policy in root.get("escalation").pairs():
        yield from _steps(policy)
    yield from _watching(root)
    yield from _maintenance(root)


def _watching(root: Node) -> Iterator[Problem]:
    for paced in [root.get("monitoring"), *_services(root)]:
        if duration(paced.get("interval")) == timedelta():
            yield paced.get("interval").problem(NO_INTERVAL, key="interval")
    for server in _servers(root):
        for service in server.get("services").items():
            yield from _watched(service, on=server)
    for named, site in root.get("monitoring").get("sites").pairs():
        if named == MAIN:
            yield site.problem(OWN_NAME, value=MAIN)


def _maintenance(root: Node) -> Iterator[Problem]:
    """Windows that cannot be, on the clocks of the provider; and the same work twice at one time."""
    zone = _read(root.get("provider").get("time_zone"), zones.load) or zones.load(DEFAULT_ZONE)
    first: dict[tuple[str, datetime], int] = {}
    for window in root.get("maintenance").items():
        start, end = (_read(window.get(name), values.moment) for name in ("start", "end"))
        if start is None or end is None:
            continue
        try:
            begins, ends = windows.instants(start, end, zone=zone)
        except OverflowError:  # in the first or the last year that there is
            yield window.get("start").problem(values.BAD_MOMENT, key="start", value=window.get("start").text[:80])
            continue
        refused = windows.wrong_length(begins, ends)
        if refused:
            yield window.get("end").problem(refused.sentence, **refused.details)
        what = window.get("title").text.strip(), begins
        if what in first:
            yield window.get("title").problem(DUPLICATE, value=what[0][:80], first=first[what])
        first.setdefault(what, window.line)


def _watched(service: Node, *, on: Node) -> Iterator[Problem]:
    """A kind of service that a probe knows has that probe's parameters; any other is kept, and not watched."""
    said = values.typed(service.plain())
    if not isinstance(said, dict) or str(said.get("type")) not in KINDS:
        return
    given = {key: value for key, value in said.items() if key not in OWN}
    addresses = [address.text for address in on.get("addresses").items()]
    try:
        make(str(said["type"]), at_home(str(said["type"]), given, server=on.get("name").text, addresses=addresses))
    except BadParameters as bad:
        yield service.problem(UNWATCHABLE, why=str(bad))


def _servers(root: Node) -> Iterator[Node]:
    for customer in root.get("customers").items():
        yield from customer.get("servers").items()


def _services(root: Node) -> Iterator[Node]:
    for server in _servers(root):
        yield from server.get("services").items()


def duration(node: Node) -> timedelta | None:
    """None when it is absent or not a duration: the grammar says so elsewhere."""
    return _read(node, durations.parse)


def _read(node: Node, read: Callable[[str], T]) -> T | None:
    try:
        return read(node.text.strip())
    except (ValueError, OverflowError):
        return None


def _plans(root: Node) -> Iterator[Problem]:
    for _, plan in root.get("plans").pairs():
        gti, gtr = duration(plan.get("gti")), duration(plan.get("gtr"))
        if gti is not None and gtr is not None and gti > gtr:
            yield plan.get("gti").problem(GTI_OVER_GTR)


def _policies(root: Node) -> Iterator[Problem]:
    for policy in root.get("policies").items():
        covered = {clause.text: clause.line for clause in policy.get("covered").items()}
        for clause in policy.get("excluded").items():
            if clause.text in covered:
                yield clause.problem(BOTH, value=clause.text[:80], first=covered[clause.text])


def _layers(root: Node) -> Iterator[Problem]:
    for _, rota in root.get("rotas").pairs():
        for layer in rota.get("layers").items():
            yield from _layer(layer)
        for override in rota.get("overrides").items():
            yield from _order(override, "to")


def _layer(layer: Node) -> Iterator[Problem]:
    every: Every | None = _read(layer.get("every"), words.every)
    handoff: Handoff | None = _read(layer.get("handoff"), words.handoff)
    if every and handoff and every.unit is not Unit.WEEKS and handoff.weekday is not None:
        yield layer.get("handoff").problem(WEEKDAY)
    yield from _order(layer, "until")


def _order(period: Node, key: str) -> Iterator[Problem]:
    start, end = period.get("from").text, period.get(key).text
    # Dates of this grammar are ordered as texts.
    if start and end and end.replace("T", " ") <= start.replace("T", " "):
        yield period.get(key).problem(BACKWARDS, key=key)


def _numbers(company: Node) -> Iterator[Problem]:
    siren = company.get("siren").text.replace(" ", "")
    vat, siret = company.get("vat_number"), company.get("siret")
    if siren and vat.text.startswith("FR") and not vat.text.replace(" ", "").endswith(siren):
        yield vat.problem(OTHER_SIREN, key="vat_number", siren=siren[:20])
    if siren and siret.text and not siret.text.replace(" ", "").startswith(siren):
        yield siret.problem(OTHER_SIREN, key="siret", siren=siren[:20])


def _steps(policy: Node) -> Iterator[Problem]:
    before: timedelta | None = None
    for step in policy.get("steps").items():
        after = duration(step.get("after"))
        if before is not None and after is not None and after <= before:
            yield step.get("after").problem(NOT_LATER, before=durations.written(before))
        before = after if after is not None else before
    repeat = duration(policy.get("repeat_every"))
    if repeat == timedelta():
        yield policy.get("repeat_every").problem(NO_ROUND)
    elif repeat is not None and before is not None and repeat < before:
        yield policy.get("repeat_every").problem(ROUND_TOO_SHORT, last=durations.written(before))


def warnings(root: Node) -> Iterator[Problem]:
    """What is allowed and probably not meant, in a file without problems."""
    provider = root.get("provider")
    if not provider.get("vat_number").text and not values.BOOLS.get(provider.get("franchise").text.lower()):
        yield provider.problem(NO_VAT)
    for named, policy in root.get("escalation").pairs():
        yield from _late_start(named, policy)
    yield from _roles(root)
    yield from _unreachable(root)
    for customer in root.get("customers").items():
        yield from _members(customer)
    for named, door in [*root.get("inbound").pairs(), *root.get("monitoring").get("sites").pairs()]:
        if len(door.get("key").text) < GOOD_KEY:
            yield door.get("key").problem(SHORT_KEY, door=named)


def _late_start(named: str, policy: Node) -> Iterator[Problem]:
    first = policy.get("steps").items()[0].get("after")
    if after := duration(first):
        yield first.problem(LATE_START, policy=named, time=durations.written(after))


def _roles(root: Node) -> Iterator[Problem]:
    for _, policy in root.get("escalation").pairs():
        for target in targets(policy):
            kind, role = whom_of(target)
            if kind != "role":
                continue
            people = [person for person in root.get("staff").items() if role in _texts(person.get("roles"))]
            if not people:
                yield target.problem(NOBODY, value=role)
            for person in people:
                if not person.get("contacts").items():
                    yield target.problem(NO_CONTACTS, person=name(person.get("email")), value=role)


def _texts(node: Node) -> set[str]:
    return {item.text for item in node.items()}


def _members(customer: Node) -> Iterator[Problem]:
    members = customer.get("members").items()
    if not any("owner" in _texts(member.get("rights")) for member in members):
        yield customer.problem(NO_OWNER, customer=customer.get("ref").text)
    for member in members:
        rights = _texts(member.get("rights"))
        if "technical" in rights and "owner" not in rights and not member.get("servers").items():
            yield member.problem(SEES_NOTHING, member=name(member.get("email")))


def _unreachable(root: Node) -> Iterator[Problem]:
    """A contact later than every step that calls this person lasts."""
    longest = _longest_steps(root)
    for person in root.get("staff").items():
        email = name(person.get("email"))
        for contact in person.get("contacts").items():
            after = duration(contact.get("after"))
            if after and email in longest and after >= longest[email]:
                yield contact.problem(NEVER_REACHED, person=email, time=durations.written(longest[email]))


def _longest_steps(root: Node) -> dict[str, timedelta]:
    longest: dict[str, timedelta] = {}
    for _, policy in root.get("escalation").pairs():
        steps = policy.get("steps").items()
        starts = [duration(step.get("after")) or timedelta() for step in steps]
        end = duration(policy.get("repeat_every")) or max(ROUND, starts[-1] + BREATH)
        for step, start, stop in zip(steps, starts, [*starts[1:], end], strict=True):
            for email in _called(root, step):
                longest[email] = max(longest.get(email, timedelta()), stop - start)
    return longest


def _called(root: Node, step: Node) -> Iterator[str]:
    for kind, whom in map(whom_of, step.get("notify").items()):
        if kind == "user":
            yield whom.lower()
        elif kind == "rota":
            layers = root.get("rotas").get(whom).get("layers").items()
            yield from (name(person) for layer in layers for person in layer.get("people").items())
        else:
            staff = root.get("staff").items()
            yield from (name(person.get("email")) for person in staff if whom in _texts(person.get("roles")))
