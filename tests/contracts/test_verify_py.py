"""verify.py alone, as the customer runs it: on a real download, good and tampered with in every way."""

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astreinte.core import digests
from astreinte.core.actors import SYSTEM
from astreinte.flows import converse
from astreinte.tickets import actions, packs, verify
from astreinte.tickets.models import PackItem
from tests.before_salts import as_before

PROGRAM = Path(verify.__file__)
# A download of before salts, as it was kept by a customer.
KEPT = Path(__file__).parents[1] / "data" / "evidence-1.json"
WHOLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def ticket(world):
    """A billed case, in three packs."""
    (alice,) = world.on_call("Alice")
    world.watches()
    ticket = world.customer_opens("Le courrier ne part plus: «\u00e9t\u00e9» \U0001f600")
    converse.say(ticket, body='It says "no"\n\u2028 and \\ stops', by=world.jeanne, at=world.now)
    for _ in range(2):
        world.keeper_ticks()
        world.passes(seconds=10)
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    world.passes(seconds=30)
    world.keeper_ticks()
    world.decides(alice.user, ticket, "customer-app")
    world.keeper_ticks()
    return ticket


@pytest.fixture
def download(ticket):
    """What its customer downloads."""
    return packs.file(ticket)


@pytest.fixture(params=["whole", "erased", "erased without a salt"])
def any_download(request, world, ticket):
    """The same, and what is left of it once the first item of each pack is erased; sealed by this desk, and by one of before salts."""
    if request.param == "erased without a salt":
        as_before(ticket, packs=2)
    if request.param != "whole":
        firsts = [one.evidence for one in PackItem.objects.filter(pack__ticket=ticket, number=1)]
        actions.erase_evidence(ticket, firsts, why="asked", by=SYSTEM, at=world.now)
    return packs.file(ticket)


def run(tmp_path, content, *options, python=sys.executable):
    """The program, alone: no path, no user's packages, no environment."""
    (tmp_path / "verify.py").write_bytes(PROGRAM.read_bytes())
    (tmp_path / "evidence.json").write_bytes(content)
    command = [python, "-I", "verify.py", "evidence.json", "--lang", "en", *options]
    return subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False, timeout=30)


def written(document):
    return (verify.canonical(document) + "\n").encode()


def test_a_real_download_is_well(download, tmp_path):
    done = run(tmp_path, download)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing was changed: ")
    assert json.loads(download)["root"] in done.stdout


def test_it_says_it_in_french_and_shows_each_item(download, tmp_path):
    done = run(tmp_path, download, "--show", "--lang", "fr")
    assert done.returncode == 0
    assert "Rien n'a été modifié" in done.stdout or "Rien n'a \\xe9t\\xe9" in done.stdout
    assert "consent: Jeanne Blanc" in done.stdout


def test_a_receipt_that_was_kept_is_looked_for(download, tmp_path):
    first = json.loads(download)["packs"][0]["receipt"]["sha256"]
    assert run(tmp_path, download, "--receipt", first).returncode == 0
    other = run(tmp_path, download, "--receipt", "0" * 64)
    assert (other.returncode, "the receipt you gave is not among its packs" in other.stdout) == (1, True)


def test_a_file_that_is_not_there_is_no_verdict(download, tmp_path):
    done = run(tmp_path, download)
    (tmp_path / "evidence.json").unlink()
    again = subprocess.run(
        [sys.executable, "-I", "verify.py", "evidence.json"], cwd=tmp_path, env={}, capture_output=True, check=False
    )
    assert (done.returncode, again.returncode) == (0, 2)


def _change_the_words(document):
    document["packs"][0]["items"][1]["text"] = "Something else"


def _change_the_body(document):
    document["packs"][0]["items"][1]["body"]["new"] = 1


def _remove_the_first(document):
    del document["packs"][0]["items"][0]


def _swap_two(document):
    items = document["packs"][0]["items"]
    items[0], items[1] = items[1], items[0]


def _remove_the_last(document):
    document["packs"][1]["items"].pop()


def _repeat_the_last(document):
    items = document["packs"][1]["items"]
    items.append(copy.deepcopy(items[-1]))


