"""The ladder of calls, read from lines of history."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from astreinte.tickets.rules.tracker import tracker

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Line:
    kind: str
    at: datetime
    by_name: str = ""
    data: dict = field(default_factory=dict)


def line(kind, *, after=0, by="", **data):
    return Line(kind=kind, at=START + timedelta(seconds=after), by_name=by, data=data)


def states(*lines, **more):
    return [(rung.person, rung.state) for rung in tracker(lines, **more).rungs]


def test_nothing_yet_is_an_empty_ladder():
    assert tracker([]).rungs == ()
    assert tracker([]).taken is None


def test_a_silent_person_is_followed_by_the_next_step():
    ladder = states(
        line("page:rung", people=["Alice"]),
        line("notification:accepted", name="Alice", channel="sms"),
        line("page:rung", after=300, people=["Bruno"]),
        next_at=START + timedelta(seconds=600),
    )
    assert ladder == [("Alice", "no-answer"), ("Bruno", "sending"), ("", "next")]


def test_a_message_goes_forward_only_and_its_channels_add_up():
    (rung,) = tracker(
        [
            line("page:rung", people=["Alice"]),
            line("notification:sending", name="Alice", channel="sms"),
            line("notification:delivered", name="Alice", channel="sms"),
            line("notification:sending", name="Alice", channel="voice"),
            line("notification:accepted", name="Alice", channel="voice"),
            line("notification:failed", name="Alice", channel="voice", error="secret reason"),
        ]
    ).rungs
    assert (rung.state, rung.channels) == ("delivered", ("sms", "voice"))


def test_whose_only_channel_fails_could_not_be_reached():
    assert states(line("page:rung", people=["Alice"]), line("notification:failed", name="Alice", channel="sms")) == [
        ("Alice", "failed")
    ]


def test_one_takes_it_and_the_others_are_no_longer_called():
    lines = [
        line("page:rung", people=["Alice", "Bruno"]),
        line("page:acknowledged", after=60, by="Bruno", eta_at=(START + timedelta(minutes=6)).isoformat()),
        line("notification:accepted", after=61, name="Alice", channel="sms"),  # "Bruno has it": not a ring
        line("ticket:eta", after=90, by="Bruno", eta_at=(START + timedelta(minutes=9)).isoformat()),
        line("page:closed", after=900),
    ]
    ladder = tracker(lines)
    assert [(rung.person, rung.state) for rung in ladder.rungs] == [("Alice", "stopped"), ("Bruno", "acknowledged")]
    assert tracker(lines[:-1]).taken.eta_at == START + timedelta(minutes=9)
    assert ladder.taken.eta_at is None  # over: nobody is awaited any more
    assert ladder.rungs[0].channels == ()


def test_somebody_who_was_not_called_may_take_it():
    assert states(line("page:rung", people=["Alice"]), line("page:acknowledged", by="Chloé")) == [
        ("Alice", "stopped"),
        ("Chloé", "acknowledged"),
    ]


def test_not_me_next_and_passed_on():
    assert states(
        line("page:rung", people=["Alice"]),
        line("page:declined", by="Alice"),
        line("page:rung", people=["Bruno"]),
        line("page:acknowledged", by="Bruno"),
        line("page:handed-over", by="Bruno", to="Chloé"),
        line("page:rung", people=["Chloé"]),
    ) == [("Alice", "declined"), ("Bruno", "passed"), ("Chloé", "sending")]


def test_who_was_added_is_beside_the_plan_and_helps_whoever_has_it():
    lines = [
        line("page:rung", people=["Alice"]),
        line("page:added", by="Alice", person="Zoé"),
        line("page:acknowledged", by="Alice"),
        line("page:added", by="Chloé", person="Bruno"),
        line("page:joined", by="Bruno", eta_at=None),
        line("page:added", by="Alice", person="Zoé"),
        line("page:excused", by="Zoé"),
    ]
    assert states(*lines[:2]) == [("Alice", "sending"), ("Zoé", "sending")]
    assert states(*lines) == [
        ("Alice", "acknowledged"),
        ("Zoé", "stopped"),
        ("Bruno", "joined"),
        ("Zoé", "declined"),
    ]
    assert [rung.added_by for rung in tracker(lines).rungs] == ["", "Alice", "Chloé", "Alice"]
    assert tracker(lines).taken.person == "Alice"
    assert states(line("page:joined", by="Nobody"), line("page:excused", by="Nobody")) == []


def test_an_empty_step_and_the_last_resort_are_said():
    ladder = tracker(
        [
            line("page:step-skipped", because="rota:night"),
            line("page:last-resort", people=["Alice", "Bruno"]),
            line("notification:accepted", name="Bruno", channel="sms"),
        ]
    )
    assert [(rung.state, rung.everybody) for rung in ladder.rungs] == [("nobody", False), ("accepted", True)]
    assert states(line("page:last-resort", people=["A"]), line("page:acknowledged", by="A")) == [
        ("", "stopped"),
        ("A", "acknowledged"),
    ]


def test_a_long_night_is_told_by_its_end():
    ladder = tracker([line("page:rung", people=[f"P{number}"], after=number) for number in range(30)])
    assert (len(ladder.rungs), ladder.earlier, ladder.rungs[-1].person) == (12, 18, "P29")
    assert [rung.person for rung in ladder.called] == ["P29"]
