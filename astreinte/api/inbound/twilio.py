"""What the telephone provider tells us: replies by SMS, keys pressed in calls, receipts. Signed, or it does not exist."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from astreinte.accounts import edits
from astreinte.api.inbound import answers
from astreinte.core import digests
from astreinte.flows import deliver
from astreinte.notifications import queries as outbox
from astreinte.notifications.channels import signatures, twilio
from astreinte.notifications.channels.voice import KEYS
from astreinte.notifications.models import KEYPAD, RINGS, Notification
from astreinte.paging.rules import replies
from astreinte.web import trouble
from astreinte.web.requests import AnyRequest

log = structlog.get_logger()
View = Callable[[AnyRequest], HttpResponse]
TWIML = "text/xml; charset=utf-8"


def _secrets() -> list[str]:
    """The tokens of the SMS and voice providers; none when nothing is configured, or the secret key has changed."""
    try:
        found = outbox.transports()
    except ValueError:
        return []
    return [str(one["token"]) for kind in ("sms", "voice") for one in found.get(kind, []) if one.get("token")]


def _signed(view: View) -> View:
    """Closed (404) while no secret is set; 413 over 64 KiB; 403 without a valid signature."""

    @wraps(view)
    def door(request: AnyRequest) -> HttpResponse:
        refused = _unacceptable(request)
        return trouble.plain_problem(refused) if refused else view(request)

    return csrf_exempt(require_POST(door))


def _unacceptable(request: AnyRequest) -> int | None:
    secrets = _secrets()
    if not secrets:
        return HTTPStatus.NOT_FOUND
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > signatures.MAX_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    fields = {name: request.POST.getlist(name) for name in request.POST}
    signature = request.headers.get("X-Twilio-Signature", "")
    url = settings.BASE_URL + request.get_full_path()
    if signatures.is_genuine(url, fields, signature=signature, secrets=secrets):
        return None
    log.warning("callback refused", path=request.path, signed=bool(signature))
    return HTTPStatus.FORBIDDEN


def _twiml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type=TWIML)


def _letter(request: AnyRequest) -> Notification | None:
    """The message this callback is about: the key is in the address that we gave, which is signed."""
    return outbox.by_key(request.GET.get("key", ""))


@_signed
def status(request: AnyRequest) -> HttpResponse:
    """A receipt: it only ever moves a message forward. One about another attempt, or nobody's, changes nothing."""
    letter = _letter(request)
    reference = request.POST.get("MessageSid") or request.POST.get("CallSid") or ""
    said = request.POST.get("MessageStatus") or request.POST.get("CallStatus") or ""
    if letter is None or (letter.provider_ref and reference != letter.provider_ref):
        log.info("receipt of nothing we sent", reference=reference[:64], status=said[:20])
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    outcome = twilio.outcome(said)
    if outcome != "accepted":
        code = request.POST.get("ErrorCode", "")
        error = "" if outcome == "delivered" else f"{said} {code}".strip()[:100]
        deliver.confirm(letter, delivered=outcome == "delivered", error=error, at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@_signed
def sms(request: AnyRequest) -> HttpResponse:
    """A reply to a page. Only a number that the page was sent to may answer it; a stranger learns nothing."""
    number, body, sid = (request.POST.get(name, "") for name in ("From", "Body", "MessageSid"))
    if not (number and sid):
        return trouble.plain_problem(HTTPStatus.BAD_REQUEST)
    sent = list(outbox.last_to(address=number, at=request.at).filter(kind__in=RINGS).select_related("person"))
    reply = replies.read(body)
    letter = next((one for one in sent if reply and one.context.get("code") == reply.code), None)
    if letter is None:
        return _twiml(answers.unasked(sent, reply=reply, number=number, at=request.at))
    verb, minutes = (reply.verb, reply.minutes) if reply else ("", None)
    return _once(
        letter,
        key=f"sms/{sid}",
        request=request,
        answer=lambda: answers.text(answers.do(letter, verb=verb, minutes=minutes, via="sms", at=request.at)),
    )


@_signed
def voice(request: AnyRequest) -> HttpResponse:
    """A key pressed in a call. No key, or another one, is no answer: the escalation goes on."""
    letter = _letter(request)
    if letter is None or letter.channel != "voice" or letter.kind not in KEYPAD:
        return trouble.plain_problem(HTTPStatus.NOT_FOUND)
    digits, sid = request.POST.get("Digits", ""), request.POST.get("CallSid", "")
    if not (digits and sid):
        return _twiml(answers.goodbye(letter))
    verb, minutes = KEYS.get(digits, ("repeat", None))
    if verb == "repeat":
        return _twiml(answers.again(letter, at=request.at))
    return _once(
        letter,
        key=f"voice/{sid}/{digits}",
        request=request,
        answer=lambda: answers.spoken(
            letter, answers.do(letter, verb=verb, minutes=minutes, via="voice", key=digits, at=request.at)
        ),
    )


def _once(letter: Notification, *, key: str, request: AnyRequest, answer: Callable[[], str]) -> HttpResponse:
    """The provider sends again what it thinks we missed: the same callback has the same answer, and acts once."""
    if letter.person is None:
        return _twiml(answers.NOTHING)
    kept = edits.once(
        user=letter.person,
        key=f" twilio/{key}"[:255],  # no Idempotency-Key starts with a space: theirs and ours never meet
        asked_sha256=digests.sha256(key),
        work=lambda: edits.Answer(status=HTTPStatus.OK, text=answer()),
        at=request.at,
    )
    return _twiml(kept.text)
