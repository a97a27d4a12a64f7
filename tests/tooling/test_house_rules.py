"""Every house rule has its reason, what to do instead, its own tests, and catches what is planted where it applies."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from devtools import checks, modules

HOUSE_RULES = checks.ROOT / "devtools" / "house-rules"
NAMES = sorted(path.stem for path in (HOUSE_RULES / "rules").glob("*.yml"))
AST_GREP = Path(sys.executable).parent / "ast-grep"
PLANTED = {
    "a-door-does-not-write": ("astreinte/web/portal/views.py", "ticket.save()"),
    "a-door-starts-from-a-scoped-query": ("astreinte/api/v1/tickets.py", "Ticket.objects.get(pk=1)"),
    "a-state-moves-in-one-place": ("astreinte/tickets/actions.py", "ticket.state = 'open'"),
    "no-network-in-a-transaction": ("astreinte/flows/deliver.py", "with transaction.atomic():\n    outbound.get(url)"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_gives_its_reason_and_what_to_do_instead(name):
    rule = yaml.safe_load((HOUSE_RULES / "rules" / f"{name}.yml").read_text())
    assert rule["id"] == name
    assert "Why:" in rule["note"]
    assert "Instead:" in rule["note"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_has_snippets_that_pass_and_snippets_that_do_not(name):
    tests = yaml.safe_load((HOUSE_RULES / "tests" / f"{name}.yml").read_text())
    assert tests["id"] == name
    assert tests["valid"]
    assert tests["invalid"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_catches_what_is_planted(name, tmp_path):
    place, code = PLANTED[name]
    shutil.copytree(HOUSE_RULES, tmp_path / "devtools" / "house-rules")
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(f"{code}\n")
    scan = [AST_GREP, "scan", "--config", checks.RULES, "--report-style", "short"]
    done = subprocess.run(scan, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"{place}:" in done.stdout
    assert f"error[{name}]" in done.stdout


def test_a_long_module_and_one_without_a_first_sentence_are_named(tmp_path):
    (tmp_path / "astreinte" / "migrations").mkdir(parents=True)
    (tmp_path / "astreinte" / "long.py").write_text('"""Long."""\n' + "x = 1\n" * 300)
    (tmp_path / "astreinte" / "mute.py").write_text("x = 1\n")
    (tmp_path / "astreinte" / "good.py").write_text('"""Good."""\n')
    (tmp_path / "astreinte" / "migrations" / "0001_first.py").write_text("x = 1\n")
    found = list(modules.faults(tmp_path))
    assert [fault.split(":")[0] for fault in found] == ["astreinte/long.py", "astreinte/mute.py"]
