"""What the provider's Prometheus measures, at the doors: a line of the diagnosis, sentences in two languages, and what API says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from astreinte.core import clock, configuration
from astreinte.flows import diagnose, read_metrics
from astreinte.guarantee.rules.advice import read, telling
from astreinte.guarantee.rules.advice.vocabulary import KINDS
from astreinte.tickets.asking import Told
from astreinte.tickets.rules.metrics import table
from tests.doors.portal import drafted, signed_in, text_of
from tests.doors.programs import Program

pytestmark = pytest.mark.django_db
FULL = {"kind": "disk.used_percent", "value": 99.4, "subject": "/", "source": "prometheus"}
OWNER = {"kind": "resource.top_owner", "value": "customer", "subject": "disk", "source": "prometheus"}
WORKERS = {"kind": "limit.used_percent", "value": 100, "subject": "php-workers", "source": "prometheus"}
WELL = {"kind": "memory.used_percent", "value": 41.2, "source": "prometheus"}


@pytest.fixture
def night(world):
    """The provider has a Prometheus; Alice is on call."""
    world.now = clock.now() - timedelta(minutes=10)
    world.alice = world.on_call("Alice")[0].user
    world.provider.settings = {"monitoring": {"prometheus": {"url": "http://prometheus.example:9090"}}}
    world.provider.save()
    configuration.changed()
    return world


def hears(*facts, **said):
    """A prober asks, and Prometheus says this, just now."""
    at = clock.now()
    found = [{**fact, "observed_at": at.isoformat()} for fact in facts]
    for reading in read_metrics.claimed(at=at, limit=8):
        read_metrics.heard(reading.pk, Told(facts=found, **said), at=at)


def ended():
    diagnose.due(at=clock.now())


def test_the_line_fills_and_the_facts_are_sentences(night):
    jeanne = signed_in(night.jeanne, language="fr")
    key = drafted(jeanne, night.web1, symptom="slow")
    live = reverse("portal:diagnosis", args=[key])
    assert "Mesures du serveur : …" in text_of(jeanne.get(live))
    hears(FULL, OWNER, WORKERS, WELL)
    ended()
    page = text_of(jeanne.get(live))
    assert "Mesures du serveur : 4 relevées" in page
    assert "Occupation de la mémoire : 41,2 %" in page.replace("\N{NO-BREAK SPACE}", " ")  # well: no reason, and shown
    assert "Ce qui est mesuré sur le serveur" in page
    assert "Occupation du disque (/) : 99,4 % (supervision du serveur" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Occupation de la limite (processus PHP)" in page
    assert "Premier utilisateur de la ressource (disque)" in page
    assert not [kind for kind in KINDS if f"{kind} " in page and "." in kind]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"trouble": "refused"}, "Prometheus did not answer: the connection is refused"),
        ({"trouble": "timeout"}, "Prometheus did not answer: no answer in time"),
        ({"trouble": "denied"}, "Prometheus did not answer: access is denied"),
        ({"trouble": "too-large"}, "Prometheus did not answer: its answer is too large"),
        ({"trouble": "question"}, "Prometheus did not answer: it does not understand what it is asked"),
        ({"trouble": "something new"}, "Prometheus did not answer: the check itself is broken"),
        ({}, "Measures of the server: Prometheus knows none"),
    ],
)
def test_its_trouble_is_one_line_and_the_rest_goes_on(night, said, words):
    jeanne = signed_in(night.jeanne)
    live = reverse("portal:diagnosis", args=[drafted(jeanne, night.web1, symptom="slow")])
    hears(**said)
    ended()
    page = text_of(jeanne.get(live))
    assert words in page
    assert "In doubt, nothing is billed" in page


def test_one_that_says_nothing_is_left_and_said(night):
    jeanne = signed_in(night.jeanne)
    where = reverse("portal:offer", args=[drafted(jeanne, night.web1, symptom="slow")])
    diagnose.due(at=clock.now() + timedelta(seconds=11))
    assert "Prometheus did not answer: no answer in time" in text_of(jeanne.get(where))


def test_the_engineer_reads_it_on_the_case(night):
    ticket = night.customer_opens("It is slow")
    alice = signed_in(night.alice)
    alice.post(reverse("console:diagnose", args=[ticket.ref]))
    hears(FULL)
    ended()
    page = text_of(alice.get(reverse("console:case", args=[ticket.ref])))
    assert "Measures of the server: 1 was read" in page
    assert "Use of the disk (/): 99.4 %" in page


def test_by_api(night):
    jeanne = Program(night, night.jeanne)
    begun = jeanne.post("/diagnoses", {"server": night.web1.name, "symptom": "slow", "text": ""}).json()
    assert begun["measures"] == {"state": "running", "count": 0, "trouble": ""}
    hears(FULL)
    ended()
    said = jeanne.get(f"/diagnoses/{begun['id']}").json()
    assert (said["state"], said["measures"]) == ("done", {"state": "answered", "count": 1, "trouble": ""})
    assert "disk.used_percent" in {one["kind"] for one in said["facts"]}


def test_every_fact_it_may_give_has_its_words_in_both_languages():
    at = clock.now()
    for query in table.whole({}):
        for value in set(query.values.values()) or {42}:
            for subject in {*query.subjects.values()} or {query.subject.replace("$mountpoint", "/srv")}:
                said = {"kind": query.fact, "value": value, "source": "prometheus", "subject": subject}
                (fact,), wrong = read([{**said, "observed_at": at.isoformat()}])
                sentences = telling.tell(fact, why={"fr": "", "en": ""}, at=at)
                assert not wrong
                for text in sentences.values():
                    assert query.fact not in text
                    assert "inodes:" not in text
                    assert "-workers" not in text
                    assert "db-" not in text
