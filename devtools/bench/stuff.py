"""What the measures need from the database itself: many old tickets, and people who are signed in."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

PEOPLE = ("chloe@hebergement.example", "jeanne@boulangerie.example")
BATCH = 2_000


def tickets(*, count: int) -> dict[str, int]:
    """Fill up to so many tickets: old, standard, nearly all closed, spread over every server."""
    from django.db import transaction

    from astreinte.customers.models import Server
    from astreinte.tickets.models import Ticket

    servers = list(Server.objects.select_related("customer", "plan"))
    there = Ticket.objects.count()
    for first in range(there, count, BATCH):
        with transaction.atomic():
            Ticket.objects.bulk_create(
                _ticket(n, servers[n % len(servers)]) for n in range(first, min(first + BATCH, count))
            )
    analyse()
    return {"count": Ticket.objects.count()}


def _ticket(number: int, server: Any) -> Any:
    from astreinte.tickets.models import Ticket

    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    plan = server.plan
    return Ticket(
        mode="standard", state="closed" if number % 500 else "open", customer=server.customer, server=server, opened_by_id=1,
        symptom="how-to", subject=f"Old case {number}", language="fr", opening_key=f"old-{number}", opened_at=at,
        plan_name=plan.name, gti_s=plan.gti_s, gtr_s=plan.gtr_s, availability=plan.availability,
    )  # fmt: skip


def analyse() -> None:
    """Tell the database what its tables hold by now, and let it write it away: a year comes in a minute here alone."""
    from django.db import connection

    ways = {"sqlite": ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"], "postgresql": ["VACUUM ANALYZE", "CHECKPOINT"]}
    with connection.cursor() as cursor:
        for way in ways[connection.vendor]:
            cursor.execute(way)


def papers() -> dict[str, int]:
    """How many acceptances have no paper yet: the keeper draws them once nothing rings."""
    from astreinte.tickets.models import Consent

    return {"count": Consent.objects.filter(receipt__isnull=True).count()}


def sessions() -> dict[str, str]:
    """The session cookies of an engineer and of a customer."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from astreinte.accounts.models import User

    found = {}
    for email in PEOPLE:
        person, store = User.objects.get(email=email), SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.save()
        found[email] = f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
    return found


def commits(*, count: int) -> list[float]:
    """How long one durable commit of one small row takes, in seconds."""
    import time

    from django.db import transaction

    from astreinte.core.models import Heartbeat

    Heartbeat.objects.update_or_create(worker="bench", defaults={"at": datetime(2026, 1, 1, tzinfo=UTC)})
    taken = []
    for number in range(count):
        began = time.monotonic()
        with transaction.atomic():
            Heartbeat.objects.filter(worker="bench").update(detail={"n": number})
        taken.append(time.monotonic() - began)
    Heartbeat.objects.filter(worker="bench").delete()
    return taken


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    import django

    django.setup()
    from devtools.bench import stuff_past, stuff_watched

    known: dict[str, Callable[..., Any]] = {
        **stuff_watched.KNOWN,
        "past": stuff_past.past,
        "tickets": tickets,
        "papers": papers,
        "sessions": sessions,
        "commits": commits,
    }
    print(json.dumps(known[sys.argv[1]](**json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
