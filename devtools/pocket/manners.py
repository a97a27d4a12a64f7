"""What each service of the demonstration's server says to whoever connects: well, broken or silent."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a service is: `stopped` refuses connections, `silent` accepts them and says nothing."""

    WELL = "well"
    STOPPED = "stopped"
    BROKEN = "broken"
    SILENT = "silent"


@dataclass(frozen=True)
class Said:
    """Some bytes, and whether the service hangs up after them."""

    words: bytes = b""
    last: bool = False


def _nothing(_heard: bytes) -> Said:
    return Said()


@dataclass(frozen=True, kw_only=True)
class Manners:
    """The greeting, and the reply to each thing that was said; `ends` is what such a thing ends with."""

    greeting: bytes = b""
    reply: Callable[[bytes], Said] = _nothing
    ends: bytes = b"\n"


def page(status: str, sentence: str, *, title: str = "Boulangerie du Port") -> Callable[[bytes], Said]:
    """The one page of a site."""
    html = (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>{sentence}</p></body></html>\n"
    ).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(html)}\r\nConnection: close\r\n\r\n"
    ).encode()
    return lambda request: Said(head if request.startswith(b"HEAD ") else head + html, last=True)


def _ssh(_identification: bytes) -> Said:
    """Nobody can log in here: the line is cut where the keys would be exchanged."""
    return Said(last=True)


def ftp(line: bytes) -> Said:
    """Nobody logs in here."""
    if line.strip().upper() == b"QUIT":
        return Said(b"221 Goodbye.\r\n", last=True)
    return Said(b"530 Please log in with USER and PASS.\r\n")


def _imap(line: bytes) -> Said:
    tag, _, command = line.strip().partition(b" ")
    if command.upper() == b"LOGOUT":
        return Said(b"* BYE Logging out\r\n" + tag + b" OK Logout completed.\r\n", last=True)
    return Said((tag or b"*") + b" BAD Unknown command.\r\n")


_NONSENSE = Manners(greeting=b"~~ 418 \x00\xff lorem ipsum ~~\r\n")
_WELL = {
    "http": Manners(reply=page("200 OK", "Ouvert de 6 h 30 à 19 h."), ends=b"\r\n\r\n"),
    "ssh": Manners(greeting=b"SSH-2.0-OpenSSH_9.6 demo\r\n", reply=_ssh),
    "ftp": Manners(greeting=b"220 web1.boulangerie.example FTP server ready.\r\n", reply=ftp),
    "imap": Manners(greeting=b"* OK web1.boulangerie.example IMAP4rev1 ready\r\n", reply=_imap),
}
_BROKEN = {
    **dict.fromkeys(_WELL, _NONSENSE),
    "http": Manners(reply=page("500 Internal Server Error", "Erreur interne."), ends=b"\r\n\r\n"),
}
NAMES = tuple(_WELL)


def of(name: str, state: State) -> Manners:
    """How this service behaves towards a connection that is made now."""
    if state is State.SILENT:
        return Manners()
    return (_BROKEN if state is State.BROKEN else _WELL)[name]
