"""The diagnosis begins with the server; what is complained of is weighed later, without looking again; free ways come first."""

from datetime import timedelta

import pytest
from django.urls import reverse

from astreinte.accounts.models import Provider
from astreinte.core import clock, configuration
from astreinte.flows import diagnose, push_facts
from astreinte.guarantee.rules.advice import read
from astreinte.monitoring.models import Check
from astreinte.tickets import diagnoses
from astreinte.tickets.models import Diagnosis, Ticket
from tests.doors.portal import drafted, signed_in, text_of, types

pytestmark = pytest.mark.django_db
LOOK = reverse("portal:look")


@pytest.fixture
def night(world):
    """A web site that is watched, and well."""
    world.now = clock.now() - timedelta(minutes=10)
    world.alice = world.on_call("Alice")[0].user
    world.check = world.watches()
    return world


def panel_says(world, *facts):
    """Pushed by the provider's own systems, just now: kind, value, subject."""
    at = clock.now().isoformat()
    said = [
        {"kind": kind, "value": value, "subject": subject, "source": "provider", "observed_at": at}
        for kind, value, subject in facts
    ]
    push_facts.push(world.web1, read(said)[0], by=world.alice, at=clock.now())


BANNED = ("firewall.ban", "login-failures", "")
DISK = [("disk.used_percent", 100, "/"), ("resource.top_owner", "customer", "disk"), ("notice.age", 3600, "disk")]


def chooses(client, server, **more):
    return client.post(LOOK, {"server": server.name, **more})


def live_of(answer) -> str:
    return answer.content.decode().partition('data-live="')[2].partition('"')[0].replace("&amp;", "&")


def ends(world, *, seconds=11):
    diagnose.due(at=clock.now() + timedelta(seconds=seconds))


def test_the_server_is_looked_at_as_soon_as_it_is_chosen(night):
    jeanne = signed_in(night.jeanne)
    Check.objects.update(due_at=clock.now() + timedelta(minutes=5))
    answer = chooses(jeanne, night.web1)
    assert "We are looking at this server now." in text_of(answer)
    night.check.refresh_from_db()
    assert night.check.due_at <= clock.now()
    night.now = clock.now()
    night.sees_once(night.check, up=True)
    piece = jeanne.get(live_of(answer))
    assert "answers in 12 ms" in text_of(piece)
    ends(night)
    assert jeanne.get(live_of(answer))["X-Look-Again"] == "0"


def test_what_is_complained_of_is_weighed_without_looking_again(night):
    jeanne = signed_in(night.jeanne)
    panel_says(night, BANNED)
    answer = chooses(jeanne, night.web1)
    ends(night)
    where = live_of(answer).partition("?")[0]
    assert "Your own address is banned" in text_of(jeanne.get(f"{where}?symptom=ftp-ssh"))
    assert "Your own address is banned" not in text_of(jeanne.get(f"{where}?symptom=backup"))
    assert "Your own address is banned" in text_of(jeanne.get(f"{where}?symptom=nonsense"))
    assert Diagnosis.objects.count() == 1


def test_the_form_that_follows_looks_at_nothing_again(night):
    jeanne = signed_in(night.jeanne)
    chooses(jeanne, night.web1)
    night.now = clock.now()
    night.sees_once(night.check, up=True)
    ends(night, seconds=1)
    due = night.check.due_at
    first = Diagnosis.objects.get()
    types(jeanne, night.web1, looked=str(first.public_id))
    begun = Diagnosis.objects.exclude(pk=first.pk).get()
    night.check.refresh_from_db()
    assert (begun.state, begun.symptom, begun.started_at, night.check.due_at) == (
        "done",
        "mail",
        first.started_at,
        due,
    )
    types(jeanne, night.web1, looked=str(first.public_id))
    assert Diagnosis.objects.count() == 2


@pytest.mark.parametrize("looked", ["", "nonsense", "0b3bfddc-27f2-40c7-b0fb-67d266ea2fc2"])
def test_without_a_look_that_serves_the_form_begins_one(night, looked):
    jeanne = signed_in(night.jeanne)
    types(jeanne, night.web1, looked=looked)
    assert Diagnosis.objects.get().symptom == "mail"


def test_the_look_at_another_server_or_of_another_person_serves_nobody(night):
    other = diagnose.start(night.web2, symptom="other", text="", by=night.jeanne, at=clock.now())
    karims = diagnose.start(night.web1, symptom="other", text="", by=night.karim, at=clock.now())
    for looked in (other, karims):
        assert not diagnoses.serves(looked, server=night.web1, by=night.jeanne, at=clock.now())
    mine = diagnose.start(night.web1, symptom="other", text="", by=night.jeanne, at=clock.now())
    assert diagnoses.serves(mine, server=night.web1, by=night.jeanne, at=clock.now())
    assert not diagnoses.serves(mine, server=night.web1, by=night.jeanne, at=clock.now() + diagnoses.LASTS)


def test_a_server_or_a_look_of_others_is_not_there(night):
    lea = signed_in(night.lea)
    assert chooses(lea, night.web1).status_code == 404
    assert lea.post(LOOK, {"server": "\x00"}).status_code == 404
    where = live_of(chooses(signed_in(night.jeanne), night.web1))
    assert lea.get(where).status_code == 404
    assert signed_in(night.karim).get(where).status_code == 404


