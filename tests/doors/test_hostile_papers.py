"""What was answered and what was typed, on everything that leaves the desk: papers, tables, evidence, letters, calls, webhooks."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pikepdf
import pypdf
import pytest
from django.urls import reverse

from astreinte.billing import facturx
from astreinte.billing.models import Invoice
from astreinte.core import clock
from astreinte.core.texts import plain
from astreinte.flows import converse, diagnose, draw_receipts, issue_invoices
from astreinte.monitoring.models import Incident
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.tickets import receipt, verify
from astreinte.tickets.models import Receipt, Ticket, Verdict
from astreinte.web.csv_files import FORMULA
from tests import hooks
from tests.doors.hostile import ELEMENT, WORDS, Page, is_only_words, read_letter
from tests.doors.portal import signed_in
from tests.doors.programs import Program
from tests.public import says

pytestmark = pytest.mark.django_db
LINE = plain(WORDS, limit=200, one_line=True)  # as a form or a probe gives it
TEXT = plain(WORDS)
SPOKEN = {"Response", "Gather", "Say", "Pause", "Hangup"}
BEGINNINGS = ("=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1")
RUNS = {"/JavaScript", "/URI", "/Launch", "/GoToR", "/SubmitForm", "/ImportData", "/Rendition"}


@pytest.fixture
def case(world):
    """A case of the bakery that was billed: everybody wrote these words, and the server answered them."""
    (alice,) = world.on_call("Alice")
    world.alice = alice
    world.now = clock.now()
    for position, kind in enumerate(("voice", "webhook"), start=1):
        address = alice.number if kind == "voice" else world.hook.url
        ContactMethod.objects.create(user=alice.user, position=position, after_s=0, kind=kind, address=address)
    world.goes_down_with_words(times=2)  # no incident yet: what is known to be ours is never billed
    world.boulangerie.name = LINE
    world.boulangerie.save()
    world.case = world.customer_opens(LINE)
    diagnose.by_itself(world.case, at=world.now)
    converse.say(world.case, body=TEXT, by=world.jeanne, at=world.now)
    world.keeper_ticks(turns=12)
    world.takes(alice.user, world.case)
    world.resolves(alice.user, world.case, TEXT)
    world.keeper_ticks(turns=12)
    world.decides(alice.user, world.case, "customer-app")
    world.keeper_ticks()
    return world.case


@pytest.fixture
def world(world, settings):
    """With a program of the team's on this machine, and a site that is watched."""
    check = world.watches()

    def goes_down_with_words(*, times):
        world.sees(check, up=True)
        world.sees(check, up=False, times=times, saw=LINE)

    world.goes_down_with_words = goes_down_with_words
    settings.PROBE_ALLOW_PRIVATE = True
    with hooks.hook() as world.hook:
        yield world


