"""SMTP through the only way out: the address checked when the socket opens, the conversation cut at its deadline."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from astreinte.core import outbound
from astreinte.core.outbound import OutboundFailed

Security = Literal["none", "starttls", "tls"]


@contextmanager
def _cut_after(seconds: float, *, sock: socket.socket) -> Iterator[threading.Event]:
    """Shut the connection down at the deadline: a byte a second would keep smtplib waiting for ever."""
    twin = sock.dup()
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        with suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        timer.join()
        twin.close()


@contextmanager
def smtp_connection(
    host: str,
    port: int,
    *,
    security: Security,
    allow_private: bool,
    deadline_s: float = outbound.DEADLINE_S,
) -> Iterator[smtplib.SMTP]:
    """A greeted connection, under TLS where asked. Raises `OutboundRefused`, `OutboundFailed`; smtplib's own pass."""
    with _failures(host, deadline_s=deadline_s), outbound.deadline(deadline_s):
        raw = outbound.open_socket(host, port, allow_private=allow_private, timeout=deadline_s)
    with raw, _cut_after(deadline_s, sock=raw) as expired, _failures(host, deadline_s=deadline_s, expired=expired):
        smtp = smtplib.SMTP(timeout=deadline_s, local_hostname=socket.gethostname() or "localhost")
        try:
            _greet(smtp, raw, host=host, security=security)
            yield smtp
        finally:
            smtp.close()


def _greet(smtp: smtplib.SMTP, raw: socket.socket, *, host: str, security: Security) -> None:
    """What `SMTP.connect` does, on a socket that was checked."""
    tls = ssl.create_default_context() if security != "none" else None
    smtp.sock = tls.wrap_socket(raw, server_hostname=host) if tls and security == "tls" else raw
    smtp._host = host  # type: ignore[attr-defined]  # noqa: SLF001 - STARTTLS checks the certificate against it
    code, _text = smtp.getreply()
    if code != 220:  # noqa: PLR2004 - RFC 5321, 4.2
        raise smtplib.SMTPConnectError(code, b"not ready")
    if security == "starttls":
        smtp.starttls(context=tls)


@contextmanager
def _failures(host: str, *, deadline_s: float, expired: threading.Event | None = None) -> Iterator[None]:
    late = f"{host}: no answer in {deadline_s:g} s"
    try:
        yield
    except TimeoutError:
        raise OutboundFailed(late, timed_out=True) from None
    except smtplib.SMTPResponseException:
        raise
    except smtplib.SMTPServerDisconnected:
        if expired is not None and expired.is_set():
            raise OutboundFailed(late, timed_out=True) from None
        raise OutboundFailed(f"{host}: the connection was closed") from None
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise OutboundFailed(f"{host}: {type(error).__name__}") from None
