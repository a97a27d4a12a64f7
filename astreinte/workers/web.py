"""The door for browsers and programs: granian, a few processes of threads, no access log."""

import gc
import os

# Requests wait here while all threads are busy; past that a client is refused rather than forgotten.
BACKLOG = 1024
FINISH_S = 10


def run(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until SIGTERM or Ctrl-C; requests in progress end first, within 10 s."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    from django.conf import settings

    read_once()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise looks there too
    Granian(
        "astreinte.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.THREADS,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        workers_kill_timeout=FINISH_S,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def read_once() -> None:
    """Read the code before the processes fork: they share it, which is 70 MB and two seconds less for each.

    No database is met, no thread begins: what must not cross a fork comes after it.
    """
    import django
    from django.urls import get_resolver

    django.setup()
    get_resolver().url_patterns  # noqa: B018 - all the views, by reading them
    gc.collect()
    gc.freeze()  # what is never collected is never written to: its pages stay shared
