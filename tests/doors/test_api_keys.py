"""Idempotency-Key: the same key and body give the same answer, whatever happens in between."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from astreinte.accounts.models import RememberedAnswer
from astreinte.notifications.models import Notification
from astreinte.paging.models import Page
from astreinte.tickets.models import Message, Ticket
from tests.doors.programs import Program, refused

SERVER = "web1.boulangerie.example"
STANDARD = {"server": SERVER, "mode": "standard", "symptom": "mail", "subject": "How do I?"}


@pytest.mark.django_db
def test_the_twentieth_identical_call_is_a_201_like_the_first(world):
    world.on_call("Alice")
    owner = Program(world, world.jeanne)
    opening = owner.opening()
    answers = [owner.post("/tickets", opening, key="a button") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (Ticket.objects.count(), Page.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused(world):
    owner = Program(world, world.jeanne)
    ref = owner.post("/tickets", STANDARD, key="k").json()["ref"]
    assert refused(owner.post("/tickets", {**STANDARD, "subject": "Other"}, key="k")) == (422, "idempotency-key-reused")
    assert refused(owner.post(f"/tickets/{ref}/messages", {"body": "x"}, key="k")) == (422, "idempotency-key-reused")
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_without_a_key_each_call_is_its_own(world):
    owner = Program(world, world.jeanne)
    assert [owner.post("/tickets", STANDARD).status_code for _ in range(3)] == [201] * 3
    assert Ticket.objects.count() == 3


@pytest.mark.django_db
def test_two_people_may_choose_the_same_key(world):
    owner, other = Program(world, world.jeanne), Program(world, world.karim)
    assert (
        owner.post("/tickets", STANDARD, key="1").json()["ref"]
        != other.post("/tickets", STANDARD, key="1").json()["ref"]
    )


@pytest.mark.django_db
def test_after_a_day_the_key_is_free_again(world):
    owner = Program(world, world.jeanne)
    first = owner.post("/tickets", STANDARD, key="monthly").json()["ref"]
    RememberedAnswer.objects.update(at=world.now - timedelta(hours=24, minutes=1))
    assert owner.post("/tickets", STANDARD, key="monthly").json()["ref"] != first
    assert RememberedAnswer.objects.count() == 1


@pytest.mark.django_db
def test_a_refusal_of_the_desk_is_kept_and_an_unreadable_request_is_not(world):
    world.on_call("Alice")
    owner = Program(world, world.jeanne)
    opening = owner.opening()
    without = {**opening, "accept": None}
    assert [refused(owner.post("/tickets", without, key="k")) for _ in range(2)] == [(409, "consent-required")] * 2
    assert refused(owner.post("/tickets", opening, key="k")) == (422, "idempotency-key-reused")
    assert refused(owner.post("/tickets", {**opening, "symptom": "rain"}, key="typo")) == (422, "validation")
    assert owner.post("/tickets", opening, key="typo").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a\tb", "x" * 256, " a", "a ", "clé"])
def test_a_key_that_cannot_be_read_is_refused(world, key):
    answer = Program(world, world.jeanne).post("/tickets", STANDARD, key=key)
    assert refused(answer) == (422, "bad-idempotency-key")
    assert Ticket.objects.count() == 0


@pytest.mark.django_db
def test_a_form_sent_again_is_the_same_whatever_its_boundary(world):
    owner = Program(world, world.jeanne)
    ref = owner.post("/tickets", STANDARD).json()["ref"]

    def send(content):
        file = SimpleUploadedFile("a.txt", content)
        path = f"/tickets/{ref}/attachments"
        raw = (
            b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + content + b"\r\n--B--\r\n"
        )
        return owner.upload(path, [file], key="f"), owner.post(
            path, raw=raw, key="f", content_type="multipart/form-data; boundary=B"
        )

    first, second = send(b"hello")
    assert (first.status_code, first.content) == (201, second.content)
    assert [refused(answer) for answer in send(b"other")] == [(422, "idempotency-key-reused")] * 2
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_acts_are_repeated_safely_too(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    engineer = Program(world, alice.user)
    answers = [engineer.post(f"/tickets/{ticket.ref}/acknowledge", {"eta_minutes": 5}, key="t") for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert world.history(ticket).count("page:acknowledged") == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_are_one_ticket(world):
    world.on_call("Alice")
    owner = Program(world, world.jeanne)
    opening = owner.opening()
    together, answers = threading.Barrier(20), []

    def press():
        try:
            together.wait(timeout=30)
            answers.append(owner.post("/tickets", opening, key="panic"))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(answers) == 20
    assert {answer.status_code for answer in answers} <= {201, 503}, [answer.content for answer in answers]
    opened = [answer for answer in answers if answer.status_code == 201]
    assert opened
    assert len({answer.content for answer in opened}) == 1
    assert (Ticket.objects.count(), Page.objects.count()) == (1, 1)
    assert Notification.objects.filter(kind="page").count() == 1
