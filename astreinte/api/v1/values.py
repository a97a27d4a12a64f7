"""The values that requests carry: text without what no wire can carry, instants with their zone, money as a decimal string."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from astreinte.core import money, words

TEXT_LENGTH = 20_000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# "+02:00" that arrived as " 02:00", because nobody wrote %2B in the address
_LOST_PLUS = re.compile(r"[ ](?=\d\d:\d\d$)")
# Rotas are computed within this; no desk pages anybody outside it.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
AMOUNT = r"^[0-9]{1,7}(\.[0-9]{1,2})?$"


def clean(text: str) -> str:
    """Text as it is kept: lines end with a newline, control characters are left out."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _instant(value: Any) -> datetime:
    if not isinstance(value, str):
        raise PydanticCustomError("instant", "not an instant")
    try:
        found = datetime.fromisoformat(_LOST_PLUS.sub("+", value.strip()))
    except ValueError as error:
        raise PydanticCustomError("instant", "not an instant") from error
    if found.tzinfo is None:
        raise PydanticCustomError("instant", "no zone")
    try:
        utc = found.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("instant", "out of range") from error
    if not EARLIEST <= utc <= LATEST:
        raise PydanticCustomError("instant", "out of range")
    return utc


def _not_blank(text: str) -> str:
    if words.says_nothing(text):
        raise PydanticCustomError("blank", "blank")
    return text


Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH), AfterValidator(clean)]
Sentence = Annotated[str, StringConstraints(max_length=200), AfterValidator(words.one_line), AfterValidator(_not_blank)]
Name = Annotated[str, StringConstraints(max_length=253), AfterValidator(clean)]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Amount = Annotated[str, StringConstraints(pattern=AMOUNT)]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Cursor = Annotated[str, StringConstraints(max_length=40)]


def cents(amount: str) -> int:
    """The cents of an `Amount`."""
    return money.to_cents(amount)


def minutes(count: int | None) -> timedelta | None:
    """A delay in minutes, if one was given."""
    return None if count is None else timedelta(minutes=count)
