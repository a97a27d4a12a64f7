"""What the forked processes do: build the place, open tickets, ring, take, tell what is in the database."""

import json
import os
import random
import sqlite3
import threading
import time
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.utils import OperationalError

from astreinte.core import clock, outbound

ENGINEERS = 10


def warm() -> None:
    """Import and build what every process needs, before the fork."""
    from astreinte.flows import acknowledge, deliver, open_ticket  # noqa: F401
    from astreinte.notifications import sending
    from astreinte.notifications.models import Notification
    from astreinte.workers import pager as _pager  # noqa: F401
    from tests import world  # noqa: F401

    outbound._tls()
    example = Notification(pk=0, about="page/0", kind="page", channel="sms", language="fr", context=sending.EXAMPLE)
    sending.message(example, at=clock.now())
    # it asked whether the provider has words of its own: no connection goes through the fork
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def say(**fields) -> None:
    """One line, whole or not at all: what is said is said after the commit."""
    os.write(1, (json.dumps(fields) + "\n").encode())


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    connection.close()  # the write-ahead log goes into the file, which is copied


def build(*, url: str, smtp_url: str, account: str, channel: str, repeat_s: int = 7200) -> None:
    """The small world, and ten engineers each on call for a customer of their own: no phone rings hundreds of times."""
    from astreinte.customers.models import Customer, Plan, Server
    from astreinte.notifications.models import ContactMethod
    from astreinte.paging.models import EscalationPolicy, Step
    from tests.world import World

    world = World(SimpleNamespace(url=url, smtp_url=smtp_url, settings=SimpleNamespace(account=account)))
    plan = Plan.objects.get(name="dedicated")
    for n in range(ENGINEERS):
        engineer = world.staff(f"E{n} Martin", "engineer")
        if channel == "email":
            ContactMethod.objects.filter(user=engineer).update(kind=channel, address=engineer.email)
        else:
            kind, _and, second = channel.partition(" and ")
            ContactMethod.objects.filter(user=engineer).update(kind=kind)
            if second:
                number = ContactMethod.objects.get(user=engineer).address
                ContactMethod.objects.create(user=engineer, position=1, after_s=0, kind=second, address=number)
        policy = EscalationPolicy.objects.create(name=f"policy{n}", repeat_every_s=repeat_s)
        Step.objects.create(policy=policy, position=0, after_s=0, notify=[engineer.email])
        customer = Customer.objects.create(
            ref=f"c{n}", name=f"Client {n}", kind="business", street="1 rue A", postcode="75001", city="Paris",
            country="FR", siren="812345676", escalation=policy.name,
        )  # fmt: skip
        Server.objects.create(name=f"s{n}.example", customer=customer, plan=plan)
        world.member(f"O{n} Blanc", customer, is_owner=True)


def opened(number: int, *, key: str):
    """One urgent ticket through the flow every door calls; the same key again answers the first."""
    from astreinte.accounts.models import User
    from astreinte.customers.models import Server
    from astreinte.flows import open_ticket
    from astreinte.tickets import queries as cases

    n = number % ENGINEERS
    server = Server.objects.select_related("customer", "plan").get(name=f"s{n}.example")
    user = User.objects.get(email=f"o{n}@c{n}.example")
    at = clock.now()
    offer = cases.offer(server=server, user=user, at=at, language="fr")
    accepted = open_ticket.Acceptance(
        amount_excl_cents=offer.amount_excl_cents, text_sha256=offer.words.text_sha256, box=bool(offer.words.box)
    )
    opening = open_ticket.Opening(symptom="mail", subject=f"Case {number}", body="", language="fr", key=key)
    return open_ticket.urgent(
        opening, server=server, acceptance=accepted, given=open_ticket.Given(channel="api"), by=user, at=at
    )


def door(*, first: int = 0, count: int = 1_000_000, per_s: float = 20.0) -> None:
    """Open tickets one after the other, and say each one that was accepted."""
    due = time.monotonic()
    for number in range(first, first + count):
        ticket = opened(number, key=f"case-{number}")
        say(number=number, ticket=ticket.pk, page=ticket.page_id, committed=time.monotonic())
        due = max(due + 1 / per_s, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))


def pager(*, lease_s: float = 20.0) -> None:
    """The real one."""
    from astreinte.workers import life
    from astreinte.workers.bell import Bell
    from astreinte.workers.pager import Pager

    life.begin()
    Pager(Bell(), lease=timedelta(seconds=lease_s)).run()


def keeper() -> None:
    """The real one."""
    from astreinte.workers import keeper

    keeper.run()


def auditor() -> None:
    """The real one."""
    from astreinte.workers import auditor

    auditor.run()