def _remove_the_first_pack(document):
    del document["packs"][0]


def _remove_the_last_pack(document):
    document["packs"].pop()


def _change_the_date_of_the_receipt(document):
    document["packs"][1]["receipt"]["sealed_at"] = "1999-01-01T00:00:00Z"


def _change_a_receipt_and_its_digest(document):
    receipt = document["packs"][0]["receipt"]
    receipt["desk"] = "Somebody else"
    receipt["sha256"] = verify.receipt_sha256(receipt)


def _add_a_field(document):
    document["packs"][0]["items"][0]["note"] = "as agreed"


def _add_a_field_to_the_file(document):
    document["note"] = "as agreed"


def _another_ticket(document):
    document["ticket"] = "T9999"


def _another_format(document):
    document["format"] = "astreinte-evidence/3"


def _another_root(document):
    document["root"] = "0" * 64


def _nothing(document):
    document["packs"], document["root"] = [], ""


TAMPERINGS = [
    (_change_the_words, "T1001, pack 1, item 2: its content is not what was sealed"),
    (_change_the_body, "T1001, pack 1, item 2: its content is not what was sealed"),
    (_remove_the_first, "T1001, pack 1, item 1: another one stands in its place"),
    (_swap_two, "T1001, pack 1, item 1: another one stands in its place"),
    (_remove_the_last, "T1001, pack 2: items at its end were removed or added"),
    (_repeat_the_last, "another one stands in its place"),
    (_remove_the_first_pack, "T1001, pack 1: another one stands in its place"),
    (_remove_the_last_pack, "the file: packs at its end were removed or added"),
    (_change_the_date_of_the_receipt, "T1001, pack 2: its receipt is not what was sealed"),
    (_change_a_receipt_and_its_digest, "T1001, pack 2: it does not follow the pack before it"),
    (_add_a_field, "T1001, pack 1, item 1: a field is missing, or one too many is there"),
    (_add_a_field_to_the_file, "the file: a field is missing, or one too many is there"),
    (_another_ticket, "T9999, pack 1: another one stands in its place"),
    (_another_format, "the file: it is not in the format astreinte-evidence/1"),
    (_another_root, "the file: packs at its end were removed or added"),
    (_nothing, "the file: no pack is in it"),
]


@pytest.mark.parametrize(("tampering", "named"), TAMPERINGS)
def test_each_kind_of_tampering_is_named(download, tmp_path, tampering, named):
    document = json.loads(download)
    tampering(document)
    done = run(tmp_path, written(document))
    assert (done.returncode, done.stderr) == (1, "")
    assert named.replace("T1001", json.loads(download)["ticket"]) in done.stdout


def test_each_is_named_around_what_was_erased(any_download, tmp_path, capsys):
    """In this process, as each is run alone above."""
    path = tmp_path / "evidence.json"
    for tampering, named in TAMPERINGS:
        document = json.loads(any_download)
        tampering(document)
        path.write_bytes(written(document))
        assert verify.main([str(path), "--lang", "en"]) == 1
        assert named.replace("T1001", json.loads(any_download)["ticket"]) in capsys.readouterr().out


def test_any_byte_that_changes_is_seen(download):
    """Every byte of the file, in the same program, without a process for each."""
    for at in range(len(download)):
        changed = download[:at] + bytes([download[at] ^ 1]) + download[at + 1 :]
        assert verify.read(changed)[1] is not None, at


def test_any_byte_that_is_removed_is_seen(download):
    for at in range(0, len(download), 7):
        assert verify.read(download[:at] + download[at + 1 :])[1] is not None, at


def test_what_was_kept_before_salts_is_still_well_and_no_byte_of_it_can_change(tmp_path):
    content = KEPT.read_bytes()
    assert run(tmp_path, content).returncode == 0
    assert json.loads(content)["format"] == "astreinte-evidence/1"
    for at in range(len(content)):
        changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        assert verify.read(changed)[1] is not None, at


# -- words that were erased ----------------------------------------------------------------------------------------------


