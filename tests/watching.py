"""What is watched in the small world: checks, what they see, and what goes down; and what other monitoring says."""

from datetime import datetime

from astreinte.core import configuration
from astreinte.customers.models import ManagedService, Server
from astreinte.flows import hear, observe
from astreinte.monitoring import edits as monitoring
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.edits import Pace, SourceWish
from astreinte.monitoring.models import AlertSource, Check, Incident
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

    # -- other people's monitoring -------------------------------------------------------------------------------

    def listens_to(self, name: str = "prometheus", *, kind: str = "alertmanager", **more) -> AlertSource:
        """One more source, beside those there are; its key is its name."""
        known = [
            SourceWish(name=one.name, type=one.kind, key=one.name, server=one.server.name if one.server else "")
            for one in AlertSource.objects.filter(is_active=True)
        ]
        wish = SourceWish(name=name, type=kind, key=name, **more)
        monitoring.sources([*known, wish], zone="Europe/Paris", at=self.now)
        return AlertSource.objects.get(name=name)

    def server(self, name: str) -> Server:
        """One more server, of the same customer as the shop."""
        shop = Server.objects.get(name="shop.gmbh.example")
        made = Server.objects.create(name=name, customer=shop.customer, plan=shop.plan)
        configuration.changed()
        return made

    def hears(self, source: AlertSource, *said: Heard) -> None:
        """The source says this, in one request; the pager is awake."""
        hear.alerts(source, said, at=self.now)
        self.pager_ticks()

    def beats(self, source: AlertSource, said: str = "") -> None:
        """A heartbeat is heard; the pager is awake."""
        source.refresh_from_db()
        hear.heartbeat(source, said=said, at=self.now)
        self.pager_ticks()

    def prober_looks(self) -> None:
        """What the prober does every five seconds; the pager is awake."""
        observe.left_down(at=self.now)
        hear.left_firing(at=self.now)
        hear.unheard_of(at=self.now)
        observe.unheard(at=self.now)
        self.pager_ticks()
