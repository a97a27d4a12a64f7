"""The pages: ask, the result that fills in, the link to share, and a ban lifted on request."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zlib import crc32

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from astreinte.accounts.models import User
from astreinte.core import digests
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.flows import just_me
from astreinte.monitoring import bans, inquiries, registered
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Inquiry
from astreinte.monitoring.rules.reaching import Reach
from astreinte.web import live, refusals
from astreinte.web.just_me import words
from astreinte.web.requests import AnyRequest, PersonRequest

PIECES = "just_me/_result.html"
# Names that are proposed to be chosen; whoever sees more types.
PROPOSED = 200
NOT_INDEXED = "noindex, nofollow"


def _reader(request: AnyRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _is_public() -> bool:
    return bool(registered.section("just_me").get("public"))


def _frame(user: User | None) -> str:
    """Each reads it in their own frame."""
    if user is None:
        return "base.html"
    return "console/base.html" if user.is_staff_member else "portal/base.html"


def _page(request: AnyRequest, name: str, context: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    told = {**context, "frame": _frame(_reader(request))}
    response = render(request, f"just_me/{name}.html", told, status=status)
    response["X-Robots-Tag"] = NOT_INDEXED
    return response


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: AnyRequest) -> HttpResponse:
    """Which site. Without a login, only where the provider opened it."""
    user = _reader(request)
    if user is None and not _is_public():
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.get_full_path())}")
    if request.method == "POST":
        return _asked(request, user)
    return _page(request, "ask", {"typed": request.GET.get("name", "")[:300], **_proposed(user)})


def _proposed(user: User | None) -> dict[str, Any]:
    """What the reader may ask about; nothing of it to somebody without a login."""
    return {"names": registered.on(customers.servers_of(user)[:PROPOSED])[:PROPOSED] if user else []}


def _asked(request: AnyRequest, user: User | None) -> HttpResponse:
    typed = request.POST.get("name", "")[:300]
    name = registered.typed(typed)
    among = customers.servers_of(user) if user else customers.in_service()
    target = registered.find(name, among=among, servers_too=user is not None) if name else None
    again = {"typed": typed, **_proposed(user)}
    if target is None:
        refusal = _unknown(name, user)
        return _page(request, "ask", {**again, "refusal": refusal}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        found = just_me.ask(target, by=user, address=request.META.get("REMOTE_ADDR", ""), at=request.at)
    except Refusal as refused:
        return _page(request, "ask", {**again, "refusal": refusals.said(refused)}, status=refused.status)
    return redirect("just_me_result", found.public_id)


def _unknown(name: str, user: User | None) -> str:
    if not name:
        return _("Write the name of a site, as in www.example.org.")
    if user:
        return _("%(name)s is not one of your sites or servers: choose one of the list, or check its spelling.") % {
            "name": name
        }
    return _("%(name)s is not a site that we host and watch: we can only look at those. Check its spelling.") % {
        "name": name
    }


def _seen(request: AnyRequest, public_id: UUID) -> Inquiry:
    user = _reader(request)
    if user is None and not _is_public():
        raise Http404
    return get_object_or_404(inquiries.seen_by(user), public_id=public_id)


@require_safe
def result(request: AnyRequest, public_id: UUID) -> HttpResponse:
    """What is found by now; it looks again by itself."""
    return _page(request, "result", shown(request, _seen(request, public_id)))


@require_safe
def pieces(request: AnyRequest, public_id: UUID) -> HttpResponse:
    """The result again, while it fills in."""
    context = shown(request, _seen(request, public_id))
    return live.answer(
        request,
        seen=context["seen"],
        every=context["every"],
        pieces=lambda: render_to_string(PIECES, context, request),
    )


def shown(request: AnyRequest, inquiry: Inquiry) -> dict[str, Any]:
    """What the page shows."""
    user = _reader(request)
    lines = inquiries.lines(inquiry, at=request.at)
    reach = inquiries.verdict(inquiry, lines)
    is_over = inquiries.is_over(lines)
    # whose address this is: of the one who asked, and of nobody else
    is_own = inquiry.asked_by == user and (user is not None or _comes_from(request) == inquiry.address)
    ban = bans.of(inquiry.server, inquiry.address, at=request.at) if is_own else None
    incident = monitoring.open_on(inquiry.server).first()
    context = {
        "inquiry": inquiry,
        "headline": words.headline(reach, lines, ban=ban, is_known=incident is not None),
        "groups": words.groups(lines if user else words.in_public(lines, name=inquiry.name)),
        "over": is_over,
        "is_own": is_own,
        "network": inquiries.autonomous_system(inquiry) if is_own else 0,
        "ban": words.banned(ban) if ban else "",
        "knows_bans": is_own and bans.newest(inquiry.server, inquiry.address, at=request.at) is not None,
        "may_lift": bool(ban and user) and just_me.lifts_bans() and inquiry.lift_asked_at is None,
        "incident": incident if user and reach is Reach.NOWHERE else None,
        "may_tell": user is not None and not user.is_staff_member,
        "is_shared": bool(inquiry.shared_until and inquiry.shared_until > request.at),
        "every": _every(inquiry),
    }
    said = [
        lines,
        reach,
        context["ban"],
        context["network"],
        bool(inquiry.lift_asked_at),
        bool(inquiry.lifted_at),
        bool(incident),
    ]
    context["seen"] = live.tag(crc32(digests.canonical_json(said).encode()), at=request.at)
    return context


def _comes_from(request: AnyRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _every(inquiry: Inquiry) -> int:
    if inquiry.ended_at is None:
        return live.RINGING
    return live.CALM if inquiry.lift_asked_at and inquiry.lifted_at is None else live.NEVER


def _own(request: PersonRequest, public_id: UUID) -> Inquiry:
    return get_object_or_404(inquiries.own(request.user), public_id=public_id)


# -- a link to share --------------------------------------------------------------------------------------------------------


@require_POST
def share(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """A link that shows the frozen result. It is shown once: only its digest is kept."""
    inquiry = _own(request, public_id)
    try:
        token = just_me.share(inquiry, at=request.at)
    except Refusal as refusal:
        messages.error(request, refusals.said(refusal))
        return redirect("just_me_result", public_id)
    link = f"{settings.BASE_URL}{reverse('just_me_shared', args=[token])}"
    return _page(request, "result", {**shown(request, inquiry), "link": link}, status=HTTPStatus.CREATED)


@require_POST
def unshare(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The link is over."""
    just_me.unshare(_own(request, public_id), at=request.at)
    messages.success(request, _("The link does not work any more."))
    return redirect("just_me_result", public_id)


@require_safe
def shared(request: AnyRequest, token: str) -> HttpResponse:
    """What a link shows: the result as it was, without a word of who asked."""
    inquiry = inquiries.shared(token, at=request.at)
    if inquiry is None:
        return _page(request, "gone", {}, status=HTTPStatus.GONE)
    headline = words.past(Reach(inquiry.verdict))
    groups = words.groups(words.in_public(inquiry.found, name=inquiry.name))
    return _page(request, "shared", {"inquiry": inquiry, "headline": headline, "groups": groups})


# -- a ban -------------------------------------------------------------------------------------------------------------------


@require_POST
def lift(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Ask the provider's system to lift the ban of one's own address."""
    try:
        just_me.lift(_own(request, public_id), by=request.user, at=request.at)
    except Refusal as refusal:
        messages.error(request, refusals.said(refusal))
    else:
        messages.success(request, _("We have asked for the ban to be lifted. It takes a minute or two."))
    return redirect("just_me_result", public_id)
