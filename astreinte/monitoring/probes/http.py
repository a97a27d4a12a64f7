"""HTTP and HTTPS: the status, a text in the page, and where redirects lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, Probe, _, param, register
from astreinte.monitoring.probes.web import Login

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
    service: ClassVar[str] = _("Web site")

    url: str = param(label=_("Address"), check=words.url)
    status: str = param(label=_("Expected statuses"), check=words.statuses, default="200-399")
    contains: str = param(label=_("Text in the page"), check=words.text, default="")
    redirects: str = param(label=_("Redirects"), check=words.one_of(*REDIRECTS), default="follow", choices=REDIRECTS)
    headers: tuple[tuple[str, str], ...] = param(label=_("Headers"), check=words.headers, default=(), secret=True)
    user: str = param(label=_("User"), check=words.text, default="")
    password: str = param(label=_("Password"), check=words.text, default="", secret=True)
    verify: bool = param(label=_("Check the certificate"), check=words.flag, default=True)
    http2: bool = param(label=_("HTTP/2"), check=words.flag, default=False)
    # a page the provider serves beside the customer's site, by the same web server: it tells the server from the application
    witness: bool = param(label=_("The provider's own page"), check=words.flag, default=False)

    def __post_init__(self) -> None:
        if self.http2 and not self.url.startswith("https://"):
            raise ValueError("http2 needs an https address")
        self._login()  # raises what is wrong with it

    def _login(self) -> Login:
        return Login(home=self.url, user=self.user, password=self.password, headers=self.headers)

    def secrets(self) -> Iterator[str]:
        """What the login must not show."""
        yield from self._login().secrets()

    async def look(self) -> Look:
        url = self.url
        for hop in range(MOST_HOPS + 1):
            page = await self._page(url)
            if not page.goes_to or self.redirects != "follow":
                return self._judged(page, hops=hop)
            url = page.goes_to
            if not url.startswith(("http://", "https://")):
                raise lines.Nonsense(f"HTTP {page.status} to an address that is not a page")
        raise lines.Nonsense(f"more than {MOST_HOPS} redirects")

    async def _page(self, url: str) -> "Page":
        return await self._login().get(url, verify=self.verify, http2=self.http2 and url.startswith("https://"))

    def _judged(self, page: "Page", *, hops: int) -> Look:
        facts: dict[str, Fact] = {"status": page.status, "bytes": page.size, "redirects": hops, "version": page.version}
        if self.http2 and page.version != "HTTP/2":
            return Look(up=False, summary=f"{page.version} {page.status}, HTTP/2 is not spoken", facts=facts)
        if page.goes_to and self.redirects == "refuse":
            return Look(up=False, summary=f"HTTP {page.status}: it redirects", facts=facts)
        if not words.within(page.status, self.status):
            return Look(up=False, summary=f"HTTP {page.status}, expected {self.status}", facts=facts)
        if self.contains and self.contains not in page.text:
            return Look(up=False, summary=f"HTTP {page.status}, without the text expected in it", facts=facts)
        return Look(up=True, summary=f"HTTP {page.status}", facts=facts)
