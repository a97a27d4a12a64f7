"""The ways to look at a service: `make(kind, parameters)` gives one, `run` looks once, `KINDS` lists them for forms and docs."""

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
]
