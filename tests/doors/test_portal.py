"""The customer's journey through the door: from "something is wrong" to an engineer's phone, for each kind of person."""

from datetime import date

import pytest
from django.urls import reverse

from astreinte.billing.models import Tariff
from astreinte.core import clock, configuration
from astreinte.customers.models import Member
from astreinte.monitoring.models import Incident
from astreinte.paging.models import Page
from astreinte.tickets.models import Consent, Ticket
from tests.doors.portal import TYPED, drafted, hidden, key_of, signed_in, text_of, types

pytestmark = pytest.mark.django_db


@pytest.fixture
def jeanne(world):
    world.on_call("Alice")
    return signed_in(world.jeanne)


def confirmed(client, key, **changes):
    address = reverse("portal:confirm", args=[key])
    return client.post(address, {**hidden(client.get(address)), **changes})


def test_everybody_starts_where_they_have_something_to_do(world):
    assert signed_in(world.jeanne).get("/")["Location"] == reverse("portal:servers")
    assert signed_in(None).get("/")["Location"] == "/login/?next=/"


def test_my_servers_are_mine_with_what_is_known_and_my_last_tickets(world, jeanne):
    ticket = world.customer_opens_standard("How do I add a domain?")
    Incident.objects.create(title="IMAP is down", opened_at=world.now).servers.set([world.web2, world.shop])
    page = text_of(jeanne.get(reverse("portal:servers")))
    assert world.web1.name in page
    assert ticket.ref in page
    assert "Incident in progress: IMAP is down" in page
    assert world.shop.name not in page
    others = text_of(signed_in(world.lea).get(reverse("portal:servers")))
    assert "IMAP is down" not in others
    assert ticket.ref not in others


def test_a_technical_contact_sees_their_servers_only_and_billing_none(world):
    karim = text_of(signed_in(world.karim).get(reverse("portal:servers")))
    assert world.web1.name in karim
    assert world.web2.name not in karim
    assert "No server here" in text_of(signed_in(world.berthe).get(reverse("portal:servers")))


def test_the_whole_journey_rings_a_phone(world, jeanne):
    key = drafted(jeanne, world.web1)
    page = text_of(jeanne.get(reverse("portal:offer", args=[key])))
    assert "No known incident, no maintenance on this server." in page
    assert "€95.00 excl. VAT, €114.00 incl. VAT" in page
    answer = confirmed(jeanne, key)
    ticket = Ticket.objects.get()
    assert answer["Location"] == reverse("portal:ticket", args=[ticket.ref])
    assert (ticket.subject, ticket.symptom, ticket.opening_key) == (TYPED["subject"], "mail", key)
    assert ticket.body == "Since when: 8 o'clock\n\nWhat changed: a new filter\n\nError 451 on every account"
    assert ticket.page.state == "triggered"


def test_the_consent_says_from_where_and_what_was_on_the_screen(world, jeanne):
    incident = Incident.objects.create(title="IMAP is down", opened_at=world.now)
    incident.servers.set([world.web1])
    key = drafted(jeanne, world.web1)
    address = reverse("portal:confirm", args=[key])
    page = jeanne.get(address)
    jeanne.post(address, hidden(page), REMOTE_ADDR="192.0.2.33", headers={"user-agent": "Lynx " + "x" * 600})
    consent = Consent.objects.get()
    assert (consent.channel, consent.ip, len(consent.user_agent)) == ("web", "192.0.2.33", 500)
    assert consent.shown_at <= consent.at
    assert consent.known_shown == [{"incident": str(incident.public_id), "since": incident.opened_at.isoformat()}]
    assert consent.button_label in text_of(page)
    assert " ".join(consent.text.split()) in text_of(page)


def test_a_forged_moment_of_showing_is_kept_as_unknown(world, jeanne):
    confirmed(jeanne, drafted(jeanne, world.web1), shown="eyJhdCI6IjIwMDAifQ:forged")
    assert Consent.objects.get().shown_at is None


