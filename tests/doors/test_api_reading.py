"""What everybody reads: servers, incidents, pages, who is on call, invoices; by cursor, and only theirs."""

from datetime import timedelta

import pytest
from django.conf import settings

from astreinte.core import clock
from astreinte.flows import issue_invoices
from astreinte.monitoring.models import Incident, Maintenance
from astreinte.oncall.models import Override
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db


def test_the_state_of_my_servers(world):
    incident = Incident.objects.create(title="Mail is slow", opened_at=world.now)
    incident.servers.set([world.web1, world.shop])
    for name, server, hours in (("now", world.web2, -1), ("later", world.lea_dedicated, 1)):
        start = clock.now() + timedelta(hours=hours)
        Maintenance.objects.create(title=name, start=start, end=start + timedelta(hours=2)).servers.set([server])
    owner = Program(world, world.jeanne)
    found = {one["name"]: one for one in owner.get("/servers").json()["items"]}
    assert {name: one["state"] for name, one in found.items()} == {
        "web1.boulangerie.example": "down", "web2.boulangerie.example": "maintenance",
    }  # fmt: skip
    shown = owner.get("/servers/web1.boulangerie.example").json()["incidents"]
    assert [one["servers"] for one in shown] == [["web1.boulangerie.example"]]
    assert owner.get("/incidents").json()["items"] == shown
    assert owner.get(f"/incidents/{incident.public_id}").json() == shown[0]
    assert Program(world, world.lea).get("/servers/blog.carnet.example").json()["state"] == "unknown"
    assert refused(Program(world, world.lea).get(f"/incidents/{incident.public_id}")) == (404, "not-found")
    assert len(Program(world, world.chloe).get("/incidents").json()["items"][0]["servers"]) == 2


def test_a_list_is_read_to_its_end_by_its_cursor(world):
    refs = [world.customer_opens_standard().ref for _ in range(7)]
    owner = Program(world, world.jeanne)
    seen, path = [], {"limit": 3}
    while True:
        answer = owner.get("/tickets", **path).json()
        seen.append([one["ref"] for one in answer["items"]])
        if answer["next"] is None:
            break
        path = {"limit": 3, "cursor": answer["next"]}
    assert seen == [refs[:3:-1], refs[3:0:-1], refs[:1]]


def test_a_list_is_filtered(world):
    world.on_call("Alice")
    urgent, other = world.customer_opens(), world.customer_opens_standard(server=world.web2)
    owner = Program(world, world.jeanne)

    def refs(**asked):
        return [one["ref"] for one in owner.get("/tickets", **asked).json()["items"]]

    assert refs(mode="urgent") == [urgent.ref]
    assert refs(server="web2.boulangerie.example", state="open") == [other.ref]
    assert refs(server="shop.gmbh.example") == refs(state="closed") == []


def test_a_page_tells_who_was_rung_how_and_who_answered(world):
    alice, bruno = world.on_call("Alice", "Bruno")
    ticket = world.customer_opens()
    world.passes(minutes=5, seconds=5)
    world.takes(bruno.user, ticket, eta=timedelta(minutes=10), via="sms")
    page = Program(world, world.chloe).get(f"/pages/{ticket.page.public_id}").json()
    assert [(one["step"], one["people"]) for one in page["steps"]] == [(1, ["Alice Martin"]), (2, ["Bruno Martin"])]
    assert (page["acknowledged_by"], page["acknowledged_via"]) == ("Bruno Martin", "sms")
    rung = [one for one in page["deliveries"] if one["kind"] == "page"]
    assert [(one["address"], one["attempts"][0]["outcome"]) for one in rung] == [
        (alice.number, "accepted"), (bruno.number, "accepted"),
    ]  # fmt: skip
    mine = Program(world, world.jeanne).get(f"/pages/{ticket.page.public_id}").json()
    assert {one["address"] for one in mine["deliveries"]} == {None}
    assert alice.number not in Program(world, world.jeanne).get(f"/tickets/{ticket.ref}").content.decode()
    assert refused(Program(world, world.max).get(f"/pages/{ticket.page.public_id}")) == (404, "not-found")


def test_a_number_that_fails_is_seen_with_its_receipt(world):
    from astreinte.flows import deliver
    from astreinte.notifications.models import Notification

    world.on_call("Alice")
    ticket = world.customer_opens()
    deliver.confirm(Notification.objects.get(kind="page"), delivered=False, error="undelivered 30003", at=world.now)
    (delivery,) = Program(world, world.chloe).get(f"/pages/{ticket.page.public_id}").json()["deliveries"]
    assert (delivery["state"], delivery["receipt"]["delivered"], delivery["receipt"]["error"]) == (
        "failed", False, "undelivered 30003",
    )  # fmt: skip


