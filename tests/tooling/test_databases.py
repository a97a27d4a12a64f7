"""The databases of the tests: the right engine, seen from another process, and nothing outside this machine."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from tests import servers

pytestmark = pytest.mark.django_db


def test_the_run_is_on_the_engine_it_was_asked_for(engine):
    from django.db import connection

    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[engine]


def test_sqlite_is_the_one_we_ship_and_lives_in_a_file(engine):
    from django.db import connection

    if engine == "sqlite":
        assert sqlite3.sqlite_version_info >= (3, 51, 3)
        assert Path(connection.settings_dict["NAME"]).is_file()


def test_another_process_sees_what_was_committed(database_url):
    from django.contrib.sessions.models import Session

    Session.objects.create(session_key="seen-from-outside", expire_date=datetime(2026, 10, 25, tzinfo=UTC))
    code = (
        "import django; django.setup(); from django.contrib.sessions.models import Session;"
        "print(Session.objects.get().session_key)"
    )
    environment = {
        **os.environ,
        "ASTREINTE_DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "astreinte.config.settings",
    }
    seen = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert seen.stdout.strip() == "seen-from-outside"


def test_what_stands_after_the_address_of_postgresql_is_kept():
    address = "postgresql://desk@db.example/astreinte?sslmode=require&options=-c%20search_path%3Ddesk"
    code = "from astreinte.config import settings; print(settings.DATABASES['default']['OPTIONS'])"
    environment = {**os.environ, "ASTREINTE_DATABASE_URL": address}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "'sslmode': 'require'" in said.stdout
    assert "-c lock_timeout=5s -c search_path=desk" in said.stdout


def test_nothing_outside_this_machine_can_be_reached():
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError):
        outside.connect(("192.0.2.1", 80))


def test_a_server_left_by_a_killed_run_is_reaped(tmp_path):
    left, held = tmp_path / f"{servers.FOLDERS}left", tmp_path / f"{servers.FOLDERS}held"
    for folder in (left, held):
        (folder / "data").mkdir(parents=True)
        (folder / "run.lock").touch()
    # who was started in the background ignores SIGQUIT, and so would its child
    ends = "import signal,time; signal.signal(signal.SIGQUIT, signal.SIG_DFL); print(1, flush=True); time.sleep(60)"
    server = subprocess.Popen([sys.executable, "-c", ends, str(left)], stdout=-1)
    with server.stdout:
        assert server.stdout.readline()
    (left / "data" / "postmaster.pid").write_text(f"{server.pid}\n")
    holder = [
        sys.executable,
        "-c",
        "import fcntl,sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print(1, flush=True); input()",
    ]
    with subprocess.Popen([*holder, str(held / "run.lock")], stdin=-1, stdout=-1) as other:
        assert other.stdout.readline()
        threading.Thread(target=server.wait, daemon=True).start()
        assert servers.reap(tmp_path) == [left]
        other.communicate(b"\n", timeout=10)
    assert server.wait(timeout=10) == -3
    assert held.exists()
    assert not left.exists()
