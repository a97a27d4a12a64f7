"""Words are erased from what was sealed: everything is well before and after, and whoever tampers around it is still named."""

import json
from itertools import chain

import pytest
from django.db import DatabaseError, transaction

from astreinte.core import proofs as history
from astreinte.core.actors import SYSTEM
from astreinte.core.models import TimelineEntry
from astreinte.flows import converse
from astreinte.tickets import actions, packs, proofs, verify
from astreinte.tickets.models import Evidence, Message, PackItem
from astreinte.tickets.refusals import EvidenceIsBroken
from tests.attackers import without_triggers
from tests.before_salts import FROZEN, as_before, of_kinds

CANARY = "canary-5d1c"
NEVER = "1999-01-01 00:00:00+00:00"
SEALED = {"new": 0, "mixed": 1, "old": 9}


@pytest.fixture
def ticket(world):
    """A case that was billed, in three packs, with typed words in each kind of piece."""
    (alice,) = world.on_call("Alice")
    found = world.customer_opens(CANARY)
    world.keeper_ticks()
    converse.say(found, body=CANARY, by=world.jeanne, at=world.now)
    world.takes(alice.user, found)
    world.resolves(alice.user, found)
    world.passes(seconds=10)
    world.keeper_ticks()
    world.decides(alice.user, found, "customer-app")
    world.keeper_ticks()
    assert packs.sealed(found).count() == 3
    return found


@pytest.fixture(params=SEALED)
def sealed(request, ticket):
    """The same, sealed by the desk of today, by one before it, and by both."""
    if SEALED[request.param]:
        as_before(ticket, packs=SEALED[request.param])
    assert broken() == []
    return ticket


def broken():
    return [one.row for one in chain(history.history(), proofs.evidence(), proofs.packs())]


def erase(ticket, *kinds, at):
    return actions.erase_evidence(ticket, of_kinds(ticket, *kinds), why="letter of 3 March", by=SYSTEM, at=at)


def items(ticket):
    return [item for pack in packs.document(ticket)["packs"] for item in pack["items"]]


def test_everything_is_well_before_and_after_and_the_words_are_nowhere(world, sealed):
    roots = [pack.sha256 for pack in packs.sealed(sealed)]
    assert CANARY in packs.file(sealed).decode()
    assert erase(sealed, "declaration", "message", at=world.now) == 2
    assert broken() == []
    assert verify.read(packs.file(sealed))[1] is None
    assert CANARY not in packs.file(sealed).decode()
    assert [pack["receipt"]["sha256"] for pack in packs.document(sealed)["packs"]] == roots
    assert not Evidence.objects.filter(text__contains=CANARY).exists()
    assert not Evidence.objects.filter(body__contains=CANARY).exists()


def test_any_piece_can_go_and_all_of_them(world, sealed):
    for one in Evidence.objects.filter(ticket=sealed).order_by("-pk"):
        assert actions.erase_evidence(sealed, [one], why="asked", by=SYSTEM, at=world.now) == 1
        assert broken() == []
    assert verify.read(packs.file(sealed))[1] is None
    assert all(set(item) & {"text", "body", "salt"} == set() for item in items(sealed))


def test_it_is_told_once_and_without_its_words(world, sealed):
    erase(sealed, "declaration", at=world.now)
    assert erase(sealed, "declaration", at=world.now) == 0
    (line,) = TimelineEntry.objects.filter(kind="evidence:erased")
    assert (line.data["why"], line.by_kind) == ("letter of 3 March", "system")
    assert CANARY not in json.dumps(line.data)
    (piece,) = of_kinds(sealed, "declaration")
    assert (piece.text, piece.body, piece.salt, piece.erased_at) == ("", "", "", world.now)


def test_what_is_broken_already_is_not_erased(world, sealed, attacker):
    consent = of_kinds(sealed, "consent")[0]
    attacker("UPDATE tickets_evidence SET kind = 'forged' WHERE id = %s", consent.pk)
    with pytest.raises(EvidenceIsBroken):
        erase(sealed, "declaration", at=world.now)
    assert of_kinds(sealed, "declaration")[0].text == CANARY


# -- somebody who has the database ---------------------------------------------------------------------------------------


@pytest.fixture
def attacker(ticket):
    """Runs SQL, the triggers being gone."""
    return without_triggers(FROZEN)


@pytest.fixture
def erased(world, sealed):
    """The declaration and the messages are gone."""
    erase(sealed, "declaration", "message", at=world.now)
    return sealed


def test_a_piece_that_is_emptied_by_hand_is_named(sealed, attacker):
    piece = of_kinds(sealed, "consent")[0]
    attacker("UPDATE tickets_evidence SET text = '', body = '', salt = '' WHERE id = %s", piece.pk)
    assert f"evidence {piece.pk}" in broken()
    attacker("UPDATE tickets_evidence SET erased_at = %s WHERE id = %s", NEVER, piece.pk)
    assert [(one.row, one.why) for one in proofs.evidence()] == [(f"evidence {piece.pk}", proofs.EMPTIED)]


def test_one_that_says_it_was_erased_and_still_has_words_is_named(erased, attacker):
    piece = of_kinds(erased, "declaration")[0]
    attacker("UPDATE tickets_evidence SET text = 'other words' WHERE id = %s", piece.pk)
    assert [(one.row, one.why) for one in proofs.evidence()] == [(f"evidence {piece.pk}", proofs.NOT_EMPTIED)]


