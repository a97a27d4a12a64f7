"""One question to one name server (RFC 1035), on lines that are checked: by datagram, by TCP when the answer does not fit."""

from typing import TYPE_CHECKING

from astreinte.core import lines

if TYPE_CHECKING:
    from dns.message import Message

PORT = 53


async def exchange(host: str, port: int, question: "Message", *, tcp: bool = False) -> "Message":
    """The answer of this server to this question. Raises as `lines.ask`, and `lines.Nonsense`."""
    import dns.exception
    import dns.message

    wire = await _bytes(host, port, question.to_wire(), tcp=tcp)
    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        raise lines.Nonsense("an answer that is not DNS") from None
    if not question.is_response(answer):
        raise lines.Nonsense("an answer to another question")
    return answer


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
    return len(answer) > 2 and answer[:2] == of[:2] and answer[2] & 0x82 == 0x82  # noqa: PLR2004