def test_who_chooses_too_often_is_told_so_and_opens_a_ticket_all_the_same(night):
    jeanne = signed_in(night.jeanne)
    for _ in range(diagnoses.MOST):
        chooses(jeanne, night.web1)
        Diagnosis.objects.update(symptom="slow")
    assert "You asked for many diagnoses within a minute" in text_of(chooses(jeanne, night.web2))
    assert types(jeanne, night.web2).status_code == 302


def test_an_incident_comes_before_everything(night):
    night.goes_down(night.check)
    page = text_of(chooses(signed_in(night.jeanne), night.web1))
    assert page.index("Incident in progress:") < page.index("What we see of")


def test_a_full_disk_says_what_is_seen_whose_it_is_and_the_price_in_one_paragraph(night):
    panel_says(night, *DISK)
    jeanne = signed_in(night.jeanne)
    where = reverse("portal:offer", args=[drafted(jeanne, night.web1, symptom="website-down")])
    ends(night)
    answer = jeanne.get(where)
    [said] = [one for one in answer.content.decode().split("<p>") if "It is most likely not on our side." in one]
    said = " ".join(said.partition("</p>")[0].split())
    assert said.index("The disk is full") < said.index("not on our side") < said.index("95.00 excl. VAT, €114.00 incl.")


def test_of_what_is_ours_the_offer_says_that_it_will_be_free(night):
    panel_says(night, ("service.state", "failed", "php"))
    jeanne = signed_in(night.jeanne)
    where = reverse("portal:offer", args=[drafted(jeanne, night.web1, symptom="website-down")])
    ends(night)
    assert "As it looks now it will be free" in text_of(jeanne.get(where))


def offers_of(client, night, *, symptom):
    where = reverse("portal:offer", args=[drafted(client, night.web1, symptom=symptom)])
    ends(night)
    return client.get(where)


def test_a_ban_leads_to_a_standard_ticket_with_everything_that_was_typed(night):
    panel_says(night, BANNED)
    jeanne = signed_in(night.jeanne)
    answer = offers_of(jeanne, night, symptom="ftp-ssh")
    page = text_of(answer)
    assert page.index("A standard ticket, free, is enough for this.") < page.index("What you can do")
    action = answer.content.decode().partition('id="better"')[2].partition('action="')[2].partition('"')[0]
    jeanne.post(action)
    ticket = Ticket.objects.get()
    assert (ticket.is_urgent, ticket.symptom, "Error 451" in ticket.body) == (False, "ftp-ssh", True)


def test_the_engineer_reads_of_the_ban_that_the_customer_read_of(night):
    """From one place alone nothing proves that others get in: the tool cannot say whose it is, and says what it knows."""
    panel_says(night, BANNED)
    offers_of(signed_in(night.jeanne), night, symptom="ftp-ssh")
    ticket = night.customer_opens("FTP refuses me")
    diagnose.adopted(Diagnosis.objects.get(), ticket, at=clock.now())
    assert Diagnosis.objects.get().advice["outcome"] == "undetermined"
    night.takes(night.alice, ticket)
    page = text_of(signed_in(night.alice).get(reverse("console:case", args=[ticket.ref])))
    summary = page.partition("Diagnosis")[2].partition("behind this")[0]
    assert "failed logins" in summary
    assert "without proving it" in summary
    night.resolves(night.alice, ticket)
    advised = text_of(signed_in(night.alice).get(reverse("console:case", args=[ticket.ref]))).partition("Verdict")[2]
    assert "without proving it" in advised
    (fact,) = [one for one in ticket.evidence.filter(kind="fact") if "firewall.ban" in one.body]
    assert "sans la prouver" in fact.text  # a verdict may rest on it


def test_the_engineer_reads_that_the_address_of_the_customer_is_banned_while_it_is(night):
    ticket = night.customer_opens("FTP refuses me")  # accepted from 192.0.2.200
    alice = signed_in(night.alice)
    case = reverse("console:case", args=[ticket.ref])
    panel_says(night, ("firewall.ban", "login-failures", "198.51.100.1"))
    assert 'id="banned"' not in alice.get(case).content.decode()
    panel_says(night, ("firewall.ban", "login-failures", "192.0.2.200"))
    said = "refuses the address from which the customer accepted (192.0.2.200): too many failed logins came from it."
    assert said in text_of(alice.get(case))
    panel_says(night, ("firewall.ban", "none", "192.0.2.200"))
    assert said not in text_of(alice.get(case))


def test_a_question_of_use_is_answered_better_without_hurry(night):
    assert "This is a question of use" in text_of(offers_of(signed_in(night.jeanne), night, symptom="how-to"))


def test_the_providers_own_pages_are_shown_for_the_symptom_and_for_the_cause(night):
    guides = [
        {"about": "firewall.ban", "title": {"en": "Banned?", "fr": "Banni ?"}, "url": "https://help.example/ban"},
        {"about": "mail", "title": {"fr": "La messagerie"}, "url": "https://help.example/mail"},
        {"about": "slow", "title": {"en": "Slow"}, "url": "https://help.example/slow"},
    ]
    Provider.objects.update(settings={"guides": guides})
    configuration.changed()
    panel_says(night, BANNED)
    jeanne = signed_in(night.jeanne)
    page = offers_of(jeanne, night, symptom="ftp-ssh").content.decode()
    assert "https://help.example/ban" in page
    assert "help.example/mail" not in page
    page = offers_of(jeanne, night, symptom="mail").content.decode()
    assert ">La messagerie<" in page
    assert "help.example/slow" not in page