def test_what_stays_of_an_erased_piece_is_proven(erased, attacker):
    piece = of_kinds(erased, "declaration")[0]
    dates = dict.fromkeys(("at", "frozen_at", "erased_at"), NEVER)
    forged = {"kind": "other", "sha256": "0" * 64, "public_id": "0" * 32, "salted": not piece.salted, **dates}
    for column, value in forged.items():
        attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", value, piece.pk)
        assert f"evidence {piece.pk}" in broken(), column
        Evidence.objects.filter(pk=piece.pk).update(**{column: getattr(piece, column)})
    assert broken() == []


def test_whatever_is_around_it_is_proven(erased, attacker):
    """Each piece of each pack, one sign of its words or of its kind."""
    for piece in Evidence.objects.filter(ticket=erased).order_by("pk"):
        column = "kind" if piece.erased_at else "text"
        attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", "forged", piece.pk)
        assert f"evidence {piece.pk}" in broken()
        attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", getattr(piece, column), piece.pk)
    assert broken() == []


def test_a_piece_that_is_removed_or_moved_around_it_is_named(erased, attacker):
    for row in PackItem.objects.filter(pack__ticket=erased).select_related("pack"):
        name = f"{erased.ref}, pack {row.pack.number}"
        attacker("UPDATE tickets_packitem SET number = 99 WHERE id = %s", row.pk)
        assert broken()[0].startswith(name)
        attacker("UPDATE tickets_packitem SET number = %s, chain = %s WHERE id = %s", row.number, "0" * 64, row.pk)
        assert any(one.startswith(name) for one in broken()), row
        attacker("UPDATE tickets_packitem SET chain = %s WHERE id = %s", row.chain, row.pk)
    assert broken() == []


def test_two_pieces_before_an_erased_one_that_changed_places_and_were_chained_again_are_named(world, ticket, attacker):
    """Without a salt the receipt proves nothing before it: the history does."""
    as_before(ticket, packs=9)
    third = PackItem.objects.get(pack__ticket=ticket, pack__number=1, number=3)
    actions.erase_evidence(ticket, [third.evidence], why="asked", by=SYSTEM, at=world.now)
    first, second = PackItem.objects.filter(pack=third.pack, number__in=[1, 2]).order_by("number")
    for row, number in ((first, 77), (second, 1), (first, 2)):
        attacker("UPDATE tickets_packitem SET number = %s WHERE id = %s", number, row.pk)
    before = ""
    for number, row in enumerate((second, first), start=1):
        before = verify.chained(before, packs.item(row.evidence, number=number))
        attacker("UPDATE tickets_packitem SET chain = %s WHERE id = %s", before, row.pk)
    assert verify.first_broken(packs.document(ticket)) is None  # the file alone cannot tell
    assert broken() == [f"{ticket.ref}, pack 1, item 3"]


# -- the database itself -------------------------------------------------------------------------------------------------

WRONG = {
    "not dated": {"text": "", "body": "", "salt": ""},
    "only dated": {"erased_at": "now"},
    "half of it": {"text": "", "erased_at": "now"},
    "the words, and not their salt": {"text": "", "body": "", "erased_at": "now"},
    "into other words": {"text": "nothing", "body": "", "salt": "", "erased_at": "now"},
    "and something else": {"text": "", "body": "", "salt": "", "erased_at": "now", "kind": "other"},
    "and its digest": {"text": "", "body": "", "salt": "", "erased_at": "now", "sha256": ""},
}
AGAIN = {
    "words": {"text": "back"},
    "a salt": {"salt": "back"},
    "no date": {"erased_at": None},
    "a date": {"erased_at": "now"},
}


def refused(world, piece, wish):
    fields = {name: world.now if value == "now" else value for name, value in wish.items()}
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        piece.update(**fields)


def test_the_database_empties_all_of_it_or_nothing_and_once(world, ticket):
    piece = Evidence.objects.filter(pk=of_kinds(ticket, "declaration")[0].pk)
    for wish in WRONG.values():
        refused(world, piece, wish)
    erase(ticket, "declaration", at=world.now)
    world.passes(seconds=1)
    for wish in AGAIN.values():
        refused(world, piece, wish)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        piece._raw_delete("default")


def test_a_row_of_before_salts_is_frozen_too_and_can_be_emptied(world, ticket):
    at = world.now
    old = Evidence.objects.create(ticket=ticket, kind="fact", text="x", body="{}", at=at, frozen_at=at, sha256="0" * 64)
    piece = Evidence.objects.filter(pk=old.pk)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        piece.update(text="y")
    assert piece.update(text="", body="", salt="", erased_at=at) == 1


def test_a_message_keeps_all_but_its_words(world, ticket):
    message = Message.objects.filter(ticket=ticket, body=CANARY)
    for wish in ({"body": ""}, {"erased_at": world.now}, {"body": "x", "erased_at": world.now}, {"internal": True}):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            message.update(**wish)
    key = message.get().pk
    assert message.update(body="", erased_at=world.now) == 1
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Message.objects.filter(pk=key).update(body="back")
