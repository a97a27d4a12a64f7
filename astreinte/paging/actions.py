"""The verbs of a page: start, ring, acknowledge, hand over, close."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from astreinte.accounts.models import User
from astreinte.core import moves, rows, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.paging.models import Page
from astreinte.paging.rules.plan import Ring, with_first
from astreinte.paging.states import MACHINE, PageState


def start(
    *, plan: Mapping[str, Any], title: str, facts: Mapping[str, Any], by: Actor, at: datetime, rehearsal: bool = False
) -> Page:
    """A new page: the plan is copied into it, so that no later change of the policy touches it."""
    page = Page(
        title=title[:300], facts=dict(facts), plan=dict(plan), opened_at=at, escalates_at=at, rehearsal=rehearsal
    )
    rows.insert(page)
    timeline.record(page, "page:triggered", at=at, by=by, story=page.story, policy=plan.get("policy", ""))
    return page


def climb(page: Page, ring: Ring, *, people: list[str], at: datetime) -> Page:
    """Do this step: these people are being called, or nobody could be, and it is said so.

    Raises CannotMove when another worker did it, or somebody took the page.
    """
    return move(
        page,
        MACHINE,
        to=PageState.TRIGGERED,
        kind="page:rung" if people else "page:step-skipped",
        at=at,
        by=SYSTEM,
        story=page.story,
        data={"step": ring.step + 1, "round": ring.round + 1, "people": people, "targets": list(ring.targets)},
        given={"state": PageState.TRIGGERED, "step": page.step, "round": page.round},
        step=ring.step,
        round=ring.round,
        escalates_at=ring.next_at(at),
        reached=bool(people) or (page.reached and ring.round == page.round),
    )


def resorted(page: Page, people: list[str], *, at: datetime) -> None:
    """A whole round found nobody: the last resort rings."""
    timeline.record(page, "page:last-resort", at=at, by=SYSTEM, story=page.story, people=people)


def acknowledge(page: Page, *, person: User, via: str, eta_at: datetime | None, by: Actor, at: datetime) -> Page:
    """A person takes the page: escalation stops. Raises CannotMove when it is already taken or closed."""
    return move(
        page,
        MACHINE,
        to=PageState.ACKNOWLEDGED,
        kind="page:acknowledged",
        at=at,
        by=by,
        story=page.story,
        data={"via": via, "eta_at": eta_at.isoformat() if eta_at else None},
        given={"state": PageState.TRIGGERED},
        acknowledged_at=at,
        acknowledged_by=person,
        acknowledged_via=via,
        eta_at=eta_at,
        escalates_at=None,
    )


def set_eta(page: Page, *, eta_at: datetime, by: Actor, at: datetime) -> None:
    """The one who has it says when they will be there."""
    Page.objects.filter(pk=page.pk).update(eta_at=eta_at)
    page.eta_at = eta_at
    timeline.record(page, "page:eta", at=at, by=by, story=page.story, eta_at=eta_at.isoformat())


def hold(page: Page) -> Page:
    """Nobody takes or rings this page until our transaction ends.

    Whoever touches a page and its ticket begins with the page: two orders would be a deadlock.
    """
    return moves.hold(page)


def goes_beside(page: Page, *, until: datetime, at: datetime) -> Page:
    """Another call about the same trouble rings already: this one waits beside it, and rings by itself only at `until`."""
    return move(
        page,
        MACHINE,
        to=PageState.TRIGGERED,
        kind="page:beside",
        at=at,
        by=SYSTEM,
        story=page.story,
        given={"state": PageState.TRIGGERED, "step": page.step, "round": page.round},
        escalates_at=until,
        first_sent_at=at,  # what rings is the other one
    )


def declined(page: Page, *, via: str, by: Actor, at: datetime) -> Page:
    """Somebody says "not me": the next step is due now. Raises CannotMove when the page is not ringing any more."""
    return move(
        page,
        MACHINE,
        to=PageState.TRIGGERED,
        kind="page:declined",
        at=at,
        by=by,
        story=page.story,
        data={"via": via},
        given={"state": PageState.TRIGGERED},
        escalates_at=at,
    )


def hand_over(page: Page, *, by: Actor, to: str, first: str, at: datetime) -> Page:
    """The one who had it passes it on: it rings again, the named colleague first, then the plan as it was frozen."""
    return move(
        page,
        MACHINE,
        to=PageState.TRIGGERED,
        kind="page:handed-over",
        at=at,
        by=by,
        story=page.story,
        data={"to": to},
        given={"state": PageState.ACKNOWLEDGED},
        plan=with_first(page.plan, first),
        step=-1,
        round=page.round + 1,
        reached=False,
        escalates_at=at,
        acknowledged_at=None,
        acknowledged_by=None,
        acknowledged_via="",
        eta_at=None,
    )


def added(page: Page, *, person: str, by: Actor, at: datetime) -> None:
    """One more person is called, besides the plan."""
    timeline.record(page, "page:added", at=at, by=by, story=page.story, person=person)


def joined(page: Page, *, via: str, eta_at: datetime | None, by: Actor, at: datetime) -> None:
    """Somebody who was added says that they are coming; whoever has the page keeps it."""
    said = {"via": via, "eta_at": eta_at.isoformat() if eta_at else None}
    timeline.record(page, "page:joined", at=at, by=by, story=page.story, **said)


def excused(page: Page, *, via: str, by: Actor, at: datetime) -> None:
    """Somebody who was added says that they cannot come."""
    timeline.record(page, "page:excused", at=at, by=by, story=page.story, via=via)


def close(page: Page, *, because: str, by: Actor, at: datetime) -> Page:
    """It is over: resolved, or cancelled."""
    return move(
        page,
        MACHINE,
        to=PageState.CLOSED,
        kind="page:closed",
        at=at,
        by=by,
        story=page.story,
        data={"because": because},
        escalates_at=None,
    )


def bring_forward(*, by: timedelta, at: datetime) -> int:
    """The clock was moved back by this much: every next step still comes after the time that was promised. How many."""
    waiting = Page.objects.filter(state=PageState.TRIGGERED, escalates_at__gt=at)
    return waiting.update(escalates_at=F("escalates_at") - by)


def wait_again(page: Page, *, until: datetime) -> bool:
    """Its step has not rung yet: the next one waits for that. False when it moved meanwhile."""
    same = Page.objects.filter(pk=page.pk, state=PageState.TRIGGERED, step=page.step, round=page.round)
    return bool(same.filter(escalates_at=page.escalates_at).update(escalates_at=until))


def first_sent(page_id: int, *, at: datetime) -> bool:
    """The first request about this page reached a provider. True the first time only."""
    return bool(rows.update(Page, {"pk": page_id, "first_sent_at": None}, {"first_sent_at": at}))


def overheard(page: Page, *, number: str, via: str, at: datetime) -> None:
    """A stranger answered: who, by the end of their number."""
    timeline.record(page, "page:stranger", at=at, by=SYSTEM, story=page.story, number=f"…{number[-4:]}", via=via)


def erase_words(page: Page, *, instead: str) -> None:
    """The sentence somebody was called with is gone."""
    facts = {name: value for name, value in page.facts.items() if name not in {"sentence", "saw"}}
    Page.objects.filter(pk=page.pk).update(title=instead, facts={**facts, "sentence": instead, "saw": ""})
