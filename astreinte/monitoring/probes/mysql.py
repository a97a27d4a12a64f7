"""MySQL and MariaDB: the server greets, answers a login and, where a user is given, a question."""

import struct
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, _, param, register
from astreinte.monitoring.probes.database import Database

if TYPE_CHECKING:
    import pymysql

# Who is turned away was answered by a server that is well. Not among them: 1040 too many connections, 1129 host blocked.
TURNED_AWAY = {1044, 1045, 1049, 1130, 1251, 1698}
LOST = {2006, 2013}
# Errors from this number on are the driver's; those of the server are below, or above 3000.
OF_THE_DRIVER = range(2000, 3000)
# All that is read in one conversation: a packet of this protocol has no end of its own.
MOST = 64 * 1024


@register
@dataclass(frozen=True, kw_only=True)
class Mysql(Database):
    """The server must answer a login; with a `user` it must let them in and answer `SELECT 1`."""

    kind: ClassVar[str] = "mysql"
    label: ClassVar[str] = _("MySQL or MariaDB server")
    service: ClassVar[str] = _("Database (MySQL)")

    port: int = param(label=_("Port"), check=words.port, default=3306)

    async def look(self) -> Look:
        return await lines.blocking(self.host, self.port, self._talk)

    def _talk(self, sock: lines.Socket) -> Look:
        """A whole login even without credentials: a server blocks whoever hangs up after its greeting."""
        import pymysql

        connection = self._client()
        try:
            connection.connect(sock)
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                version = connection.get_server_info()  # type: ignore[no-untyped-call]
                return _answered(cursor.fetchone(), str(version))
        except pymysql.MySQLError as error:
            return self._turned_away(error)
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError, struct.error) as error:
            raise lines.Nonsense(f"no MySQL ({type(error).__name__})") from None

    def _client(self) -> "pymysql.Connection[Any]":
        sure = self.tls == "tls" and self.verify
        return _bounded()(
            host=self.server_name or self.host,
            user=self.user or "astreinte",
            password=self.password.encode(),
            database=self.database or None,
            defer_connect=True,
            autocommit=None,
            program_name="astreinte",
            ssl_disabled=self.tls == "none",
            ssl=lines.tls_context(verify=self.verify) if self.tls == "tls" else None,
            # in the clear a password goes to a server that proved its name, to no other
            auth_plugin_map={} if sure else {"mysql_clear_password": _Refused, "dialog": _Refused},
        )

    def _turned_away(self, error: Exception) -> Look:
        """What the server says, or what became of the line."""
        code, *said = error.args or (0,)
        if not said or not isinstance(code, int) or code in OF_THE_DRIVER:
            _raise(error, code)
        facts: dict[str, Fact] = {"code": code}
        up = not self.user and code in TURNED_AWAY
        return Look(up=up, summary=f"MySQL answers: {said[0]}", facts=facts)


class _Refused:
    """The server asks for the password as it is."""

    def __init__(self, connection: object) -> None:
        del connection

    def authenticate(self, packet: object) -> NoReturn:
        del packet
        raise lines.Nonsense("the server asks for the password in the clear")


@cache
def _bounded() -> "type[pymysql.Connection[Any]]":
    """The driver's conversation, which ends after so many bytes, with the contexts there are: one of its own takes 25 ms."""
    import pymysql

    class Bounded(pymysql.Connection):
        left = MOST

        def _create_ssl_ctx(self, sslp: Any) -> Any:
            return sslp or lines.tls_context(verify=False)

        def _read_bytes(self, num_bytes: int) -> bytes:
            self.left -= num_bytes
            if self.left < 0:
                raise lines.Nonsense(f"more than {MOST} bytes")
            return bytes(super()._read_bytes(num_bytes))  # type: ignore[misc]

    return Bounded


def _raise(error: Exception, code: object) -> NoReturn:
    """The driver's error as the network's own."""
    inside = getattr(error, "original_exception", None)
    if isinstance(inside, OSError):
        raise inside
    if code in LOST:
        raise ConnectionResetError("closed before an answer") from None
    raise lines.Nonsense(str(error.args[-1] if error.args else error)) from None


def _answered(row: tuple[Any, ...] | None, version: str) -> Look:
    said = row[0] if row else "nothing"
    name = version.removeprefix("5.5.5-")  # MariaDB passes itself off as that to old drivers
    return Look(up=said == 1, summary=f"{name}: SELECT 1 gives {said}", facts={"version": name})
