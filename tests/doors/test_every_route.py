"""Every route x every kind of person: what you may not see does not exist, and looking changes nothing."""

import hashlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from astreinte.accounts.models import ApiToken, User
from astreinte.accounts.permissions import POLICY, Who
from astreinte.accounts.queries import token_sha256
from astreinte.billing.models import Invoice
from astreinte.flows import announce, contest, converse, draw_receipts, follow_incident, issue_invoices, maintain
from astreinte.monitoring.models import Check, Incident, Maintenance
from astreinte.monitoring.rules.windows import Wish
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from astreinte.tickets.models import Ticket
from tests.doors.routes import every_route

pytestmark = pytest.mark.django_db
CANARY = "canary-7f3a-boulangerie"
ROUTES = every_route()
# Rows that a mere look may write: none of them says anything about the business.
NOT_BUSINESS = {"sessions.session", "core.heartbeat", "accounts.apitoken", "accounts.rememberedanswer"}


@pytest.fixture
def lived_in(world):
    """A world where everything exists once, all of it the bakery's, all of it marked."""
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    ticket = world.customer_opens(f"Down {CANARY}")
    converse.say(ticket, body=f"Public {CANARY}", by=world.jeanne, at=world.now)
    converse.say(ticket, body=f"Internal inside-{CANARY}", internal=True, by=alice.user, at=world.now)
    world.letter = Notification.objects.filter(kind="page").first()
    world.passes(seconds=1)
    draw_receipts.due(renderer=lambda found: [b"%PDF-1.7 " + CANARY.encode() for _one in found], at=world.now)
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket, f"Fixed {CANARY}")
    world.decides(alice.user, ticket, "customer-app")
    world.invoices_are_issued()
    issue_invoices.render(
        renderer=lambda _document, _at: (b"%PDF-1.7 " + CANARY.encode(), f"<xml>{CANARY}</xml>"), at=world.now
    )
    contest.open(ticket, reason=f"No {CANARY}", by=world.jeanne, at=world.now)
    world.ticket = Ticket.objects.get(pk=ticket.pk)
    fails(world)
    return world


def fails(world) -> None:
    """A service of the bakery's is down. Its identifier is that of the ticket's page: each place in an address leads somewhere."""
    world.check = world.watches(url=f"https://{CANARY}.example/")
    world.sees(world.check, up=True)
    world.sees(world.check, up=False, times=3, saw=f"inside-{CANARY}")
    says(world)
    for model in (Check, Incident, Maintenance):
        model.objects.update(public_id=world.ticket.page.public_id)


def says(world) -> None:
    """Something was said about it, somebody follows it, and a maintenance of its server is planned."""
    incident = Incident.objects.get()
    follow_incident.follow(incident, person=world.jeanne, at=world.now)
    words = announce.Words(stage="identified", texts={"fr": f"Said {CANARY}"}, next_update=timedelta(hours=1))
    announce.message(incident, words, by=world.alice, at=world.now)
    start = world.now + timedelta(days=2)
    wish = Wish(
        title=f"Disks {CANARY}", servers=frozenset({world.web1.name}), start=start, end=start + timedelta(hours=1)
    )
    maintain.plan(wish, by=world.alice, at=world.now)


def values(world) -> dict[str, str]:
    """Something real of the bakery's for every place in an address."""
    invoice = Invoice.objects.get()
    return {
        "ref": world.ticket.ref,
        "ticket_ref": world.ticket.ref,
        "token": links.take_token(world.letter),
        "number": invoice.number,
        "name": world.web1.name,
        "server": world.web1.name,
        "public_id": str(world.ticket.page.public_id),
        "page_id": str(world.ticket.page.public_id),
        "incident_id": str(world.ticket.page.public_id),
        "maintenance_id": str(world.ticket.page.public_id),
        "check_id": str(world.ticket.page.public_id),
        "id": str(world.ticket.page.public_id),
        "rota": "rota-alice",
        "uidb64": "MQ",
        "path": "nothing",
        "kind": "sms",
        "channel": "sms",
        "key": "nothing",
        "pk": "1",
        "charge_id": "1",
        "contact_id": "1",
        "slug": "nothing",
        "member": "1",
    }


def people(world) -> dict[str, User | None]:
    """Every kind of person, and nobody."""
    return {
        "nobody": None,
        "owner": world.jeanne,
        "technical": world.karim,
        "bills": world.berthe,
        "stranger": world.lea,
        "foreigner": world.max,
        "engineer": world.alice,
        "manager": world.chloe,
        "clerk": world.denis,
    }


