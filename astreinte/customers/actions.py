"""The verbs of customers: one who stands in for them in a rehearsal; a person who leaves all of them."""

from astreinte.accounts.models import User
from astreinte.core import configuration
from astreinte.customers.models import Customer, CustomerKind, Member, Plan, Server

GTI_S, GTR_S = 900, 3600


def stand_in(key: str, *, name: str, language: str) -> Server:
    """The server of a customer who is nobody, made at the first rehearsal. Neither is active: no list and no check knows them."""
    terms = {"urgent": True, "gti_s": GTI_S, "gtr_s": GTR_S, "availability": "99.9"}
    plan, _made = Plan.objects.get_or_create(name="rehearsal", defaults=terms)
    nowhere = {"street": "", "postcode": "", "city": "", "country": "FR"}
    said = {"name": name, "kind": CustomerKind.BUSINESS, "language": language, "is_active": False, **nowhere}
    customer, _made = Customer.objects.get_or_create(ref=f"rehearsal-{key}", defaults=said)
    found = {"customer": customer, "plan": plan, "is_active": False}
    return Server.objects.get_or_create(name=f"{key}.rehearsal.invalid", defaults=found)[0]


def leave(user: User) -> int:
    """They are a member of no customer any more. Answers of how many they were."""
    configuration.changed()
    theirs = Member.objects.filter(user=user)
    count = theirs.count()
    theirs.delete()
    return count
