"""The WSGI application the web process serves."""

import os
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")


def _warm(application: Callable[..., Any]) -> None:
    """Ask two pages before anybody does: the first answer of a process reads every view, form and migration, over a second."""
    from django.db import connections

    for path in ("/readyz", "/login/"):
        asked: dict[str, Any] = {"PATH_INFO": path}
        setup_testing_defaults(asked)
        application(asked, lambda *_: None).close()
    connections.close_all()  # those of this thread, which serves nobody


application = get_wsgi_application()
_warm(application)