def words_of(pdf):
    """What is written on a paper; where a long word may break there is a sign of no width, of ours."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def is_only_paper(pdf, *, files=()):
    """It runs nothing, opens nothing, leads nowhere and carries nothing that is not ours."""
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(paper.Root.keys())
        assert list(paper.attachments) == list(files)
        found = [one for one in paper.objects if isinstance(one, pikepdf.Dictionary)]
        assert not {str(one.get("/S", "")) for one in found} & RUNS
        assert not any("/JS" in one or "/AA" in one for one in found)
        assert not any("/Annots" in page for page in paper.pages)
    text = words_of(pdf)
    is_only_words(text)
    assert f"<{ELEMENT}" in text


def paper(document, at):
    made = facturx.render_in_subprocess(document, at=at)
    return made.pdf, made.xml.decode()


def test_papers_hold_words_and_nothing_else(world, case):
    assert draw_receipts.due(renderer=receipt.render_in_subprocess, at=world.now) == 1
    is_only_paper(bytes(Receipt.objects.get().pdf))
    world.invoices_are_issued()
    assert issue_invoices.render(renderer=paper, at=world.now) == 1
    invoice = Invoice.objects.get()
    is_only_paper(bytes(invoice.pdf), files=["factur-x.xml"])
    is_only_words(invoice.xml)
    tags = {one.tag for one in ET.fromstring(invoice.xml).iter()}  # noqa: S314 - ours
    assert all(tag.startswith("{urn:un:unece:uncefact:") for tag in tags)
    assert f"&lt;{ELEMENT}" in invoice.xml


def test_no_cell_of_the_figures_is_a_formula(world):
    """By clause, by symptom and by advice; the journal of the bills is in `test_console.py`."""
    (alice,) = world.on_call("Alice")
    verdict = world.billed_case(alice.user).verdict
    for beginning in BEGINNINGS:
        Verdict.objects.filter(pk=verdict.pk).update(clause=f"{beginning}{LINE}"[:60], forecast=beginning)
        Ticket.objects.filter(pk=verdict.ticket_id).update(symptom=beginning)
        answer = signed_in(world.chloe).get(reverse("console:figures_csv"))
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")))
        cells = [cell for row in rows for cell in row]
        assert sum(cell.replace("'", "").startswith(beginning) for cell in cells) >= 2, beginning
        assert [cell for cell in cells if cell.lstrip(" ").startswith(FORMULA)] == []


def test_evidence_is_words_on_its_page_in_the_file_and_for_the_program_that_checks_it(world, case, tmp_path):
    jeanne, staff = signed_in(world.jeanne), signed_in(world.chloe)
    paths = ((jeanne, f"/tickets/{case.ref}/evidence/"), (staff, f"/console/cases/{case.ref}/evidence/"))
    for reader, path in paths:
        page = reader.get(path).content.decode()
        is_only_words(page)
        assert Page(page).wrong == []
        assert ELEMENT in page
    found = Program(world, world.jeanne).get(f"/tickets/{case.ref}/evidence").content.decode()
    is_only_words(json.dumps(json.loads(found), ensure_ascii=False))
    file = jeanne.get(f"/tickets/{case.ref}/evidence.json")
    assert "attachment" in file["Content-Disposition"]
    is_only_words(file.content.decode())
    (tmp_path / "evidence.json").write_bytes(file.content)
    command = [sys.executable, "-I", str(Path(verify.__file__)), "evidence.json", "--show"]
    shown = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False, timeout=30)
    assert shown.returncode == 0
    assert ELEMENT in shown.stdout
    is_only_words(shown.stdout)


def test_a_file_that_somebody_else_wrote_moves_no_terminal(tmp_path):
    """The customer checks what somebody sent: nothing in it is an order to the terminal, well or broken."""
    for told in (WORDS, f"{ELEMENT}\x1b[2J"):
        receipt_ = dict.fromkeys(verify.RECEIPT_KEYS, told) | {"number": 1, "items": 1, "previous": "", "ticket": told}
        item = dict.fromkeys(verify.ITEM_KEYS, told) | {"number": 1, "sha256": verify.sha256(verify.canonical(told))}
        item["chain"] = receipt_["last"] = verify.chained("", item)
        receipt_["sha256"] = verify.receipt_sha256(receipt_)
        file = {"format": verify.FORMAT, "ticket": told, "root": receipt_["sha256"]}
        for packs in ([{"receipt": receipt_, "items": [item]}], [{"receipt": receipt_, "items": []}]):
            (tmp_path / "e.json").write_text(f"{verify.canonical({**file, 'packs': packs})}\n", encoding="utf-8")
            command = [sys.executable, "-I", str(Path(verify.__file__)), "e.json", "--show"]
            done = subprocess.run(
                command, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"}, capture_output=True, check=False
            )
            said = done.stdout.decode()
            assert (done.returncode == 0) is bool(packs[0]["items"])
            assert ELEMENT in said
            is_only_words(said.replace("\n", " "))


def test_calls_texts_letters_and_webhooks_carry_words(world, case):
    calls = world.pocket.network.calls[world.alice.number]
    for call in calls:
        tree = ET.fromstring(call.twiml)  # noqa: S314 - ours
        assert {one.tag for one in tree.iter()} <= SPOKEN
        assert all("evil" not in str(one.attrib) for one in tree.iter())
        is_only_words("".join(tree.itertext()))
    assert any(ELEMENT in call.twiml for call in calls)
    for text in world.alice.texts:
        is_only_words(text)
    sent = [one.json for one in list(world.hook.heard.queue)]
    assert any(ELEMENT in json.dumps(one) for one in sent)
    for one in sent:
        is_only_words(json.dumps(one, ensure_ascii=False))
    letters = [read_letter(one.raw) for box in world.pocket.network.letters.values() for one in box]
    assert any(ELEMENT in one for one in letters)
    assert ELEMENT in world.phone(world.jeanne).letter("verdict")  # it says what was done
    assert not Notification.objects.filter(state="failed").exists()


def test_what_a_person_says_in_public_is_words_on_every_file_of_the_status_page(world, site):
    world.on_call("Alice")
    world.goes_down_with_words(times=3)
    incident = Incident.objects.get()
    incident.servers.add(world.shop)
    says(world, incident, TEXT)
    site.write()
    shown = []
    for name in site.names():
        text = site.html(name)
        is_only_words(text)
        shown += [name] if ELEMENT in text else []
        if name.endswith((".atom", ".rss", ".xml")):
            assert not feedparser.parse(text).bozo, name
        elif name.endswith(".json"):
            json.loads(text)
        elif name.endswith(".html"):
            assert Page(text).wrong == [], name
    assert {Path(name).suffix for name in shown} >= {".html", ".atom", ".rss"}