def test_who_is_on_call_is_for_the_staff(world):
    alice, _ = world.on_call("Alice", "Bruno")
    engineer = Program(world, alice.user)
    now = engineer.get("/oncall").json()
    assert [(one["rota"], one["layer"], one["person"]["email"]) for one in now["rotas"]] == [
        ("rota-alice", 0, "alice@hebergement.example"), ("rota-bruno", 0, "bruno@hebergement.example"),
    ]  # fmt: skip
    assert engineer.get("/oncall", at="2026-10-25T02:30:00+02:00").json()["at"] == "2026-10-25T00:30:00Z"
    assert engineer.get("/oncall?at=2026-10-25T02:30:00+02:00").json()["at"] == "2026-10-25T00:30:00Z"
    for program in (Program(world, world.jeanne), Program(world, world.max)):
        assert refused(program.get("/oncall")) == (404, "not-found")
        assert refused(program.get("/rotas/rota-alice/shifts")) == (404, "not-found")


@pytest.mark.parametrize(
    "at",
    ["", "now", "2026-10-25", "2026-10-25T00:30:00", "1761352200", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"],
)
def test_an_instant_has_a_zone(world, at):
    assert refused(Program(world, world.chloe).get("/oncall", at=at)) == (422, "validation")


def test_shifts_and_an_override(world):
    world.rota("first", world.chloe, world.denis)
    manager = Program(world, world.chloe, language="en")
    period = {"from": "2026-10-19T07:00:00Z", "to": "2026-11-02T08:00:00Z"}
    before = manager.get("/rotas/first/shifts", **period).json()
    assert [one["because"] for one in before["items"]] == ["rotation", "rotation"]
    assert before["items"][0]["end"] == "2026-10-26T08:00:00Z"
    holder = before["items"][0]["person"]["email"]
    other = next(user for user in (world.chloe, world.denis) if user.email != holder)
    asked = {"person": other.email, "from": "2026-10-24T22:00:00+02:00", "to": "2026-10-25T08:00:00+01:00"}
    added = manager.post("/rotas/first/overrides", asked)
    assert (added.status_code, added.json()["from"], added.json()["to"]) == (
        201,
        "2026-10-24T20:00:00Z",
        "2026-10-25T07:00:00Z",
    )
    after = manager.get("/rotas/first/shifts", **period).json()["items"]
    assert [one["because"] for one in after] == ["rotation", "override", "rotation", "rotation"]
    again = manager.post("/rotas/first/overrides", asked)
    assert refused(again) == (422, "useless-override")
    assert again.json()["title"] == "This person is already on call during the whole period."
    assert Override.objects.count() == 1


def test_an_override_is_for_a_manager_about_a_colleague_in_a_rota_that_is(world):
    (alice,) = world.on_call("Alice")
    asked = {"person": alice.user.email, "from": "2026-10-24T20:00:00Z", "to": "2026-10-25T07:00:00Z"}
    assert refused(Program(world, alice.user).post("/rotas/rota-alice/overrides", asked)) == (403, "not-manager")
    assert refused(Program(world, world.jeanne).post("/rotas/rota-alice/overrides", asked)) == (404, "not-found")
    manager = Program(world, world.chloe)
    assert refused(manager.post("/rotas/nowhere/overrides", asked)) == (404, "not-found")
    for wrong in ({"person": world.jeanne.email}, {"person": "x"}, {"to": "tomorrow"}, {"layer": -1}):
        assert refused(manager.post("/rotas/rota-alice/overrides", {**asked, **wrong})) == (422, "validation")
    for wrong in ({"layer": 7}, {"to": "2026-10-23T00:00:00Z"}):
        assert refused(manager.post("/rotas/rota-alice/overrides", {**asked, **wrong})) == (422, "useless-override")


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2027-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "2001-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"},
    ],
)
def test_a_period_that_is_none_or_too_long(world, period):
    world.rota("first", world.chloe)
    assert refused(Program(world, world.chloe).get("/rotas/first/shifts", **period)) == (422, "validation")


def test_invoices_are_for_those_who_see_bills(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    (invoice,) = world.invoices_are_issued()
    readers = {user: Program(world, user) for user in (world.jeanne, world.berthe, world.denis, world.chloe)}
    for program in readers.values():
        shown = program.get(f"/invoices/{invoice.number}").json()
        assert (shown["type"], shown["amount_incl_vat"], shown["vat_amount"]) == ("invoice", "114.00", "19.00")
        assert refused(program.get(f"/invoices/{invoice.number}.pdf")) == (409, "not-ready")
    for user in (world.karim, world.max, world.lea, alice.user):
        assert Program(world, user).get("/invoices").json()["items"] == []
        for path in (invoice.number, f"{invoice.number}.pdf", f"{invoice.number}.xml"):
            assert refused(Program(world, user).get(f"/invoices/{path}")) == (404, "not-found")
    issue_invoices.render(renderer=lambda _document, _at: (b"%PDF-1.7 x", "<xml/>"), at=world.now)
    pdf = readers[world.berthe].get(f"/invoices/{invoice.number}.pdf")
    assert (pdf.content, pdf.headers["Content-Type"]) == (b"%PDF-1.7 x", "application/pdf")
    xml = readers[world.berthe].get(f"/invoices/{invoice.number}.xml")
    assert (xml.content, xml.headers["Content-Type"]) == (b"<xml/>", "application/xml")


def test_what_we_link_to_is_our_configured_address(world):
    answer = Program(world, world.jeanne).get("/tickets/T9", headers={"Host": "localhost"})
    assert answer.json()["type"].startswith(f"{settings.BASE_URL}/problems/")
