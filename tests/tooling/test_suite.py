"""The last line of `make test` is the sum of all runs, and tells the truth when a run broke."""

import subprocess
import sys

import pytest

from devtools import checks, suite
from devtools.suite import Sum

TESTS = """
import pytest

def test_good(): assert True
def test_bad(): assert False
@pytest.mark.skip
def test_left_out(): assert False
@pytest.fixture
def broken():
    yield
    raise ValueError
def test_good_with_a_broken_end(broken): assert True
"""


def test_the_sum_reads_as_people_expect():
    assert str(Sum(passed=3, failed=1, skipped=2) + Sum(passed=4)) == "7 passed, 1 failed, 2 skipped"


def test_a_report_is_counted_once_per_test(tmp_path):
    (tmp_path / "test_it.py").write_text(TESTS)
    report = tmp_path / "report.xml"
    (tmp_path / "pytest.ini").touch()
    argv = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:django", f"--junitxml={report}"]
    code = subprocess.run(argv, cwd=tmp_path, capture_output=True, timeout=60, check=False).returncode
    # a test whose end broke is one failure, not a pass and an error
    assert suite.read(report, code=code) == Sum(passed=1, failed=2, skipped=1)


def test_a_run_without_a_report_is_a_failure(tmp_path):
    assert suite.read(tmp_path / "none.xml", code=2) == Sum(failed=1)


def test_a_run_that_broke_after_its_report_is_a_failure(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="2" errors="0" failures="0" skipped="0"/></testsuites>')
    assert suite.read(report, code=3) == Sum(passed=2, failed=1)
    assert suite.read(report, code=0) == Sum(passed=2)


def test_nothing_collected_is_not_a_failure_of_that_run(tmp_path):
    assert suite.read(tmp_path / "none.xml", code=suite.NOTHING_COLLECTED) == Sum()


@pytest.mark.parametrize(("code", "ok"), [("", True), ("raise SystemExit(3)", False), ("print('why'); exit(1)", False)])
def test_a_check_says_whether_it_passed_and_why_not(code, ok):
    outcome = checks.run(checks.Check(name="it", argv=(sys.executable, "-c", code)), {})
    assert outcome.ok is ok
    assert ("why" in outcome.said) is ("why" in code)


def test_a_program_that_is_not_there_is_a_failed_check(capsys):
    assert checks.failed((checks.Check(name="absent", argv=("/nonexistent/program",)),)) == ["absent"]
    assert "FAILED absent" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"PK\x03\x04 packed at noon"])
def test_the_bytes_of_a_file_name_no_test(request, content):
    assert request.node.name == "test_the_bytes_of_a_file_name_no_test[content of 19 bytes]"
