"""Statements put together once write and read what the ORM would."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from astreinte.accounts.models import User
from astreinte.core import rows
from astreinte.core.models import TimelineEntry
from astreinte.notifications.models import Notification
from astreinte.paging.models import Page

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 25, 12, 0, 0, 123456, tzinfo=UTC)


def page(**fields):
    return Page(title="Mél en panne — “d'un coup”", facts={"a": [1, None, "é"]}, plan={}, opened_at=NOON, **fields)


def letter(once, **fields):
    given = {"about": "page/1", "kind": "page", "name": "A", "language": "fr", "channel": "sms", "address": "+33"}
    return Notification(once=once, created_at=NOON, due_at=NOON, **{**given, **fields})


def person():
    return User.objects.create_user("alice@example.org", name="Alice")


def everything(obj):
    return {field.attname: getattr(obj, field.attname) for field in type(obj)._meta.concrete_fields}


def test_a_row_is_written_as_the_orm_reads_it():
    written = rows.insert(page(escalates_at=NOON, reached=True, acknowledged_by=person()))
    assert everything(Page.objects.get(pk=written.pk)) == everything(written)


def test_a_row_is_read_as_the_orm_wrote_it():
    written = page(acknowledged_by=person())
    written.save()
    [read] = rows.select(Page, {"pk": written.pk})
    assert everything(read) == everything(Page.objects.get(pk=written.pk))
    assert read.acknowledged_by.name == "Alice"


def test_a_new_row_can_be_saved_again():
    written = rows.insert(page())
    written.title = "Else"
    written.save()
    assert [one.title for one in Page.objects.all()] == ["Else"]


def test_json_that_is_null_is_not_a_row_without_json():
    entry = rows.insert(TimelineEntry(story="s", subject="s", kind="k", at=NOON, by_kind="x", by_name="", data=[None]))
    assert TimelineEntry.objects.get(pk=entry.pk).data == [None]


def test_only_new_rows_are_written_together():
    rows.insert_new([letter("a"), letter("b", context={"n": 1})])
    rows.insert_new([letter("b", name="twin"), letter("c")])
    rows.insert_new([])
    assert list(Notification.objects.order_by("once").values_list("once", "name")) == [
        ("a", "A"),
        ("b", "A"),
        ("c", "A"),
    ]


def test_only_the_rows_that_meet_the_conditions_change():
    first, second = rows.insert(page(step=1)), rows.insert(page(step=2, first_sent_at=NOON))
    assert rows.update(Page, {"step__in": [1, 2], "first_sent_at": None}, {"round": 3, "first_sent_at": NOON}) == 1
    assert list(Page.objects.order_by("pk").values_list("pk", "round")) == [(first.pk, 3), (second.pk, 0)]


def test_a_key_is_named_as_a_field_or_as_its_column():
    alice, written = person(), rows.insert(page())
    assert rows.update(Page, {"pk": written.pk, "acknowledged_by": None}, {"acknowledged_by_id": alice.pk}) == 1
    assert rows.update(Page, {"acknowledged_by": alice}, {"acknowledged_by": None}) == 1
    assert Page.objects.get().acknowledged_by is None


@pytest.mark.parametrize(
    ("where", "orm"),
    [
        ({"due_at__lte": NOON}, {"due_at__lte": NOON}),
        ({"due_at__gt": NOON}, {"due_at__gt": NOON}),
        ({"channel__in": ["sms", "voice"]}, {"channel__in": ["sms", "voice"]}),
        ({"channel__in": []}, {"channel__in": []}),
        ({"claimed_until": None}, {"claimed_until__isnull": True}),
        ({"will_confirm": True, "channel": "email"}, {"will_confirm": True, "channel": "email"}),
    ],
)
def test_conditions_mean_what_they_mean_to_the_orm(where, orm):
    ways = [("sms", False), ("voice", True), ("email", True), ("email", False)]
    for number, (channel, confirms) in enumerate(ways):
        minute = timedelta(minutes=number - 1)
        once = letter(f"{number}", channel=channel, will_confirm=confirms)
        once.due_at, once.claimed_until = NOON + minute, NOON if number == 2 else None
        once.save()
    expected = Notification.objects.filter(**orm).order_by("-due_at", "id")
    found = rows.select(Notification, where, order=("-due_at", "id"))
    assert [one.pk for one in found] == [one.pk for one in expected]
    assert [one.pk for one in rows.select(Notification, where, order=("-due_at",), limit=1)] == [
        one.pk for one in expected[:1]
    ]


def test_only_what_is_asked_is_read():
    written = rows.insert(page(step=2))
    [read] = rows.select(Page, {"pk": written.pk}, only=("id", "step"))
    assert (read.get_deferred_fields() >= {"plan", "facts", "title"}, read.pk, read.step) == (True, written.pk, 2)


def test_a_held_row_is_locked_where_the_database_locks_rows():
    written = rows.insert(page())
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert [one.pk for one in rows.select(Page, {"pk": written.pk}, held=True)] == [written.pk]
    assert ("FOR NO KEY UPDATE" in asked[-1]["sql"]) == (connection.vendor == "postgresql")


def test_many_rows_are_written_together_and_each_has_its_own_key():
    written = rows.insert_all([page(reached=number % 2 == 0) for number in range(2 * rows.TOGETHER + 1)])
    assert [one.pk for one in written] == sorted({one.pk for one in written})
    assert [everything(one) for one in Page.objects.order_by("pk")] == [everything(one) for one in written]


def test_each_row_is_changed_in_its_own_way():
    first, second, third = (rows.insert(page()) for _ in range(3))
    rows.update_each(
        Page,
        {
            second.pk: {"title": "Second", "acknowledged_at": None, "facts": {"b": "é"}},
            first.pk: {"title": "First", "acknowledged_at": NOON, "facts": {}},
        },
    )
    rows.update_each(Page, {})
    found = {one.pk: (one.title, one.acknowledged_at, one.facts) for one in Page.objects.all()}
    assert found == {
        first.pk: ("First", NOON, {}),
        second.pk: ("Second", None, {"b": "é"}),
        third.pk: (third.title, None, third.facts),
    }


def test_what_somebody_else_holds_is_left_out():
    page(escalates_at=NOON).save()
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert len(rows.select(Page, {"escalates_at__lte": NOON}, limit=5, free=True)) == 1
    assert ("SKIP LOCKED" in asked[0]["sql"]) is (connection.vendor == "postgresql")
