"""Which facts count: freshness, source, our own eyes, contradictions, who manages what, what explains what, what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from astreinte.guarantee.rules.advice import usable, view, working
from astreinte.guarantee.rules.advice.reading import MOST_FACTS, read
from astreinte.guarantee.rules.advice.relevance import explains
from astreinte.guarantee.rules.advice.subjects import stem
from astreinte.guarantee.rules.advice.usable import Why
from astreinte.guarantee.rules.advice.vocabulary import KINDS, SYMPTOMS

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def said(kind, value, subject="", *, source=None, ago=30):
    fact = {"kind": kind, "value": value, "observed_at": (AT - timedelta(seconds=ago)).isoformat()}
    fact["source"] = source or min(KINDS[kind].sources)
    return {**fact, "subject": subject} if subject else fact


def facts(*given):
    found, wrong = read(given)
    assert wrong == ()
    return found


def seen(*given):
    return view.look(facts(*given), at=AT)


def why(fact):
    return usable.why_not(facts(fact)[0], at=AT)


# -- 2.1 fresh ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_fact_counts_to_its_last_second_and_not_one_more(name):
    kind = KINDS[name]
    value = kind.values[0] if kind.values else True if kind.type == "bool" else kind.least or 0
    last = int(kind.fresh.total_seconds())
    assert why(said(name, value, "x", ago=last)) is None
    assert why(said(name, value, "x", ago=last + 1)) is Why.STALE
    assert why(said(name, value, "x", ago=-120)) is None
    assert why(said(name, value, "x", ago=-121)) is Why.FUTURE


# -- 2.2 source --------------------------------------------------------------------------------------------------------


def test_a_customer_claims_three_things_and_proves_none():
    assert why(said("request.intent", "how-to", source="customer")) is None
    assert why(said("request.data_age", 5, source="customer")) is None
    assert why(said("network.loss_at", "provider", source="customer")) is None
    assert why(said("service.state", "failed", "http", source="customer")) is Why.CLAIM


def test_a_source_speaks_of_what_it_produces():
    assert why(said("hardware.raid", "failed", source="vantage")) is Why.SOURCE
    assert why(said("request.intent", "how-to", source="provider")) is Why.SOURCE


# -- 2.3 our own eyes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("health", ["degraded", "offline"])
def test_a_prober_that_is_not_well_voids_what_we_saw_and_nothing_else(health):
    found = seen(
        said("vantage.prober", health, source="check"),
        said("http.witness", "ok", source="vantage"),
        said("backup.access", "ok", source="check"),
        said("service.state", "running", "http", source="provider"),
    )
    assert set(found.by_kind) == {"vantage.prober", "service.state"}
    assert found.sorted.blind


def test_a_prober_that_recovered_more_than_five_minutes_ago_is_well():
    old, new = said("vantage.prober", "offline", ago=600), said("vantage.prober", "ok", ago=20)
    assert not seen(old, new).sorted.blind
    assert seen({**old, "observed_at": new["observed_at"]}, new).sorted.blind


def test_one_vantage_point_proves_nothing():
    found = seen(
        said("vantage.count", 1, source="vantage"),
        said("tcp.port", "timeout", "https:443", source="vantage"),
        said("http.witness", "ok", source="check"),
        said("backup.access", "stale", source="check"),
        said("disk.used_percent", 99, "/", source="prometheus"),
    )
    assert set(found.by_kind) == {"vantage.count", "backup.access", "disk.used_percent"}
    assert {fact.kind for fact in found.sorted.weak} == {"backup.access"}
    assert set(found.firm.by_kind) == {"vantage.count", "disk.used_percent"}
    assert found.sorted.alone


def test_two_points_are_enough_and_a_count_may_be_about_one_subject():
    port = said("tcp.port", "open", "ssh:22", source="vantage")
    assert seen(said("vantage.count", 2, source="vantage"), port).of("tcp.port")
    assert seen(said("vantage.count", 1, "boutique.example", source="vantage"), port).of("tcp.port")


# -- 2.4 contradiction -------------------------------------------------------------------------------------------------


def app(value, *, source, ago=30):
    return said("app.state", value, "boutique.example", source=source, ago=ago)


def test_outside_beats_inside_however_old():
    found = seen(app("ok", source="check", ago=800), app("fatal-error", source="provider", ago=1))
    assert [fact.value for fact in found.of("app.state")] == ["ok"]


@pytest.mark.parametrize(("between", "values"), [(301, ["ok"]), (300, []), (0, [])])
def test_at_equal_rank_the_newer_wins_by_more_than_five_minutes(between, values):
    found = seen(app("fatal-error", source="provider", ago=20 + between), app("ok", source="provider", ago=20))
    assert [fact.value for fact in found.of("app.state")] == values
    assert bool(found.contested) is not bool(values)


def test_what_says_the_same_does_not_contradict():
    found = seen(
        said("disk.used_percent", 99, "/", source="prometheus"), said("disk.used_percent", 100, "/", source="provider")
    )
    assert len(found.of("disk.used_percent")) == 1
    apart = seen(
        said("disk.used_percent", 99, "/", source="prometheus"), said("disk.used_percent", 60, "/", source="provider")
    )
    assert apart.of("disk.used_percent") == ()


def test_the_customer_s_word_gives_way_to_any_measure():
    found = seen(
        said("network.loss_at", "provider", source="customer"),
        said("network.loss_at", "none", source="vantage", ago=700),
    )
    assert [fact.value for fact in found.of("network.loss_at")] == ["none"]


def test_a_running_service_that_is_closed_for_all_does_not_work():
    found = seen(
        said("service.state", "running", "http", source="provider"),
        said("tcp.port", "refused", "https:443", source="vantage"),
    )
    assert [(one.service, one.managed, one.fact.kind) for one in working.failures(found)] == [
        ("http", True, "tcp.port")
    ]


def test_a_dead_service_that_answers_is_neither_broken_nor_sound():
    dead = said("service.state", "failed", "ssh", source="provider")
    spoke = said("service.dialogue", "ok", "ssh", source="vantage")
    assert [one.doubted for one in working.failures(seen(dead, spoke))] == [True]
    restarted = {**dead, "value": "restarted"}
    assert [one.doubted for one in working.failures(seen(restarted, spoke))] == [False]


# -- 2.5 managed by whom -----------------------------------------------------------------------------------------------


def test_named_services_are_ours_others_are_unknown_and_whoever_says_is_believed():
    found = seen(
        said("service.managed_by", "customer", "mysql"),
        said("service.managed_by", "provider", "redis"),
    )
    answers = {name: found.is_managed(name) for name in ("http", "backup", "mysql", "redis", "mongodb")}
    assert answers == {"http": True, "backup": True, "mysql": False, "redis": True, "mongodb": None}


@pytest.mark.parametrize(
    ("subject", "joined"),
    [
        ("https:443", "http"),
        ("imap:993", "imap"),
        ("smtp:465", "smtp"),
        ("redis:6379", "redis"),
        ("inodes:/", "inodes:/"),
    ],
)
def test_a_port_is_a_port_of_its_service(subject, joined):
    assert stem(subject) == joined


# -- 2.6 alarm ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "band"),
    [
        ("disk.used_percent", 90, "normal"),
        ("disk.used_percent", 97.9, "between"),
        ("disk.used_percent", 98, "alarm"),
        ("vantage.ok_ratio", 0.5, "alarm"),
        ("vantage.ok_ratio", 0.8, "normal"),
        ("tls.days_left", 0, "alarm"),
        ("tls.days_left", 6, "between"),
        ("hardware.raid", "rebuilding", "alarm"),
        ("maintenance.window", "planned", "normal"),
        ("resource.top_owner", "customer", "said"),
    ],
)
def test_a_value_is_normal_in_alarm_or_between(kind, value, band):
    assert KINDS[kind].band(value) == band


# -- 2.7 relevance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subject", "explained"),
    [
        (
            "hardware.raid",
            "",
            "website-down slow mail ftp-ssh dns-domain change-not-applied backup certificate how-to other",
        ),
        ("disk.used_percent", "/", "website-down slow mail ftp-ssh other"),
        ("limit.used_percent", "mailbox", "mail other"),
        ("app.state", "boutique.example", "website-down slow other"),
        ("service.state", "mysql", "website-down slow other how-to"),
        ("service.state", "mongodb", "website-down slow other"),
        ("tcp.port", "imap:993", "mail other how-to"),
        ("service.state", "ftp", "ftp-ssh backup change-not-applied other how-to"),
        ("dns.answer", "boutique.example", "website-down mail dns-domain certificate change-not-applied other"),
        ("tls.days_left", "boutique.example", "certificate website-down other"),
        ("tls.days_left", "mail.boutique.example", "certificate website-down other mail"),
        ("backup.access", "", "backup"),
        ("request.data_age", "", "backup"),
        ("firewall.blocking_rule", "https:443", "website-down other"),
        ("firewall.ban", "ssh", "ftp-ssh backup other"),
        ("change.apply_state", "ftp", "ftp-ssh backup change-not-applied other how-to"),
        ("incident.open", "smtp", "mail other how-to"),
    ],
)
def test_what_a_fact_can_explain(kind, subject, explained):
    assert {one for one in SYMPTOMS if explains(kind, subject, one)} == set(explained.split())


# -- what cannot be read -----------------------------------------------------------------------------------------------

GOOD = said("disk.used_percent", 99, "/")


@pytest.mark.parametrize(
    ("changed", "place", "sentence"),
    [
        ({"value": "99"}, "facts.1.value", "This must be a number."),
        ({"value": True}, "facts.1.value", "This must be a number."),
        ({"value": None}, "facts.1.value", "This is needed."),
        ({"value": 10**400}, "facts.1.value", "This must be a number."),
        ({"value": float("nan")}, "facts.1.value", "This must be a number."),
        ({"value": 101}, "facts.1.value", "At most 100."),
        ({"value": -1}, "facts.1.value", "At least 0."),
        ({"value": [1]}, "facts.1.value", "This must be a number."),
        ({"kind": 3}, "facts.1.kind", "This must be a text."),
        ({"kind": "hardware.raid"}, "facts.1.value", "This must be one of: ok, rebuilding, degraded, failed."),
        (
            {"kind": "hardware.raid", "value": "dead"},
            "facts.1.value",
            "This must be one of: ok, rebuilding, degraded, failed.",
        ),
        ({"kind": "entitlement.urgent", "value": 1}, "facts.1.value", "This must be true or false."),
        ({"kind": "vantage.count", "value": 1.5}, "facts.1.value", "This must be a whole number."),
        ({"subject": ""}, "facts.1.subject", "Say what this fact is about: a site, a service, a port, a resource."),
        ({"subject": "x" * 301}, "facts.1.subject", "At most 300 characters."),
        ({"subject": "a\x00b"}, "facts.1.subject", "This holds characters that cannot be shown."),
        ({"detail": "x" * 2_001}, "facts.1.detail", "At most 2000 characters."),
        (
            {"source": "zabbix"},
            "facts.1.source",
            "This must be one of: check, vantage, prometheus, provider, history, customer.",
        ),
        ({"observed_at": "yesterday"}, "facts.1.observed_at", "Write a date and time with its zone"),
        ({"observed_at": "2026-12-01T09:00:00"}, "facts.1.observed_at", "Write a date and time with its zone"),
        ({"observed_at": "9999-12-31T23:59:59Z"}, "facts.1.observed_at", "Write a date and time with its zone"),
        ({"sort": "/"}, "facts.1.sort", "This field does not exist."),
    ],
)
def test_a_fact_that_cannot_be_read_is_named_with_its_field(changed, place, sentence):
    _, (wrong,) = read([GOOD, {**GOOD, **changed}])
    assert wrong.place == place
    assert wrong.text(str).startswith(sentence)


def test_what_is_no_fact_at_all_and_too_many_of_them():
    assert [one.place for one in read([GOOD, 3, "x", None])[1]] == ["facts.1", "facts.2", "facts.3"]
    assert [one.place for one in read([GOOD] * (MOST_FACTS + 1))[1]] == ["facts"]
    assert read([]) == ((), ())


def test_a_kind_we_do_not_know_is_ignored_whatever_it_holds():
    (only,) = facts({"kind": "moon.phase", "value": {"x": []}, "weight": 3}, GOOD)
    assert only.kind == GOOD["kind"]
