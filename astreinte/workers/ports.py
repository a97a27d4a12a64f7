"""Ports of this machine for the telephones and servers of one demonstration: another that starts with it gets others."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress


class Ports(ExitStack):
    """Chosen ports, which no other demonstration chooses until this one is closed or its process ends.

    Somebody listens on them only later: what holds them until then is a name of Linux, which ends with its process.
    """

    def choose(self, wanted: Mapping[str, int]) -> dict[str, int]:
        """Each wanted one when nobody has it, or any that is free."""
        return {name: port if self._take(port) else self._any() for name, port in wanted.items()}

    def _any(self) -> int:
        while True:
            with socket.socket() as asking:
                asking.bind(("127.0.0.1", 0))
                port = int(asking.getsockname()[1])
            if self._take(port):
                return port

    def _take(self, port: int) -> bool:
        claim = socket.socket(socket.AF_UNIX)
        with suppress(OSError):
            claim.bind(f"\0astreinte-port-{port}")
            if is_free("127.0.0.1", port):
                self.enter_context(claim)
                return True
        claim.close()
        return False


def is_free(host: str, port: int) -> bool:
    """Whether one could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asking.bind((host, port))
        except OSError:
            return False
    return True
