"""Backup: the newest daily copy can be read from the server, over SFTP, and is young enough."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from astreinte.core import lines
from astreinte.core.asked import asked_at
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, Probe, _, param, register
from astreinte.monitoring.probes.ssh import fingerprint
from astreinte.monitoring.rules import copies
from astreinte.monitoring.rules.copies import MOST_NAMES, Copy

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SFTPName

MOST_FOLDERS = 100
START = 512


@register
@dataclass(frozen=True, kw_only=True)
class Backup(Probe):
    """In `path`, the newest copy must be younger than `younger_than` and its first file readable."""

    kind: ClassVar[str] = "backup"
    label: ClassVar[str] = _("Daily backup, read over SFTP")
    service: ClassVar[str] = _("Backups")
    down: ClassVar[str] = _("The last backup cannot be read: %(where)s")
    clause: ClassVar[str] = "backup-unreachable"

    host: str = param(label=_("Host"), check=words.host)
    port: int = param(label=_("Port"), check=words.port, default=22)
    path: str = param(label=_("Folder of the copies"), check=words.some_text)
    pattern: str = param(label=_("Names of the copies"), check=words.some_text, default="*")
    younger_than: timedelta = param(
        label=_("The newest is younger than"), check=words.duration, default=copies.YOUNGER_THAN
    )
    user: str = param(label=_("User"), check=words.some_text)
    password: str = param(label=_("Password"), check=words.text, default="", secret=True)
    key: str = param(label=_("Private key (OpenSSH)"), check=words.private_key, default="", secret=True)
    host_keys: tuple[str, ...] = param(label=_("Host keys (SHA256)"), check=words.several(fingerprint))

    def __post_init__(self) -> None:
        if bool(self.password) == bool(self.key):
            raise ValueError("write a password or a key, one of them")
        if not self.host_keys:
            raise ValueError("host_keys needs the fingerprint of the server, as ssh-keygen -l shows it")

    async def look(self) -> Look:
        import asyncssh

        try:
            async with self._folder() as sftp:
                return await self._newest(sftp)
        except asyncssh.PermissionDenied:
            return Look(up=False, summary=f"{self.user} may not log in")
        except asyncssh.SFTPError as error:
            return Look(up=False, summary=f"{self.path}: {error.reason}")
        except asyncssh.HostKeyNotVerifiable:
            return Look(up=False, summary="the host key is not the expected one")
        except asyncssh.ConnectionLost:
            raise ConnectionResetError("closed before the end") from None
        except asyncssh.Error as error:
            raise lines.Nonsense(error.reason) from None

    @asynccontextmanager
    async def _folder(self) -> "AsyncIterator[SFTPClient]":
        import asyncssh

        expected = self.host_keys

        class Client(asyncssh.SSHClient):
            def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
                del host, addr, port
                return key.get_fingerprint() in expected

        sock = await lines.socket_to(self.host, self.port)
        options: dict[str, Any] = {
            "config": None,  # nothing of ~/.ssh is read, no agent is asked
            "agent_path": None,
            "known_hosts": ([], [], []),
            "client_keys": [asyncssh.import_private_key(self.key)] if self.key else None,
            "password": self.password or None,
            "username": self.user,
            "client_factory": Client,
        }
        try:
            async with asyncssh.connect(sock=sock, **options) as connection, connection.start_sftp_client() as sftp:
                yield sftp
        finally:
            sock.close()

    async def _newest(self, sftp: "SFTPClient") -> Look:
        found = [copy async for entry in _entries(sftp, self.path) if (copy := self._copy(entry))]
        said = copies.judged(found, where=self.path, younger_than=self.younger_than, at=asked_at())
        newest = said.newest
        if newest is None:
            return Look(up=False, summary=said.summary)
        age_h = round(said.age / timedelta(hours=1), 1)
        facts: dict[str, Fact] = {"copies": len(found), "newest": newest.name, "age_h": age_h}
        if not said.up:
            return Look(up=False, summary=said.summary, facts=facts)
        read = await _start_of(sftp, f"{self.path.rstrip('/')}/{newest.name}", is_folder=newest.is_folder)
        if not read:
            return Look(up=False, summary=copies.empty(newest), facts=facts)
        return Look(up=True, summary=f"{said.summary}, can be read", facts=facts)

    def _copy(self, entry: "SFTPName") -> Copy | None:
        """A file or a folder of the folder; links are left out."""
        is_folder = _is_folder(entry)
        if not (is_folder or _is_file(entry)):
            return None
        changed_at = datetime.fromtimestamp(entry.attrs.mtime or 0, UTC)
        name = _name(entry)
        return copies.copy_of(name, changed_at=changed_at, pattern=self.pattern, at=asked_at(), is_folder=is_folder)


def _name(entry: "SFTPName") -> str:
    name = entry.filename
    return name if isinstance(name, str) else name.decode("utf-8", "replace")


def _is_folder(entry: "SFTPName") -> bool:
    return entry.attrs.type == 2  # noqa: PLR2004 - FILEXFER_TYPE_DIRECTORY


def _is_file(entry: "SFTPName") -> bool:
    return entry.attrs.type == 1  # FILEXFER_TYPE_REGULAR


async def _entries(sftp: "SFTPClient", path: str) -> "AsyncIterator[SFTPName]":
    """What is in a folder. Raises `Nonsense` when it has no end."""
    seen = 0
    async for entry in sftp.scandir(path):
        seen += 1
        if seen > MOST_NAMES:
            raise lines.Nonsense(f"more than {MOST_NAMES} names in {path}")
        if _name(entry) not in {".", ".."}:
            yield entry


async def _start_of(sftp: "SFTPClient", path: str, *, is_folder: bool) -> bytes:
    """The first bytes of a copy: of the file, or of the first file that has any in its folders, the nearest first."""
    if not is_folder:
        return await _first_bytes(sftp, path)
    folders = [path]
    for folder in folders:
        async for entry in _entries(sftp, folder):
            inside = f"{folder}/{_name(entry)}"
            if _is_folder(entry) and len(folders) < MOST_FOLDERS:
                folders.append(inside)
            elif _is_file(entry) and entry.attrs.size:
                return await _first_bytes(sftp, inside)
    return b""


async def _first_bytes(sftp: "SFTPClient", path: str) -> bytes:
    async with sftp.open(path, "rb") as file:
        said = await file.read(START)
        return said if isinstance(said, bytes) else said.encode()
