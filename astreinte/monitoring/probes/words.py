"""What a parameter of a check may be: each function gives the tidy value, or raises ValueError with what to write."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from astreinte.core import durations

PORTS = 65535
LONGEST_NAME = 253
LONGEST_TEXT = 1000
LONGEST_KEY = 20_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_RANGE = re.compile(r"([1-9][0-9]{2})(?:\s*-\s*([1-9][0-9]{2}))?")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def text(value: Any) -> str:
    """One line of text."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("write a text")  # noqa: TRY004 - a sentence for whoever wrote it, not a programmer's error
    said = str(value)
    if _CONTROL.search(said) or len(said) > LONGEST_TEXT:
        raise ValueError(f"write one line of at most {LONGEST_TEXT} characters")
    return said


def some_text(value: Any) -> str:
    """One line of text that is not empty."""
    said = text(value).strip()
    if not said:
        raise ValueError("write a text")
    return said


def duration(value: Any) -> timedelta:
    """A length of time of at least a second: 15m, 26h."""
    try:
        said = durations.parse(text(value).strip())
    except ValueError:
        said = timedelta()
    if not said:
        raise ValueError("write a duration, as in 15m or 26h")
    return said


def private_key(value: Any) -> str:
    """A private key without a passphrase, whole, as `ssh-keygen` writes it."""
    said = value.strip() if isinstance(value, str) else ""
    if not (said.startswith("-----BEGIN ") and said.endswith(" PRIVATE KEY-----")) or len(said) > LONGEST_KEY:
        raise ValueError("write the whole private key, from -----BEGIN to PRIVATE KEY-----")
    return f"{said}\n"


def host(value: Any) -> str:
    """A host name or an IP address."""
    said = text(value).strip().removeprefix("[").removesuffix("]")
    if not said or len(said) > LONGEST_NAME or set(said) & set(" /\\@?#%[]"):
        raise ValueError("write a host name or an IP address, as in web1.example.com")
    if ":" in said and said.count(":") == 1:
        raise ValueError("write the host alone; its port has its own parameter")
    return said


def name(value: Any) -> str:
    """A host name, or nothing."""
    return host(value) if value else ""


def whole(lowest: int, highest: int) -> Callable[[Any], int]:
    """A whole number between these two."""

    def check(value: Any) -> int:
        said = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,9}", said) or not lowest <= int(said) <= highest:
            raise ValueError(f"write a whole number from {lowest} to {highest}")
        return int(said)

    return check


port = whole(1, PORTS)


def flag(value: Any) -> bool:
    """True or false, as a boolean or as a word."""
    said = str(value).strip().lower()
    if said not in {"true", "false"}:
        raise ValueError("write true or false")
    return said == "true"


def one_of(*words: str, also: Mapping[Any, str] | None = None) -> Callable[[Any], str]:
    """One of these words; `also` names other ways to write them (`true` for `tls`)."""

    def check(value: Any) -> str:
        said = (also or {}).get(str(value).strip().lower(), str(value).strip().lower())
        if said not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return said

    return check


def several(check: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    """One or several of what `check` takes: a list, or one alone."""

    def checks(value: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list | tuple) else [value]
        return tuple(check(one) for one in given if one != "")

    return checks


def url(value: Any) -> str:
    """An http or https address, with no password in it."""
    said = text(value).strip()
    try:
        parts = urlsplit(said)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and 0 < (parts.port or 1) <= PORTS
    except ValueError:
        good = False
    if not good or set(said) & set(' \\<>"'):
        raise ValueError("write an http or https address, as in https://www.example.com/")
    if parts.username is not None or parts.password is not None:
        raise ValueError("write the address without name and password: user and password have their own parameters")
    host(parts.hostname)
    return parts._replace(fragment="").geturl()


def optional_url(value: Any) -> str:
    """The same, or nothing."""
    return url(value) if value else ""


def statuses(value: Any) -> str:
    """HTTP statuses and ranges of them: 200, `200-399`, `200, 301`, or a list."""
    given = value if isinstance(value, list | tuple) else str(value).split(",")
    found = [_RANGE.fullmatch(str(one).strip()) for one in given]
    if not found or not all(found):
        raise ValueError("write statuses and ranges, as in 200-299, 401")
    return ",".join(re.sub(r"\s", "", one[0]) for one in found if one)


def within(status: int, allowed: str) -> bool:
    """Whether a status is among those that `statuses` tidied."""
    return any(_is_between(status, *one.partition("-")[::2]) for one in allowed.split(","))


def _is_between(status: int, first: str, last: str) -> bool:
    return int(first) <= status <= int(last or first)


def headers(value: Any) -> tuple[tuple[str, str], ...]:
    """Names and values of HTTP headers, from a mapping."""
    pairs: Iterable[Any] = value.items() if isinstance(value, Mapping) else value
    try:
        found = tuple((str(label), text(said)) for label, said in pairs)
    except (TypeError, ValueError):
        raise ValueError("write a mapping of one-line texts, as in {X-Name: value}") from None
    if not all(_TOKEN.fullmatch(label) for label, _said in found):
        raise ValueError("a header's name is letters, digits and hyphens, as in X-Name")
    if any(label.lower() in {"content-length", "transfer-encoding"} for label, _said in found):
        raise ValueError("Content-Length and Transfer-Encoding are written by the check itself")
    return found
