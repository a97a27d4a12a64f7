"""To be told, and to be told no more. Looking changes nothing; a link proves that the address is theirs."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from astreinte.accounts import queries as accounts
from astreinte.core import addresses
from astreinte.core.refusals import Refusal
from astreinte.flows import subscribe as flow
from astreinte.monitoring import public_words as words
from astreinte.monitoring import publicity
from astreinte.monitoring.models import Subscriber
from astreinte.notifications import links
from astreinte.web import trouble
from astreinte.web.public.forms import EMAIL, SubscribeForm
from astreinte.web.requests import AnyRequest


def _components() -> list[tuple[str, str]]:
    """The components one may choose among: their keys, and their names in the reader's language."""
    provider = accounts.provider()
    written = (provider.settings.get("status") or {}) if provider else {}
    return [(one.key, words.in_language(one.names)) for one in publicity.components(written)]


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: AnyRequest) -> HttpResponse:
    """The form. What it answers does not depend on whether the address is known."""
    form = SubscribeForm(request.POST or None, components=_components())
    if request.method != "POST":
        return render(request, "public/subscribe.html", {"form": form})
    if form.is_valid():
        try:
            return _asked(request, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, trouble.said(refusal))
            return render(request, "public/subscribe.html", {"form": form}, status=refusal.status)
    return render(request, "public/subscribe.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _asked(request: AnyRequest, said: dict[str, Any]) -> HttpResponse:
    language = (translation.get_language() or "")[:2]
    source = addresses.place(request.META.get("REMOTE_ADDR", ""))
    wish = flow.Wish(components=said.get("components", []), language=language, source=source)
    if said["way"] == EMAIL:
        flow.by_email(said["address"], wish, at=request.at)
        return redirect("public:subscribe_sent")
    secret = flow.by_webhook(said["address"], wish, at=request.at)
    return render(request, "public/webhook.html", {"secret": secret, "url": said["address"]}, status=HTTPStatus.CREATED)


@require_safe
def sent(request: AnyRequest) -> HttpResponse:
    """A letter is on its way, or was a moment ago."""
    return render(request, "public/sent.html")


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: AnyRequest, token: str) -> HttpResponse:
    """What a letter asks: is it really you? A scanner that follows the link confirms nothing."""
    letter = links.letter_of(token)
    known = flow.told_by(letter)
    if known is not None and known.confirmed_at:
        return _said(request, "public/confirmed.html", known, unsubscribe=token)
    asked = flow.asked_by(letter, at=request.at)
    if asked is None:
        return render(request, "public/link_is_over.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        flow.confirm(letter, at=request.at)
        return redirect("public:confirm", token)
    return _said(request, "public/confirm.html", asked)


# the link is the proof, and a mail program posts to it without ever having seen a form (RFC 8058)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: AnyRequest, token: str) -> HttpResponse:
    """One request, and they are told no more."""
    known = flow.told_by(links.letter_of(token))
    if known is None:
        return render(request, "public/link_is_over.html", {"left": True}, status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        flow.leave(known, at=request.at)
        return _said(request, "public/left.html", known)
    return _said(request, "public/unsubscribe.html", known)


def _said(request: AnyRequest, template: str, subscriber: Subscriber, **more: Any) -> HttpResponse:
    with translation.override(subscriber.language):
        names = dict(_components())
        about = [names[key] for key in subscriber.components if key in names]
        return render(request, template, {"subscriber": subscriber, "about": about, **more})
