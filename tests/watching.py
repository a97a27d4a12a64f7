"""What is watched in the small world: checks, what they see, and what goes down; and what other monitoring says."""

from dataclasses import replace
from datetime import datetime, timedelta

from astreinte.core import configuration
from astreinte.customers.models import ManagedService, Server
from astreinte.flows import diagnose, hear, hear_backup, look_from, observe, seal_evidence
from astreinte.monitoring import edits as monitoring
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.edits import Pace, SiteWish, SourceWish
from astreinte.monitoring.models import AlertSource, Check, Incident, Site
from astreinte.monitoring.reports import Numbered, Report
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

    def sees_once(self, check: Check, *, up: bool, saw: str = "", error: str = "") -> None:
        """One look."""
        observe.results([Seen(check=check.pk, at=self.now, up=up, saw=saw, took_ms=12, error=error)])
        check.refresh_from_db()

    # -- several places ------------------------------------------------------------------------------------------

    def looks_from(self, *names: str, servers: tuple[Server, ...] = ()) -> list[Site]:
        """These places beside the desk's own; the key of each is its name. They have just been heard."""
        chosen = frozenset(one.name for one in servers)
        monitoring.sites([SiteWish(name=name, key=name, servers=chosen) for name in names], at=self.now)
        configuration.changed()
        self.sent = getattr(self, "sent", 0)
        return [Site.objects.select_related("source").get(name=name) for name in names]

    def reports(self, site: Site, *seen: Seen, ago: timedelta = timedelta(), **said) -> None:
        """The site sends these results, and what it says of itself, by a clock that is right; the pager is awake."""
        results = []
        for one in seen:
            self.sent += 1
            results.append(Numbered(number=self.sent, seen=replace(one, at=one.at - ago)))
        look_from.report(site, Report(sent_at=self.now, results=tuple(results), **said), at=self.now)
        self.pager_ticks()

    def saw(self, check: Check, *, up: bool, error: str = "") -> Seen:
        """One look, just now."""
        error = error or ("" if up else "timeout")
        return Seen(check=check.pk, at=self.now, up=up, saw="200 OK" if up else "no answer", took_ms=20, error=error)

    def round(self, check: Check, *, times: int = 1, here: bool | None = None, **there: bool) -> None:
        """So many looks a minute apart, from here and from each place (by name)."""
        for _ in range(times):
            if here is not None:
                observe.results([self.saw(check, up=here)])
            for name, up in there.items():
                self.reports(Site.objects.select_related("source").get(name=name), self.saw(check, up=up))
            self.prober_looks()
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
        known = [self._wish(one) for one in AlertSource.objects.filter(is_active=True)]
        wish = SourceWish(name=name, type=kind, key=name, **more)
        monitoring.sources([*known, wish], zone="Europe/Paris", at=self.now)
        return AlertSource.objects.get(name=name)

    def _wish(self, one: AlertSource) -> SourceWish:
        return SourceWish(
            name=one.name,
            type=one.kind,
            key=one.name,
            server=one.server.name if one.server else "",
            every_s=one.every_s,
            cron=one.cron,
            grace_s=one.grace_s,
            proves=one.proves,
            listing=bool(one.younger_than_s),
            **({"younger_than_s": one.younger_than_s, "pattern": one.pattern} if one.younger_than_s else {}),
        )

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

    def knows_of_trouble(self, **more) -> Incident:
        """An incident on web1 that is known from now on, and had begun an hour ago."""
        began = self.now - timedelta(hours=1)
        known = {"title": "HTTP/2 through the proxy", "clause": "service-down", **more}
        incident = Incident.objects.create(opened_at=began, started_at=began, **known)
        incident.servers.set([self.web1])
        return incident

    def beats(self, source: AlertSource, said: str = "") -> None:
        """A heartbeat is heard; the pager is awake."""
        source.refresh_from_db()
        hear.heartbeat(source, said=said, at=self.now)
        self.pager_ticks()

    def lists(self, source: AlertSource, listing: str) -> str:
        """The job of a backup sends the listing of its copies; the pager is awake. Answers what the job is told."""
        source.refresh_from_db()
        found = hear_backup.listing(source, listing.encode(), at=self.now)
        self.pager_ticks()
        return found.summary

    def keeper_ticks(self, *, turns: int = 2) -> None:
        """What the keeper does each second about diagnoses and evidence."""
        for _ in range(turns):
            diagnose.due(at=self.now)
            seal_evidence.due(at=self.now)
            self.passes(seconds=1)

    def prober_looks(self) -> None:
        """What the prober does every five seconds; the pager is awake."""
        observe.left_down(at=self.now)
        hear.left_firing(at=self.now)
        hear.unheard_of(at=self.now)
        observe.unheard(at=self.now)
        observe.doubts(at=self.now)
        self.pager_ticks()
