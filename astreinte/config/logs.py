"""Logs: JSON in production, text in a terminal; secrets are struck out before anything is written."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Names under which a secret may travel: its value is never written.
_SECRET_NAMES = re.compile(r"pass|secret|token|authorization|cookie|credential|api_?key", re.IGNORECASE)
# Shapes of our own secrets inside a text: API tokens, the links that are keys, keys and credentials in an address.
_SECRET_SHAPES = re.compile(
    r"ast_[A-Za-z0-9_-]{8,}|(?<=/take/)[A-Za-z0-9_.~-]+|(?<=://)[^/\s@]+(?=@)|(?<=/reset/)[^\s'\"]+"
    r"|(?<=/inbound/alertmanager/)[^\s'\"]+|(?<=/inbound/alerts/)[^\s'\"]+|(?<=/inbound/heartbeat/)[^\s'\"]+"
    r"|(?<=/inbound/prober/)[^\s'\"]+"
    r"|(?<=[?&]key=)[^&\s'\"]+|(?<=[?&]token=)[^&\s'\"]+"
)

# Libraries that tell each thing they do.
CHATTY = ("httpx", "httpcore", "weasyprint", "fontTools", "apprise", "asyncssh")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Strike out what must never be logged, by name and by shape (reliability, S22)."""
    for name, value in event.items():
        if _SECRET_NAMES.search(name):
            event[name] = "[redacted]"
        elif value is not None and not isinstance(value, int | float):
            # whatever it is, it becomes a text in the end: Django logs the request itself, with its address
            event[name] = _SECRET_SHAPES.sub("[redacted]", value if isinstance(value, str) else repr(value))
    return event


def configuration(style: str) -> dict[str, Any]:
    """The logging configuration: `json`, `text` or `auto`."""
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    after = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, redact]
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder()],
        "processors": [*after, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"desk": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "desk"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {name: {"level": "WARNING"} for name in CHATTY},
    }
