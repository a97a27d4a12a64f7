"""What the probes of databases have in common: where, who asks, and how it is encrypted."""

from dataclasses import dataclass

from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Probe, _, param

TLS = ("auto", "none", "tls")


@dataclass(frozen=True, kw_only=True)
class Database(Probe):
    """A database server. A kind says its port and, where it has one, the database that is always there."""

    host: str = param(label=_("Host"), check=words.host)
    port: int = param(label=_("Port"), check=words.port)
    user: str = param(label=_("User"), check=words.text, default="")
    password: str = param(label=_("Password"), check=words.text, default="", secret=True)
    database: str = param(label=_("Database"), check=words.text, default="")
    tls: str = param(label=_("Encryption"), check=words.one_of(*TLS), default="auto", choices=TLS)
    verify: bool = param(label=_("Check the certificate"), check=words.flag, default=True)
    server_name: str = param(label=_("Name in the certificate"), check=words.name, default="")

    def __post_init__(self) -> None:
        if self.password and not self.user:
            raise ValueError("a password needs its user")
