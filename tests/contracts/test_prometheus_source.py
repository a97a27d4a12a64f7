"""Whatever a Prometheus does, the asker ends by its deadline, names why it heard nothing, and takes nothing else for a fact."""

import json

import pytest

from astreinte.guarantee.rules import advice
from astreinte.tickets import asking
from astreinte.tickets.rules.metrics import promql, table
from tests import probe_servers as servers
from tests.probe_servers import AT, play, serving

DISK = table.shipped()["disk"]
TOKEN = "t0ken-of-prometheus"


def vector(*rows):
    """An instant vector: the labels and the number of each series."""
    result = [{"metric": labels, "value": [AT.timestamp(), number]} for labels, number in rows]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})


def answer(*rows):
    """What Prometheus answers to a question of ours."""
    parts = [({**labels, promql.PART: promql.VALUE}, number) for labels, number in rows]
    return vector(*parts, ({promql.PART: promql.SEEN}, str(AT.timestamp())))


def says(body, status="200 OK"):
    """A Prometheus that says this to every question."""

    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(servers.page(body, status))
        await writer.drain()

    return handler


async def endless(reader, writer):
    """An answer that begins well, and never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b'{"status":"success"' + b" " * 65536)
        await writer.drain()


async def slow(reader, writer):
    """An answer that begins well, and comes a byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    await servers.drips(reader, writer)


def told(handler, *, queries=(DISK,), private=True, deadline_s=2.0, heard=None, **more):
    """What the asker heard of such a Prometheus."""

    async def story():
        async with serving(handler) as server:
            there = asking.Prometheus(
                url=f"http://127.0.0.1:{server.port}/prom/", matchers='instance=~"x"', allow_private=private, **more
            )
            found = await asking.ask(there, queries, deadline_s=deadline_s)
            if heard is not None:
                heard.extend(server.seen)
            return found

    found = play(story())
    facts, wrong = advice.read(found.facts)
    assert (len(facts), wrong) == (len(found.facts), ())
    return found


def test_one_that_is_well():
    (fact,) = told(says(answer(({"mountpoint": "/"}, "98.765")))).facts
    said = {"kind": "disk.used_percent", "value": 98.77, "subject": "/", "source": "prometheus"}
    assert fact == {**said, "observed_at": AT.isoformat(), "detail": "mountpoint /"}


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (servers.closes, "closed"),
        (servers.babbles, "nonsense"),
        (servers.floods, "nonsense"),
        (servers.silent, "timeout"),
        (servers.drips, "nonsense"),
        (slow, "timeout"),
        (endless, "too-large"),
        (says("<html>"), "nonsense"),
        (says("[" * 20_000), "nonsense"),
        (says('{"status": "success", "data": {"result": [{"metric": [], "value": 1}]}}'), "nonsense"),
        (says('{"status": "error", "error": "x"}'), "nonsense"),
        (says("no", "401 Unauthorized"), "denied"),
        (says("no", "403 Forbidden"), "denied"),
        (says('{"status":"error","errorType":"bad_data"}', "400 Bad Request"), "question"),
        (says('{"status":"error","errorType":"execution"}', "422 Unprocessable Entity"), "question"),
        (says("", "302 Found"), "nonsense"),
        (says("", "503 Service Unavailable"), "unavailable"),
    ],
)
def test_one_that_is_not(handler, why):
    found = told(handler, deadline_s=0.4)
    assert (found.facts, found.trouble, found.unanswered) == ([], why, {"disk": why})


def test_one_that_is_not_there():
    there = asking.Prometheus(url=f"http://127.0.0.1:{servers.closed_port()}", matchers="", allow_private=True)
    assert play(asking.ask(there, [DISK])).trouble == "refused"


def test_a_private_address_is_asked_only_where_the_administrator_allows_it():
    seen = []
    assert told(says(answer()), private=False, heard=seen).trouble == "forbidden"
    assert seen == []


def test_every_question_is_cut_at_the_deadline_and_nothing_stays_open():
    every = table.whole({})
    found = told(servers.silent, queries=every, deadline_s=0.3)
    assert (found.trouble, len(found.unanswered)) == ("timeout", len(every))


def test_a_question_that_fails_leaves_the_others():
    async def picky(reader, writer):
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        well = servers.page(answer(({"mountpoint": "/"}, "12")))
        writer.write(well if "avail_bytes" in asked else servers.page("no", "422 Unprocessable Entity"))
        await writer.drain()

    found = told(picky, queries=[table.shipped()["memory"], DISK])
    assert [fact["value"] for fact in found.facts] == [12]
    assert (found.trouble, found.unanswered) == ("", {"memory": "question"})


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ({"token": TOKEN}, f"Authorization: Bearer {TOKEN}"),
        ({"auth": ("us", TOKEN)}, "Authorization: Basic dXM6dDBrZW4tb2YtcHJvbWV0aGV1cw=="),
        ({}, None),
    ],
)
def test_who_asks_is_shown_and_never_said(given, header):
    heard = []

    async def listens(reader, writer):
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(servers.page("", "401 Unauthorized"))
        await writer.drain()

    found = told(listens, **given)
    there = asking.Prometheus(url="http://u:p4ss@x", matchers="", **given)
    assert TOKEN not in f"{found!r}{there!r}"
    assert "p4ss" not in repr(there)
    (request,) = heard
    assert request.startswith("GET /prom/api/v1/query?query=")
    assert (header in request) if header else ("Authorization" not in request)


def test_without_the_time_of_a_sample_there_is_no_evidence():
    row = ({"mountpoint": "/", promql.PART: promql.VALUE}, "99")
    for seen in ((), (({promql.PART: promql.SEEN}, "NaN"),), (({promql.PART: promql.SEEN}, "+Inf"),)):
        assert told(says(vector(row, *seen))).facts == []


def test_numbers_that_are_none_and_subjects_that_cannot_be_shown_are_left_out():
    rows = [({"mountpoint": f"/{text}"}, text) for text in ("NaN", "+Inf", "-Inf")]
    rows += [({"mountpoint": "/\x1b[31m"}, "50"), ({"mountpoint": "x" * 400}, "50"), ({}, "50")]
    assert told(says(answer(*rows))).facts == []
    kept = told(says(answer(({"mountpoint": "/"}, "100.0001"), ({"mountpoint": "/srv"}, "-3")))).facts
    assert [fact["value"] for fact in kept] == [100, 0]


def test_of_many_the_worst_are_kept():
    rows = [({"mountpoint": f"/{number}"}, str(number / 100)) for number in range(2_000)]
    kept = told(says(answer(*rows))).facts
    assert len(kept) <= 40
    assert kept[0]["value"] == 19.99


def test_of_two_on_one_thing_the_worse_counts():
    rows = [({"name": "php8.2-fpm.service"}, "0"), ({"name": "php7.4-fpm.service"}, "4"), ({"name": "x.service"}, "4")]
    (fact,) = told(says(answer(*rows)), queries=[table.shipped()["units"]]).facts
    assert (fact["subject"], fact["value"], fact["detail"]) == ("php", "failed", "name php7.4-fpm.service")
