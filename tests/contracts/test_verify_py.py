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
from astreinte.flows import converse
from astreinte.tickets import packs, verify

PROGRAM = Path(verify.__file__)
WHOLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def download(world):
    """What the customer of a billed case downloads."""
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
    document["format"] = "astreinte-evidence/2"


def _another_root(document):
    document["root"] = "0" * 64


def _nothing(document):
    document["packs"], document["root"] = [], ""


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
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
    ],
)
def test_each_kind_of_tampering_is_named(download, tmp_path, tampering, named):
    document = json.loads(download)
    named = named.replace("T1001", document["ticket"])
    tampering(document)
    done = run(tmp_path, written(document))
    assert (done.returncode, done.stderr) == (1, "")
    assert named in done.stdout


def test_any_byte_that_changes_is_seen(download):
    """Every byte of the file, in the same program, without a process for each."""
    for at in range(len(download)):
        changed = download[:at] + bytes([download[at] ^ 1]) + download[at + 1 :]
        assert verify.read(changed)[1] is not None, at


def test_any_byte_that_is_removed_is_seen(download):
    for at in range(0, len(download), 7):
        assert verify.read(download[:at] + download[at + 1 :])[1] is not None, at


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
