"""Calls about pages: whom we rang, how, and who answered."""

import uuid

from django.shortcuts import get_object_or_404
from ninja import Router

from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.shapes.pages import PageOut, page_out
from astreinte.core import timeline
from astreinte.notifications import queries as outbox
from astreinte.tickets import sight

router = Router(tags=["pages"])


@router.get("/pages/{id}", response=PageOut, url_name="page", operation_id="get_page", summary="One page")
def page(request: ApiRequest, id: uuid.UUID) -> PageOut:  # noqa: A002 - the contract's name
    """The steps that rang, every delivery with its attempts and receipts, and who acknowledged how."""
    found = get_object_or_404(sight.pages_seen_by(request.person), public_id=id)
    lines, letters = timeline.of(found.story), outbox.about(found.story)
    return page_out(found, lines=lines, letters=letters, to_staff=request.person.handles_cases)
