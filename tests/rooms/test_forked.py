"""A copy of its parent: it ends as a program would, says so, and has nothing of its parent's to close."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
# A parent with one thread of its own: ours has many.
PARENT = """
import json, os, signal, subprocess, sys, time
from pathlib import Path
from astreinte.workers.forked import Forked
signal.signal(signal.SIGTERM, lambda *_: None)
kept = open(os.devnull)

def files():
    left = {name for name in os.listdir("/proc/self/fd") if int(name) > 2}
    sys.exit(len(left) - 1)  # the listing has one of its own

def told():
    sys.exit(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and os.getsid(0) == os.getpid())

jobs = {"well": lambda: None, "says": lambda: sys.exit(3), "defective": lambda: 1 / 0, "files": files, "told": told}
print(json.dumps({name: Forked(name, job).wait() for name, job in jobs.items()}))
asleep = Forked("asleep", lambda: time.sleep(60))
while Path(f"/proc/{asleep.pid}/comm").read_text() != "asleep\\n":
    pass
before = asleep.poll()
try:
    asleep.wait(0.01)
except subprocess.TimeoutExpired:
    before = f"{before}, late"
asleep.terminate()
print(json.dumps([before, asleep.wait(30), asleep.poll()]))
"""


def test_it_ends_as_a_program_would():
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, timeout=60, check=True)
    ends, asleep = map(json.loads, done.stdout.splitlines()[-2:])
    assert ends == {"well": 0, "says": 3, "defective": 1, "files": 0, "told": 1}
    assert asleep == ["None, late", -15, -15]
    assert "ZeroDivisionError" in done.stdout + done.stderr
