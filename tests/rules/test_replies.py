"""What people write back at 3 a.m."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astreinte.paging.rules.replies import Reply, read

TAKES = [
    "12",
    " 12 ",
    "12.",
    "12!",
    "#12",
    "012",
    "12a",
    "12A",
    "12 a",
    "12 A",
    "ack 12",
    "ACK 12",
    "Ack12",
    "ok 12",
    "12 ok",
    "１２",
    "a 12",
    "oui 12",
    "12\n",
]
IN_15 = [
    "12 15",
    "12  15",
    "12 15 min",
    "12 15mn",
    "12 15m",
    "12, 15",
    "12 a 15",
    "ack 12 15",
    "12 15 minutes",
    "１２ １５",
]
PASSES = ["12e", "12 e", "12 E", "12E.", "e 12", "12 esc", "12 escalate", "12 non", "no 12"]
UNCLEAR = [
    "", " ", "a", "ack", "e", "ok", "12 e 15", "12 15 e", "12 15 3", "12 a e", "stop", "12 perhaps", "I take 12", "0", "00",
    "123456", "12 99999", "12 -15", "12 +15", "12/15", "1.2 3 4", "12 15 h", "12 m", "١٢", "12 é", "12 " + " " * 50 + "a",
    "12;DROP TABLE", "12 1441", "12 a a", "<12>", "12\x00",
]  # fmt: skip


@pytest.mark.parametrize("text", TAKES)
def test_takes(text):
    assert read(text) == Reply(code="12", verb="acknowledge")


@pytest.mark.parametrize("text", IN_15)
def test_takes_with_minutes(text):
    assert read(text) == Reply(code="12", verb="acknowledge", minutes=15)


@pytest.mark.parametrize("text", PASSES)
def test_passes(text):
    assert read(text) == Reply(code="12", verb="escalate")


@pytest.mark.parametrize("text", UNCLEAR)
def test_unclear_means_nothing(text):
    assert read(text) is None


@given(st.text(max_size=60))
def test_anything_at_all_is_read_without_harm(text):
    found = read(text)
    assert found is None or (found.code.isdigit() and (found.minutes is None or 0 <= found.minutes <= 1440))