def test_it_says_what_was_erased_and_what_nobody_but_the_desk_answers_for(any_download, tmp_path):
    items = [item for pack in json.loads(any_download)["packs"] for item in pack["items"]]
    erased, unproven = (sum(key in item for item in items) for key in ("erased", "before"))
    done = run(tmp_path, any_download, "--show")
    assert (done.returncode, done.stderr) == (0, "")
    assert (f"{erased} of them were erased" in done.stdout) is bool(erased)
    assert (f"{unproven} of those had no salt" in done.stdout) is bool(unproven)
    assert done.stdout.count("(erased 2026-10-25T") == erased
    assert done.stdout.startswith("1. opening")


def test_any_byte_that_changes_is_seen_around_what_was_erased(any_download):
    """But for the instant it was erased, and what stays of an item without a salt: nothing proves those but the desk."""
    document = json.loads(any_download)
    loose = []
    for item in (one for pack in document["packs"] for one in pack["items"] if "erased" in one):
        names = ("erased", "at", "frozen_at", "id", "kind", "sha256") if "before" in item else ("erased",)
        loose += [verify.canonical({name: item[name]})[1:-1].encode() for name in names]
    assert bool(loose) is (document["format"] == verify.FORMAT_2 and b'"erased"' in any_download)
    free = {at + step for text in loose for at in _places(any_download, text) for step in range(len(text))}
    for at in range(0, len(any_download), 3):
        changed = any_download[:at] + bytes([any_download[at] ^ 1]) + any_download[at + 1 :]
        assert at in free or verify.read(changed)[1] is not None, at


def _places(content, text):
    at = content.find(text)
    while at >= 0:
        yield at
        at = content.find(text, at + 1)


@pytest.mark.parametrize("how", ["salted", "unsalted"])
def test_no_item_is_called_of_before_salts_where_its_receipt_says_that_it_is_not(download, how):
    """In a pack of today nobody makes the hole that an erased item of the first format is."""
    document = json.loads(download)
    item = document["packs"][0]["items"][1]
    before = document["packs"][0]["items"][0]["chain"]
    for name in ("salt", "text", "body"):
        del item[name]
    item |= {"erased": "2026-11-01T00:00:00Z", "before": before}
    if how == "unsalted":
        document["packs"][0]["receipt"]["unsalted"] = [2]
    broken = verify.first_broken(document)
    assert broken == ((1, 2, "fields") if how == "salted" else (1, 0, "receipt"))


def test_words_put_back_are_not_those_that_were_sealed(world, ticket):
    (first, *_) = PackItem.objects.filter(pack__ticket=ticket, number=1)
    actions.erase_evidence(ticket, [first.evidence], why="asked", by=SYSTEM, at=world.now)
    document = packs.document(ticket)
    del document["packs"][0]["items"][0]["erased"]
    document["packs"][0]["items"][0] |= {"salt": "0" * 64, "text": "Mail is down", "body": {}}
    assert verify.first_broken(document) == (1, 1, "changed")


def test_a_salt_is_never_the_same_and_the_same_words_do_not_commit_to_the_same(ticket):
    salts = [item["salt"] for pack in packs.document(ticket)["packs"] for item in pack["items"]]
    assert {len(salt) for salt in salts} == {64}
    assert len(set(salts)) == len(salts)
    assert verify.committed(salts[0], "x", {}) != verify.committed(salts[1], "x", {})


@pytest.mark.parametrize(
    "junk", [b"", b"[]", b"null", b'{"format":"astreinte-evidence/1"}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_evidence_is_said_to_be_none(tmp_path, junk):
    done = run(tmp_path, junk)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("BROKEN: the file: ")


@given(WHOLE)
def test_its_canonical_form_is_that_of_the_desk(value):
    assert verify.canonical(value) == digests.canonical_json(value)
    assert verify.sha256(verify.canonical(value)) == digests.sha256(digests.canonical_json(value))
    assert verify.canonical(json.loads(verify.canonical(value))) == verify.canonical(value)


def test_it_needs_only_the_standard_library_and_an_old_python():
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {one.names[0].name for one in ast.walk(tree) if isinstance(one, ast.Import)}
    names |= {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    assert names - {"__future__"} <= {"argparse", "hashlib", "json", "os", "pathlib", "sys", "typing"}
