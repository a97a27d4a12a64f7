"""A pager with a keeper beside it, in one process: a keeper does little, and a process costs memory."""

import threading

import structlog

from astreinte.workers import life
from astreinte.workers.bell import Bell
from astreinte.workers.keeper import Keeper
from astreinte.workers.pager import Pager
from astreinte.workers.pools import leave

log = structlog.get_logger()
FINISH_S = 5.0


def run() -> None:
    """Both until SIGTERM or Ctrl-C. What goes wrong in the keeper's turns stays there."""
    life.begin()
    bell, keeping = Bell(), Bell()
    bell.stops_on_signals()
    thread = threading.Thread(target=Keeper(keeping).run, name="keeper", daemon=True)
    thread.start()
    clean = Pager(bell).run()
    keeping.stop()
    thread.join(FINISH_S)
    log.info("pager and keeper stopped")
    leave(clean=clean and not thread.is_alive())
