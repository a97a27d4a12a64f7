"""The scalars of the provider file: from the text people write to a value, or the sentence that says what to write."""

import ipaddress
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

import phonenumbers
from pydantic import PlainValidator
from pydantic_core import PydanticCustomError
from stdnum import get_cc_module, iban
from stdnum.eu import vat
from stdnum.fr import siren, siret

from astreinte.core import durations
from astreinte.core.refusals import gettext_noop
from astreinte.monitoring.probes import horizon
from astreinte.oncall.rules import words, zones
from astreinte.oncall.rules.turns import Every, Handoff
from astreinte.provider_file import cron
from astreinte.provider_file.tree import Bare

LONGEST_TEXT, LONGEST_NOTE = 200, 20_000

EXPECT_TEXT = gettext_noop("%(key)s: one value is expected here, not a list or a mapping.")
BAD_TEXT = gettext_noop("%(key)s: write between 1 and %(longest)d characters, on one line.")
BAD_NOTE = gettext_noop("%(key)s: write between 1 and 20,000 characters.")
BAD_NAME = gettext_noop("%(key)s: %(value)s is not a name; use small letters, digits and dashes, as in first-line.")
BAD_BOOL = gettext_noop("%(key)s: write true or false, not %(value)s.")
BAD_COUNT = gettext_noop("%(key)s: write a whole number from %(least)d to %(most)d, not %(value)s.")
BAD_DURATION = gettext_noop("%(key)s: %(value)s is not a duration; write 0s, 90s, 3m, 1h, 26h or 1w.")
BAD_MONEY = gettext_noop('%(key)s: %(value)s is not an amount in euros; write two decimals, as in "95.00".')
BAD_PERCENT = gettext_noop('%(key)s: %(value)s is not a percentage between 0 and 100; write as in "99.95".')
BAD_DATE = gettext_noop("%(key)s: %(value)s is not a date; write year-month-day, as in 2026-01-05.")
BAD_MOMENT = gettext_noop("%(key)s: %(value)s is not a local date and time; write as in 2026-01-05 09:00.")
BAD_EMAIL = gettext_noop("%(key)s: %(value)s is not an e-mail address; write as in alice@example.org.")
BAD_PHONE = gettext_noop("%(key)s: %(value)s is not an international number; write as in +33612345678.")
BAD_SIREN = gettext_noop("%(key)s: %(value)s is not a SIREN; it has nine digits, and its check digit must agree.")
BAD_SIRET = gettext_noop("%(key)s: %(value)s is not a SIRET; it has fourteen digits, and its check digit must agree.")
BAD_VAT = gettext_noop("%(key)s: %(value)s is not a VAT number; write the country first, as in FR53901002006.")
BAD_IBAN = gettext_noop("%(key)s: %(value)s is not an IBAN; its check digits must agree.")
BAD_COUNTRY = gettext_noop("%(key)s: %(value)s is not a country; write two capital letters, as in FR.")
BAD_HOST = gettext_noop("%(key)s: %(value)s is not a host name; write as in web1.example.org.")
BAD_ADDRESS = gettext_noop("%(key)s: %(value)s is not an IP address; write as in 192.0.2.10 or 2001:db8::10.")
BAD_WEB = gettext_noop("%(key)s: this is not a web address; write as in https://example.org/hook.")
BAD_SMTP = gettext_noop("%(key)s: this is not the address of a mail server; write as in smtp://mail.example.org:587.")
BAD_URL = gettext_noop("%(key)s: this is not an address; write as in mailto://user:secret@example.org.")
BAD_KEY = gettext_noop("%(key)s: write 1 to 200 letters, digits, dashes, dots or underscores: it goes into an address.")
BAD_CRON = gettext_noop("%(key)s: %(value)s is not a cron expression; write five fields, as in 0 3 * * *.")
BAD_REFERENCE = gettext_noop(
    "%(key)s: %(value)s cannot be asked whether we see; write an address, as in https://example.org, or tcp 192.0.2.1:53."
)
BAD_EVERY = gettext_noop(
    "%(key)s: %(value)s is not the length of a turn; write hours, days or weeks, as in 12h, 1d or 1w."
)
BAD_HANDOFF = gettext_noop("%(key)s: %(value)s is not a hand-over; write a time, as in 09:00, or mon 09:00 for weeks.")
BAD_TARGET = gettext_noop("%(key)s: %(value)s is nobody; write rota:first, role:engineer or an e-mail address.")

NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?P<host>[^@]+)")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
MONEY = re.compile(r"(?:0|[1-9][0-9]{0,8})\.[0-9]{2}")
PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})(?::00)?")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
KEY = re.compile(r"[A-Za-z0-9_.-]{1,200}")
BOOLS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
LONGEST_HOST, LONGEST_EMAIL = 253, 254


def refusal(msgid: str, **params: object) -> PydanticCustomError:
    """A problem with its sentence; the parser adds the key and the line."""
    return PydanticCustomError("sentence", msgid, params)


def raw(value: Any) -> str:
    """The text as written; a list, a mapping or nothing is refused."""
    if not isinstance(value, str):
        raise refusal(EXPECT_TEXT)
    return value.strip()


def reads(read: Callable[[str], Any], msgid: str) -> PlainValidator:
    """A validator: what `read` makes of the text, or the sentence when it raises ValueError."""

    def validator(value: Any) -> Any:
        text = raw(value)
        try:
            return read(text)
        except zones.ZoneRefused as refused:
            raise refusal(refused.msgid, **refused.params) from refused
        except PydanticCustomError:
            raise  # a sentence with its own parameters, and a ValueError too
        except (ValueError, OverflowError) as error:
            raise refusal(msgid, value=text[:80]) from error

    return PlainValidator(validator)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(text)
        return text

    return read


