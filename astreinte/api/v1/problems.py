"""Trouble as programs read it (RFC 9457): every field that was refused is named, with a sentence in the reader's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from astreinte.api.v1.shapes.offers import offer_out
from astreinte.core.refusals import Refusal
from astreinte.web import trouble

SENTENCES: Mapping[str, str] = {
    "missing": gettext_noop("This is needed."),
    "blank": gettext_noop("Write something here."),
    "extra_forbidden": gettext_noop("This field does not exist."),
    "string_too_long": gettext_noop("At most %(max_length)s characters."),
    "string_too_short": gettext_noop("At least %(min_length)s characters."),
    "string_type": gettext_noop("This must be a text."),
    "string_unicode": gettext_noop("This text cannot be read: send UTF-8."),
    "string_pattern_mismatch": gettext_noop("This is not written as expected."),
    "literal_error": gettext_noop("This must be one of: %(expected)s."),
    "enum": gettext_noop("This must be one of: %(expected)s."),
    "int_type": gettext_noop("This must be a whole number."),
    "int_parsing": gettext_noop("This must be a whole number."),
    "int_from_float": gettext_noop("This must be a whole number."),
    "greater_than_equal": gettext_noop("At least %(ge)s."),
    "less_than_equal": gettext_noop("At most %(le)s."),
    "bool_type": gettext_noop("This must be true or false."),
    "bool_parsing": gettext_noop("This must be true or false."),
    "list_type": gettext_noop("This must be a list."),
    "too_long": gettext_noop("At most %(max_length)s."),
    "instant": gettext_noop("Write a date and time with its zone, such as 2026-10-25T02:30:00Z."),
    "uuid_parsing": gettext_noop("This is not an identifier of ours."),
}
OTHERWISE = gettext_noop("This value is not valid.")


def _field(error: Mapping[str, Any]) -> str:
    source, *place = (str(part) for part in error["loc"])
    # ("body", "payload", "accept", "text_sha256") is accept.text_sha256 for the reader
    named = place[1:] if place[:1] == ["payload"] else place
    return ".".join(named) or source


def _sentence(error: Mapping[str, Any]) -> str:
    sentence = _(SENTENCES.get(error["type"], OTHERWISE))
    return sentence % error.get("ctx", {}) if "%(" in sentence else sentence


def not_valid(*wrong: tuple[str, str]) -> HttpResponse:
    """422, with each (field, sentence)."""
    errors = [{"field": field, "sentence": sentence} for field, sentence in wrong]
    title = _("Some of this cannot be accepted: see each field.")
    return trouble.problem(status=HTTPStatus.UNPROCESSABLE_ENTITY, slug="validation", title=title, errors=errors)


class Unknown(Exception):  # noqa: N818 - an answer
    """A field names something that does not exist, or that this person may not see."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


def _refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    offer = refusal.details.get("offer")
    return trouble.refused(refusal, **({"offer": offer_out(offer).model_dump()} if offer else {}))


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    response = trouble.plain_problem(error.status_code)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def register(api: NinjaAPI) -> None:
    """Everything that may go wrong in a call, as a problem document."""
    for kind, answer in {
        Refusal: _refused,
        HttpError: _http_error,
        ValidationError: lambda _request, trouble_: not_valid(*[(_field(e), _sentence(e)) for e in trouble_.errors]),
        Unknown: lambda _request, unknown: not_valid((unknown.field, _(unknown.sentence))),
        Http404: lambda _request, _error: trouble.plain_problem(HTTPStatus.NOT_FOUND),
        RequestDataTooBig: lambda _request, _error: trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        SuspiciousOperation: lambda _request, _error: trouble.plain_problem(HTTPStatus.BAD_REQUEST),
        MultiPartParserError: lambda _request, _error: trouble.plain_problem(HTTPStatus.BAD_REQUEST),
    }.items():
        api.add_exception_handler(kind, answer)  # type: ignore[arg-type]
