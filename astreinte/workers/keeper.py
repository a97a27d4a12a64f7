"""The process that keeps house: promises, invoices and papers, the seals of history, what is forgotten, the public status page."""

from collections.abc import Callable
from datetime import datetime

import structlog

from astreinte.billing.document import InvoiceDocument
from astreinte.core import clock
from astreinte.workers import life
from astreinte.workers.bell import Bell
from astreinte.workers.pools import Pools, leave
from astreinte.workers.status_page import StatusPage

log = structlog.get_logger()
TICK_S = 1.0
# When nothing was written in the history there is nothing to invoice, to seal or to draw: then this often is enough.
ANYWAY_S = 10.0
UNHURRIED_S = 15.0
FORGET_EVERY_S = 60.0
FINISH_S = 10.0
# A paper takes seconds: it is made beside the rest, never in its way.
PAPERS, RECEIPTS = "papers", "receipts"


class Keeper:
    """One keeper; any number of them may run at once. `bell.stop()` ends it."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self._patience = life.Patience()
        self._pools = Pools({PAPERS: 1, RECEIPTS: 1}, done=self._done)
        self._status = StatusPage()
        self._read = -1
        self._kept_at = self._beaten_at = self._strolled_at = self._forgot_at = float("-inf")

    def run(self) -> bool:
        """Keep house until told to stop. False when a paper did not end in time."""
        while not self.bell.stopping:
            self.bell.wait(self._patience.turn(self._turn))
        return self._pools.finish(FINISH_S)

    def _turn(self) -> float:
        at = clock.now()
        for name, chore in _watched().items():
            life.guarded(name, chore, at=at)
        if self._has_news():
            self._keep_house(at)
        life.guarded("status page", self._status.turn, at=at)
        self._now_and_then(at)
        return TICK_S

    def _has_news(self) -> bool:
        """Whether a line was written since the last time, or it was long ago."""
        from astreinte.core import timeline

        now, newest = clock.monotonic(), timeline.newest_number()
        if newest == self._read and now - self._kept_at < ANYWAY_S:
            return False
        self._read, self._kept_at = newest, now
        return True

    def _done(self, _key: str) -> None:
        """What was made may not have been all there was to make."""
        self._kept_at = float("-inf")

    def _keep_house(self, at: datetime) -> None:
        for name, chore in _chores().items():
            life.guarded(name, chore, at=at)
        if _is_calm(at):
            life.guarded("evidence", _seal_evidence, at=at)
        if RECEIPTS not in self._pools.busy_with() and _receipts_to_draw(at):
            self._pools.submit(RECEIPTS, RECEIPTS, _draw_receipts)
        if PAPERS not in self._pools.busy_with() and _papers_to_make():
            self._pools.submit(PAPERS, PAPERS, _make_papers)

    def _now_and_then(self, at: datetime) -> None:
        now = clock.monotonic()
        if now - self._forgot_at >= FORGET_EVERY_S:
            from astreinte.accounts import leftovers
            from astreinte.flows import just_me, rehearse, review_verdicts, subscribe
            from astreinte.monitoring import leftovers as watched

            self._forgot_at = now
            life.guarded("forget", leftovers.forget, at=at)
            life.guarded("forget results", watched.forget, at=at)
            life.guarded("forget subscribers", subscribe.expired, at=at)
            life.guarded("reviews", review_verdicts.look, at=at)
            life.guarded("forget rehearsals", rehearse.forgotten, at=at)
            life.guarded("forget inquiries", just_me.forgotten, at=at)
        if now - self._strolled_at >= UNHURRIED_S:
            self._strolled_at = now
            for name, chore in _unhurried().items():
                life.guarded(name, chore, at=at)
        if now - self._beaten_at >= life.BEAT_S:
            from astreinte.core import heartbeats

            self._beaten_at = now
            heartbeats.beat("keeper", at=at)


def _watched() -> dict[str, Callable[..., int]]:
    """What somebody watches line by line: nothing of it is in the history before it ends."""
    from astreinte.flows import diagnose, just_me, rehearse

    return {"diagnoses": diagnose.due, "inquiries": just_me.due, "rehearsals": rehearse.due}


def _chores() -> dict[str, Callable[..., int]]:
    """What somebody waits for."""
    from astreinte.flows import issue_invoices, seal_history

    return {"invoices": issue_invoices.due, "seals": seal_history.due}


def _unhurried() -> dict[str, Callable[..., int]]:
    """What a quarter of a minute changes nothing to."""
    from astreinte.flows import announce, close_tickets, maintain, remind_of_disputes, suspect

    return {
        "promises": announce.overdue,
        "cases": close_tickets.due,
        "maintenance": maintain.the_day_before,
        "suspicions": suspect.look,
        "disputes": remind_of_disputes.due,
    }


def _is_calm(at: datetime) -> bool:
    from astreinte.tickets import papers

    return papers.is_calm(at=at)


def _seal_evidence(*, at: datetime) -> int:
    from astreinte.flows import seal_evidence

    return seal_evidence.due(at=at)


def _receipts_to_draw(at: datetime) -> bool:
    from astreinte.tickets import papers

    return bool(papers.to_draw(at=at, limit=1))


def _draw_receipts() -> None:
    """Raises when none could be drawn: they are then left alone for a while."""
    from astreinte.flows import draw_receipts
    from astreinte.tickets import receipt

    if not draw_receipts.due(renderer=receipt.render_in_subprocess, at=clock.now()):
        raise RuntimeError("no receipt could be drawn")


def _papers_to_make() -> bool:
    from astreinte.billing import queries as bills

    return bool(bills.to_render(limit=1))


def _make_papers() -> None:
    from astreinte.flows import issue_invoices

    issue_invoices.render(renderer=_paper, at=clock.now())


def _paper(document: InvoiceDocument, at: datetime) -> tuple[bytes, str]:
    """By a process that ends: the libraries of papers never grow this one."""
    from astreinte.billing import facturx

    made = facturx.render_in_subprocess(document, at=at)
    return made.pdf, made.xml.decode()


def run() -> None:
    """Keep house until SIGTERM or Ctrl-C."""
    life.begin()
    bell = Bell()
    bell.stops_on_signals()
    log.info("keeper ready")
    clean = Keeper(bell).run()
    log.info("keeper stopped")
    leave(clean=clean)
