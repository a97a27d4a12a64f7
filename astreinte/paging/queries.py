"""Questions about pages: which must climb, what plan a server's pages follow."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Min, Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core import rows, timeline
from astreinte.core.configuration import remembered
from astreinte.paging.models import EscalationPolicy, Page
from astreinte.paging.states import PageState

# What was on its way when a page was closed has said long before that it left.
SETTLED = timedelta(days=1)


def due(*, at: datetime, limit: int) -> list[Page]:
    """The pages whose next step is due, oldest first."""
    ringing = {"state": PageState.TRIGGERED, "escalates_at__lte": at}
    return rows.select(Page, ringing, order=("escalates_at",), limit=limit)


def overdue(*, at: datetime, by: timedelta) -> list[Page]:
    """The pages whose next step should have been done longer ago than this."""
    return list(Page.objects.filter(state=PageState.TRIGGERED, escalates_at__lt=at - by).order_by("escalates_at"))


def next_due_at() -> datetime | None:
    """When the next step of any page is due."""
    soonest: datetime | None = Page.objects.filter(state=PageState.TRIGGERED).aggregate(soonest=Min("escalates_at"))[
        "soonest"
    ]
    return soonest


def next_after(at: datetime) -> datetime | None:
    """The next step to come of any page: what is due already does not hide it."""
    return rows.soonest(Page, "escalates_at", {"state": PageState.TRIGGERED}, after=at)


def stuck(*, at: datetime, by: timedelta) -> list[int]:
    """Pages that ring with no next step, or one that should have been done longer ago than this, or with nothing sent at all."""
    ringing = Page.objects.filter(state=PageState.TRIGGERED, rehearsal=False)
    wrong = Q(escalates_at__isnull=True) | Q(escalates_at__lt=at - by)
    silent = Q(first_sent_at__isnull=True, opened_at__lt=at - by)
    return list(ringing.filter(wrong | silent).order_by("pk").values_list("pk", flat=True)[:20])


class Delay(NamedTuple):
    """How long a page took until its first request left, and until somebody answered, in seconds; None where that never was."""

    page: int
    sent_s: float | None
    taken_s: float | None
    is_settled: bool  # nothing of it changes any more


def delays(*, after: int, at: datetime) -> Iterator[Delay]:
    """Those of the pages after this one, oldest first; rehearsals rang nobody."""
    known = Page.objects.filter(pk__gt=after, rehearsal=False).order_by("pk")
    shown = known.values_list("pk", "state", "opened_at", "first_sent_at", "acknowledged_at")
    for page, state, opened, first, taken in shown.iterator():
        yield Delay(
            page=page,
            sent_s=(first - opened).total_seconds() if first else None,
            taken_s=(taken - opened).total_seconds() if taken else None,
            is_settled=state == PageState.CLOSED and opened < at - SETTLED,
        )


@remembered
def plan(escalation: str) -> dict[str, Any]:
    """The plan of this policy, as it will be frozen; of the default one when it is gone; the last resort every 2 min without any."""
    policies = EscalationPolicy.objects.prefetch_related("steps").filter(name__in=[escalation, "default"])
    found = {policy.name: policy for policy in policies}
    policy = found.get(escalation) or found.get("default")
    if policy is None:
        return {"policy": "", "steps": [{"after_s": 0, "notify": []}], "repeat_every_s": 120, "last_resort": []}
    steps = [{"after_s": step.after_s, "notify": step.notify} for step in policy.steps.all()]
    return {
        "policy": policy.name,
        "steps": steps,
        "repeat_every_s": policy.repeat_every_s,
        "last_resort": policy.last_resort,
    }


def policies() -> QuerySet[EscalationPolicy]:
    """Every escalation policy, with its steps."""
    return EscalationPolicy.objects.prefetch_related("steps").order_by("name")


def by_story(story: str) -> Page | None:
    """The page a story is about: "page/12"."""
    key = key_of(story)
    return Page.objects.filter(pk=key).first() if key is not None else None


def key_of(story: str) -> int | None:
    """The key of the page a story is about; None when it is about something else."""
    kind, _, key = story.partition("/")
    return int(key) if kind == "page" and key.isdecimal() else None


def held_state(story: str) -> str | None:
    """The state of the page a story is about, which cannot change before this transaction ends. None when it is about no page."""
    key = key_of(story)
    if key is None:
        return None
    return next((page.state for page in rows.select(Page, {"pk": key}, only=("id", "state"), held=True)), None)


def help_of(page: Page, person: User) -> tuple[str, str]:
    """What this person last answered to whoever has the page: ("joined" or "excused", the instant announced); empty without an answer."""
    if page.acknowledged_at is None:
        return "", ""
    kinds = ["page:joined", "page:excused"]
    last = timeline.of(page.story).filter(kind__in=kinds, by_id=person.pk, at__gte=page.acknowledged_at).last()
    return (last.kind.partition(":")[2], last.data.get("eta_at") or "") if last else ("", "")


def lost(*, at: datetime) -> QuerySet[Page]:
    """Pages that ring and have no next step in the future: there must be none, ever."""
    return Page.objects.filter(state=PageState.TRIGGERED, escalates_at__isnull=True, opened_at__lte=at)


def ringing() -> QuerySet[Page]:
    """The pages nobody has taken yet, oldest first; rehearsals left out."""
    return Page.objects.filter(state=PageState.TRIGGERED, rehearsal=False).order_by("opened_at")


def since(start: datetime, *, limit: int = 50) -> QuerySet[Page]:
    """The pages of these last hours, newest first, whatever became of them; rehearsals left out."""
    recent = Page.objects.filter(opened_at__gte=start, rehearsal=False).select_related("acknowledged_by")
    return recent.order_by("-opened_at", "-id")[:limit]


def ringing_with(code: str) -> Page | None:
    """The page that rings now under this short code."""
    ringing = Page.objects.filter(state=PageState.TRIGGERED).order_by("-pk")
    return next((page for page in ringing if page.code == code), None)
