"""The paper of each acceptance is drawn within seconds, outside any transaction; the e-mail that waited for it then leaves."""

from collections.abc import Callable, Sequence
from datetime import datetime

from astreinte.accounts import queries as accounts
from astreinte.core.transactions import all_or_nothing
from astreinte.notifications import actions as notifications
from astreinte.tickets import actions as tickets
from astreinte.tickets import papers
from astreinte.tickets.models import Consent
from astreinte.tickets.receipt import ReceiptDocument

Render = Callable[[Sequence[ReceiptDocument]], list[bytes | None]]


def due(*, renderer: Render, at: datetime) -> int:
    """Draw what has no paper yet, together. Answers how many were drawn: one that cannot be is left, and its e-mail leaves without."""
    waiting, provider = papers.to_draw(at=at), accounts.provider()
    if not waiting:
        return 0  # another keeper drew them
    drawn = renderer([papers.document(consent, provider=provider) for consent in waiting])
    pairs = [(consent, pdf) for consent, pdf in zip(waiting, drawn, strict=True) if pdf is not None]
    for consent, pdf in pairs:
        _keep(consent, pdf, at=at)
    return len(pairs)


@all_or_nothing
def _keep(consent: Consent, pdf: bytes, *, at: datetime) -> None:
    tickets.keep_receipt(consent, pdf, at=at)
    notifications.ready(consent.ticket.story, kind="receipt", at=at)
