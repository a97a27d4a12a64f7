"""Somebody who has the database changes, removes or moves what was sealed in a pack: `verify` names the pack and the item."""

import pytest
from django.db import DatabaseError, transaction

from astreinte.tickets import packs as packing
from astreinte.tickets import proofs
from astreinte.tickets.models import Evidence, Pack, PackItem
from tests.attackers import without_triggers

FROZEN = ("tickets_evidence", "tickets_pack", "tickets_packitem")
NEVER = "1999-01-01 00:00:00+00:00"


@pytest.fixture
def attacker(db):
    """Runs SQL, the triggers being gone."""
    return without_triggers(FROZEN)


@pytest.fixture
def ticket(world):
    """A case that was billed: three packs, and another case beside it."""
    (alice,) = world.on_call("Alice")
    world.watches()
    found = world.customer_opens()
    for _ in range(2):
        world.keeper_ticks()
        world.passes(seconds=10)
    world.takes(alice.user, found)
    world.resolves(alice.user, found)
    world.passes(seconds=10)
    world.keeper_ticks()
    world.decides(alice.user, found, "customer-app")
    world.customer_opens("Another", server=world.shop, by=world.max)
    world.passes(seconds=10)
    world.keeper_ticks()
    assert packing.sealed(found).count() == 3
    return found


def rows():
    return [one.row for one in proofs.packs()]


def place(ticket, item):
    return f"{ticket.ref}, pack {item.pack.number}, item {item.number}"


def items(ticket):
    return list(PackItem.objects.filter(pack__ticket=ticket).select_related("pack", "evidence").order_by("pk"))


def test_everything_that_was_not_touched_is_well(ticket):
    assert rows() == []
    assert len(items(ticket)) > 5
    assert all(pack.items.exists() for pack in packing.sealed(ticket))


def test_the_database_itself_refuses(ticket):
    pack = packing.sealed(ticket).first()
    for do in (lambda: Pack.objects.filter(pk=pack.pk).update(sha256="0" * 64), lambda: pack.items.all().delete()):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            do()


def test_any_byte_of_any_item_that_changes_is_named(ticket, attacker):
    """Each item, each of its columns: one sign of the text at a place that differs for each."""
    for number, item in enumerate(items(ticket)):
        one = item.evidence
        for column in ("body", "text", "kind", "sha256"):
            was = getattr(one, column)
            at = number % len(was)
            changed = was[:at] + ("x" if was[at] != "x" else "y") + was[at + 1 :]
            attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", changed, one.pk)
            assert rows() == [place(ticket, item)], (column, item.number)
            attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", was, one.pk)
    assert rows() == []


@pytest.mark.parametrize(("column", "value"), [("at", NEVER), ("frozen_at", NEVER), ("public_id", "0" * 32)])
def test_a_date_or_a_name_that_changes_is_named(ticket, attacker, column, value):
    item = items(ticket)[2]
    attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", value, item.evidence_id)
    assert rows() == [place(ticket, item)]


def test_a_space_that_changes_nothing_to_the_meaning_is_named(ticket, attacker):
    item = items(ticket)[0]
    attacker("UPDATE tickets_evidence SET body = %s WHERE id = %s", item.evidence.body + " ", item.evidence_id)
    assert rows() == [place(ticket, item)]


def test_any_item_that_is_removed_is_named(ticket, attacker):
    found = items(ticket)
    for item in found:
        following = [one for one in found if one.pack_id == item.pack_id and one.number > item.number]
        attacker("DELETE FROM tickets_packitem WHERE id = %s", item.pk)
        assert rows() == [place(ticket, item) if following else f"{ticket.ref}, pack {item.pack.number}"]
        PackItem(pk=item.pk, pack=item.pack, number=item.number, evidence=item.evidence, chain=item.chain).save()
    assert rows() == []


def test_items_that_changed_places_are_named(ticket, attacker):
    one, other = items(ticket)[:2]
    attacker("UPDATE tickets_packitem SET number = 99 WHERE id = %s", one.pk)
    attacker("UPDATE tickets_packitem SET number = %s WHERE id = %s", one.number, other.pk)
    attacker("UPDATE tickets_packitem SET number = %s WHERE id = %s", other.number, one.pk)
    assert rows() == [place(ticket, one)]


@pytest.mark.parametrize(("column", "value"), [("chain", "0" * 64), ("number", 77)])
def test_a_link_that_changes_is_named(ticket, attacker, column, value):
    item = items(ticket)[1]
    attacker(f"UPDATE tickets_packitem SET {column} = %s WHERE id = %s", value, item.pk)
    assert rows() == [place(ticket, item)]


def test_a_piece_that_is_added_is_named(ticket, attacker):
    pack = packing.sealed(ticket).last()
    added = Evidence.objects.filter(packed=None).first() or Evidence.objects.exclude(ticket=ticket).first()
    attacker("DELETE FROM tickets_packitem WHERE evidence_id = %s", added.pk)
    PackItem.objects.create(pack=pack, number=pack.items.count() + 1, evidence=added, chain="0" * 64)
    assert f"{ticket.ref}, pack {pack.number}, item {pack.items.count()}" in rows()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_pack_that_is_removed_is_missed(ticket, attacker, number):
    pack = packing.sealed(ticket).get(number=number)
    attacker("DELETE FROM tickets_packitem WHERE pack_id = %s", pack.pk)
    attacker("DELETE FROM tickets_pack WHERE id = %s", pack.pk)
    assert rows() == [f"{ticket.ref}, pack {number}"]


def test_packs_that_are_all_removed_are_missed(ticket, attacker):
    attacker(
        "DELETE FROM tickets_packitem WHERE pack_id IN (SELECT id FROM tickets_pack WHERE ticket_id = %s)", ticket.pk
    )
    attacker("DELETE FROM tickets_pack WHERE ticket_id = %s", ticket.pk)
    assert rows() == [f"{ticket.ref}, pack {number}" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("receipt", "{}"), ("sha256", "0" * 64), ("moment", "after"), ("sealed_at", NEVER), ("number", 9)],
)
def test_a_receipt_that_changes_is_named(ticket, attacker, column, value):
    pack = packing.sealed(ticket).last()
    attacker(f"UPDATE tickets_pack SET {column} = %s WHERE id = %s", value, pack.pk)
    assert rows() == [f"{ticket.ref}, pack 3"]


def test_a_pack_that_is_made_again_from_changed_evidence_is_not_what_the_history_says(ticket, attacker):
    """The attacker has the program as well, and chains everything again: the receipts differ from those in the history."""
    item = items(ticket)[0]
    item.evidence.text = "forged"
    commits = packing.commitment(item.evidence)
    attacker("UPDATE tickets_evidence SET text = 'forged', sha256 = %s WHERE id = %s", commits, item.evidence_id)
    forge(attacker, ticket)
    assert rows() == [f"{ticket.ref}, pack {number}" for number in (1, 2, 3)]


def forge(attacker, ticket):
    from astreinte.tickets import verify

    before = ""
    for pack in packing.sealed(ticket):
        chain = before
        for item in pack.items.order_by("number"):
            chain = verify.chained(chain, packing.item(item.evidence, number=item.number))
            attacker("UPDATE tickets_packitem SET chain = %s WHERE id = %s", chain, item.pk)
        receipt = {**packing.receipt(pack), "previous": before, "last": chain}
        receipt["sha256"] = before = verify.receipt_sha256(receipt)
        attacker(
            "UPDATE tickets_pack SET receipt = %s, sha256 = %s WHERE id = %s",
            verify.canonical(receipt),
            before,
            pack.pk,
        )
