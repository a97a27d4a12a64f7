"""A long stop, and a relay that stalls: what still matters leaves, at once, and only that."""

from collections import Counter

from devtools.pocket.network import Fault
from tests.chaos.stage import until

OPENED, OVER = 60, 40
# A relay that stalls holds every thread of its channel for as long as an attempt may last.
STALL_S = 30.0


def _left(stage, kind: str) -> list:
    return [entry for entry in list(stage.pocket.network.ledger) if entry.kind == kind]


def test_after_a_long_stop_nobody_is_rung_for_what_is_over_and_the_rest_leaves_once_oldest_first(stage, told):
    """60 cases while no pager lives; 40 are cancelled, taken or resolved before one starts."""
    opened = stage.run("door", count=OPENED, per_s=1000, within=120)
    over = [one for place, one in enumerate(opened) if place % 3]
    stage.run("over", tickets=[one["ticket"] for one in over])
    assert len(over) == OVER
    assert stage.arrivals() == 0

    stage.start("pager")
    until(stage.nothing_left, within=90, every=0.1, what="the end of the queue")
    copies, pages = stage.copies(), stage.pages()
    assert not any(copies[key] for one in over for key in pages[one["page"]])
    still = [one["page"] for one in opened if one not in over]
    assert [copies[key] for page in still for key in pages[page]] == [1] * len(still)
    told("messages of a page", len(_left(stage, "sms")))
    # eight threads share the queue, each at its own pace: the older half leaves first, on the whole
    order = {key: place for place, page in enumerate(still) for key in pages[page]}
    places = [order[entry.key] for entry in _left(stage, "sms") if entry.key in order]
    half = len(places) // 2
    assert sum(places[:half]) < sum(places[half:]), places


def test_a_relay_that_stalls_with_500_letters_queued_delays_neither_a_text_nor_a_call(stages, told):
    stage = stages("sms and voice")
    stage.pocket.network.faults["*", "email"] = Fault(mode="stall", seconds=STALL_S)
    stage.run("write", count=500)
    stage.start("pager")
    until(lambda: stage.arrivals("email") >= 4, within=10, what="letters that hold every thread of their channel")

    opened = stage.run("door", count=40, per_s=20)
    pages = stage.pages()
    for channel in ("sms", "voice"):
        until(
            lambda channel=channel: stage.arrivals(channel) >= len(opened), within=15, what=f"{channel} for each page"
        )
        arrived = {entry.key: entry.monotonic for entry in _left(stage, channel)}
        waits = [min(arrived[key] for key in pages[one["page"]] if key in arrived) - one["committed"] for one in opened]
        told(f"slowest {channel}, s", round(max(waits), 3))
        assert max(waits) < 5.0
        assert Counter(entry.status for entry in _left(stage, channel)) == {201: len(opened)}
    assert stage.arrivals("email") < 50, "the relay did not stall"
