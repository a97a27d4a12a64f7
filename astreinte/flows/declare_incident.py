"""An incident of ours is found out once it is over: it is written down where it was, and the verdicts of its time are looked at again."""

from collections.abc import Sequence
from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core import words
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.customers.models import Server
from astreinte.flows.maintain import NoServer
from astreinte.flows.suspect import CLAUSES, NotOneOfOurs
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring.models import Incident

Past = monitoring.Past


class NotInThePast(Refusal):
    """Write when it began, then when it was over, both in the past: what is still wrong is found by monitoring, and rings."""

    slug = "not-in-the-past"
    status = 422


class NoTitle(Refusal):
    """Say in a few words what was wrong: customers read it."""

    slug = "no-title"
    status = 422


@all_or_nothing
def past(what: Past, *, servers: Sequence[Server], by: User, at: datetime) -> Incident:
    """Write it down. The keeper then flags the verdicts that it covers. Raises NoTitle, NoServer, NotOneOfOurs, NotInThePast."""
    if words.says_nothing(what.title):
        raise NoTitle
    if not servers:
        raise NoServer
    if what.clause not in CLAUSES:
        raise NotOneOfOurs(field="clause", clauses=", ".join(CLAUSES))
    if not what.began_at < what.over_at <= at:
        raise NotInThePast
    return monitoring.declare(what, servers=servers, by=by.actor, at=at)
