"""What is asked of DNS, registries and certificates about the names of a server: by whom, how often, and which facts come of it."""

from datetime import timedelta

from astreinte.flows import diagnose, just_me, look_up
from astreinte.guarantee.rules.advice import read
from astreinte.monitoring import inquiries, registered
from astreinte.monitoring.models import LookUp
from astreinte.tickets import facts
from tests.looked_up import ANSWER, DOMAIN, SHOWN, SITE, asks, bans_address, finds, settle


def test_only_what_the_provider_named_is_asked_and_only_about_registered_names(world):
    world.watches(url="https://www.boulangerie.example:443/a")
    world.watches(url="http://192.0.2.10/")
    world.watches(kind="tls", host="192.0.2.10", server_name="mail.boulangerie.example", port=993)
    assert registered.of(world.web1) == ["mail.boulangerie.example", SITE]
    assert registered.look_ups(world.web1) == [("tls", SITE)]
    settle(world, look_ups={"resolvers": ["192.0.2.53"], "rdap": "https://rdap.example"})
    assert {kind for kind, _ in registered.look_ups(world.web1)} == {"dns", "tls", "rdap"}


def test_look_ups_are_wanted_taken_once_and_used_again_for_a_while(world):
    world.watches()
    settle(world, look_ups={"resolvers": ["192.0.2.53"], "rdap": "https://rdap.example"})
    asks(world)
    taken = look_up.claimed(at=world.now, limit=20)
    assert sorted(one.kind for one in taken) == ["dns", "rdap", "tls"]
    assert look_up.claimed(at=world.now, limit=20) == []
    look_up.found([(one.pk, {"x": 1}, "") for one in taken], at=world.now)
    world.now += timedelta(minutes=2)
    look_up.wanted(world.web1, at=world.now)
    assert sorted(one.kind for one in look_up.claimed(at=world.now, limit=20)) == ["dns", "tls"]


def test_a_registry_that_fails_is_left_alone_for_an_hour_and_what_was_known_stays(world):
    world.watches()
    settle(world, look_ups={"rdap": "https://rdap.example"})
    look_up.wanted(world.web1, at=world.now)
    finds(world, rdap=DOMAIN, tls=SHOWN)
    world.now += timedelta(hours=7)
    look_up.wanted(world.web1, at=world.now)
    finds(world, rdap="timeout", tls=SHOWN)
    world.now += timedelta(minutes=30)
    look_up.wanted(world.web1, at=world.now)
    assert [one.kind for one in inquiries.wanted(at=world.now, limit=9)] == ["tls"]
    assert LookUp.objects.get(kind="rdap").found == DOMAIN


def test_a_registry_is_asked_ten_times_a_minute_by_the_whole_desk(world):
    settle(world, look_ups={"rdap": "https://rdap.example"})
    for number in range(12):
        world.watches(url=f"http://site{number}.example/")
    look_up.wanted(world.web1, at=world.now)
    assert len(look_up.claimed(at=world.now, limit=20)) == 10
    assert look_up.claimed(at=world.now, limit=20) == []
    assert len(look_up.claimed(at=world.now + timedelta(seconds=61), limit=20)) == 10


def test_a_look_up_that_a_dead_prober_took_is_made_again(world):
    world.watches()
    look_up.wanted(world.web1, at=world.now)
    assert len(look_up.claimed(at=world.now, limit=20)) == 1
    assert len(look_up.claimed(at=world.now + timedelta(seconds=31), limit=20)) == 1


def test_the_names_are_told_line_by_line_and_the_registry_is_never_waited_for(world):
    check = world.watches()
    settle(world, look_ups={"resolvers": ["192.0.2.53"], "rdap": "https://rdap.example"})
    inquiry = asks(world)
    world.sees_once(check, up=True)
    states = {line["what"]: line["state"] for line in inquiries.lines(inquiry, at=world.now)}
    assert states == {"web": "up", "dns": "running", "tls": "running"}
    finds(world, dns=ANSWER, tls=SHOWN, rdap=DOMAIN)
    found = inquiries.lines(inquiry, at=world.now)
    assert [line["what"] for line in found] == ["web", "dns", "dns", "domain", "tls"]
    assert just_me.due(at=world.now) == 1


def test_servers_that_answer_something_else_are_shown(world):
    check = world.watches()
    settle(world, look_ups={"resolvers": ["192.0.2.53"]})
    inquiry = asks(world)
    world.sees_once(check, up=True)
    other = {**ANSWER["answers"][1], "said": ["198.51.100.9"]}
    finds(world, dns={**ANSWER, "answers": [*ANSWER["answers"], other], "dnssec": "bogus"}, tls="timeout")
    found = [line for line in inquiries.lines(inquiry, at=world.now) if line["what"] != "web"]
    assert [line["state"] for line in found] == ["up", "up", "degraded", "down", "unknown"]


# -- facts ----------------------------------------------------------------------------------------------------------------------


def known(world):
    found = facts.about(world.web1, symptom="website-down", at=world.now)
    read_, wrong = read(found)
    assert (len(wrong), len(read_)) == (0, len(found))
    return {(one.kind, one.subject): (one.value, one.source) for one in read_}


def test_a_diagnosis_asks_and_what_was_found_is_facts(world):
    world.watches()
    settle(world, look_ups={"resolvers": ["192.0.2.53"], "rdap": "https://rdap.example"})
    diagnosis = diagnose.start(world.web1, symptom="website-down", text="", by=world.jeanne, at=world.now)
    finds(world, dns=ANSWER, tls=SHOWN, rdap=DOMAIN)
    assert diagnosis.state == "running"
    found = known(world)
    assert found["dns.answer", SITE] == ("ours", "check")
    assert found["dns.delegation", SITE] == ("third-party", "check")
    assert found["dns.dnssec", SITE] == ("unsigned", "check")
    assert found["tls.days_left", SITE] == (60.0, "check")
    assert found["domain.registration", SITE] == ("active", "check")
    assert found["domain.registrar", SITE] == ("third-party", "check")
    world.now += timedelta(hours=2)
    assert [kind for kind, _ in known(world) if kind.startswith(("dns", "tls", "domain"))] == [
        "domain.registration",
        "domain.registrar",
    ]


def test_what_is_in_doubt_is_no_fact(world):
    world.watches()
    settle(world, look_ups={"resolvers": ["192.0.2.53"], "rdap": "https://rdap.example"})
    look_up.wanted(world.web1, at=world.now)
    doubt = {**ANSWER, "points": "", "delegation": "", "dnssec": ""}
    finds(world, dns=doubt, tls="refused", rdap={**DOMAIN, "state": "", "registrar_is": ""})
    assert not [kind for kind, _ in known(world) if kind.startswith(("dns", "tls", "domain"))]


def test_a_ban_of_some_address_is_no_fact_about_the_customer(world):
    bans_address(world, "abuse")
    assert not [kind for kind, _ in known(world) if kind == "firewall.ban"]
    bans_address(world, "login-failures", subject="")
    assert known(world)["firewall.ban", ""][0] == "login-failures"


def test_the_network_of_whoever_asks_is_told_and_forgotten_after_a_day(world):
    settle(world, look_ups={"resolvers": ["192.0.2.53"], "networks": "origin.asn.example"})
    inquiry = asks(world, address="9.9.9.9")
    finds(world, asn={"asn": 64500})
    assert inquiries.autonomous_system(inquiry) == 64500
    asks(world, name="other.example", address="192.168.1.1")
    assert LookUp.objects.count() == 1
    just_me.forgotten(at=world.now + timedelta(hours=25))
    assert not LookUp.objects.exists()
