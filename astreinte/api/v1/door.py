"""What every call goes through: who asks, with which token, how large it is, and whether it was already asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja.security import HttpBearer

from astreinte.accounts import edits, queries
from astreinte.accounts.models import ApiToken, User
from astreinte.core import digests
from astreinte.core.refusals import Refusal
from astreinte.web import trouble
from astreinte.web.requests import AnyRequest

# A token of another shape, an empty one, a space: refused before any look-up (reliability, S10).
TOKEN = re.compile(r"ast_[A-Za-z0-9_-]{20,120}")
KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
# A form is its file and a few words around it.
FORM_MAX_BYTES = settings.ATTACHMENT_MAX_BYTES + 1024 * 1024
FORMS = {"api:ticket_attachments"}
View = Callable[..., HttpResponse]


class ScopeMissing(Refusal):
    """This token is not allowed to do that: it needs the scope %(scope)s."""

    slug = "insufficient-scope"
    status = HTTPStatus.FORBIDDEN


class KeyUnreadable(Refusal):
    """Idempotency-Key must be 1 to 255 printable characters, without a space at either end."""

    slug = "bad-idempotency-key"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class KeyReused(Refusal):
    """This Idempotency-Key was already used for another request: choose a new key for a new request."""

    slug = "idempotency-key-reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The person who asks, and the token they ask with."""

    user: User
    token: ApiToken


class ApiRequest(AnyRequest):
    """A request whose token was checked."""

    caller: Caller

    @property
    def person(self) -> User:
        """Set by the token; here for the types."""
        return self.caller.user


class Bearer(HttpBearer):
    """`Authorization: Bearer ast_...`: the only way in. Session cookies are never looked at."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = caller_of(request, token)
        if found and self.scope not in found.token.scopes:
            raise ScopeMissing(scope=self.scope)
        return found


def caller_of(request: Any, text: str) -> Caller | None:
    """Whose token this is; None when it is nobody's, expired or revoked. Looked up once a request."""
    if hasattr(request, "caller"):
        return request.caller  # type: ignore[no-any-return]
    token = queries.token(text, at=request.at) if TOKEN.fullmatch(text) else None
    if token is None:
        return None
    edits.token_used(token, at=request.at)
    request.caller = Caller(user=token.user, token=token)
    request.person = token.user
    if "Accept-Language" not in request.headers:
        translation.activate(token.user.language)
    return request.caller  # type: ignore[no-any-return]


def _caller(request: AnyRequest) -> Caller | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return caller_of(request, token) if scheme.lower() == "bearer" else None


def guarded(run: View) -> View:
    """Around every call: known caller, acceptable size and type, and an Idempotency-Key answered once."""

    @wraps(run)
    def door(request: AnyRequest, **kwargs: Any) -> HttpResponse:
        caller = _caller(request)
        if caller is None:
            return run(request, **kwargs)  # it answers 401
        refused = _unacceptable(request)
        if refused:
            return trouble.plain_problem(refused)
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method == "GET":
            return run(request, **kwargs)
        return _once(request, user=caller.user, key=key, run=lambda: run(request, **kwargs))

    return door


def _unacceptable(request: AnyRequest) -> int | None:
    match = request.resolver_match
    is_form = match is not None and match.view_name in FORMS
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return HTTPStatus.BAD_REQUEST
    if length > (FORM_MAX_BYTES if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    wanted = "multipart/form-data" if is_form else "application/json"
    if length and request.method != "GET" and request.content_type != wanted:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return None


def _once(request: AnyRequest, *, user: User, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    if not KEY.fullmatch(key):
        return trouble.refused(KeyUnreadable())

    def work() -> edits.Answer:
        response = run()
        # What could not even be read, or was not theirs to see, is no answer of the desk: it is asked again freely.
        kept = response.status_code < HTTPStatus.BAD_REQUEST or response.status_code == HTTPStatus.CONFLICT
        return edits.Answer(status=response.status_code, text=response.content.decode(), is_kept=kept)

    try:
        answer = edits.once(user=user, key=key, asked_sha256=_asked(request), work=work, at=request.at)
    except edits.KeyReused:
        return trouble.refused(KeyReused())
    good = answer.status < HTTPStatus.BAD_REQUEST
    kind = "application/json; charset=utf-8" if good else "application/problem+json"
    return HttpResponse(answer.text, status=answer.status, content_type=kind)


def _asked(request: AnyRequest) -> str:
    """What was asked, in one SHA-256. A form is its fields and files: its boundary changes at each try."""
    if request.content_type == "multipart/form-data":
        fields = {name: request.POST.getlist(name) for name in request.POST}
        files = [
            [file.name, digests.sha256(file.read())] for name in request.FILES for file in request.FILES.getlist(name)
        ]
        body = digests.sha256(digests.canonical_json([fields, files]))
    else:
        body = digests.sha256(request.body)
    return digests.sha256(f"{request.method} {request.path}\n{body}")
