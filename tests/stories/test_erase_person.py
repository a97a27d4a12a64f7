"""A person is erased: not one of their words is left but where the law asks for it, and everything sealed is still proven."""

import io
import json
from itertools import chain

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import Client

from astreinte.accounts import erased
from astreinte.accounts.models import ApiToken, RememberedAnswer, User
from astreinte.billing import proofs as billing
from astreinte.core import proofs as history
from astreinte.core.actors import SYSTEM
from astreinte.customers.models import Member
from astreinte.flows import (
    contest,
    converse,
    diagnose,
    erase_person,
    follow_incident,
    issue_invoices,
    open_ticket,
    subscribe,
)
from astreinte.monitoring.models import Follower, Inquiry, Subscriber
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.tickets import actions as tickets
from astreinte.tickets import files, packs, proofs, refusals, verify
from astreinte.tickets.models import Attachment, Evidence, Message
from tests.before_salts import as_before
from tests.doors.programs import Program

CANARY = "canary-5d1c"
WHY = "letter of 3 March"
# By law: what was accepted, its paper, the invoices.
LAW = {"tickets_consent", "tickets_receipt", "billing_invoice"}


@pytest.fixture
def person(world, settings, tmp_path):
    """A member of the bakery, whose every box will hold the canary."""
    settings.DATA = tmp_path
    found = world.member("Nadia Ferrand", world.boulangerie, is_owner=True)
    User.objects.filter(pk=found.pk).update(email=f"nadia.{CANARY}@boulangerie.example")
    found.refresh_from_db()
    world.phones[found.email] = world.phones["nadia@boulangerie.example"]
    return found


@pytest.fixture
def case(world, person):
    """A billed case of theirs: sentence, text, diagnosis, messages, a file, a dispute; over, sealed and invoiced."""
    (alice,) = world.on_call("Alice")
    check = world.watches()
    ticket = opened(world, person)
    attach(world, ticket, person)
    world.keeper_ticks()
    world.takes(alice.user, ticket)
    converse.say(ticket, body="We look at it.", by=alice.user, at=world.now)
    world.resolves(alice.user, ticket)
    world.keeper_ticks()
    world.decides(alice.user, ticket, "customer-app")
    contest.open(ticket, reason=f"{CANARY}: it was the server", by=person, at=world.now)
    contest.decide(ticket, upheld=False, answer="It was not.", by=world.chloe, at=world.now)
    world.passes(minutes=31)
    world.keeper_ticks()
    everything_else(world, person, check)
    issue_invoices.due(at=world.now)
    world.passes(seconds=5)
    ticket.refresh_from_db()
    return ticket


def opened(world, person):
    diagnosis = diagnose.start(world.web1, symptom="mail", text=CANARY, by=person, at=world.now)
    world.passes(seconds=1)
    opening = world.opening(CANARY)
    opening = type(opening)(**{**vars(opening), "body": f"{CANARY}\nNobody receives anything", "key": CANARY})
    ticket = open_ticket.urgent(
        opening,
        server=world.web1,
        acceptance=world.acceptance(by=person),
        given=open_ticket.Given(channel="web", ip="192.0.2.200"),
        by=person,
        at=world.now,
        diagnosis=diagnosis,
    )
    world.pager_ticks()
    return ticket


def attach(world, ticket, person):
    content = io.BytesIO(CANARY.encode())
    upload = files.check(f"{CANARY}.txt", content)
    with files.kept([(upload, content)]) as uploads:
        converse.say(ticket, body=f"{CANARY}: see the log", uploads=uploads, by=person, at=world.now)
    world.pager_ticks()


def everything_else(world, person, check):
    """A subscription, an incident they follow, what they asked, a key, a session with a draft, a way to be reached."""
    wish = subscribe.Wish(components=[], language="en", source="192.0.2.200")
    subscribe.by_email(person.email, wish, at=world.now)
    follow_incident.follow(world.goes_down(check), person=person, at=world.now)
    Inquiry.objects.create(server=world.web1, name=CANARY, asked_by=person, address="192.0.2.200", asked_at=world.now)
    at = world.now
    ApiToken.objects.create(user=person, name=CANARY, prefix="x", sha256="0" * 64, created_at=at, expires_at=at)
    RememberedAnswer.objects.create(user=person, key=CANARY, asked_sha256="0", status=201, answer=CANARY, at=at)
    session = SessionStore()
    session.update({"_auth_user_id": str(person.pk), "drafts": {"1": {"sentence": CANARY}}})
    session.create()
    ContactMethod.objects.create(user=person, position=0, after_s=0, kind="email", address=person.email)
    world.passes(seconds=5)


