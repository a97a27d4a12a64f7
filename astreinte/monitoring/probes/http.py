"""HTTP and HTTPS: the status, a text in the page, and where redirects lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Look, Probe, _, param, register

if TYPE_CHECKING:
    from astreinte.core.fetching import Page

MOST_HOPS = 5
REDIRECTS = ("follow", "refuse", "answer")


@register
@dataclass(frozen=True, kw_only=True)
class Http(Probe):
    """The page must come whole, or its first 256 KiB, with one of the statuses and with the text, if one is given."""

    kind: ClassVar[str] = "http"
    label: ClassVar[str] = _("Web page")

    url: str = param(label=_("Address"), check=words.url)
    status: str = param(label=_("Expected statuses"), check=words.statuses, default="200-399")
    contains: str = param(label=_("Text in the page"), check=words.text, default="")
    redirects: str = param(label=_("Redirects"), check=words.one_of(*REDIRECTS), default="follow", choices=REDIRECTS)
    headers: tuple[tuple[str, str], ...] = param(label=_("Headers"), check=words.headers, default=(), secret=True)
    user: str = param(label=_("User"), check=words.text, default="")
    password: str = param(label=_("Password"), check=words.text, default="", secret=True)
    verify: bool = param(label=_("Check the certificate"), check=words.flag, default=True)

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

    async def look(self) -> Look:
        from astreinte.core import fetching

        url = self.url
        for hop in range(MOST_HOPS + 1):
            page = await self._page(url, ours=fetching.origin(url) == fetching.origin(self.url))
            if not page.goes_to or self.redirects != "follow":
                return self._judged(page, hops=hop)
            url = page.goes_to
            if not url.startswith(("http://", "https://")):
                raise lines.Nonsense(f"HTTP {page.status} to an address that is not a page")
        raise lines.Nonsense(f"more than {MOST_HOPS} redirects")

    async def _page(self, url: str, *, ours: bool) -> "Page":
        """Name, password and headers go to the server they were written for, never to where it redirects."""
        from astreinte.core import fetching

        auth = (self.user, self.password) if ours and self.user else None
        return await fetching.get(url, headers=self.headers if ours else (), auth=auth, verify=self.verify)

    def _judged(self, page: "Page", *, hops: int) -> Look:
        facts = {"status": page.status, "bytes": page.size, "redirects": hops}
        if page.goes_to and self.redirects == "refuse":
            return Look(up=False, summary=f"HTTP {page.status}: it redirects", facts=facts)
        if not words.within(page.status, self.status):
            return Look(up=False, summary=f"HTTP {page.status}, expected {self.status}", facts=facts)
        if self.contains and self.contains not in page.text:
            return Look(up=False, summary=f"HTTP {page.status}, without the text expected in it", facts=facts)
        return Look(up=True, summary=f"HTTP {page.status}", facts=facts)
