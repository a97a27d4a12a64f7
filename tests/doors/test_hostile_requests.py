"""What no browser sends by itself: each is answered in words, and nothing breaks or leads elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.core import texts
from astreinte.flows import converse, resolve
from astreinte.notifications.channels import voice
from astreinte.tickets import files
from astreinte.tickets.models import Ticket
from tests.doors.portal import TYPED, key_of, signed_in, types
from tests.doors.routes import every_route

pytestmark = pytest.mark.django_db
NUL = "a\x00b"
FIELDS = (
    "server", "symptom", "subject", "since", "changed", "details", "key", "amount", "text_sha256", "shown", "body", "reason",
    "summary", "clause", "justification", "evidence", "decision", "answer", "to", "eta_minutes", "audience", "person", "start",
    "end", "layer", "email", "username", "password", "language", "next",
)  # fmt: skip
ELSEWHERE = [
    "//evil.example", "/\\evil.example", "https://evil.example", "\t//evil.example", "javascript:alert(1)", "///evil.example",
    "http://testserver@evil.example/", "http:evil.example", "https:///evil.example", "//evil.example\x00", "/\r\nX: 1",
    "https://testserver.evil.example", "//\u2025evil.example", "http://[", "\\\\evil.example",
]  # fmt: skip


@pytest.fixture
def case(world):
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    return world.customer_opens()


def places(ticket):
    return {"ref": ticket.ref, "name": "rota-alice", "uidb64": "MQ", "token": "x-y", "public_id": str(ticket.page.public_id),
            "key": str(ticket.page.public_id), "charge_id": "9" * 25, "number": "x", "id": "x"}  # fmt: skip


def test_no_null_character_breaks_any_page(world, case):
    broken = []
    for user in (world.jeanne, world.chloe):
        client = signed_in(user)
        client.raise_request_exception = False
        for route in every_route():
            if route.name.startswith("api:"):
                continue
            path = route.filled({**dict.fromkeys(route.places, "x"), **places(case)})
            for answer in (client.get(path, dict.fromkeys(FIELDS, NUL)), client.post(path, dict.fromkeys(FIELDS, NUL))):
                if answer.status_code >= 500 and route.name != "readyz":
                    broken.append(f"{answer.request['REQUEST_METHOD']} {path}")
            if route.name == "logout":
                client.force_login(user)
    assert broken == []


@pytest.mark.parametrize("name", ["session", "csrf", "django_language", "messages"])
@pytest.mark.parametrize("value", ['"aaaaaaaaaaaa\\000"', "x" * 4000, '"\\377\\376"', ""])
def test_no_cookie_breaks_a_page(world, name, value):
    for path in ("/login/", "/servers/"):
        answer = Client(raise_request_exception=False).get(path, headers={"Cookie": f"{name}={value}"})
        assert answer.status_code in {200, 302}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_next_leads_nowhere_else(world, place):
    client = signed_in(world.jeanne)
    answers = [client.get("/login/", {"next": place}), client.post("/language/", {"next": place, "language": "en"})]
    for answer in answers:
        where = answer.headers["Location"]
        assert where.startswith("/")
        assert not where.startswith(("//", "/\\"))
        assert "\n" not in where


@pytest.mark.parametrize("place", ["/login/", "/login/?next=/login/"])
def test_signing_in_again_is_no_loop(world, place):
    answer = signed_in(world.jeanne).get("/login/", {"next": place})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("bad", ["\x01", "\x1b", "\uffff", "\ufffe", "\x85", "\u202e", "\x7f", "]]>", "&#0;"])
def test_no_character_silences_a_call(bad):
    from xml.etree import ElementTree as ET

    spoken = voice.say(texts.plain(f"Mail {bad} down"), language="fr")
    assert "down" in "".join(ET.fromstring(spoken).itertext())  # noqa: S314 - what we wrote ourselves


def test_too_many_fields_is_a_sentence(world):
    answer = signed_in(world.jeanne).post(reverse("portal:problem"), {**TYPED, **{f"a{n}": "1" for n in range(300)}})
    assert answer.status_code in {400, 413, 422}


NAMES = {
    "../../etc/passwd.txt": "passwd.txt", "..\\..\\boot.txt": "boot.txt", "a\x00.php.png": "a_php.png", "\u202egnp.exe.txt": "gnp_exe.txt",
    "CON.txt": "CON.txt", "a\r\nX-Evil: 1.txt": "aX-Evil_ 1.txt", '"; filename=x.html".txt': "filename=x_html.txt",
    "<script>.txt": "script.txt", ".htaccess": "htaccess", "x" * 400 + ".txt": "x" * 120 + ".txt",
}  # fmt: skip


@pytest.mark.parametrize(("name", "kept"), NAMES.items())
def test_a_file_name_is_only_a_name(name, kept):
    assert files.safe_name(name) == kept


@pytest.mark.parametrize("charset", ["utf-7", "latin-1", "x"])
@pytest.mark.parametrize("path", ["/problem/", "/login/", "/nothing-here/", "/take/1-x", "/console/", "/language/"])
def test_a_form_in_another_alphabet_is_refused_in_words(world, path, charset):
    """Django reads the form again to answer that it cannot be read."""
    client = signed_in(world.jeanne, strict=True)
    client.raise_request_exception = False
    client.get("/problem/")
    token = client.cookies["csrf"].value
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = client.generic("POST", path, b"a=1", content_type=kind, headers={"X-CSRFToken": token})
    assert answer.status_code == 302 or (answer.status_code < 500 and answer.content)


@pytest.mark.parametrize("nothing", ["\u200b", "\u00a0\u200d \ufeff", "\u2060\n\u202e", "\ue000", "\u3164"])
def test_words_that_nobody_sees_are_none(world, case, nothing):
    """An engineer would be woken for a blank."""
    client = signed_in(world.jeanne)
    assert types(client, world.web1, subject=nothing).status_code == 422
    with pytest.raises(converse.NothingSaid):
        converse.say(case, body=nothing, by=world.jeanne, at=world.now)
    with pytest.raises(resolve.NoSummary):
        resolve.ticket(case, summary=nothing, by=world.alice, at=world.now)


def test_the_sentence_that_rings_a_phone_is_one_line_and_reads_in_one_direction(world, case):
    client = signed_in(world.jeanne)
    key = key_of(
        types(
            client,
            world.web1,
            subject="Mail is down\r\nBcc: all \u202eexample\u2066\x1b[31m \U0001f469\u200d\U0001f467",
        )
    )
    client.post(reverse("portal:standard", args=[key]))
    assert Ticket.objects.latest("pk").subject == "Mail is down Bcc: all example[31m \U0001f469\u200d\U0001f467"