def _line(text: str) -> str:
    if not 0 < len(text) <= LONGEST_TEXT or len(text.splitlines()) > 1:
        raise refusal(BAD_TEXT, longest=LONGEST_TEXT)
    return text


def _note(text: str) -> str:
    if not 0 < len(text) <= LONGEST_NOTE:
        raise ValueError(text)
    return text


def _bool(text: str) -> bool:
    if text.lower() not in BOOLS:
        raise ValueError(text)
    return BOOLS[text.lower()]


def count(least: int, most: int) -> PlainValidator:
    """A whole number between these two, both included."""

    def validator(value: Any) -> int:
        text = raw(value)
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise refusal(BAD_COUNT, value=text[:80], least=least, most=most)
        return int(text)

    return PlainValidator(validator)


def _cents(text: str) -> int:
    return int(_matching(MONEY)(text).replace(".", ""))


def _percent(text: str) -> Decimal:
    value = Decimal(_matching(PERCENT)(text))
    if not 0 < value <= 100:  # noqa: PLR2004 - a percentage
        raise ValueError(text)
    return value


def moment(text: str) -> datetime:
    """A local date and time, to the minute (naive); raises ValueError."""
    found = MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    return datetime.fromisoformat(f"{found[1]}T{found[2]}")


def typed(value: Any) -> Any:
    """What an unquoted scalar means where the file is open: a whole number, true or false; anything else is text."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if not isinstance(value, Bare):
        return value
    if NUMBER.fullmatch(value):
        return int(value)
    return {"true": True, "false": False}.get(value.lower(), str(value))


def host(text: str) -> str:
    """A host name in small letters, without a final dot; raises ValueError."""
    name = text.lower().removesuffix(".")
    if len(name) > LONGEST_HOST or not all(map(LABEL.fullmatch, name.split("."))):
        raise ValueError(text)
    return name


def email(text: str) -> str:
    """An address in small letters: nobody has two mailboxes that differ by a capital. Raises ValueError."""
    found = EMAIL.fullmatch(text)
    if not found or len(text) > LONGEST_EMAIL:
        raise ValueError(text)
    host(found["host"])
    return text.lower()


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not text.startswith("+") or not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _vat(text: str) -> str:
    compact = re.sub(r"[\s.-]", "", text).upper()
    country = compact[:2].lower()
    if country in {*vat.MEMBER_STATES, "el", "xi"}:
        return str(vat.validate(compact))
    module = get_cc_module(country, "vat") if country.isalpha() and country.isascii() else None
    if module is None or not module.is_valid(compact):
        raise ValueError(text)
    return compact


def _country(text: str) -> str:
    if text not in zones.countries():
        raise ValueError(text)
    return text


def _zone(text: str) -> str:
    return zones.load(text).key


def url(*schemes: str) -> Callable[[str], str]:
    """An absolute address of one of these schemes (any, when none is given)."""

    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in (schemes or {parts.scheme}) or not parts.scheme or re.search(r"\s", text):
            raise ValueError(text)
        if schemes and (not parts.hostname or parts.port == 0):
            raise ValueError(text)
        return text

    return read


def _cron(text: str) -> str:
    cron.fields(text)
    return text


def _reference(text: str) -> str:
    horizon.read(text)
    return text


Text = Annotated[str, reads(_line, BAD_TEXT)]
Note = Annotated[str, reads(_note, BAD_NOTE)]
Name = Annotated[str, reads(_matching(NAME), BAD_NAME)]
Bool = Annotated[bool, reads(_bool, BAD_BOOL)]
Duration = Annotated[timedelta, reads(durations.parse, BAD_DURATION)]
Cents = Annotated[int, reads(_cents, BAD_MONEY)]
Percent = Annotated[Decimal, reads(_percent, BAD_PERCENT)]
Day = Annotated[date, reads(lambda text: date.fromisoformat(_matching(DATE)(text)), BAD_DATE)]
Moment = Annotated[datetime, reads(moment, BAD_MOMENT)]
Email = Annotated[str, reads(email, BAD_EMAIL)]
Phone = Annotated[str, reads(_phone, BAD_PHONE)]
Siren = Annotated[str, reads(siren.validate, BAD_SIREN)]
Siret = Annotated[str, reads(siret.validate, BAD_SIRET)]
VatNumber = Annotated[str, reads(_vat, BAD_VAT)]
Iban = Annotated[str, reads(iban.validate, BAD_IBAN)]
Country = Annotated[str, reads(_country, BAD_COUNTRY)]
Zone = Annotated[str, reads(_zone, BAD_TEXT)]
Host = Annotated[str, reads(host, BAD_HOST)]
Address = Annotated[str, reads(lambda text: str(ipaddress.ip_address(text)), BAD_ADDRESS)]
WebUrl = Annotated[str, reads(url("http", "https"), BAD_WEB)]
SmtpUrl = Annotated[str, reads(url("smtp", "smtps", "smtp+starttls"), BAD_SMTP)]
AnyUrl = Annotated[str, reads(url(), BAD_URL)]
Key = Annotated[str, reads(_matching(KEY), BAD_KEY)]
Cron = Annotated[str, reads(_cron, BAD_CRON)]
Reference = Annotated[str, reads(_reference, BAD_REFERENCE)]
Turn = Annotated[Every, reads(words.every, BAD_EVERY)]
HandOver = Annotated[Handoff, reads(words.handoff, BAD_HANDOFF)]