def dump(word=CANARY):
    """Every table in which this word is; each row is read whole, sessions too."""
    found = {}
    for model in apps.get_models():
        for row in model._default_manager.all():
            said = repr({field.attname: _value(row, field) for field in model._meta.concrete_fields})
            if model._meta.db_table == "django_session":
                said += repr(row.get_decoded())
            if word in said:
                found.setdefault(model._meta.db_table, []).append(said)
    return found


def _value(row, field):
    value = getattr(row, field.attname)
    return bytes(value) if isinstance(value, memoryview) else value


def broken():
    every = (
        history.history(),
        proofs.consents(),
        proofs.receipts(),
        proofs.evidence(),
        proofs.packs(),
        billing.invoices(),
    )
    return [one.row for one in chain(*every)]


def erase(world, person):
    return erase_person.erase(person, why=WHY, by=SYSTEM, at=world.now)


@pytest.mark.parametrize("before", [0, 1, 9], ids=["salted", "mixed", "of before salts"])
def test_not_a_word_is_left_but_for_the_law_and_all_is_proven(world, person, case, tmp_path, before):
    if before:
        as_before(case, packs=before)
    assert broken() == []
    assert {"tickets_ticket", "tickets_message", "tickets_evidence", "paging_page", "accounts_user"} <= set(dump())
    receipts = [pack["receipt"] for pack in packs.document(case)["packs"]]
    erase(world, person)
    left = dump()
    assert "billing_invoice" in left
    assert set(left) <= LAW, {table: rows for table, rows in left.items() if table not in LAW}
    assert broken() == []
    assert verify.read(packs.file(case))[1] is None
    assert [pack["receipt"] for pack in packs.document(case)["packs"]] == receipts
    assert CANARY.encode() not in packs.file(case)
    assert not [one for one in tmp_path.rglob("*") if one.is_file() and CANARY.encode() in one.read_bytes()]
    assert not Attachment.objects.exists()


def test_the_pages_and_the_api_say_none_of_it_and_still_open(world, person, case):
    erase(world, person)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chloe)
    staff = ["/console/cases/", f"/console/cases/{case.ref}/", f"/console/cases/{case.ref}/evidence/"]
    theirs = [f"/tickets/{case.ref}/", f"/tickets/{case.ref}/evidence/", f"/tickets/{case.ref}/evidence.json"]
    for who, paths in ((world.chloe, staff), (world.jeanne, theirs)):
        client.force_login(who)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            assert CANARY not in page.content.decode(), path
    assert "Erased, on request" in client.get(theirs[0]).content.decode()
    assert "Erased, on request" in client.get(theirs[1]).content.decode()
    said = Program(world, world.chloe).get(f"/tickets/{case.ref}").content.decode()
    assert CANARY not in said
    assert [bool(one["erased_at"]) for one in json.loads(said)["messages"]] == [True, False]


def test_nothing_reaches_them_and_nobody_signs_in_as_them(world, person, case):
    erase(world, person)
    nobody = User.objects.get(pk=person.pk)
    assert (nobody.is_active, nobody.name, nobody.email) == (False, "Personne effacée", f"{person.pk}@erased.invalid")
    assert not nobody.has_usable_password()
    for model in (Member, ContactMethod, ApiToken, RememberedAnswer, Follower):
        assert not model.objects.filter(user=person).exists(), model
    assert not Inquiry.objects.filter(asked_by=person).exists()
    assert not Subscriber.objects.exists()
    assert not Notification.objects.filter(person=person).exclude(address="", name="", context={}).exists()


def test_what_others_wrote_stays_and_the_history_tells_it(world, person, case):
    erase(world, person)
    assert [one.body for one in Message.objects.order_by("pk")] == ["", "We look at it."]
    assert "ticket:erased" in world.history(case)
    lines = [line for line in history._entries() if line.kind.endswith(":erased")]
    assert {line.kind for line in lines} == {"evidence:erased", "message:erased", "ticket:erased", "person:erased"}
    assert all(CANARY not in json.dumps(line.data) for line in lines)


def test_their_name_is_left_in_the_history_and_in_what_it_proves(world, person, case):
    """Where it was accepted, and where it was sealed as who did what: the history has no salts (decision 0030)."""
    erase(world, person)
    left = set(dump("Nadia Ferrand"))
    assert left == {"core_timelineentry", "tickets_consent", "tickets_evidence", "billing_invoice"}
    kinds = {one.kind for one in Evidence.objects.filter(body__contains="Nadia Ferrand")}
    assert kinds == {"consent", "timeline"}


