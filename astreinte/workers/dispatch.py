"""From what is due to the threads of each channel: messages are claimed together, each when a thread is free to send it."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from astreinte.core import clock
from astreinte.workers.pools import Pools
from astreinte.workers.settler import Settler

if TYPE_CHECKING:
    from astreinte.notifications.models import Notification

log = structlog.get_logger()


class Dispatcher:
    """Hands out what is due. `threads`: how many each channel has; `options`: those of `deliver.claim`."""

    def __init__(
        self, pools: Pools, settler: Settler, *, threads: Mapping[str, int], options: Mapping[str, Any]
    ) -> None:
        self._pools, self._settler, self._threads, self._options = pools, settler, threads, options
        # channels that have, or may have, more to send than they have threads
        self._short: set[str] = set()

    def turn(self, at: datetime) -> None:
        """Hand out as much as there are threads for, each channel's pages first, oldest first.

        One question for all; a channel that is short of threads is asked for its own: a thousand e-mails never hide a text.
        """
        idle = self._idle()
        alone = self._short & idle.keys()
        self._short = self._threads.keys() - idle.keys()
        letters, is_all = self._due(idle.keys() - alone, idle, at=at)
        if not is_all:
            letters, alone = [], set(idle)
        for channel in sorted(alone):
            own, is_all = self._due([channel], idle, at=at)
            letters += own[: idle[channel]]
            self._short |= set() if is_all else {channel}
        self._hand_out(letters, at=at)

    def is_called(self) -> bool:
        """Whether a channel that was short has threads again. Not at the first of them: what is claimed together costs less."""
        idle = self._idle() if self._short else {}
        return any(idle.get(name, 0) >= max(1, self._threads[name] // 4) for name in self._short)

    def _idle(self) -> dict[str, int]:
        idle = self._pools.idle()
        return {name: idle[name] for name in self._threads if idle[name] > 0}

    def _due(
        self, channels: Collection[str], idle: Mapping[str, int], *, at: datetime
    ) -> "tuple[list[Notification], bool]":
        """What is due over these channels and in nobody's hands; and whether that is all, with a thread for each."""
        from astreinte.notifications import queries as outbox

        if not channels:
            return [], True
        busy = self._pools.busy_with()
        most = sum(idle[name] for name in channels) + len(self._pools.aside())
        found = outbox.due(at=at, limit=most, channels=sorted(channels))
        letters = [letter for letter in found if name_of(letter) not in busy]
        wanted = Counter(letter.channel for letter in letters)
        return letters, len(found) < most and all(wanted[name] <= idle[name] for name in channels)

    def _hand_out(self, letters: "list[Notification]", *, at: datetime) -> None:
        """What could not be claimed with the others is claimed by the thread that sends it: there it keeps nobody waiting."""
        from astreinte.flows import deliver
        from astreinte.notifications import queries as outbox

        claimed: set[int] = set()
        try:
            claimed = deliver.claim_all(letters, at=at, **self._options) if letters else claimed
        except Exception:
            log.exception("defect among what is due: each is claimed alone")
            letters = outbox.again(letters)
        for letter in letters:
            self._give(letter, is_claimed=letter.pk in claimed)

    def _give(self, letter: "Notification", *, is_claimed: bool) -> None:
        from astreinte.flows import deliver

        send = deliver.send if is_claimed else partial(deliver.one, **self._options)
        job = partial(send, letter, now=clock.now, tell=self._settler.tell)
        if not self._pools.submit(letter.channel, name_of(letter), job, thing=letter) and is_claimed:
            deliver.put_back(letter, at=clock.now())  # stopping: the next worker need not wait for the lease to end


def name_of(letter: Any) -> str:
    """Under which name a message is in the hands of a pool."""
    return f"letter/{letter.pk}"
