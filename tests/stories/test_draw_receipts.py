"""The receipt leaves with its paper, within the minute whatever happens, and nothing that rings waits for it."""

from astreinte.core import digests
from astreinte.flows import draw_receipts
from astreinte.tickets import papers, proofs
from astreinte.tickets.models import Consent, Receipt

PAPER = b"%PDF-1.7 the acceptance"


def draws(world, *, papers=None):
    """What the keeper does; the drawing itself is in tests/contracts/test_receipt.py."""
    asked = []

    def renderer(documents):
        asked.extend(documents)
        return [PAPER for _one in documents] if papers is None else papers

    world.passes(seconds=1)  # while phones begin to ring, papers wait
    done = draw_receipts.due(renderer=renderer, at=world.now)
    world.pager_ticks()
    return done, asked


def sent(world, person):
    """(subject, names of the files) of the receipts in a mailbox."""
    letters = world.pocket.network.letters.get(person.email, ())
    return [(one.subject, list(one.attachments)) for one in letters if "réception" in one.subject]


def test_the_page_leaves_at_once_and_the_receipt_with_its_paper_when_it_is_drawn(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens("Mail is down")
    assert alice.received == ["Mail is down"]
    assert sent(world, world.jeanne) == []
    world.passes(seconds=3)
    assert draws(world)[0] == 1
    ((_subject, files),) = sent(world, world.jeanne)
    assert files == [f"{ticket.ref}.pdf"]
    assert sent(world, world.berthe)


def test_nothing_is_drawn_in_the_second_of_an_opening(world):
    world.on_call("Alice")
    world.customer_opens("One")
    world.passes(seconds=10)
    world.customer_opens("Two", server=world.web2)
    assert papers.to_draw(at=world.now) == []
    world.passes(seconds=1)
    assert len(papers.to_draw(at=world.now)) == 2


def test_without_anybody_to_draw_it_the_receipt_leaves_within_the_minute(world):
    world.on_call("Alice")
    world.customer_opens()
    world.passes(seconds=60)
    assert [files for _subject, files in sent(world, world.jeanne)] == [[]]
    draws(world)
    assert len(sent(world, world.jeanne)) == 1
    assert papers.is_drawn(Consent.objects.get().pk)


def test_it_says_what_was_accepted_word_for_word(world):
    world.on_call("Alice")
    ticket = world.customer_opens()
    consent = Consent.objects.get()
    (document,) = draws(world)[1]
    assert (document.text, document.text_sha256, document.sha256) == (
        consent.text, consent.text_sha256, consent.sha256,
    )  # fmt: skip
    assert (document.ref, document.by, document.ip, document.channel) == (
        ticket.ref, "Jeanne Blanc", "192.0.2.200", "web",
    )  # fmt: skip
    assert (document.amount_excl_cents, document.amount_incl_cents, document.language) == (9500, 11400, "fr")
    assert document.button == consent.button_label


def test_one_that_cannot_be_drawn_stops_no_other(world):
    world.on_call("Alice")
    first, second = world.customer_opens("One"), world.customer_opens("Two", server=world.web2)
    assert draws(world, papers=[PAPER, None])[0] == 1  # the newest is drawn first
    assert [papers.is_drawn(one.consent_id) for one in (first, second)] == [False, True]


def test_it_is_drawn_once(world):
    world.on_call("Alice")
    world.customer_opens()
    draws(world)
    assert draws(world) == (0, [])
    receipt = Receipt.objects.get()
    assert receipt.sha256 == digests.sha256(PAPER)
    assert list(proofs.receipts()) == []


def test_a_standard_ticket_has_none(world):
    world.customer_opens_standard()
    assert draws(world) == (0, [])