def hold(*, seconds: float) -> None:
    """Somebody else's program, a backup or a migration, that waits for nobody's turn: it keeps every writer out."""
    if connection.vendor == "sqlite":
        own = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=10)
        own.execute("BEGIN EXCLUSIVE")
    else:
        with connection.cursor() as cursor:
            tables = ", ".join(f'"{name}"' for name in connection.introspection.table_names(cursor))
        connection.set_autocommit(False)
        _lock(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
    say(until=time.monotonic() + seconds)
    time.sleep(seconds)


def _lock(statement: str) -> None:
    """Writers hold their rows in an order of their own: a deadlock or a long wait is tried again, as a person would."""
    for _ in range(20):
        with suppress(OperationalError):
            connection.cursor().execute(statement)
            return
        connection.rollback()
    raise TimeoutError(statement)


def token(*, number: int) -> None:
    """What a program of this customer needs at the web door."""
    from astreinte.accounts import edits
    from astreinte.accounts.models import User

    n = number % ENGINEERS
    _row, text = edits.new_token(User.objects.get(email=f"o{n}@c{n}.example"), name="program", at=clock.now())
    say(token=text, server=f"s{n}.example")


def write(*, count: int) -> None:
    """So many e-mails, due now."""
    from tests.gateways import enqueue, letter

    enqueue(*(letter(number, channel="email", address=f"o{number}@c0.example") for number in range(count)))


def over(*, tickets: list[int]) -> None:
    """These cases need nobody any more: cancelled by the customer, taken by an engineer, or taken and resolved."""
    from astreinte.accounts.models import User
    from astreinte.flows import acknowledge, cancel, resolve
    from astreinte.tickets.models import Ticket

    for place, ticket in enumerate(Ticket.objects.select_related("server", "page").filter(pk__in=tickets)):
        engineer = User.objects.get(email=f"e{ticket.server.name[1:].partition('.')[0]}@hebergement.example")
        if place % 3 == 0:
            cancel.ticket(ticket, by=ticket.opened_by, at=clock.now())
            continue
        acknowledge.page(ticket.page, person=engineer, via="console", at=clock.now())
        if place % 3 == 1:
            ticket.refresh_from_db()
            resolve.ticket(ticket, summary="Restarted it.", by=engineer, at=clock.now())


def take(*, page: int, email: str, at_ms: float = 0.0) -> None:
    """Take charge, as the link of an SMS does; says so after the commit."""
    from astreinte.accounts.models import User
    from astreinte.core.refusals import Refusal
    from astreinte.flows import acknowledge
    from astreinte.paging.models import Page

    found, person = Page.objects.get(pk=page), User.objects.get(email=email)
    time.sleep(at_ms / 1000)
    try:
        acknowledge.page(found, person=person, via="link", eta=timedelta(minutes=15), at=clock.now())
    except Refusal as refusal:
        say(refused=type(refusal).__name__)
    else:
        say(taken=page)


def same_key(*, threads: int) -> None:
    """One key, pressed by so many hands at once: says the ticket that each was given."""
    start = threading.Barrier(threads)

    def press() -> None:
        start.wait(30)
        try:
            say(ticket=opened(0, key="pressed").pk)
        except Exception as error:
            say(error=f"{type(error).__name__}: {error}")
            raise
        finally:
            connection.close()

    pressing = [threading.Thread(target=press) for _ in range(threads)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()


def ringing(*, count: int) -> None:
    """So many pages whose first step rang and whose next one is due now."""
    from astreinte.paging.models import Page

    for number in range(count):
        say(page=opened(number, key=f"race-{number}").page_id, email=f"e{number % ENGINEERS}@hebergement.example")
    Page.objects.update(escalates_at=clock.now())


def race(*, pages: list[int], emails: list[str], side: str, start: float, every: float, seed: int) -> None:
    """One side of the races: page after page, at the same instants as the other side, give or take 3 ms."""
    from astreinte.accounts.models import User
    from astreinte.paging.models import Page

    chance = random.Random(seed)
    people = {user.email: user for user in User.objects.all()}
    for number, (pk, email) in enumerate(zip(pages, emails, strict=True)):
        page = Page.objects.get(pk=pk)
        pause = start + number * every + chance.uniform(-0.003, 0.003) - time.monotonic()
        time.sleep(max(0.0, pause))
        if side == "take":
            _take(page, people[email])
        else:
            _climb_and_claim(page)


def _take(page: Any, person: Any) -> None:
    from astreinte.flows import acknowledge

    acknowledge.page(page, person=person, via="link", at=clock.now())
    say(page=page.pk, taken=time.monotonic())


def _climb_and_claim(page: Any) -> None:
    """What a pager does about one page, as fast as it can: the next step, then every message that is due."""
    from astreinte.flows import deliver, escalate
    from astreinte.notifications import queries as outbox

    escalate.climbed(page, at=clock.now())
    for letter in outbox.about(page.story).filter(kind="page", state="queued"):
        began = time.monotonic()
        if deliver.claim(letter, at=clock.now()):
            say(page=page.pk, leased=began)


def turns(*, seconds: float, hold: float) -> None:
    """Write in a loop, never pausing; says how long each turn was waited for."""
    from django.db import transaction

    from astreinte.core.models import Heartbeat

    end, waits = time.monotonic() + seconds, []
    while time.monotonic() < end:
        asked = time.monotonic()
        with transaction.atomic():
            waits.append(time.monotonic() - asked)
            Heartbeat.objects.update_or_create(worker=f"{os.getpid()}", defaults={"at": clock.now()})
            time.sleep(hold)
    say(waits=waits)


def checked() -> None:
    """Whether the database is whole: its own checks, and the digest of every line of history."""
    from astreinte.core.models import TimelineEntry

    wrong = [f"line {entry.pk}" for entry in TimelineEntry.objects.all() if entry.digest() != entry.sha256]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wrong += [row[0] for row in cursor.execute("PRAGMA integrity_check") if row[0] != "ok"]
            wrong += [str(row) for row in cursor.execute("PRAGMA foreign_key_check")]
        else:
            cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE NOT convalidated")
            wrong += [row[0] for row in cursor]
    say(wrong=wrong)
