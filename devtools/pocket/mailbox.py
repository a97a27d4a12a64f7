"""The mail server of the stand-in network: keeps every letter, or fails as asked."""

import asyncio
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from devtools.pocket.network import Letter, Network, new_sid, now

REFUSALS = {
    "400": "550 5.1.1 asked to fail",
    "500": "451 4.3.0 asked to fail",
    "503": "421 4.3.2 asked to fail",
    "429": "450 4.7.0 asked to slow down",
    "garbage": "9x9 \u00bf",
}


class Mailbox:
    """aiosmtpd's handler: one letter per recipient."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        answer = "250 2.0.0 kept"
        for to in envelope.rcpt_tos:
            answer = await self._deliver(server, to=to, sender=str(envelope.mail_from), content=content)
        return answer

    async def _deliver(self, server: SMTP, *, to: str, sender: str, content: bytes) -> str:
        headers = BytesHeaderParser().parsebytes(content)  # the rest waits for a reader
        told = {"subject": str(make_header(decode_header(headers.get("Subject", "")))), "from": sender}
        _entry, fault = self._network.record("email", key=str(headers.get("Message-ID", "")), to=to, body=told)
        mode = fault.mode if fault else ""
        if mode in REFUSALS:
            return REFUSALS[mode]
        if fault and mode == "stall":
            await asyncio.sleep(fault.seconds)
        if mode not in {"reset", "stall"}:
            letter = Letter(id=new_sid("EM"), to=to, envelope_sender=sender, raw=content, made_at=now())
            self._network.letters[to].append(letter)
            self._network.changed()
        if mode in {"reset", "stall", "lost-answer"}:
            _cut(server)
        return "250 2.0.0 kept"


def _cut(server: Any) -> None:
    if server.transport is not None:
        server.transport.abort()
