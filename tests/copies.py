"""A server of backups for the probes: SFTP in the loop of the test, on a folder with the copies of some days."""

import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncssh

from tests.probe_servers import AT, Served

KEY = asyncssh.generate_private_key("ssh-ed25519")
LOGIN = {"path": "/backups", "user": "monitor", "host_keys": KEY.get_fingerprint()}
NIGHT = {"2026-11-25/files/www.tar": "yesterday", "2026-11-26/files/www.tar": "tonight"}


def write(folder: Path, copies: Mapping[str, str], *, age: timedelta = timedelta(hours=1)) -> None:
    """These files under `backups`; everything there was last changed so long ago."""
    for name, content in copies.items():
        path = folder / "backups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    then = (AT - age).timestamp()
    for path in [folder / "backups", *(folder / "backups").rglob("*")]:
        os.utime(path, (then, then))


class _Server(asyncssh.SSHServer):
    def begin_auth(self, _username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("monitor", "p4ssw0rd of the site")


@contextlib.asynccontextmanager
async def serving(copies: Mapping[str, str] = NIGHT, *, age: timedelta = timedelta(hours=1)) -> AsyncIterator[Served]:
    """A server on a free port with these copies, in the folder it has seen."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "backups").mkdir()
        write(Path(folder), copies, age=age)
        listener = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[KEY],
            server_factory=_Server,
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=os.fsencode(folder)),
            config=None,
        )
        try:
            yield Served(listener.get_port(), seen=[Path(folder)])
        finally:
            listener.close()
            await listener.wait_closed()
