"""Keeps the files of the status page true: written within seconds of a change, and stamped anew every few minutes."""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from django.conf import settings

from astreinte.core import clock

if TYPE_CHECKING:  # a worker reads its code before Django is ready
    from astreinte.accounts.models import Provider
    from astreinte.monitoring.rules.publicity import Board
    from astreinte.web.public.frame import Frame

log = structlog.get_logger()
# The history is asked every turn, and only what changed it makes us look; all the same, we look this often.
LOOKS_EVERY_S = 2.0
LOOKS_ANYWAY_S = 30.0


class StatusPage:
    """One writer of the files; any number of them may write the same."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None
        self._asked_at = self._looked_at = self._stamped_at = float("-inf")
        self._drawn: tuple[Board, Frame, tuple[str, ...]] | None = None

    def turn(self, *, at: datetime) -> int:
        """Look if something may have changed, and write what did. Answers how many files that made."""
        now = clock.monotonic()
        if now - self._asked_at < LOOKS_EVERY_S:
            return 0
        self._asked_at = now
        news = _news()
        if news == self._seen and now - self._looked_at < LOOKS_ANYWAY_S:
            return 0
        self._looked_at = now
        written = self._look(at=at, now=now)
        self._seen = news
        return written

    def _look(self, *, at: datetime, now: float) -> int:
        from astreinte.accounts import queries as accounts
        from astreinte.flows import tell_subscribers
        from astreinte.monitoring import publicity
        from astreinte.web.public import folder, site
        from astreinte.web.public.frame import STAMPED_EVERY

        provider = accounts.provider()
        if provider is None:
            return 0
        board = publicity.board(written=provider.settings.get("status") or {}, at=at)
        frame = frame_of(provider)
        drawn = board, frame, _states(board, at=at)
        written = 0
        if drawn != self._drawn or now - self._stamped_at >= STAMPED_EVERY.total_seconds():
            written = folder.write(settings.STATUS_DIR, site.files(board, frame, at=at))
            self._drawn, self._stamped_at = drawn, now
            log.info("status page written", files=written)
        tell_subscribers.due(board, at=at)
        return written


def _states(board: "Board", *, at: datetime) -> tuple[str, ...]:
    """What changes by itself with time: a maintenance begins."""
    return tuple(board.level(one.key, at=at) for one in board.components)


def _news() -> tuple[int, int]:
    from astreinte.core import timeline
    from astreinte.monitoring import publicity

    return timeline.newest_number(), publicity.newest_word()


def frame_of(provider: "Provider") -> "Frame":
    """The desk as its public pages show it."""
    from astreinte.web.public.frame import Frame

    written = provider.settings.get("status") or {}
    return Frame(
        name=provider.name,
        title=written.get("name") or provider.name,
        languages=tuple(provider.languages or ["fr", "en"]),
        time_zone=provider.time_zone,
        site_url=settings.STATUS_URL,
        desk_url=settings.BASE_URL,
    )
