"""SSH: the server says its version, and shows the host key that is expected of it, without a login."""

import re
from dataclasses import dataclass
from typing import ClassVar

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Look, Probe, _, param, register

# The first line is the version. RFC 4253 lets others come before it: only tarpits send them, and they never end.
VERSION = re.compile(r"SSH-(2\.0|1\.99)-")
FINGERPRINT = re.compile(r"(?:SHA256:)?([A-Za-z0-9+/]{43})=?")


def fingerprint(value: object) -> str:
    """The SHA-256 of a host key, as `ssh-keygen -l` shows it."""
    found = FINGERPRINT.fullmatch(words.text(value).strip())
    if not found:
        raise ValueError("write the SHA256 fingerprint as ssh-keygen -l shows it, as in SHA256:p9Qm...")
    return f"SHA256:{found[1]}"


@register
@dataclass(frozen=True, kw_only=True)
class Ssh(Probe):
    """The server must say SSH-2.0, and prove one of the `host_keys` where they are given."""

    kind: ClassVar[str] = "ssh"
    label: ClassVar[str] = _("SSH server")
    service: ClassVar[str] = _("Remote access (SSH)")

    host: str = param(label=_("Host"), check=words.host)
    port: int = param(label=_("Port"), check=words.port, default=22)
    host_keys: tuple[str, ...] = param(label=_("Host keys (SHA256)"), check=words.several(fingerprint), default=())

    async def look(self) -> Look:
        if self.host_keys:
            return await self._key()
        async with lines.connection(self.host, self.port) as (reader, writer):
            said = await lines.line(reader)
            writer.write(b"SSH-2.0-astreinte\r\n")
        return Look(up=bool(VERSION.match(said)), summary=said, facts={"banner": said})

    async def _key(self) -> Look:
        import asyncssh

        sock = await lines.socket_to(self.host, self.port)
        try:
            # `config=None`: nothing of ~/.ssh is read
            key = await asyncssh.get_server_host_key(sock=sock, config=None)
        except asyncssh.ConnectionLost:
            raise ConnectionResetError("closed before its key") from None
        except asyncssh.Error as error:
            raise lines.Nonsense(error.reason) from None
        finally:
            sock.close()
        shown = key.get_fingerprint() if key else "no key"
        expected = shown in self.host_keys
        summary = f"host key {shown}" if expected else f"host key {shown} is not the expected one"
        return Look(up=expected, summary=summary, facts={"host_key": shown})
