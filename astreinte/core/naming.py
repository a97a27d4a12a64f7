"""One question to one name server (RFC 1035), on lines that are checked: by datagram, by TCP when the answer does not fit."""

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from astreinte.core import lines

if TYPE_CHECKING:
    from dns.message import Message

PORT = 53
# Octets of the number of a question, its first ones; an answer that is small enough to be remembered.
NUMBER, SMALL = 2, 512
NO_NUMBER = 0


async def exchange(host: str, port: int, question: "Message", *, tcp: bool = False) -> "Message":
    """The answer of this server to this question, not to be changed. Raises as `lines.ask`, and `lines.Nonsense`.

    The number that goes on the line is not that of the question, NO_NUMBER: it is another one each time.
    """
    number = secrets.token_bytes(NUMBER)
    said = await _bytes(host, port, number + question.to_wire()[NUMBER:], tcp=tcp)
    wire = bytes(NUMBER) + said[NUMBER:]
    answer = _remembered(wire) if len(wire) <= SMALL else _read(wire)
    if said[:NUMBER] != number or not question.is_response(answer):
        raise lines.Nonsense("an answer to another question")
    return answer


def _read(wire: bytes) -> "Message":
    import dns.exception
    import dns.message

    try:
        return dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        raise lines.Nonsense("an answer that is not DNS") from None


# A server that is well says the same thing each time.
_remembered = lru_cache(maxsize=512)(_read)


async def _bytes(host: str, port: int, wire: bytes, *, tcp: bool) -> bytes:
    if not tcp:
        answer = await lines.ask(host, port, wire)
        if not _is_cut(answer, of=wire):
            return answer
    async with lines.connection(host, port) as (reader, writer):
        writer.write(len(wire).to_bytes(2) + wire)
        await writer.drain()
        return await reader.readexactly(int.from_bytes(await reader.readexactly(2)))


def _is_cut(answer: bytes, *, of: bytes) -> bool:
    """Whether this is an answer to that question, with the bit TC; noise that has the same bit is no answer."""
    return len(answer) > 2 and answer[:NUMBER] == of[:NUMBER] and answer[2] & 0x82 == 0x82  # noqa: PLR2004
