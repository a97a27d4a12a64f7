"""The evidence of a ticket in words: what each pack holds and proves; and the program that checks it, for anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_safe

from astreinte.tickets import packs, verify
from astreinte.tickets.models import Evidence, Ticket

KINDS = {
    "declaration": gettext_noop("What was reported"),
    "consent": gettext_noop("What was accepted"),
    "diagnosis": gettext_noop("Diagnosis"),
    "fact": gettext_noop("Fact"),
    "change": gettext_noop("Change"),
    "results": gettext_noop("Results of a check"),
    "incident": gettext_noop("Incident"),
    "call": gettext_noop("Call"),
    "message": gettext_noop("Message"),
    "timeline": gettext_noop("History"),
    "verdict": gettext_noop("Verdict"),
    "decision": gettext_noop("Answer to the dispute"),
    "review": gettext_noop("Review of the verdict"),
}


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of evidence, with what kind it is."""

    evidence: Evidence
    kind: str


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A sealed pack, its receipt and what was left out of it, in words."""

    sealed: packs.Sealed
    title: str
    left_out: list[str]
    pieces: list[Piece]


def context(ticket: Ticket) -> dict[str, Any]:
    """What the page of the evidence shows, to its customer as to the staff."""
    return {
        "ticket": ticket,
        "packs": [_pack(one) for one in packs.shown(ticket)],
        "to_come": packs.to_come(ticket).first(),
        "loose": _pieces(packs.loose(ticket)),
        "file_name": file_name(ticket),
    }


def file_name(ticket: Ticket) -> str:
    """Of what is downloaded."""
    return f"{ticket.ref}-evidence.json"


def _pack(sealed: packs.Sealed) -> Pack:
    words = {"number": sealed.pack.number, "moment": sealed.pack.get_moment_display()}
    title = _("Pack %(number)d, sealed %(moment)s") % words
    left_out = [_left_out(one) for one in sealed.receipt.get("left_out", [])]
    return Pack(sealed=sealed, title=title, left_out=left_out, pieces=_pieces(sealed.evidence))


def _pieces(found: Iterable[Evidence]) -> list[Piece]:
    return [Piece(evidence=one, kind=_(KINDS[one.kind]) if one.kind in KINDS else one.kind) for one in found]


def _left_out(one: dict[str, Any]) -> str:
    count = int(one.get("count", 0))
    if one.get("what") == "internal-notes":
        said = ngettext(
            "%(count)d internal note of the team is not in it.",
            "%(count)d internal notes of the team are not in it.",
            count,
        )
        return said % {"count": count}
    if one.get("what") == "checks":
        said = ngettext("%(count)d more check is not in it.", "%(count)d more checks are not in it.", count)
        return said % {"count": count}
    return _("It is full: what came later is in the next pack.")


@cache
def _program() -> bytes:
    return Path(verify.__file__).read_bytes()


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The program that checks a download, in one file: the one this desk checks itself with."""
    response = HttpResponse(_program(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify.py"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
