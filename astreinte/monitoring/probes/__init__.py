"""The ways to look at a service: `make(kind, parameters)` gives one, `run` looks once, `KINDS` lists them for forms and docs."""

import importlib
from collections.abc import Collection

from astreinte.core import lines
from astreinte.monitoring.probes import (
    backup,
    change_applied,
    dns,
    ftp,
    http,
    imap,
    mysql,
    ping,
    pop3,
    postgresql,
    smtp,
    ssh,
    tcp,
    tls,
)
from astreinte.monitoring.probes.base import (
    ERRORS,
    KINDS,
    BadParameters,
    Look,
    Probe,
    Result,
    make,
    parameters,
    register,
    run,
)

# What each kind looks with, where it is heavy.
HEAVY = {
    "backup": "asyncssh",
    "change-applied": "astreinte.core.fetching",
    "dns": "dns.message",
    "http": "astreinte.core.fetching",
    "mysql": "pymysql",
    "ping": "astreinte.core.echoes",
    "postgresql": "psycopg",
    "tls": "cryptography.x509",
}


def warm(kinds: Collection[str]) -> None:
    """Load what the first looks of these kinds would wait for, up to 1 s inside their deadline, and nothing more: 25 MB otherwise."""
    for heavy in sorted({HEAVY[kind] for kind in kinds if kind in HEAVY}):
        importlib.import_module(heavy)
    for verify in (True, False):
        lines.tls_context(verify=verify)


__all__ = [
    "ERRORS",
    "KINDS",
    "BadParameters",
    "Look",
    "Probe",
    "Result",
    "backup",
    "change_applied",
    "dns",
    "ftp",
    "http",
    "imap",
    "make",
    "mysql",
    "parameters",
    "ping",
    "pop3",
    "postgresql",
    "register",
    "run",
    "smtp",
    "ssh",
    "tcp",
    "tls",
    "warm",
]
