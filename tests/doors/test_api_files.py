"""Attachments: what may be attached, under which name, who may fetch it, and that nothing stays of what was refused."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from astreinte.tickets import files
from astreinte.tickets.models import Attachment, Message
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db
STANDARD = {"server": "web1.boulangerie.example", "mode": "standard", "symptom": "mail", "subject": "How do I?"}


def picture(kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, kind)
    return stream.getvalue()


def archive():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(zipfile.ZipInfo("a.txt"), "a")  # which is always of 1980: packed twice, it is the same
    return stream.getvalue()


def bomb(width=50_000, height=50_000):
    """A PNG that says it is huge, in a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    body = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + body + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


@pytest.fixture
def owner(world):
    program = Program(world, world.jeanne, language="en")
    program.ref = program.post("/tickets", STANDARD).json()["ref"]
    program.path = f"/tickets/{program.ref}/attachments"
    return program


def stored():
    return [path for path in (Path(settings.DATA) / "attachments").rglob("*") if path.is_file()]


def send(program, name, content, content_type="application/octet-stream"):
    return program.upload(program.path, [SimpleUploadedFile(name, content, content_type)])


@pytest.mark.parametrize(
    ("name", "content", "kept", "kind"),
    [
        ("error.png", picture(), "error.png", "image/png"),
        ("Photo.JPG", picture("JPEG"), "Photo.jpg", "image/jpeg"),
        ("a.gif", picture("GIF"), "a.gif", "image/gif"),
        ("a.webp", picture("WEBP"), "a.webp", "image/webp"),
        ("facture n°3.pdf", b"%PDF-1.7\n1 0 obj", "facture n_3.pdf", "application/pdf"),
        ("access.log", "GET / 200 é\n".encode(), "access.log", "text/plain"),
        ("liste.csv", b"a;b\n", "liste.csv", "text/csv"),
        ("site.zip", archive(), "site.zip", "application/zip"),
        ("dump.sql.gz", b"\x1f\x8b\x08\x00" + b"x" * 20, "dump_sql.gz", "application/gzip"),
        ("page.txt", b"<script>alert(1)</script>", "page.txt", "text/plain"),
    ],
)
def test_what_may_be_attached(owner, name, content, kept, kind):
    answer = send(owner, name, content, "text/html")
    assert answer.status_code == 201, answer.content
    (attachment,) = answer.json()["attachments"]
    assert (attachment["name"], attachment["content_type"], attachment["size"]) == (kept, kind, len(content))
    fetched = owner.get(f"{owner.path}/{attachment['id']}")
    assert fetched.getvalue() == content
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched.headers["Content-Security-Policy"]
    assert fetched.headers["Content-Type"].startswith(kind)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ" + b"\0" * 60), ("a.html", b"<html>"), ("a.svg", b"<svg/>"), ("a.php", b"<?php"), ("a", b"x"),
        (".htaccess", b"x"), ("a.png", b"<html>"), ("a.png", b"MZ" + b"\0" * 60), ("a.png", archive()), ("a.pdf", picture()),
        ("a.txt", b"MZ\x00\x01"), ("a.zip", b"not a zip"), ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.png.exe", picture()),
        ("a.p\u200bhp", b"<?php"), ("a.png\u202egpj.exe", picture()), ("a.png\x00.exe", picture()), ("bomb.png", bomb()),
        ("empty.txt", b""), ("a.jpg", picture()),
    ],
)  # fmt: skip
def test_what_may_not(owner, name, content):
    before = len(stored())
    answer = send(owner, name, content)
    assert answer.status_code == 422, answer.content
    assert (Attachment.objects.count(), Message.objects.count(), len(stored())) == (0, 0, before)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("..\\..\\boot.txt", "boot.txt"), ("/abs/x.txt", "x.txt"),
        ("a\r\nSet-Cookie: x=y.txt", "aSet-Cookie_ x=y.txt"), ("a\u202etxt.txt", "atxt.txt"), ("x.php.png", "x_php.png"),
        ("x" * 300 + ".txt", "x" * 120 + ".txt"), ("é" * 300 + ".txt", "é" * 120 + ".txt"), ("．．／a.txt", "a.txt"),
        ("...txt", "txt"), (" . .txt", "txt"), ("a.txt ", "a.txt"), ("a.txt.", "a.txt"), ('"a";b.txt', "a__b.txt"),
        ("a.TXT", "a.txt"), ("con<>:|?*.txt", "con.txt"), ("\u200ba.txt", "a.txt"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_name(name, kept):
    assert files.safe_name(name) == kept
    assert len(files.safe_name(name).encode()) <= 255


def test_twenty_mebibytes_and_not_one_byte_more(owner):
    limit = settings.ATTACHMENT_MAX_BYTES
    assert send(owner, "a.txt", b"a" * limit).status_code == 201
    assert refused(send(owner, "a.txt", b"a" * (limit + 1))) == (413, "too-large")
    assert refused(send(owner, "a.txt", b"a" * (limit + 3 * 1024 * 1024))) == (413, "too-large")


def test_several_at_once_are_all_or_nothing(owner):
    before = len(stored())
    good, bad = SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.exe", b"b")
    assert owner.upload(owner.path, [good, bad]).status_code == 422
    assert len(stored()) == before
    answer = owner.upload(
        owner.path, [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")], body="Both"
    )
    assert (len(answer.json()["attachments"]), answer.json()["body"]) == (2, "Both")


def test_what_the_flow_refuses_leaves_no_file(owner):
    before = len(stored())
    answer = owner.upload(owner.path, [SimpleUploadedFile("a.txt", b"a")], internal="true")
    assert refused(answer) == (403, "not-staff")
    assert len(stored()) == before


def test_a_file_is_kept_under_a_random_name_for_us_alone(owner):
    send(owner, "secret.txt", b"secret")
    newest = max(stored(), key=lambda path: path.stat().st_mtime_ns)
    assert ("secret" in newest.name, newest.suffix, newest.stat().st_mode & 0o777) == (False, "", 0o600)


def test_who_may_fetch(world, owner):
    (attachment,) = send(owner, "a.txt", b"mine").json()["attachments"]
    path = f"{owner.path}/{attachment['id']}"
    assert Program(world, world.karim).get(path).getvalue() == b"mine"
    for user in (world.max, world.lea, world.berthe):
        assert refused(Program(world, user).get(path)) == (404, "not-found")
    theirs = Program(world, world.max)
    ref = theirs.post("/tickets", {**STANDARD, "server": "shop.gmbh.example"}).json()["ref"]
    assert refused(theirs.get(f"/tickets/{ref}/attachments/{attachment['id']}")) == (404, "not-found")


def test_a_file_said_inside_stays_inside(world, owner):
    engineer = Program(world, world.chloe)
    answer = engineer.upload(owner.path, [SimpleUploadedFile("a.txt", b"inside")], internal="true")
    (attachment,) = answer.json()["attachments"]
    assert engineer.get(f"{owner.path}/{attachment['id']}").getvalue() == b"inside"
    assert refused(owner.get(f"{owner.path}/{attachment['id']}")) == (404, "not-found")
