"""The evidence of a ticket, from its doors: its page, the download, the program, the API; and who sees none of it."""

from pathlib import Path

import pytest
from django.test import Client

from astreinte.tickets import packs, verify
from astreinte.tickets.models import Verdict
from tests.doors.programs import Program


@pytest.fixture
def alice(world):
    return world.on_call("Alice")[0].user


@pytest.fixture
def ticket(world, alice):
    """A billed case of the bakery, sealed."""
    found = world.billed_case(alice)
    world.keeper_ticks()
    return found


def signed(person, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


def test_the_customer_reads_it_downloads_it_and_checks_it(world, ticket):
    client = signed(world.jeanne)
    page = client.get(f"/tickets/{ticket.ref}/evidence/").content.decode()
    root = packs.document(ticket)["root"]
    for words in (
        "Check it yourself",
        "Pack 3, sealed at the verdict",
        "What was accepted",
        root,
        "The next pack is sealed:",
    ):
        assert words in page, words
    answer = client.get(f"/tickets/{ticket.ref}/evidence.json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{ticket.ref}-evidence.json"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert verify.read(answer.content)[1] is None
    assert f'href="/tickets/{ticket.ref}/evidence/"' in client.get(f"/tickets/{ticket.ref}/").content.decode()


def test_it_is_said_in_french(world, ticket):
    page = signed(world.jeanne, "fr").get(f"/tickets/{ticket.ref}/evidence/").content.decode()
    assert "Vérifiez vous-même" in page
    assert "Lot 1, scellé à l’ouverture" in page.replace("&#x27;", "’")


def test_the_staff_reads_the_same_in_the_console(alice, ticket):
    page = signed(alice).get(f"/console/cases/{ticket.ref}/evidence/").content.decode()
    assert packs.document(ticket)["root"] in page
    assert f'href="/tickets/{ticket.ref}/evidence.json"' in page
    assert signed(alice).get(f"/tickets/{ticket.ref}/evidence.json").status_code == 200


def test_for_anybody_else_there_is_none(world, ticket):
    places = [f"/tickets/{ticket.ref}/evidence/", f"/tickets/{ticket.ref}/evidence.json"]
    for person in (world.lea, world.max):
        console = signed(person).get(f"/console/cases/{ticket.ref}/evidence/")
        assert [signed(person).get(place).status_code for place in places] == [404, 404]
        assert console.status_code in {403, 404}
        program = Program(world, person)
        assert program.get(f"/tickets/{ticket.ref}/evidence").status_code == 404
        assert program.get(f"/tickets/{ticket.ref}/evidence.json").status_code == 404
    assert all(Client().get(place).status_code == 302 for place in places)


def test_before_anything_is_sealed_the_page_says_so(world, alice):
    ticket = world.customer_opens()
    client = signed(world.jeanne)
    page = client.get(f"/tickets/{ticket.ref}/evidence/").content.decode()
    assert "Frozen, and in no pack yet" in page
    assert "Download the evidence" not in page
    assert client.get(f"/tickets/{ticket.ref}/evidence.json").status_code == 404
    refused = Program(world, world.jeanne).get(f"/tickets/{ticket.ref}/evidence.json")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "not-sealed")


def test_the_program_is_the_one_of_the_desk_for_anybody(db):
    answer = Client().get("/verify.py")
    assert (answer.status_code, answer.content) == (200, Path(verify.__file__).read_bytes())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verify.py"'


def test_by_api_the_list_has_its_receipts_and_the_file_is_the_same(world, ticket):
    program = Program(world, world.jeanne)
    found = program.get(f"/tickets/{ticket.ref}/evidence").json()
    assert [one["moment"] for one in found["packs"]] == ["opening", "resolution", "verdict"]
    assert [one["number"] for one in found["packs"]] == [1, 2, 3]
    assert found["packs"][1]["previous"] == found["packs"][0]["sha256"]
    assert {one["pack"] for one in found["items"]} <= {1, 2, 3}
    listed = {one["id"] for one in program.get(f"/tickets/{ticket.ref}").json()["evidence"]}
    assert listed == {one["id"] for one in found["items"]}
    answer = program.get(f"/tickets/{ticket.ref}/evidence.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content == packs.file(ticket)


def test_a_verdict_by_api_cites_a_call(world, alice):
    ticket = world.customer_opens()
    world.takes(alice, ticket)
    world.resolves(alice, ticket)
    engineer = Program(world, alice)
    (call,) = [one for one in engineer.get(f"/tickets/{ticket.ref}").json()["evidence"] if one["kind"] == "call"]
    wish = {"clause": "service-down", "justification": "The queue was stuck.", "evidence": [call["id"]]}
    assert engineer.post(f"/tickets/{ticket.ref}/verdict", wish).status_code == 201


@pytest.mark.parametrize(("clause", "status"), [("service-down", 422), ("customer-app", 422), ("undetermined", 302)])
def test_in_the_console_every_clause_but_doubt_rests_on_something(world, alice, clause, status):
    ticket = world.customer_opens()
    world.takes(alice, ticket)
    world.resolves(alice, ticket)
    said = {"clause": clause, "justification": "Seen in the logs."}
    answer = signed(alice).post(f"/console/cases/{ticket.ref}/verdict/", said)
    assert answer.status_code == status
    assert Verdict.objects.exists() is (status == 302)
    assert status == 302 or "Tick at least one piece of evidence" in answer.content.decode()
