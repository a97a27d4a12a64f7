"""What a prober keeps on disk for a desk that is away."""

from datetime import UTC, datetime, timedelta

from astreinte.monitoring.rules import Seen
from astreinte.workers.spool import Spool

AT = datetime(2026, 11, 1, tzinfo=UTC)


def seen(number, *, at=None, **more):
    return Seen(check=number, at=at or AT + timedelta(seconds=number), up=True, saw="200 OK", took_ms=12, **more)


def checks(batch):
    return [one["check"] for one in batch]


def test_what_is_added_comes_back_in_order_until_it_is_taken(tmp_path):
    spool = Spool(tmp_path)
    spool.add(seen(number) for number in range(10))
    first = spool.batch(4, at=AT)
    assert checks(first) == checks(spool.batch(4, at=AT)) == [0, 1, 2, 3]
    spool.taken(first[-1]["number"])
    assert (checks(spool.batch(100, at=AT)), spool.kept) == ([4, 5, 6, 7, 8, 9], 6)
    spool.taken(spool.batch(100, at=AT)[-1]["number"])
    assert (spool.batch(100, at=AT), spool.kept, list(tmp_path.iterdir())) == ([], 0, [])
    spool.close()


def test_it_survives_the_process_and_half_a_line(tmp_path):
    spool = Spool(tmp_path)
    spool.add(seen(number, error="timeout") for number in range(5))
    before = spool.batch(10, at=AT)
    (path,) = tmp_path.iterdir()
    with path.open("a", encoding="utf-8") as file:
        file.write("[17000000,5,1790")
    spool.close()
    again = Spool(tmp_path)
    assert (again.batch(10, at=AT), again.kept) == (before, 5)
    again.add([seen(6)])
    numbers = [one["number"] for one in again.batch(10, at=AT)]
    assert numbers == sorted(set(numbers))
    again.close()


def test_numbers_only_grow_even_when_the_clock_goes_back(tmp_path):
    spool = Spool(tmp_path)
    spool.add([seen(1), seen(2, at=AT - timedelta(days=1)), seen(3, at=AT - timedelta(days=1))])
    spool.begin_after(10**16)
    spool.add([seen(4)])
    numbers = [one["number"] for one in spool.batch(10, at=AT)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > 10**16
    spool.close()


def test_past_two_days_the_oldest_are_given_up_and_counted(tmp_path):
    spool = Spool(tmp_path, segment_bytes=200)
    spool.add(seen(number, at=AT + timedelta(hours=number)) for number in range(60))
    assert len(list(tmp_path.iterdir())) > 10
    at = AT + timedelta(hours=60)
    assert checks(spool.batch(3, at=at)) == [12, 13, 14]
    assert (spool.dropped, spool.kept) == (12, 48)
    spool.close()


def test_past_its_size_the_oldest_are_given_up_and_counted(tmp_path):
    spool = Spool(tmp_path, most_bytes=5_000, segment_bytes=1_000)
    for number in range(1_000):
        spool.add([seen(number)])
    held = checks(spool.batch(1_000, at=AT))
    assert held == list(range(1_000 - len(held), 1_000))
    assert (spool.dropped, spool.kept) == (1_000 - len(held), len(held))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 6_000
    spool.close()


def test_one_more_is_added_while_the_batch_before_it_is_on_its_way(tmp_path):
    spool = Spool(tmp_path)
    spool.add([seen(1), seen(2)])
    sent = spool.batch(10, at=AT)
    spool.add([seen(3)])
    spool.taken(sent[-1]["number"])
    assert checks(spool.batch(10, at=AT)) == [3]
    spool.close()
    assert Spool(tmp_path).kept >= 1
