"""The rehearsal at the doors: marked on each screen, for those who may open the real thing, and out of every list."""

import re

import pytest
from django.urls import reverse

from astreinte.billing.models import Charge
from astreinte.core import clock
from astreinte.tickets.models import Consent, Ticket
from tests.doors.portal import hidden, key_of, signed_in, text_of, types
from tests.doors.programs import Program

pytestmark = pytest.mark.django_db
MARK = {"en": "REHEARSAL Nobody is called, nothing is due.", "fr": "RÉPÉTITION Personne n’est appelé, rien n’est dû."}


def begun(client, server, **changes):
    """The answer to the last button."""
    key = key_of(types(client, server, rehearsal="True", **changes))
    address = reverse("portal:confirm", args=[key])
    return client.post(address, {**hidden(client.get(address)), "box": "on"})


def opened(world, by=None):
    world.on_call("Alice")
    answer = begun(signed_in(by or world.jeanne), world.web1)
    return Ticket.objects.get(), answer["Location"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_screen_of_it_is_marked_and_leads_out(world, language):
    world.on_call("Alice")
    client = signed_in(world.jeanne, language=language)
    first = client.get(reverse("portal:rehearse"))
    assert 'name="rehearsal" value="True"' in first.content.decode()
    key = key_of(types(client, world.web1, rehearsal="True"))
    offer = client.get(reverse("portal:offer", args=[key]))
    confirm = client.get(reverse("portal:confirm", args=[key]))
    ticket = client.get(begun(client, world.web1)["Location"])
    for screen in (first, offer, confirm, ticket):
        assert MARK[language] in text_of(screen)
        assert reverse("portal:problem") in screen.content.decode()
    assert {"en": "Rehearse, free: nobody is called", "fr": "Répéter, gratuit : personne n’est appelé"}[
        language
    ] in text_of(confirm)
    refused = types(client, world.web1, rehearsal="True", subject="")
    assert (refused.status_code, MARK[language] in text_of(refused)) == (422, True)


def test_the_real_screens_bear_no_mark(world):
    client = signed_in(world.jeanne)
    key = key_of(types(client, world.web1))
    for address in (
        reverse("portal:problem"),
        reverse("portal:offer", args=[key]),
        reverse("portal:confirm", args=[key]),
    ):
        assert MARK["en"] not in text_of(client.get(address))


def test_next_leads_to_the_end(world):
    ticket, page = opened(world)
    client = signed_in(world.jeanne)
    for _ in range(5):
        assert client.post(reverse("portal:go_on", args=[ticket.ref])).status_code == 302
    said = text_of(client.get(page))
    assert "A real one would have cost €95.00 excl. VAT, €114.00 incl. VAT. This rehearsal is free." in said
    assert "The rehearsal is over: you have seen all of it." in said
    assert "Evidence, sealed" not in said  # nothing of a rehearsal is
    late = client.post(reverse("portal:go_on", args=[ticket.ref]))
    assert (late.status_code, "This rehearsal is over." in text_of(late)) == (422, True)
    assert not Charge.objects.exists()
    assert not Consent.objects.exists()


def test_only_the_one_who_rehearses_says_next_and_a_real_ticket_has_no_next(world):
    ticket, _page = opened(world)
    world.member("Paul Vert", world.boulangerie, is_owner=True)
    for somebody in (world.phones["paul@boulangerie.example"].user, world.max, world.chloe):
        assert signed_in(somebody).post(reverse("portal:go_on", args=[ticket.ref])).status_code == 404
    real = world.customer_opens()
    assert signed_in(world.jeanne).post(reverse("portal:go_on", args=[real.ref])).status_code == 404


def test_no_standard_ticket_comes_out_of_it(world):
    client = signed_in(world.jeanne)
    key = key_of(types(client, world.web1, rehearsal="True"))
    assert client.post(reverse("portal:standard", args=[key]))["Location"] == reverse("portal:offer", args=[key])
    assert (
        reverse("portal:standard", args=[key]) not in client.get(reverse("portal:offer", args=[key])).content.decode()
    )
    assert not Ticket.objects.exists()


def test_who_may_not_open_an_urgent_ticket_is_told_why(world):
    client = signed_in(world.karim)
    key = key_of(types(client, world.web1, rehearsal="True"))
    assert "You do not have the right" in text_of(client.get(reverse("portal:offer", args=[key])))
    assert client.get(reverse("portal:confirm", args=[key])).status_code == 302


def test_the_home_of_who_never_pressed_the_button_says_so_once(world):
    notice = "You have never used the button"
    home = reverse("portal:servers")
    assert notice in text_of(signed_in(world.jeanne).get(home))
    assert notice not in text_of(signed_in(world.karim).get(home))
    opened(world)
    assert notice not in text_of(signed_in(world.jeanne).get(home))


def test_it_is_in_no_list_unless_it_is_asked_for(world):
    ticket, _page = opened(world)
    jeanne, chloe = signed_in(world.jeanne), signed_in(world.chloe)
    for client, address in (
        (jeanne, reverse("portal:servers")),
        (jeanne, reverse("portal:tickets")),
        (chloe, reverse("console:cases")),
        (chloe, reverse("console:tonight")),
    ):
        assert ticket.ref not in text_of(client.get(address))
    assert ticket.ref in text_of(jeanne.get(reverse("portal:rehearse")))
    assert ticket.ref in text_of(chloe.get(reverse("console:cases") + "?mode=rehearsal"))


def test_an_engineer_asks_to_be_called_and_takes_it_by_the_link(world):
    (alice,) = world.on_call("Alice")
    client = signed_in(alice.user)
    page = client.get(reverse("console:me"))
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    assert "Ring my telephone now" in text_of(page)
    for _ in range(2):
        answer = client.post(reverse("console:rehearse"), {"key": key})
        ticket = Ticket.objects.get()
        assert answer["Location"] == reverse("console:case", args=[ticket.ref])
    case = text_of(client.get(answer["Location"]))
    assert "rehearsal nobody else is called, nothing is billed" in case
    assert ticket.ref in text_of(client.get(reverse("console:me")))
    again = client.post(reverse("console:rehearse"), {"key": "another"})
    assert (again.status_code, f"end {ticket.ref} first" in text_of(again)) == (422, True)
    world.now = clock.now()
    world.pager_ticks()
    (link,) = re.findall(r"/take/[^ ]+", alice.texts[0])
    assert "RÉPÉTITION personne d’autre n’est appelé" in text_of(client.get(link))
    client.post(link, {"answer": "take", "eta_minutes": "5"})
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handled_by) == ("acknowledged", alice.user)


def test_a_clerk_has_no_night_to_rehearse(world):
    client = signed_in(world.denis)
    assert "Ring my telephone now" not in text_of(client.get(reverse("console:me")))
    assert client.post(reverse("console:rehearse"), {"key": "a"}).status_code == 404


def test_the_api_says_what_it_is_and_lists_it_when_asked(world):
    ticket, _page = opened(world)
    real = world.customer_opens()
    program = Program(world, world.jeanne)
    shown = program.get(f"/tickets/{ticket.ref}").json()
    assert (shown["mode"], shown["rehearsal"], shown["consent"], shown["invoice"]) == ("urgent", True, None, None)
    assert [one["ref"] for one in program.get("/tickets").json()["items"]] == [real.ref]
    assert [one["ref"] for one in program.get("/tickets", mode="urgent").json()["items"]] == [real.ref]
    for asked in ({"rehearsal": "true"}, {"rehearsal": "true", "mode": "urgent"}):
        assert [one["ref"] for one in program.get("/tickets", **asked).json()["items"]] == [ticket.ref]
    assert program.get("/tickets", rehearsal="true", mode="standard").json()["items"] == []
    assert program.get(f"/tickets/{real.ref}").json()["rehearsal"] is False
