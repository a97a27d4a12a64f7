"""Reads the environment: every ASTREINTE_* name is declared here, an unknown one stops the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class BadEnvironment(SystemExit):
    """A setting that cannot be understood: the start stops with one sentence."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One environment variable, as docs/settings.md lists it."""

    name: str
    default: str
    says: str
    secret: bool = False


SETTINGS = (
    Setting(
        name="DATABASE_URL",
        default="",
        says="Database: `postgresql://user:password@host/name`. Default: SQLite in the data folder.",
        secret=True,
    ),
    Setting(
        name="SECRET_KEY",
        default="",
        says="Signs links and sessions, encrypts channel credentials. Default: made once in the data folder.",
        secret=True,
    ),
    Setting(
        name="BASE_URL",
        default="http://127.0.0.1:8000",
        says="The public address, without a final slash: every link that is sent starts with it.",
    ),
    Setting(
        name="DATA", default="var", says="The data folder: embedded database, attachments, sockets of the workers."
    ),
    Setting(
        name="STATUS_DIR",
        default="",
        says="The folder the files of the public status page are written to. Default: `status` in the data folder.",
    ),
    Setting(
        name="STATUS_URL",
        default="",
        says="The public address of the status page, without a final slash. Default: BASE_URL and `/status`.",
    ),
    Setting(
        name="ALLOWED_HOSTS",
        default="",
        says="Host names answered to, separated by commas. Default: the host of BASE_URL, and this machine.",
    ),
    Setting(
        name="TRUSTED_PROXIES",
        default="",
        says="Addresses of the proxies whose X-Forwarded-For and -Proto are believed, separated by commas.",
    ),
    Setting(
        name="HEARTBEAT_URL",
        default="",
        says="The outside dead-man's switch: called every 30 s while nothing is late.",
        secret=True,
    ),
    Setting(
        name="PROBE_ALLOW_PRIVATE",
        default="0",
        says="`1`: private addresses written in a check, or among those of its server, may be contacted (the demonstration sets it).",
    ),
    Setting(
        name="SITE_KEY",
        default="",
        says="The key of `astreinte prober --site` on another machine, where it is not given as `--key`.",
        secret=True,
    ),
    Setting(
        name="PROMETHEUS_PASSWORD",
        default="",
        says="The password of `monitoring: {prometheus: {user: ...}}`, where your Prometheus asks for one.",
        secret=True,
    ),
    Setting(
        name="PROMETHEUS_TOKEN",
        default="",
        says="The bearer token shown to your Prometheus, where it asks for one.",
        secret=True,
    ),
    Setting(name="LOG", default="auto", says="`json`, `text`, or `auto`: text in a terminal, JSON elsewhere."),
    Setting(name="WEB_PROCESSES", default="2", says="Processes that answer requests, of one `astreinte web`."),
    Setting(name="THREADS", default="8", says="Threads of each web process."),
    Setting(
        name="DEMO",
        default="0",
        says="`1`: the demonstration; shows the logins on the sign-in page. `astreinte up` sets it.",
    ),
    Setting(
        name="POCKET_URL", default="", says="The address of the demonstration's telephones: /dev/phones leads there."
    ),
    Setting(name="TEST_DATABASE_URL", default="", says="Tests only: the PostgreSQL server to use.", secret=True),
)
_KNOWN = {setting.name: setting for setting in SETTINGS}


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Stop when an ASTREINTE_* name is not one of ours: a misspelt setting must not be silently ignored."""
    known = {f"ASTREINTE_{name}{suffix}" for name in _KNOWN for suffix in ("", "_FILE")}
    unknown = sorted(name for name in environ if name.startswith("ASTREINTE_") and name not in known)
    if unknown:
        raise BadEnvironment(f"Unknown setting: {', '.join(unknown)}. The known ones are in docs/settings.md.")


def text(name: str) -> str:
    """The value of a setting, or what `NAME_FILE` holds, or its default."""
    setting = _KNOWN[name]
    path = os.environ.get(f"ASTREINTE_{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"ASTREINTE_{name}_FILE cannot be read: {error}") from error
    return os.environ.get(f"ASTREINTE_{name}", "") or setting.default


def number(name: str) -> int:
    """A whole number. Stops the start when it is not one."""
    value = text(name)
    if not value.isdecimal():
        raise BadEnvironment(f"ASTREINTE_{name} must be a whole number, not {value!r}.")
    return int(value)


def flag(name: str) -> bool:
    """`1` or `0`. Stops the start when it is neither."""
    value = text(name)
    if value not in {"0", "1"}:
        raise BadEnvironment(f"ASTREINTE_{name} must be 1 or 0, not {value!r}.")
    return value == "1"


def words(name: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]
