"""Adding a colleague from the case and by the API; and their answers, by link, SMS and key."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from astreinte.core import clock
from astreinte.notifications import links
from astreinte.notifications.channels import signatures
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.paging.models import Page
from astreinte.tickets.models import Ticket
from tests.doors.programs import Program, refused
from tests.doors.test_console import on, signed
from tests.doors.test_every_route import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world):
    """Alice and Bruno on call, Zoé on no rota; a page that rings."""
    world.now = clock.now()  # the doors read the real one
    world.alice, world.bruno = (phone.user for phone in world.on_call("Alice", "Bruno"))
    world.zoe = world.staff("Zoé Roy", "engineer")
    ContactMethod.objects.create(
        user=world.zoe, position=1, after_s=60, kind="voice", address=world.phone(world.zoe).number
    )
    world.ticket = world.customer_opens("Mail is down")
    return world


@pytest.fixture
def helped(team):
    """Alice has it, and asked Zoé, who reads English, for help."""
    team.zoe.language = "en"
    team.zoe.save()
    team.takes(team.alice, team.ticket)
    signed(team.alice).post(on(team.ticket, "add"), {"person": team.zoe.pk})
    team.now = clock.now()
    team.pager_ticks()
    return team


def letter(person, channel="sms"):
    return Notification.objects.filter(kind="help", person=person, channel=channel).latest("id")


def link(person):
    return reverse("join", args=[links.take_token(letter(person))])


def callback(path, fields):
    """What the telephone provider posts, signed."""
    params = {"AccountSid": "AC1", **fields}
    signature = signatures.sign(f"{settings.BASE_URL}{path}", params, secret="test-token")
    return Client().post(path, params, headers={"X-Twilio-Signature": signature}).content.decode()


def last_line():
    page = Page.objects.get()
    from astreinte.core import timeline

    line = timeline.of(page.story).filter(kind__startswith="page:").last()
    return line.kind, line.by_name, line.data.get("via")


# -- who adds --------------------------------------------------------------------------------------------------------


def test_a_colleague_is_added_from_the_case_and_the_ladder_says_by_whom(team):
    assert signed(team.alice).post(on(team.ticket, "add"), {"person": team.zoe.pk}).status_code == 302
    assert Notification.objects.filter(kind="page", person=team.zoe).count() > 0
    for text in (
        signed(team.bruno).get(on(team.ticket)).content.decode(),
        signed(team.jeanne).get(reverse("portal:ticket", args=[team.ticket.ref])).content.decode(),
    ):
        assert "also called by Alice Martin" in text
    assert "Zoé Roy also called by Alice Martin" in signed(team.bruno).get(on(team.ticket)).content.decode()


def test_a_refused_addition_says_why_and_keeps_what_was_chosen(team):
    answer = signed(team.chloe).post(on(team.ticket, "add"), {"person": team.alice.pk})
    assert answer.status_code == 422
    assert "Alice Martin is already being called" in answer.content.decode()
    assert f'value="{team.alice.pk}" selected' in answer.content.decode()


@pytest.mark.parametrize("who", ["denis", "jeanne", "nobody"])
def test_only_who_takes_calls_can_be_added(team, who):
    person = getattr(team, who, None)
    said = {"person": person.pk if person else 10**6}
    assert signed(team.alice).post(on(team.ticket, "add"), said).status_code == 422
    assert Notification.objects.filter(person=person, kind="page").count() == 0 or person is None


def test_by_the_api_and_every_no_has_its_name(team):
    engineer = Program(team, team.alice)
    path = f"/tickets/{team.ticket.ref}/add"
    added = engineer.post(path, {"email": "zoe@hebergement.example"})
    assert added.status_code == 200
    assert refused(engineer.post(path, {"email": "zoe@hebergement.example"})) == (409, "already-called")
    assert refused(engineer.post(path, {"email": "nobody@hebergement.example"})) == (422, "validation")
    assert refused(Program(team, team.jeanne).post(path, {"email": team.zoe.email})) == (403, "not-engineer")
    assert refused(Program(team, team.max).post(path, {"email": team.zoe.email})) == (404, "not-found")
    ContactMethod.objects.filter(user=team.bruno).delete()
    assert refused(engineer.post(path, {"email": team.bruno.email})) == (409, "unreachable")


def test_the_api_tells_who_was_added_and_what_they_answered(helped):
    def added():
        page = Program(helped, helped.alice).get(f"/pages/{Page.objects.get().public_id}").json()
        return [(one["person"], one["by"], one["answer"], one["eta_at"] is not None) for one in page["added"]]

    assert added() == [("Zoé Roy", "Alice Martin", None, False)]
    Client().post(link(helped.zoe), {"answer": "yes", "eta_minutes": "15"})
    assert added() == [("Zoé Roy", "Alice Martin", "coming", True)]


# -- what they answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_link_changes_nothing(helped, method):
    before = snapshot()
    answer = getattr(Client(), method)(link(helped.zoe))
    assert answer.status_code in {200, 405}
    assert snapshot() == before


def test_the_link_says_who_has_it_in_the_persons_language_and_takes_nothing(helped):
    shown = Client(HTTP_ACCEPT_LANGUAGE="fr").get(link(helped.zoe)).content.decode()
    assert "Alice Martin asks for your help" in shown
    assert "<script" not in shown
    answer = Client().post(link(helped.zoe), {"answer": "yes", "eta_minutes": "5"}, follow=True)
    assert "You come to help" in answer.content.decode()
    assert Ticket.objects.get().handled_by == helped.alice
    assert last_line() == ("page:joined", "Zoé Roy", "link")


def test_whoever_cannot_may_change_their_mind(helped):
    answer = Client().post(link(helped.zoe), {"answer": "no"}, follow=True)
    assert "You cannot come" in answer.content.decode()
    assert last_line() == ("page:excused", "Zoé Roy", "link")
    Client().post(link(helped.zoe), {})
    assert last_line() == ("page:joined", "Zoé Roy", "link")


def test_a_link_that_takes_does_not_join_nor_the_other_way_round(helped):
    rang = Notification.objects.get(kind="page", person=helped.alice)
    before = snapshot()
    for wrong in (f"/join/{links.take_token(rang)}", f"/take/{links.take_token(letter(helped.zoe))}", "/join/x-y"):
        assert Client().post(wrong).status_code == 404
        assert Client().get(wrong).status_code == 404
    assert snapshot() == before


def test_what_is_over_or_rings_again_says_so(helped):
    signed(helped.alice).post(on(helped.ticket, "hand_over"), {"to": helped.bruno.pk})
    before = snapshot()
    assert "It rings again" in Client().post(link(helped.zoe), {}, follow=True).content.decode()
    assert snapshot() == before
    signed(helped.bruno).post(on(helped.ticket, "resolve"), {"summary": "Restarted"})
    assert "This is over" in Client().get(link(helped.zoe)).content.decode()


def test_by_sms_the_code_says_that_they_come_or_cannot(helped):
    code = Page.objects.get().code
    number = helped.phone(helped.zoe).number
    said = callback("/inbound/twilio/sms", {"From": number, "Body": f"{code} 15", "MessageSid": "SM1"})
    assert "Alice Martin reads that you come in 15 minutes" in said
    assert last_line() == ("page:joined", "Zoé Roy", "sms")
    said = callback("/inbound/twilio/sms", {"From": number, "Body": f"{code} e", "MessageSid": "SM2"})
    assert "you cannot come" in said
    assert last_line() == ("page:excused", "Zoé Roy", "sms")
    assert Ticket.objects.get().handled_by == helped.alice


def test_in_the_call_a_key_says_it_and_no_key_is_no_answer(helped):
    path = f"/inbound/twilio/voice?key={letter(helped.zoe, 'voice').key}"
    assert "nothing is written down" in callback(path, {"CallSid": "CA1"})
    assert "To say that you are coming" in callback(path, {"CallSid": "CA1", "Digits": "*"})
    assert last_line()[0] == "page:added"
    assert "reads that you come, and keeps the case" in callback(path, {"CallSid": "CA1", "Digits": "4"})
    assert last_line() == ("page:joined", "Zoé Roy", "voice")
