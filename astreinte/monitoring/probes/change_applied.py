"""Change applied: what the provider's panel was last asked for is what the server says it has applied, in time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from astreinte.core import lines
from astreinte.core.asked import asked_at
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Look, Probe, _, param, register
from astreinte.monitoring.probes.web import Login


@register
@dataclass(frozen=True, kw_only=True)
class ChangeApplied(Probe):
    """`applied` must be `requested`, or the request younger than `within`."""

    kind: ClassVar[str] = "change-applied"
    label: ClassVar[str] = _("Changes of the panel, applied on the server")
    service: ClassVar[str] = _("Changes made in the administration")
    down: ClassVar[str] = _("A change is not applied on the server: %(where)s")
    clause: ClassVar[str] = "change-not-applied"

    panel_url: str = param(label=_("Address at the panel"), check=words.url)
    applied_url: str = param(label=_("Address on the server"), check=words.optional_url, default="")
    within: timedelta = param(label=_("Applied within"), check=words.duration, default=timedelta(minutes=15))
    headers: tuple[tuple[str, str], ...] = param(label=_("Headers"), check=words.headers, default=(), secret=True)
    user: str = param(label=_("User"), check=words.text, default="")
    password: str = param(label=_("Password"), check=words.text, default="", secret=True)
    verify: bool = param(label=_("Check the certificate"), check=words.flag, default=True)

    def __post_init__(self) -> None:
        self._login()  # raises what is wrong with it

    def _login(self) -> Login:
        return Login(home=self.panel_url, user=self.user, password=self.password, headers=self.headers)

    def secrets(self) -> Iterator[str]:
        """What the login must not show."""
        yield from self._login().secrets()

    async def look(self) -> Look:
        # the server first: a change asked for between the two is young, and never taken for one that is late
        applied = await self._said(self.applied_url, "the server") if self.applied_url else None
        panel = await self._said(self.panel_url, "the panel")
        requested = _text(panel, "requested")
        done = _text(panel if applied is None else applied, "applied")
        facts = {"requested": requested, "applied": done}
        if done == requested or _is_later(done, than=requested):
            return Look(up=True, summary=f"{requested} is applied", facts=facts)
        waited = asked_at() - _requested_at(panel)
        minutes = f"{max(waited, timedelta()) / timedelta(minutes=1):.0f} min"
        summary = f"{requested} was requested {minutes} ago, the server has {done}"
        return Look(up=waited <= self.within, summary=summary, facts=facts)

    async def _said(self, url: str, where: str) -> dict[str, Any]:
        """What is served there."""
        page = await self._login().get(url, verify=self.verify)
        if page.status != 200:  # noqa: PLR2004
            raise lines.Nonsense(f"HTTP {page.status} of {where}")
        try:
            said = json.loads(page.text)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise lines.Nonsense(f"no JSON object from {where}")
        return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
        raise lines.Nonsense(f"no {name} in the answer")
    return str(value).strip()


def _requested_at(panel: dict[str, Any]) -> datetime:
    """When it was requested: as the panel says, else what it requested is itself an instant."""
    found = _instant(str(panel.get("requested_at", panel.get("requested", ""))))
    if not found:
        raise lines.Nonsense("no requested_at in the answer of the panel")
    return found


def _is_later(applied: str, *, than: str) -> bool:
    done, wanted = _instant(applied), _instant(than)
    return bool(done and wanted and done >= wanted)


def _instant(said: str) -> datetime | None:
    """An instant of RFC 3339; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
