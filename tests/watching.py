"""What is watched in the small world: checks, what they see, and what goes down."""

from datetime import datetime

from astreinte.customers.models import ManagedService, Server
from astreinte.flows import observe
from astreinte.monitoring import edits as monitoring
from astreinte.monitoring.edits import Pace
from astreinte.monitoring.models import Check, Incident
from astreinte.monitoring.rules import Seen


class Watching:
    """A part of the world: services with their checks."""

    now: datetime
    web1: Server

    def watches(self, server: Server | None = None, *, kind: str = "http", **parameters) -> Check:
        """A managed service with its check: a look a minute, down after three failures, up after two good ones."""
        server = server or self.web1
        given = parameters or {"url": "https://www.boulangerie.example/"}
        position = server.services.count()
        ManagedService.objects.create(server=server, position=position, type=kind, parameters=given)
        pace = Pace(interval_s=60, down_after=3, up_after=2)
        paces = {one.name: [pace] * one.services.count() for one in Server.objects.all()}
        monitoring.checks(paces, kinds={kind, *Check.objects.values_list("kind", flat=True)}, at=self.now)
        return Check.objects.order_by("-id").first()

    def sees(self, check: Check, *, up: bool, times: int = 1, saw: str = "") -> None:
        """So many looks in a row, a minute apart; the pager is awake."""
        for _ in range(times):
            said = saw or ("200 OK" if up else "connection refused")
            seen = Seen(check=check.pk, at=self.now, up=up, saw=said, took_ms=12, error="" if up else "refused")
            observe.results([seen])
            self.pager_ticks()
            self.passes(minutes=1)
        check.refresh_from_db()

    def goes_down(self, check: Check) -> Incident:
        """A service that was in order fails until it is believed."""
        self.sees(check, up=True)
        self.sees(check, up=False, times=3)
        return Incident.objects.order_by("-id").first()
