"""Names that point nowhere, and names given twice. Reads the tree, so that it speaks even when the grammar refused."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.grammar import ProviderFile
from astreinte.provider_file.people import TARGET
from astreinte.provider_file.problems import Problem
from astreinte.provider_file.tree import Node

NOT_STAFF = gettext_noop("%(value)s is not in the staff.")
NO_CONTACT = gettext_noop("%(value)s is on call and has no contact: nothing would ring. Add contacts to this person.")
NO_ROTA = gettext_noop("There is no rota named %(value)s.")
NO_ESCALATION = gettext_noop("There is no escalation policy named %(value)s.")
NO_DEFAULT = gettext_noop("There is no escalation policy named default, and a customer names no other.")
NO_PLAN = gettext_noop("There is no plan named %(value)s.")
NO_SERVER = gettext_noop("There is no server named %(value)s.")
NOT_THEIRS = gettext_noop("%(value)s is not a server of this customer.")
NO_LAYER = gettext_noop("This rota has no layer %(value)s: its layers are counted from 0.")
DUPLICATE = gettext_noop("%(value)s is already used on line %(first)d.")
SAME_KEY = gettext_noop("The key of %(value)s is already used on line %(first)d: each needs its own.")

LISTS = {"staff", "customers", "policies", "maintenance"}


def problems(root: Node) -> Iterator[Problem]:
    """Every broken reference and every duplicate."""
    yield from _duplicates(root)
    if readable(root, "staff"):
        yield from _people(root)
    if readable(root, "rotas"):
        yield from _rotas(root)
    if readable(root, "escalation"):
        yield from _policies(root)
    if readable(root, "plans"):
        known = {plan for plan, _ in root.get("plans").pairs()}
        behind = [plan for component in _components(root) for plan in component.get("plans").items()]
        for plan in [*(server.get("plan") for server in all_servers(root)), *behind]:
            yield from _unknown(plan, known, NO_PLAN)
    if readable(root, "customers"):
        yield from _servers(root)


def readable(root: Node, section: str) -> bool:
    """Whether names can be looked for in this section: a misspelt or shapeless one is reported once, not each time."""
    found = root.get(section)
    if found.content is None:
        return {key for key, _ in root.pairs()} <= set(ProviderFile.keys())
    return isinstance(found.content, list if section in LISTS else dict)


def name(node: Node) -> str:
    """E-mails and host names are compared in small letters."""
    return node.text.strip().lower().removesuffix(".")


def all_servers(root: Node) -> list[Node]:
    return [server for customer in root.get("customers").items() for server in customer.get("servers").items()]


def _components(root: Node) -> list[Node]:
    return [component for _, component in root.get("status").get("components").pairs()]


def _unknown(node: Node, known: set[str], msgid: str) -> Iterator[Problem]:
    if node.text and name(node) not in known:
        yield node.problem(msgid, value=node.text[:80])


def _people(root: Node) -> Iterator[Problem]:
    """Whoever is called is in the staff, and has a phone."""
    staff = {name(person.get("email")) for person in root.get("staff").items()}
    silent = {name(p.get("email")) for p in root.get("staff").items() if not p.get("contacts").items()}
    for person in _called(root):
        yield from _unknown(person, staff, NOT_STAFF)
        if name(person) in silent:
            yield person.problem(NO_CONTACT, value=person.text[:80])


def _called(root: Node) -> Iterator[Node]:
    for _, rota in root.get("rotas").pairs():
        yield from (person for layer in rota.get("layers").items() for person in layer.get("people").items())
        yield from (override.get("person") for override in rota.get("overrides").items())
    for _, policy in root.get("escalation").pairs():
        called = [(target, *whom_of(target)) for target in targets(policy)]
        yield from (replace(node, content=whom) for node, kind, whom in called if kind == "user" and "@" in whom)


def _rotas(root: Node) -> Iterator[Problem]:
    rotas = {rota for rota, _ in root.get("rotas").pairs()}
    for _, policy in root.get("escalation").pairs():
        for target in targets(policy):
            kind, whom = whom_of(target)
            if kind == "rota" and whom not in rotas:
                yield target.problem(NO_ROTA, value=whom[:80])
    for _, rota in root.get("rotas").pairs():
        for layer in (override.get("layer") for override in rota.get("overrides").items()):
            if layer.text.isdecimal() and int(layer.text[:9]) >= len(rota.get("layers").items()):
                yield layer.problem(NO_LAYER, value=layer.text[:9])


def targets(policy: Node) -> list[Node]:
    """Everybody a policy names, the last resort included."""
    steps = [target for step in policy.get("steps").items() for target in step.get("notify").items()]
    return steps + policy.get("last_resort").items()


def whom_of(target: Node) -> tuple[str, str]:
    """The kind and the name of a target; an address alone is a user."""
    found = TARGET.fullmatch(target.text.strip())
    return (found[1], found[2]) if found else ("user", target.text.strip())


def _policies(root: Node) -> Iterator[Problem]:
    policies = {policy for policy, _ in root.get("escalation").pairs()}
    customers = root.get("customers").items()
    for customer in customers:
        yield from _unknown(customer.get("escalation"), policies, NO_ESCALATION)
    lazy = [customer for customer in customers if not customer.get("escalation").text]
    if lazy and "default" not in policies:
        yield lazy[0].problem(NO_DEFAULT)


def _servers(root: Node) -> Iterator[Problem]:
    for customer in root.get("customers").items():
        own = {name(server.get("name")) for server in customer.get("servers").items()}
        for member in customer.get("members").items():
            for server in member.get("servers").items():
                yield from _unknown(server, own, NOT_THEIRS)
    servers = {name(server.get("name")) for server in all_servers(root)}
    behind = [
        *(server for component in _components(root) for server in component.get("servers").items()),
        *(server for window in root.get("maintenance").items() for server in window.get("servers").items()),
        *(server for _, site in root.get("monitoring").get("sites").pairs() for server in site.get("servers").items()),
    ]
    for server in [*(door.get("server") for _, door in root.get("inbound").pairs()), *behind]:
        yield from _unknown(server, servers, NO_SERVER)


def _duplicates(root: Node) -> Iterator[Problem]:
    customers = root.get("customers").items()
    yield from _twice([person.get("email") for person in root.get("staff").items()])
    yield from _twice([customer.get("ref") for customer in customers])
    yield from _twice([server.get("name") for server in all_servers(root)])
    for customer in customers:
        yield from _twice([member.get("email") for member in customer.get("members").items()])
    for _, tariff in root.get("tariffs").pairs():
        yield from _twice([line.get("from") for line in tariff.items()])
    yield from _twice([policy.get("from") for policy in root.get("policies").items()])
    for policy in root.get("policies").items():
        yield from _twice(policy.get("covered").items())
        yield from _twice(policy.get("excluded").items())
    for window in root.get("maintenance").items():
        yield from _twice(window.get("servers").items())
    doors = [*root.get("inbound").pairs(), *root.get("monitoring").get("sites").pairs()]
    yield from _twice([door.get("key") for _, door in doors], msgid=SAME_KEY, read=lambda node: node.text, shown=1)


def _twice(
    nodes: list[Node], *, msgid: str = DUPLICATE, read: Callable[[Node], str] = name, shown: int = 0
) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for node in nodes:
        if read(node) in first:
            # A key is a secret: the name of its door is shown instead.
            value = str(node.path[-2]) if shown else node.text
            yield node.problem(msgid, value=value[:80], first=first[read(node)])
        elif read(node):
            first[read(node)] = node.line
