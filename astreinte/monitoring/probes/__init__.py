"""The ways to look at a service: `make(kind, parameters)` gives one, `run` looks once, `KINDS` lists them for forms and docs."""

from astreinte.core import lines
from astreinte.monitoring.probes import dns, ftp, http, imap, pop3, smtp, ssh, tcp, tls
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


def warm() -> None:
    """Load what the first looks would wait for (1 to 2 s, inside their deadline). For the start of a worker."""
    import asyncssh  # noqa: F401
    import dns.message  # noqa: F401
    from cryptography import x509  # noqa: F401

    from astreinte.core import fetching  # noqa: F401

    for verify in (True, False):
        lines.tls_context(verify=verify)


__all__ = [
    "ERRORS",
    "KINDS",
    "BadParameters",
    "Look",
    "Probe",
    "Result",
    "dns",
    "ftp",
    "http",
    "imap",
    "make",
    "parameters",
    "pop3",
    "register",
    "run",
    "smtp",
    "ssh",
    "tcp",
    "tls",
    "warm",
]
