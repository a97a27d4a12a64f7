"""What a fact says, in French and in English: its name, its value, where it comes from, how old it is."""

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files

from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.vocabulary import KINDS, Value

LANGUAGES = ("fr", "en")
MINUTE, HOUR, DAY = 60, 3_600, 86_400
WORDS: Mapping[str, Mapping[str, list[str]]] = json.loads(
    files(__package__).joinpath("words.json").read_text(encoding="utf-8")
)
COLON = ("\N{NO-BREAK SPACE}:", ":")
A_DAY = ("j", "d")
# Of a filesystem, its files are counted apart: facts.md, disk.used_percent.
INODES = "inodes:"


def tell(fact: Fact, *, why: Mapping[str, str], at: datetime) -> dict[str, str]:
    """One sentence on the fact, then why it is cited."""
    return {language: f"{_fact(fact, place, at)} {why[language]}" for place, language in enumerate(LANGUAGES)}


def role(name: str) -> dict[str, str]:
    """Why a fact is cited, in each language."""
    return {language: WORDS["roles"][name][place] for place, language in enumerate(LANGUAGES)}


def missing(kind: str) -> dict[str, str]:
    """A fact that would have helped."""
    helped = WORDS["roles"]["missing"]
    return {
        language: f"{_named(kind, '', place)}{COLON[place]} {helped[place]}."
        for place, language in enumerate(LANGUAGES)
    }


def _fact(fact: Fact, place: int, at: datetime) -> str:
    value = _value(fact.kind, fact.value, place)
    source = WORDS["sources"][fact.source][place]
    return f"{_named(fact.kind, fact.subject, place)}{COLON[place]} {value} ({source}, {_ago(fact, place, at)})."


def _named(kind: str, subject: str, place: int) -> str:
    name = WORDS["kinds"][kind][place]
    name = name[0].upper() + name[1:]
    return f"{name} ({_about(subject, place)})" if subject else name


def _about(subject: str, place: int) -> str:
    """A name of ours in words; a site, a path or a program as it is."""
    known = WORDS["subjects"]
    if subject.startswith(INODES):
        return known[INODES][place] % subject.removeprefix(INODES)
    return known[subject][place] if subject in known else subject


def _ago(fact: Fact, place: int, at: datetime) -> str:
    age = max(0, int((at - fact.observed_at).total_seconds()))
    return (f"il y a {_lasting(age, place)}", f"{_lasting(age, place)} ago")[place]


def _value(kind: str, value: Value, place: int) -> str:
    if isinstance(value, bool):
        return WORDS["values"][str(value).lower()][place]
    if isinstance(value, str):
        return WORDS["values"][value][place]
    if KINDS[kind].type == "duration":
        return _lasting(int(value), place)
    number = f"{value:g}"
    shown = number if place else number.replace(".", ",")
    return f"{shown} %" if KINDS[kind].unit == "%" else shown


def _lasting(seconds: int, place: int) -> str:
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    return f"{seconds // HOUR} h" if seconds < 3 * DAY else f"{seconds // DAY} {A_DAY[place]}"
