"""While a diagnosis looks, the provider's Prometheus is asked; what it measures is evidence, and its trouble stops nothing."""

from datetime import timedelta

import pytest

from astreinte.core import configuration
from astreinte.flows import diagnose, read_metrics
from astreinte.guarantee.rules import advice
from astreinte.monitoring import readings
from astreinte.tickets import facts
from astreinte.tickets.asking import Told


@pytest.fixture
def night(world):
    """The provider has a Prometheus."""
    world.provider.settings = {"monitoring": {"prometheus": {"url": "http://prometheus.example:9090"}}}
    world.provider.save()
    configuration.changed()
    return world


def begins(world, *, by=None, symptom="slow"):
    return diagnose.start(world.web1, symptom=symptom, text="It is slow", by=by or world.jeanne, at=world.now)


def ends(world, diagnosis):
    diagnose.due(at=world.now)
    diagnosis.refresh_from_db()
    return diagnosis


def measured(world, kind="disk.used_percent", value=99.4, subject="/", **more):
    at = {"observed_at": world.now.isoformat()}
    return {"kind": kind, "value": value, "subject": subject, "source": "prometheus", **at, **more}


def hears(world, *measures, **said):
    """A prober takes what is waited for, and Prometheus says this."""
    for reading in read_metrics.claimed(at=world.now, limit=8):
        read_metrics.heard(reading.pk, Told(facts=measures, **said), at=world.now)


def known(world):
    found, wrong = advice.read(facts.about(world.web1, symptom="slow", at=world.now))
    assert not wrong
    return {(fact.kind, fact.subject): fact.value for fact in found}


def test_it_is_asked_only_where_there_is_one(world):
    assert ends(world, begins(world)).state == "done"
    assert readings.of(world.web1) is None


def test_the_diagnosis_waits_for_it_and_what_it_measures_is_known(night):
    begun = begins(night)
    assert ends(night, begun).state == "running"
    hears(night, measured(night), measured(night, "memory.used_percent", 41.2, ""))
    assert ends(night, begun).state == "done"
    kept = {(one["kind"], one["source"]): one["value"] for one in begun.facts}
    assert kept["disk.used_percent", "prometheus"] == 99.4
    assert kept["memory.used_percent", "prometheus"] == 41.2
    assert "disk.used_percent" in {one["fact_kind"] for one in begun.advice["explanation"]}


def test_it_is_waited_for_ten_seconds_and_no_more(night):
    begun = begins(night)
    night.passes(seconds=10)
    assert ends(night, begun).state == "done"


def test_its_trouble_is_said_and_stops_nothing(night):
    begun = begins(night)
    hears(night, trouble="refused", unanswered={"disk": "refused"})
    assert ends(night, begun).state == "done"
    assert readings.of(night.web1).trouble == "refused"


def test_one_prober_asks_and_another_when_it_has_died(night):
    begins(night)
    assert len(read_metrics.claimed(at=night.now, limit=8)) == 1
    assert read_metrics.claimed(at=night.now, limit=8) == []
    night.passes(seconds=16)
    assert len(read_metrics.claimed(at=night.now, limit=8)) == 1


def test_two_who_wait_for_the_same_server_wait_for_one_answer(night):
    first, second = begins(night), begins(night, by=night.karim)
    hears(night, measured(night))
    assert (ends(night, first).state, ends(night, second).state) == ("done", "done")
    assert read_metrics.claimed(at=night.now, limit=8) == []


def test_an_old_reading_says_nothing_of_now(night):
    begins(night)
    hears(night, measured(night))
    assert known(night)["disk.used_percent", "/"] == 99.4
    night.passes(minutes=16)
    assert ("disk.used_percent", "/") not in known(night)


def test_a_sample_that_is_older_than_its_kind_may_be_is_no_evidence(night):
    begun = begins(night)
    hears(night, measured(night, observed_at=(night.now - timedelta(minutes=20)).isoformat()))
    ends(night, begun)
    (said,) = [one for one in begun.advice["explanation"] if one["fact_kind"] == "disk.used_percent"]
    assert said["role"] == "stale"


def test_a_disk_that_the_customer_filled_is_proven_by_it(night):
    begun = begins(night)
    owner = measured(night, "resource.top_owner", "customer", "disk")
    hears(night, measured(night), owner, measured(night, "service.state", "running", "http"))
    ends(night, begun)
    assert (begun.advice["outcome"], begun.advice["clauses"][0]) == ("excluded", "saturation")
