"""Just enough of PromQL to put a server's name into a question safely, and to ask how old the samples behind the answer are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Template

SERVER = "$server"
# A label nobody else uses: tells the answer from the time of its samples.
PART, VALUE, SEEN = "astreinte_part", "value", "seen"
PAIRS = {")": "(", "]": "[", "}": "{"}
QUOTES = "\"'`"
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*$")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class BadQuery(ValueError):  # noqa: N818 - an answer, not an error
    """A bracket or a quote, which is the text, has no fellow."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One character of a query: where it stands, whether inside quotes, and the brackets that are open there."""

    at: int
    sign: str
    quoted: bool
    inside: str


def places(query: str) -> Iterator[Place]:
    """Each character in turn, comments left out. Raises BadQuery at a bracket or a quote without its fellow."""
    open_, quote, skip, at = "", "", False, 0
    while at < len(query):
        sign = query[at]
        yield Place(at=at, sign=sign, quoted=bool(quote), inside=open_)
        if quote:
            quote, skip = ("" if sign == quote and not skip else quote), sign == "\\" and quote != "`" and not skip
        elif sign == "#":
            at = query.find("\n", at) if "\n" in query[at:] else len(query)
        elif sign in QUOTES:
            quote = sign
        else:
            open_ = _after(sign, open_)
        at += 1
    if open_ or quote:
        raise BadQuery(quote or open_[-1])


def _after(sign: str, open_: str) -> str:
    if sign in PAIRS.values():
        return open_ + sign
    if sign not in PAIRS:
        return open_
    if not open_.endswith(PAIRS[sign]):
        raise BadQuery(sign)
    return open_[:-1]


def selectors(query: str) -> list[str]:
    """The selectors that name the server, each metric once: `node_load5{$server}`. Raises BadQuery.

    One without the name of a metric is left out: nobody can say how old its samples are.
    """
    found: dict[str, str] = {}
    began, is_named = -1, False
    for place in places(query):
        if place.quoted:
            continue
        if place.sign == "{":
            began, is_named = place.at, False
        elif place.sign == "$":
            is_named = is_named or query.startswith(SERVER, place.at)
        elif place.sign == "}" and is_named:
            name = NAME.search(query[:began].rstrip())
            if name:
                found.setdefault(name[0], name[0] + query[began : place.at + 1])
    return list(found.values())


def strays(query: str) -> list[str]:
    """What begins with a dollar and is not `$server` inside the braces of a selector."""
    found = []
    for place in places(query):
        if place.sign == "$" and not place.quoted:
            word = re.match(r"\$\w*", query[place.at :])
            if not (word and word[0] == SERVER and place.inside.endswith("{")):
                found.append(word[0] if word else "$")
    return found


def asked(query: str, matchers: str) -> str:
    """One question for this server: the answer, and when the newest sample behind it was taken, told apart by a label."""
    times = " or ".join(f"max(timestamp({one}))" for one in selectors(query))
    whole = f'label_replace((\n{query}\n), "{PART}", "{VALUE}", "", "") or label_replace({times}, "{PART}", "{SEEN}", "", "")'
    return _filled(whole, matchers)


def _filled(query: str, matchers: str) -> str:
    """`$server` outside of quotes, replaced."""
    holes = [one.at for one in places(query) if one.sign == "$" and not one.quoted]
    for at in reversed(holes):
        query = query[:at] + matchers + query[at + len(SERVER) :]
    return query


def matchers(match: Mapping[str, str], *, name: str, addresses: Sequence[str]) -> str:
    """The labels that are this server's. Each template is a regular expression in which `$name`, `$short` and `$addresses` stand for it.

    A server without a registered address is known by its name alone.
    """
    known = {
        "name": re.escape(name),
        "short": re.escape(name.partition(".")[0]),
        "addresses": f"({'|'.join(map(_address, addresses))})" if addresses else re.escape(name),
    }
    said = {label: Template(template).substitute(known) for label, template in match.items()}
    return ",".join(f"{label}=~{quoted(pattern)}" for label, pattern in said.items())


def _address(address: str) -> str:
    return re.escape(f"[{address}]" if ":" in address else address)


def quoted(text: str) -> str:
    """As PromQL writes a string: nothing in it ends it."""
    shown = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{shown}"'
