"""Messages and files: nothing that was typed runs, nothing is served as a page, each download is checked again."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from astreinte.core import configuration
from astreinte.customers.models import Member
from astreinte.flows import converse
from astreinte.tickets.models import Attachment, Message
from tests.doors.portal import signed_in, text_of

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
HOSTILE = [
    "../../etc/passwd.txt",
    "..\\..\\boot.txt",
    "a\x00.txt",
    "evil\u202etxt.exe.txt",
    "a\u200b.txt",
    "x\r\nSet-Cookie: a=b.txt",
    'quote".txt',
    "<svg onload=alert(1)>.txt",
    "é" * 300 + ".txt",
    "page.html.txt",
    "ünïcödé ☂.txt",
    ";rm -rf.txt",
]


def address(name, ticket):
    return reverse(f"portal:{name}", args=[ticket.ref])


@pytest.fixture
def ticket(world):
    return world.customer_opens_standard("How do I add a domain?")


def says(client, ticket, body="", *uploads):
    return client.post(address("say", ticket), {"body": body, "files": list(uploads)})


def saved(client, link):
    """A download: the answer, and its bytes."""
    answer = client.get(link)
    content = b"".join(answer.streaming_content)
    return answer, content


def stored():
    folder = settings.DATA / "attachments"
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_message_is_shown_to_both_sides(world, ticket):
    client = signed_in(world.jeanne)
    answer = says(client, ticket, "Is it **done**?")
    assert answer["Location"].endswith("#conversation")
    assert "Is it <strong>done</strong>?" in client.get(address("ticket", ticket)).content.decode()


def test_nothing_said_is_refused_and_too_much_is_kept_on_the_page(world, ticket):
    client = signed_in(world.jeanne)
    assert says(client, ticket, "  ").status_code == 422
    answer = says(client, ticket, "z" * 20_001)
    assert answer.status_code == 422
    assert "z" * 20_001 in answer.content.decode()
    assert Message.objects.count() == 0


def test_a_file_is_saved_never_shown(world, ticket):
    client = signed_in(world.jeanne)
    says(client, ticket, "Look", SimpleUploadedFile("capture.png", PNG, "text/html"))
    one = Attachment.objects.get()
    answer, content = saved(client, reverse("portal:attachment", args=[ticket.ref, one.public_id]))
    assert content == PNG
    assert answer["Content-Disposition"] == 'attachment; filename="capture.png"'
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(world, ticket, name):
    client = signed_in(world.jeanne)
    answer = says(client, ticket, "Look", SimpleUploadedFile("ok.txt", b"plain"))
    assert answer.status_code == 302
    upload = SimpleUploadedFile("ok.txt", b"plain")
    upload._name = name
    with converse_files(upload) as uploads:
        converse.say(ticket, body="Look", uploads=uploads, by=world.jeanne, at=world.now)
    one = Attachment.objects.order_by("-id").first()
    download, content = saved(client, reverse("portal:attachment", args=[ticket.ref, one.public_id]))
    assert content == b"plain"
    header = download["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert not set(header) & set("\r\n\x00\u202e")
    page = client.get(address("ticket", ticket)).content.decode()
    assert "<svg onload" not in page
    assert {path.name for path in stored()} >= {one.public_id.hex}
    assert not any("etc" in path.name or "boot" in path.name for path in stored())


def converse_files(upload):
    from astreinte.tickets import files

    return files.kept([(files.check(upload._name, upload), upload)])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ"),
        ("page.html", b"<script>"),
        ("draw.svg", b"<svg/>"),
        ("photo.png", b"<html>"),
        ("empty.txt", b""),
        ("noname", b"x"),
        ("binary.txt", b"\x00\x01"),
    ],
)
def test_a_file_that_is_refused_leaves_nothing_and_keeps_the_words(world, ticket, name, content):
    before = stored()
    good = SimpleUploadedFile("good.txt", b"plain")
    answer = says(signed_in(world.jeanne), ticket, "My long words", good, SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert "My long words" in answer.content.decode()
    assert (Attachment.objects.count(), Message.objects.count(), stored()) == (0, 0, before)


def test_each_download_is_checked_again(world, ticket):
    says(signed_in(world.jeanne), ticket, "Look", SimpleUploadedFile("a.txt", b"secret"))
    link = reverse("portal:attachment", args=[ticket.ref, Attachment.objects.get().public_id])
    karim = signed_in(world.karim)
    assert saved(karim, link)[1] == b"secret"
    for user in (world.berthe, world.lea, world.max):
        assert signed_in(user).get(link).status_code == 404
    assert signed_in(None).get(link).status_code == 302
    other = world.customer_opens_standard("Another")
    assert karim.get(link.replace(ticket.ref, other.ref)).status_code == 404
    Member.objects.get(user=world.karim).technical_on.clear()
    configuration.changed()
    assert karim.get(link).status_code == 404


def test_the_file_of_an_internal_message_is_the_staff_s(world, ticket):
    from astreinte.tickets import files

    upload = SimpleUploadedFile("inside.txt", b"secret")
    with files.kept([(files.check("inside.txt", upload), upload)]) as uploads:
        converse.say(ticket, body="in", internal=True, uploads=uploads, by=world.chloe, at=world.now)
    link = reverse("portal:attachment", args=[ticket.ref, Attachment.objects.get().public_id])
    assert signed_in(world.jeanne).get(link).status_code == 404
    assert saved(signed_in(world.chloe), link)[1] == b"secret"


def test_bytes_that_were_lost_are_not_found(world, ticket):
    client = signed_in(world.jeanne)
    says(client, ticket, "Look", SimpleUploadedFile("a.txt", b"plain"))
    one = Attachment.objects.get()
    next(path for path in stored() if path.name == one.public_id.hex).unlink()
    assert client.get(reverse("portal:attachment", args=[ticket.ref, one.public_id])).status_code == 404
    assert "a.txt" in text_of(client.get(address("ticket", ticket)))
