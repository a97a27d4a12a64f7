"""Calls about *Just me?*: is a site up for everyone, seen from every place."""

import uuid

from django.shortcuts import get_object_or_404
from ninja import Router, Status

from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.shapes.just_me import InquiryIn, InquiryOut
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.flows import just_me
from astreinte.monitoring import bans, inquiries, registered
from astreinte.monitoring.models import Inquiry

router = Router(tags=["diagnosis"])


class NotRegistered(Refusal):
    """name: %(name)s is not one of your sites or servers; `GET /servers` has them."""

    slug = "not-registered"
    status = 422


@router.post(
    "/just-me",
    auth=Bearer("tickets"),
    response={201: InquiryOut},
    url_name="just_me",
    operation_id="ask_just_me",
    summary="Is it up for everyone?",
)
def ask(request: ApiRequest, payload: InquiryIn) -> Status[InquiryOut]:
    """Look at a site or a server of the caller's from every place, at its name and at its certificate, for ten seconds at most."""
    name = registered.typed(payload.name)
    target = registered.find(name, among=customers.servers_of(request.person)) if name else None
    if target is None:
        raise NotRegistered(name=payload.name)
    found = just_me.ask(target, by=request.person, address=request.META.get("REMOTE_ADDR", ""), at=request.at)
    return Status(201, _out(request, found))


@router.get(
    "/just-me/{id}",
    response=InquiryOut,
    url_name="just_me_one",
    operation_id="get_just_me",
    summary="One answer",
)
def one(request: ApiRequest, id: uuid.UUID) -> InquiryOut:  # noqa: A002 - the contract's name
    """What is seen by now: ask again while it is `running`."""
    return _out(request, get_object_or_404(inquiries.seen_by(request.person), public_id=id))


def _out(request: ApiRequest, found: Inquiry) -> InquiryOut:
    lines = inquiries.lines(found, at=request.at)
    is_own = found.asked_by_id == request.person.pk
    ban = bans.of(found.server, found.address, at=request.at) if is_own else None
    return InquiryOut.model_validate(
        {
            "id": found.public_id,
            "state": "running" if found.ended_at is None else "done",
            "name": found.name,
            "server": found.server.name,
            "asked_at": found.asked_at,
            "ended_at": found.ended_at,
            "reach": inquiries.verdict(found, lines),
            "lines": lines,
            "address": found.address if is_own else None,
            "ban": ban.reason if ban else None,
        }
    )
