"""An engineer rehearses a night: a customer who is nobody rings their own telephones, when they ask, and nobody else's."""

from datetime import datetime

from astreinte.accounts import actions as accounts
from astreinte.accounts import queries as people
from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.customers import actions as customers
from astreinte.flows import open_ticket
from astreinte.guarantee import queries as guarantee
from astreinte.notifications import queries as outbox
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets import rehearsals
from astreinte.tickets.models import Ticket
from astreinte.tickets.rules import rehearsal as rules


class NoWay(Refusal):
    """Nothing can reach you: ask an administrator to write your contacts in the provider file."""

    slug = "unreachable"


@yields_to_twin
@all_or_nothing
def ring(person: User, *, key: str, at: datetime) -> Ticket:
    """Call this person, who asks for it, as a real case would. The same key again answers the first.

    Raises NoWay, RehearsalRuns, RehearsedEnough.
    """
    language = rules.spoken(person.language)
    name = rules.NAMES[language][2]
    customer = accounts.stand_in(rehearsals.customer_key(person), name=name, language=language)
    already = cases.opened_with(customer, key)
    if already:
        return already
    refusal = NoWay() if not outbox.contacts([person]) else rehearsals.too_many(customer, at=at)
    if refusal:
        raise refusal
    server = customers.stand_in(language, name=name, language=language)
    opening = open_ticket.Opening(
        symptom="website-down", subject=rules.SENTENCE[language], body="", language=language, key=key, rehearsal=True
    )
    plan = rules.plan_for(person.email, key=person.pk, language=language)
    page = open_ticket.call(
        server, symptom=opening.symptom, sentence=opening.subject, saw="", by=person, at=at, rehearsal=plan
    )
    provider = people.provider()
    policy = guarantee.policy_on(cases.local_day(at, provider).date()) if provider else None
    ticket = tickets.open_ticket(
        opening, server=server, by=customer, actor=person.actor, at=at, page=page, policy=policy
    )
    open_ticket.begin(ticket, page, at=at)
    return ticket