def test_what_a_colleague_opened_stays_theirs(world, person, case):
    """Somebody who only wrote in a case: their message goes, its sentence stays, on the call and in the charge as well."""
    converse.say(case, body="colleague-canary", by=world.jeanne, at=world.now)
    world.pager_ticks()
    assert dump("colleague-canary").keys() == {"tickets_message", "notifications_notification"}
    erase(world, world.jeanne)
    assert dump("colleague-canary") == {}
    assert {"tickets_ticket", "paging_page", "billing_charge", "tickets_dispute", "tickets_diagnosis"} <= set(dump())
    assert [one.erased_at is None for one in case.messages.all()] == [True, True, False]
    assert {one.kind for one in Evidence.objects.filter(body__contains=CANARY)} >= {"declaration", "message"}


def test_once_is_enough(world, person, case):
    erase(world, person)
    with pytest.raises(erase_person.NobodyToErase):
        erase(world, User.objects.get(pk=person.pk))


# -- what is in the way --------------------------------------------------------------------------------------------------


def untouched(world, person, refusal):
    before = dump()
    with pytest.raises(refusal):
        erase(world, person)
    assert dump() == before
    assert not erased.path().exists()


def test_a_case_that_is_not_over_is_named_and_nothing_is_erased(world, person):
    (alice,) = world.on_call("Alice")
    ticket = opened(world, person)
    untouched(world, person, refusals.StillOpen)
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    untouched(world, person, refusals.StillUndecided)
    world.decides(alice.user, ticket, "customer-app")
    untouched(world, person, refusals.StillUnbilled)
    contest.open(ticket, reason=CANARY, by=person, at=world.now)
    untouched(world, person, refusals.StillDisputed)
    contest.decide(ticket, upheld=True, answer="You are right", by=world.chloe, at=world.now)
    untouched(world, person, refusals.StillUnsealed)
    world.passes(minutes=31)
    world.keeper_ticks()
    erase(world, person)


def test_a_standard_case_needs_no_verdict(world, person):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens_standard(CANARY, by=person)
    untouched(world, person, refusals.StillOpen)
    world.resolves(alice.user, ticket)
    erase(world, person)
    assert dump() == {}


def test_whoever_works_here_is_not_erased(world, person):
    untouched(world, world.chloe, erase_person.WorksHere)


def test_a_message_that_has_still_to_leave_is_waited_for(world, person, case):
    world.pager_ticks = lambda: None
    converse.say(case, body="One more thing", by=world.chloe, at=world.now)
    untouched(world, person, erase_person.StillToLeave)


def test_evidence_that_is_broken_stays_as_it_is(world, person, case):
    from tests.attackers import without_triggers

    without_triggers(["tickets_evidence"])("UPDATE tickets_evidence SET kind = 'forged' WHERE kind = 'consent'")
    untouched(world, person, refusals.EvidenceIsBroken)


# -- an old backup -------------------------------------------------------------------------------------------------------


def test_a_backup_of_before_is_restored_and_they_are_erased_again(world, person, case):
    backup = transaction.savepoint()
    erase(world, person)
    after = dump()
    transaction.savepoint_rollback(backup)  # the database is as it was; the file beside it is not
    assert "tickets_ticket" in dump()
    assert [user.pk for user, _line in erased.are_back()] == [person.pk]
    done, refused = erase_person.again(at=world.now)
    assert ([one.pk for one in done], refused) == ([person.pk], [])
    assert dump().keys() == after.keys()
    assert (erased.are_back(), len(erased.lines())) == ([], 1)
    assert broken() == []


def test_a_key_that_was_given_to_somebody_else_erases_nobody(world, person, case):
    backup = transaction.savepoint()
    erase(world, person)
    transaction.savepoint_rollback(backup)
    User.objects.filter(pk=person.pk).update(email="somebody.else@boulangerie.example")
    assert erased.are_back() == []
    assert erase_person.again(at=world.now) == ([], [])


def test_the_file_names_nobody(world, person, case):
    erase(world, person)
    text = erased.path().read_text()
    assert oct(erased.path().stat().st_mode)[-3:] == "600"
    assert "nadia" not in text.lower()
    assert CANARY not in text
    assert json.loads(text)["why"] == WHY


def test_files_that_a_stop_left_behind_go_the_next_time(world, person, case, tmp_path):
    erase_person._erase(person, why=WHY, is_listed=False, by=SYSTEM, at=world.now)  # and the process dies here
    assert Attachment.objects.exists()
    assert tickets.remove_files() == 1
    assert not [one for one in (tmp_path / "attachments").rglob("*") if one.is_file()]