def test_a_double_click_a_reload_and_the_back_button_are_one_ticket(world, jeanne):
    key = drafted(jeanne, world.web1)
    address = reverse("portal:confirm", args=[key])
    values = hidden(jeanne.get(address))
    first, second = jeanne.post(address, values), jeanne.post(address, values)
    assert first["Location"] == second["Location"] == reverse("portal:ticket", args=[Ticket.objects.get().ref])
    assert jeanne.get(address)["Location"] == jeanne.get(reverse("portal:offer", args=[key]))["Location"]
    assert jeanne.post(reverse("portal:standard", args=[key]))["Location"] == first["Location"]
    assert (Ticket.objects.count(), Page.objects.count(), Consent.objects.count()) == (1, 1, 1)


def test_a_draft_that_became_a_ticket_is_not_written_over(world, jeanne):
    key = drafted(jeanne, world.web1)
    confirmed(jeanne, key)
    assert key_of(types(jeanne, world.web1, key=key, subject="Another thing")) != key


def test_a_standard_ticket_is_free_and_rings_nobody(world, jeanne):
    key = drafted(jeanne, world.web1)
    jeanne.post(reverse("portal:standard", args=[key]))
    ticket = Ticket.objects.get()
    assert (ticket.mode, ticket.page, ticket.consent) == ("standard", None, None)
    assert "waiting for an engineer" in text_of(jeanne.get(reverse("portal:ticket", args=[ticket.ref])))


def test_a_refused_first_part_keeps_everything_typed(world, jeanne):
    answer = types(jeanne, world.web1, subject="")
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Error 451 on every account" in body
    assert f'value="{world.web1.name}" selected' in body
    assert 'value="mail" ' in body
    assert "checked" in body
    assert types(jeanne, world.web1, subject="x" * 201).status_code == 422
    assert types(jeanne, world.web1, details="x" * 19_990).status_code == 422  # too long with the rest
    assert types(jeanne, world.shop).status_code == 422  # somebody else's server does not exist
    assert Ticket.objects.count() == 0


def test_the_back_button_finds_everything_typed(world, jeanne):
    key = drafted(jeanne, world.web1)
    body = jeanne.get(reverse("portal:offer", args=[key])).content.decode()
    for said in ("Mail &lt;b&gt;is&lt;/b&gt; down &amp; out", "a new filter", "Error 451 on every account"):
        assert said in body


def test_an_offer_that_changed_is_shown_again_and_opens_nothing(world, jeanne):
    key = drafted(jeanne, world.web1)
    address = reverse("portal:confirm", args=[key])
    values = hidden(jeanne.get(address))
    Tariff.objects.create(kind="urgent_intervention", from_date=date(2026, 1, 1), amount_cents=10000)
    configuration.changed()
    answer = jeanne.post(address, values)
    assert answer.status_code == 422
    assert "The price or the text has changed since it was shown to you." in text_of(answer)
    assert "€100.00" in text_of(answer)
    assert Ticket.objects.count() == 0
    jeanne.post(address, hidden(answer))
    assert Consent.objects.get().amount_excl_cents == 10000


@pytest.mark.parametrize("broken", [{"amount": "free"}, {"amount": ""}, {"amount": "-1"}, {"text_sha256": ""}])
def test_a_confirmation_that_does_not_say_what_was_accepted_opens_nothing(world, jeanne, broken):
    answer = confirmed(jeanne, drafted(jeanne, world.web1), **broken)
    assert (answer.status_code, Ticket.objects.count()) == (422, 0)


def test_a_consumer_ticks_the_box_and_reads_an_order_with_an_obligation_to_pay(world):
    world.on_call("Alice")
    lea = signed_in(world.lea, language="fr")
    key = drafted(lea, world.lea_dedicated)
    page = lea.get(reverse("portal:confirm", args=[key]))
    assert "Commande avec obligation de paiement : 114,00 € TTC" in text_of(page).replace("\xa0", " ")
    assert 'name="box" value="on" required>' in page.content.decode()  # there, and not ticked
    refused = confirmed(lea, key)
    assert (refused.status_code, Ticket.objects.count()) == (422, 0)
    assert "case" in refused.content.decode().partition('role="alert"')[2][:600]
    confirmed(lea, key, box="on")
    assert Consent.objects.get().box_text


