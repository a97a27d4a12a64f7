"""From JSON to facts, or to the sentences that say what is wrong with them. A kind we do not know is ignored (facts.md, 1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from astreinte.core.refusals import gettext_noop
from astreinte.guarantee.rules.advice.vocabulary import KINDS, SOURCES, Band, Kind, Value

# No fact counts this many of anything; NaN is not between two numbers either.
HUGE = 10**15
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
MOST_FACTS, LONGEST_SUBJECT, LONGEST_DETAIL = 500, 300, 2_000
FIELDS = ("kind", "value", "subject", "detail", "observed_at", "source")

NOT_A_FACT = gettext_noop('A fact is an object: {"kind", "value", "subject", "observed_at", "source"}.')
TOO_MANY = gettext_noop("At most %(most)s facts: send those about this complaint.")
NO_FIELD = gettext_noop("This field does not exist. A fact has: %(known)s.")
NEEDED = gettext_noop("This is needed.")
NOT_TEXT = gettext_noop("This must be a text.")
TOO_LONG = gettext_noop("At most %(most)s characters.")
NOT_ONE_OF = gettext_noop("This must be one of: %(known)s.")
NOT_BOOL = gettext_noop("This must be true or false.")
NOT_NUMBER = gettext_noop("This must be a number.")
NOT_WHOLE = gettext_noop("This must be a whole number.")
TOO_SMALL = gettext_noop("At least %(least)s.")
TOO_LARGE = gettext_noop("At most %(most)s.")
NOT_INSTANT = gettext_noop("Write a date and time with its zone, such as 2026-10-25T02:30:00Z.")
NOT_PRINTABLE = gettext_noop("This holds characters that cannot be shown.")
NO_SUBJECT = gettext_noop("Say what this fact is about: a site, a service, a port, a resource.")


@dataclass(frozen=True, kw_only=True, eq=False)
class Fact:
    """One measured or stated fact, itself and no other. `subject` is in small letters, empty for the server as a whole."""

    kind: str
    value: Value
    subject: str
    source: str
    observed_at: datetime
    detail: str = ""

    @cached_property
    def band(self) -> Band:
        """Where the value stands: normal, alarm, or between."""
        return KINDS[self.kind].band(self.value)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A fact that cannot be read: its index, its field, its sentence and what stands in it."""

    index: int
    field: str
    msgid: str
    params: Mapping[str, object]

    @property
    def place(self) -> str:
        """As the caller knows it: facts.3.value."""
        return ".".join(
            ["facts", *([str(self.index)] if self.index >= 0 else []), *([self.field] if self.field else [])]
        )

    def text(self, translate: Callable[[str], str]) -> str:
        """The sentence, in the reader's language."""
        return translate(self.msgid) % self.params


class _Refused(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, field: str, msgid: str, **params: object) -> None:
        self.field, self.msgid, self.params = field, msgid, params


def read(facts: Iterable[Any]) -> tuple[tuple[Fact, ...], tuple[Mistake, ...]]:
    """The facts of kinds we know, in the order given, and everything that is wrong with the others."""
    given = list(facts)
    if len(given) > MOST_FACTS:
        return (), (Mistake(index=-1, field="", msgid=TOO_MANY, params={"most": MOST_FACTS}),)
    found, wrong = [], []
    for index, one in enumerate(given):
        try:
            fact = _fact(one)
        except _Refused as no:
            wrong.append(Mistake(index=index, field=no.field, msgid=no.msgid, params=no.params))
        else:
            found += [fact] if fact else []
    return tuple(found), tuple(wrong)


def _fact(said: Any) -> Fact | None:
    if not isinstance(said, Mapping):
        raise _Refused("", NOT_A_FACT)
    kind = KINDS.get(_text(said, "kind", most=LONGEST_SUBJECT, needed=True))
    if kind is None:
        return None
    for name in said:
        if name not in FIELDS:
            raise _Refused(_shown(str(name)), NO_FIELD, known=", ".join(FIELDS))
    return Fact(
        kind=kind.name,
        value=_value(said, kind),
        subject=_subject(said, kind),
        source=_one_of(_text(said, "source", most=20, needed=True), SOURCES, field="source"),
        observed_at=_instant(_text(said, "observed_at", most=40, needed=True)),
        detail=_text(said, "detail", most=LONGEST_DETAIL),
    )


def _text(said: Mapping[str, Any], field: str, *, most: int, needed: bool = False) -> str:
    value = said.get(field)
    if value is None or value == "":
        if needed:
            raise _Refused(field, NEEDED)
        return ""
    if not isinstance(value, str):
        raise _Refused(field, NOT_TEXT)
    if len(value) > most:
        raise _Refused(field, TOO_LONG, most=most)
    return value


def _subject(said: Mapping[str, Any], kind: Kind) -> str:
    subject = _text(said, "subject", most=LONGEST_SUBJECT).strip().lower().removesuffix(".")
    if kind.subject == "required" and not subject:
        raise _Refused("subject", NO_SUBJECT)
    if not subject.isprintable():
        raise _Refused("subject", NOT_PRINTABLE)
    return "" if kind.subject == "none" else subject


def _shown(name: str) -> str:
    return name[:60] if name.isprintable() else "?"


def _one_of(value: str, known: Iterable[str], *, field: str) -> str:
    if value not in known:
        raise _Refused(field, NOT_ONE_OF, known=", ".join(known))
    return value


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _Refused("observed_at", NOT_INSTANT) from None
    if found.tzinfo is None or not EARLIEST < found < LATEST:
        raise _Refused("observed_at", NOT_INSTANT)
    return found


def _value(said: Mapping[str, Any], kind: Kind) -> Value:
    value = said.get("value")
    if value is None:
        raise _Refused("value", NEEDED)
    if kind.type == "enum":
        if not isinstance(value, str):
            raise _Refused("value", NOT_ONE_OF, known=", ".join(kind.values))
        return _one_of(value, kind.values, field="value")
    if kind.type == "bool":
        if not isinstance(value, bool):
            raise _Refused("value", NOT_BOOL)
        return value
    return _number(value, kind)


def _number(value: Any, kind: Kind) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -HUGE < value < HUGE:
        raise _Refused("value", NOT_NUMBER)
    if kind.type == "integer" and value != int(value):
        raise _Refused("value", NOT_WHOLE)
    if kind.least is not None and value < kind.least:
        raise _Refused("value", TOO_SMALL, least=kind.least)
    if kind.most is not None and value > kind.most:
        raise _Refused("value", TOO_LARGE, most=kind.most)
    return value
