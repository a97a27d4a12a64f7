"""The ways to look at a service: `make(kind, parameters)` gives one, `run` looks once, `KINDS` lists them for forms and docs."""

from collections.abc import Collection

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


def warm(kinds: Collection[str]) -> None:
    """Load what the first looks of these kinds would wait for, up to 1 s inside their deadline, and nothing more: 25 MB otherwise."""
    if "http" in kinds:
        from astreinte.core import fetching  # noqa: F401
    if "dns" in kinds:
        import dns.message  # noqa: F401
    if "tls" in kinds:
        from cryptography import x509  # noqa: F401
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