def test_who_may_not_is_told_why_and_offered_the_standard_ticket(world):
    karim, lea = signed_in(world.karim), signed_in(world.lea)
    for client, server, why in (
        (karim, world.web1, "You do not have the right to open urgent tickets for Boulangerie du Port SARL"),
        (lea, world.mutu, "mutu7.carnet.example is on the plan Shared"),
    ):
        key = drafted(client, server)
        page = text_of(client.get(reverse("portal:offer", args=[key])))
        assert why in page
        assert "Open a standard ticket" in page
        assert "Call an engineer now" not in page
        assert client.get(reverse("portal:confirm", args=[key])).status_code == 302
        answer = client.post(reverse("portal:confirm", args=[key]), {"amount": "9500", "text_sha256": "0" * 64})
        assert answer.status_code == 422
        assert "Error 451 on every account" in answer.content.decode()
        assert "Open a standard ticket" in text_of(answer)
    assert Ticket.objects.count() == 0


def test_a_cap_that_is_reached_meanwhile_comes_back_with_everything_typed(world, jeanne):
    key = drafted(jeanne, world.web1)
    address = reverse("portal:confirm", args=[key])
    values = hidden(jeanne.get(address))
    Member.objects.filter(user=world.jeanne).update(monthly_cap_cents=5000)
    configuration.changed()
    answer = jeanne.post(address, values)
    assert answer.status_code == 422
    assert "Your monthly limit of €50.00" in text_of(answer)
    assert "Error 451 on every account" in answer.content.decode()


def test_a_draft_is_its_author_s(world, jeanne):
    key = drafted(jeanne, world.web1)
    for user in (world.lea, world.max, world.karim):
        for name in ("offer", "confirm"):
            assert signed_in(user).get(reverse(f"portal:{name}", args=[key])).status_code == 404
        assert signed_in(user).post(reverse("portal:standard", args=[key])).status_code == 404


def test_a_standard_ticket_is_made_urgent_with_the_same_consent(world, jeanne):
    ticket = world.customer_opens_standard()
    address = reverse("portal:make_urgent", args=[ticket.ref])
    values = hidden(jeanne.get(address))
    first, second = jeanne.post(address, values), jeanne.post(address, values)
    assert first["Location"] == second["Location"] == reverse("portal:ticket", args=[ticket.ref])
    ticket.refresh_from_db()
    assert (ticket.mode, ticket.consent.amount_excl_cents, Page.objects.count()) == ("urgent", 9500, 1)
    assert jeanne.get(address).status_code == 302


def test_making_urgent_without_the_right_is_refused_on_the_ticket_s_page(world, jeanne):
    ticket = world.customer_opens_standard()
    karim = signed_in(world.karim)
    address = reverse("portal:make_urgent", args=[ticket.ref])
    assert karim.get(address).status_code == 302
    answer = karim.post(address, {"amount": "9500", "text_sha256": "0" * 64})
    assert answer.status_code == 422
    assert "You do not have the right" in text_of(answer)


def test_an_incident_is_followed_for_free_by_whom_it_concerns(world, jeanne):
    incident = Incident.objects.create(title="IMAP is down", opened_at=clock.now())
    incident.servers.set([world.web1, world.shop])
    key = drafted(jeanne, world.web1)
    address = reverse("portal:incident", args=[incident.public_id])
    assert address in jeanne.get(reverse("portal:offer", args=[key])).content.decode()
    page = text_of(jeanne.get(address))
    assert "IMAP is down" in page
    assert world.shop.name not in page
    assert signed_in(world.lea).get(address).status_code == 404
    live = reverse("portal:incident_live", args=[incident.public_id])
    assert jeanne.get(live).headers["X-Look-Again"] == "15"
    assert "Incident in progress" in text_of(jeanne.get(live))
    Incident.objects.update(state="resolved", resolved_at=clock.now())
    assert "Incident resolved" in text_of(jeanne.get(live))
