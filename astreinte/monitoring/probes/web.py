"""What the probes of web addresses have in common: a login that goes to one server only, and is never shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from astreinte.core.fetching import Page


@dataclass(frozen=True, kw_only=True)
class Login:
    """Basic authentication and headers, for the server of the address `home`."""

    home: str
    user: str
    password: str
    headers: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if self.password and not self.user:
            raise ValueError("a password needs its user")
        if ":" in self.user:
            raise ValueError("a user has no colon in it")

    def secrets(self) -> Iterator[str]:
        """The password alone and as basic authentication writes it, and what the headers say."""
        if self.password:
            yield from (self.password, f"{self.user}:{self.password}")
        yield from (said for _name, said in self.headers)

    async def get(self, url: str, *, verify: bool, http2: bool = False) -> "Page":
        """The page; name, password and headers go to the server they were written for, never to where it redirects."""
        from astreinte.core import fetching

        ours = fetching.origin(url) == fetching.origin(self.home)
        auth = (self.user, self.password) if ours and self.user else None
        return await fetching.get(url, headers=self.headers if ours else (), auth=auth, verify=verify, http2=http2)