def client_of(user: User | None, *, at, strict: bool = False) -> Client:
    """A browser signed in, and a program with a token of the same person."""
    client = Client(enforce_csrf_checks=strict, raise_request_exception=False)
    if user:
        client.force_login(user)
        token = f"ast_{user.pk:040d}"
        ApiToken.objects.get_or_create(
            sha256=token_sha256(token),
            defaults={
                "user": user,
                "name": "test",
                "prefix": token[:12],
                "created_at": at,
                "expires_at": at + timedelta(days=3650),
                "scopes": ["read", "tickets", "oncall", "billing", "admin", "staff"],
            },
        )
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def snapshot() -> str:
    """The SHA-256 of every row of the business."""
    found = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.label_lower not in NOT_BUSINESS:
            columns = [field.attname for field in model._meta.concrete_fields if field.name != "last_login"]
            found.update(repr(sorted(map(repr, model._default_manager.values_list(*columns)))).encode())
    return found.hexdigest()


def test_every_route_has_its_line_in_the_policy_table():
    assert sorted({route.name for route in ROUTES} - set(POLICY)) == []


def test_every_line_of_the_policy_table_has_its_route():
    assert sorted(set(POLICY) - {route.name for route in ROUTES}) == []


def test_looking_changes_nothing_and_never_breaks_whoever_looks(lived_in):
    before = snapshot()
    broken = []
    for who, user in people(lived_in).items():
        client = client_of(user, at=lived_in.now)
        for route in ROUTES:
            answer = client.get(route.filled(values(lived_in)))
            # no worker lives in this test: "not ready" is the right answer, and it is a 503
            if answer.status_code >= 500 and route.name != "readyz":
                broken.append(f"{who} GET {route.name}: {answer.status_code}")
    assert broken == []
    assert snapshot() == before


def test_nobody_reads_what_is_not_theirs(lived_in):
    leaks = []
    for who in ("nobody", "stranger", "foreigner"):
        client = client_of(people(lived_in)[who], at=lived_in.now)
        for route in ROUTES:
            if POLICY.get(route.name) == Who.SIGNED:
                continue  # the signature is the right: the link was sent to the one who may
            answer = client.get(route.filled(values(lived_in)))
            if CANARY.encode() in (answer.getvalue() if answer.streaming else answer.content):
                leaks.append(f"{who} reads {route.name}")
    assert leaks == []


def test_members_never_read_what_is_said_inside(lived_in):
    leaks = []
    for who in ("owner", "technical", "bills"):
        client = client_of(people(lived_in)[who], at=lived_in.now)
        for route in ROUTES:
            if POLICY.get(route.name) == Who.SIGNED:
                continue
            answer = client.get(route.filled(values(lived_in)))
            if b"inside-" in (answer.getvalue() if answer.streaming else answer.content):
                leaks.append(f"{who} reads {route.name}")
    assert leaks == []


def test_who_has_no_part_in_it_writes_nothing_anywhere(lived_in):
    before = snapshot()
    wrote = []
    for who in ("nobody", "stranger", "foreigner", "clerk"):
        client = client_of(people(lived_in)[who], at=lived_in.now)
        for route in ROUTES:
            if POLICY.get(route.name) in {Who.SIGNED, Who.ANYONE} or route.name in {"logout", "set_language"}:
                continue
            answer = client.post(
                route.filled(values(lived_in)),
                {"body": "x", "reason": "x", "summary": "x", "upheld": "1", "answer": "x"},
            )
            if answer.status_code >= 500 or snapshot() != before:
                wrote.append(f"{who} POST {route.name}: {answer.status_code}")
                before = snapshot()
    assert wrote == []


def test_a_form_without_its_token_is_refused(lived_in):
    accepted = []
    before = snapshot()
    for who, user in people(lived_in).items():
        client = client_of(user, at=lived_in.now, strict=True)
        client.defaults.pop("HTTP_AUTHORIZATION", None)
        for route in ROUTES:
            answer = client.post(route.filled(values(lived_in)), {"answer": "take"})
            if answer.status_code < 400 and answer.status_code != 302:
                accepted.append(f"{who} POST {route.name}: {answer.status_code}")
    assert accepted == []
    assert snapshot() == before


def test_nothing_private_is_kept_by_a_cache(lived_in):
    kept = []
    for who, user in people(lived_in).items():
        client = client_of(user, at=lived_in.now)
        for route in ROUTES:
            answer = client.get(route.filled(values(lived_in)))
            if "no-store" not in answer.headers.get("Cache-Control", "") and POLICY.get(route.name) != Who.ANYONE:
                kept.append(f"{who} {route.name}: {answer.headers.get('Cache-Control')}")
    assert kept == []
