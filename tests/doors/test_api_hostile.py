"""What nobody sends by accident: every answer is a problem that names the field, nothing is half written, nothing breaks."""

import json

import pytest
from django.test import Client

from astreinte.tickets.models import Message, Ticket
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db
STANDARD = {"server": "web1.boulangerie.example", "mode": "standard", "symptom": "mail", "subject": "How do I?"}


@pytest.fixture
def owner(world):
    world.on_call("Alice")
    return Program(world, world.jeanne, language="en")


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"subject": None}, "subject", "must be a text"),
        ({"subject": "   "}, "subject", "Write something"),
        ({"subject": "\u200b\u2060\u3164"}, "subject", "Write something"),
        ({"subject": "x" * 201}, "subject", "At most 200"),
        ({"body": "x" * 20_001}, "body", "At most 20000"),
        ({"mode": "panic"}, "mode", "'standard' or 'urgent'"),
        ({"symptom": "rain"}, "symptom", "one of"),
        ({"server": 12}, "server", "must be a text"),
        ({"internal": True}, "internal", "does not exist"),
        ({"state": "closed"}, "state", "does not exist"),
        ({"opened_by": 1}, "opened_by", "does not exist"),
        ({"accept": {"amount_excl_vat": 95, "text_sha256": "0" * 64}}, "accept.amount_excl_vat", "must be a text"),
        ({"accept": {"amount_excl_vat": "95,00", "text_sha256": "0" * 64}}, "accept.amount_excl_vat", "not written"),
        ({"accept": {"amount_excl_vat": "95.00", "text_sha256": "x"}}, "accept.text_sha256", "not written"),
        ({"accept": {"amount_excl_vat": "95.00"}}, "accept.text_sha256", "needed"),
        ({"subject": "\ud800"}, "subject", "UTF-8"),
    ],
)
def test_each_field_is_named_with_what_to_do(owner, changed, field, sentence):
    answer = owner.post("/tickets", {**STANDARD, **changed})
    assert refused(answer) == (422, "validation")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert sentence in answer.json()["errors"][0]["sentence"]
    assert Ticket.objects.count() == 0


def test_the_sentences_are_french_for_who_reads_french(world):
    answer = Program(world, world.jeanne).post("/tickets", {**STANDARD, "subject": ""})
    assert answer.json()["errors"][0]["sentence"] == "Écrivez quelque chose ici."


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"12", b"\xff\xfe", b"\x00", b'{"a":' * 50_000, b"[" * 100_000, b"9" * 100_000,
        b'{"subject":"\\ud800"}', b"{'a':1}", b'{"server":NaN}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_body(owner, raw):
    answer = owner.post("/tickets", raw=raw)
    assert refused(answer) in {(400, "bad-request"), (422, "validation")}


def test_a_body_that_is_too_large(owner):
    answer = owner.post("/tickets", {**STANDARD, "body": "x" * 2_000_000})
    assert refused(answer) == (413, "too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind(owner, kind):
    assert refused(owner.post("/tickets", raw=b"a=b", content_type=kind)) == (415, "unsupported-media-type")


def test_files_come_in_a_form(owner):
    ref = owner.post("/tickets", STANDARD).json()["ref"]
    path = f"/tickets/{ref}/attachments"
    assert refused(owner.post(path, {"file": "x"})) == (415, "unsupported-media-type")
    assert refused(owner.post(path, raw=b"x", content_type="multipart/form-data")) == (400, "bad-request")
    empty = owner.post(path, raw=b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert refused(empty) == (422, "validation")


def test_control_characters_are_left_out(owner):
    answer = owner.post("/tickets", {**STANDARD, "subject": "a\x00b\x1b[31m\n\u202ec", "body": "one\r\ntwo\x00"})
    assert (answer.json()["subject"], answer.json()["body"]) == ("ab[31m c", "one\ntwo")


@pytest.mark.parametrize(
    "path",
    [
        "/servers/%00", "/servers/x%00y", "/servers/%ff%fe", "/servers/..%2f..%2fetc", "/offer?server=%00", "/tickets/T%00",
        "/tickets/T99999999999999999999", "/tickets/-1", "/tickets/T1__id", "/tickets?state=open__in", "/tickets?cursor=%00",
        "/tickets?cursor=YmVmb3JlOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "/tickets?limit=0", "/tickets?limit=201",
        "/tickets?limit=1e3", "/tickets?server=%00", "/tickets?cursor=%C3%A9", "/pages/12", "/pages/%00", "/incidents/x",
        "/invoices/%00", "/invoices/%00.pdf", "/servers?limit=99999999999999999999", "/nothing", "/", "/tickets/",
        "/tickets?_connector=OR&server=x", "/servers?cursor=" + "A" * 41,
    ],
)  # fmt: skip
def test_an_address_of_nothing(owner, path):
    answer = owner.get(path)
    if answer.status_code == 200:
        assert answer.json()["items"] == [] or "_connector" in path
        return
    assert refused(answer) in {(404, "not-found"), (422, "validation")}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_that_is_none(owner, method):
    answer = getattr(Client(), method)("/api/v1/tickets", headers=owner.headers)
    assert refused(answer) == (405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_a_host_that_is_not_ours_is_in_no_answer(world):
    answer = Client().get("/api/v1/me", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil" not in answer.content
    forwarded = Client().get("/api/v1/nothing", headers={"X-Forwarded-Host": "evil.example"})
    assert (refused(forwarded), b"evil" in forwarded.content) == ((404, "not-found"), False)


def test_every_field_of_every_table_in_one_message_is_refused(owner):
    ref = owner.post("/tickets", STANDARD).json()["ref"]
    for name in ("author", "by_staff", "at", "ticket", "id", "public_id"):
        assert refused(owner.post(f"/tickets/{ref}/messages", {"body": "x", name: 1})) == (422, "validation")
    assert Message.objects.count() == 0


@pytest.mark.parametrize("minutes", [-1, 1441, 1.5, "soon", 10**30, True, []])
def test_an_arrival_that_is_none(world, minutes):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    answer = Program(world, alice.user).post(
        f"/tickets/{ticket.ref}/acknowledge", raw=json.dumps({"eta_minutes": minutes})
    )
    if minutes is True:
        return
    assert refused(answer) == (422, "validation")
    assert Ticket.objects.get().state == "open"
