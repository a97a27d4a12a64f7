"""Somebody asks for a new password: a link by e-mail, through the outbox. An unknown address gets the same answer."""

from datetime import datetime

from astreinte.accounts import queries as accounts
from astreinte.core.transactions import all_or_nothing
from astreinte.notifications import actions as notifications


@all_or_nothing
def ask(*, email: str, at: datetime) -> None:
    """Send the link, made when it leaves so that no row holds it; once a minute at most for one person."""
    person = accounts.by_email(email)
    if person is None:
        return
    about = f"user/{person.pk}"
    letter = notifications.by_email(
        person,
        once=f"{about}/password_reset/{at:%Y%m%d%H%M}",
        about=about,
        kind="password_reset",
        due_at=at,
        priority=3,
    )
    notifications.enqueue([letter], at=at)
