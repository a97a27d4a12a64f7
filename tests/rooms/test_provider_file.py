"""The provider file: the example is understood whole, and everything wrong is said with its line."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from astreinte.core import durations
from astreinte.oncall.rules import rota as rules
from astreinte.oncall.rules import words
from astreinte.provider_file import ProviderFileRefused, cron, parse, parsing
from astreinte.provider_file.people import Target, Way
from tests.rooms import wrong_provider_files, wrong_watching_files

EXAMPLE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
SMALLEST = "provider: {name: A, email: a@b.fr, address: {street: S, postcode: 01000, city: C, country: FR}}"
PACKAGE = Path(parsing.__file__).parent
MINUTE = timedelta(minutes=1)
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"


def changed(old, new):
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new, 1)


def refused(document):
    with pytest.raises(ProviderFileRefused) as refusal:
        parse(document)
    return refusal.value.problems


def test_the_example_is_understood_without_a_warning():
    found = parse(EXAMPLE)
    assert found.warnings == ()
    assert found.document_sha256 == sha256(EXAMPLE.encode()).hexdigest()
    assert found.provider.vat_number == "FR53901002006"
    assert found.plans["gold"].gti == 15 * MINUTE
    assert str(found.plans["gold"].availability) == "99.95"
    (tariff,) = found.tariffs.urgent_intervention
    assert (tariff.from_, tariff.amount_cents) == (date(2019, 12, 13), 9500)
    assert "service-down" in found.policies[0].covered
    assert [way.type for way in found.channels.sms + found.channels.email] == ["twilio", "smtp"]
    assert [person.roles for person in found.staff][2:] == [("engineer", "manager", "admin"), ("billing",)]
    assert [(contact.after, contact.way) for contact in found.staff[0].contacts] == [
        (timedelta(), Way.SMS), (MINUTE, Way.VOICE), (timedelta(), Way.EMAIL)
    ]  # fmt: skip
    assert found.staff[1].contacts[1].webhook.url == "http://127.0.0.1:9901/bruno"
    assert found.escalation["default"].steps[1].notify == (Target("rota", "second"),)
    assert found.escalation["default"].round_length == 10 * MINUTE


def test_the_customers_of_the_example():
    bakery, diary, foreign = parse(EXAMPLE).customers
    owner, technician = bakery.members
    web = "web1.boulangerie.example"
    assert owner.has("urgent")
    assert owner.sees(web)
    assert not technician.has("urgent")
    assert technician.sees(web)
    assert not technician.sees("web2.boulangerie.example")
    assert bakery.servers[0].services[1].parameters == {"host": "127.0.0.1", "port": 9022}
    assert (diary.kind, diary.servers[0].plan, diary.escalation) == ("consumer", "shared", "default")
    assert foreign.address.country == "DE"


def test_the_rotas_of_the_example_say_who_is_on_call():
    found = parse(EXAMPLE)
    rota, overrides = found.rotas["first"].as_rules("first", time_zone=found.provider.time_zone)
    (holding,) = rules.holders(rota, overrides, at=datetime(2026, 1, 12, 8, tzinfo=UTC))
    assert holding.person == "bruno@hebergement.example"


def test_without_sections_the_defaults_of_the_contract():
    found = parse(SMALLEST)
    assert found.provider.address.postcode == "01000"
    assert (found.billing.review, found.billing.schedule, found.billing.vies) == (timedelta(), "immediate", False)
    assert (found.monitoring.interval, found.monitoring.down_after, found.monitoring.up_after) == (MINUTE, 3, 2)
    assert found.provider.languages == ("fr", "en")


def test_the_sections_the_contract_announces():
    more = """
billing: {review: 24h, schedule: monthly, vies: on}
monitoring: {interval: 30s, down_after: 2, up_after: 1}
inbound:
  prometheus: {type: alertmanager, key: 0123456789abcdef}
  backups: {type: heartbeat, key: fedcba9876543210, server: web1.boulangerie.example, cron: "0 3 * * 1-5",
            grace: 1h, proves: backup}
"""
    found = parse(EXAMPLE + more)
    assert (found.billing.review, found.billing.schedule, found.billing.vies) == (timedelta(hours=24), "monthly", True)
    assert found.inbound["backups"].proves == "backup"
    assert found.inbound["prometheus"].key == "0123456789abcdef"
    assert found.warnings == ()


def test_overrides_are_local_times_of_the_rota():
    document = changed(
        "  second:\n",
        "    overrides: [{person: chloe@hebergement.example, from: 2026-08-01 09:00,\n"
        "                 to: 2026-08-02T09:00}]\n  second:\n",
    )
    _, (override,) = parse(document).rotas["first"].as_rules("first", time_zone="UTC")
    assert (override.start, override.end) == (datetime(2026, 8, 1, 7, tzinfo=UTC), datetime(2026, 8, 2, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("old", "new", "read", "value"),
    [
        ("country: FR}\n  siren", "country: NO}\n  siren", lambda f: f.provider.address.country, "NO"),
        ('"75002"', "01000", lambda f: f.provider.address.postcode, "01000"),
        ('"95.00"', "95.00", lambda f: f.tariffs.urgent_intervention[0].amount_cents, 9500),
        ('sms: "+33633333333"', 'sms: "+33 6 33 33 33 33"', lambda f: f.staff[2].contacts[0].sms, "+33633333333"),
        ("- email: denis@", "- email: Denis@", lambda f: f.staff[3].email, "denis@hebergement.example"),
        ('"http://127.0.0.1:9901/bruno"', '{url: "https://a.example/b", secret: s}',
         lambda f: f.staff[1].contacts[1].webhook.secret, "s"),
        ("rights: [technical]", "rights: [technical, urgent], monthly_cap: 190.00",
         lambda f: f.customers[0].members[1].monthly_cap_cents, 19000),
        ("  legal_form: SAS", "  franchise: yes\n  legal_form: SAS", lambda f: f.provider.franchise, True),
        ("from: 2019-12-13\n    covered", "from: 2019-12-13\n    text: {fr: Oui}\n    covered",
         lambda f: f.policies[0].text, {"fr": "Oui"}),
        ("type: imap", "type: sieve, tls: false, banner: '7'",
         lambda f: f.customers[0].servers[0].services[3].parameters,
         {"host": "127.0.0.1", "port": 9143, "tls": False, "banner": "7"}),
        ("repeat_every: 10m", "last_resort: [chloe@hebergement.example]",
         lambda f: f.escalation["default"].round_length, 10 * MINUTE),
    ],
)  # fmt: skip
def test_what_people_write_is_what_they_mean(old, new, read, value):
    assert read(parse(changed(old, new))) == value


def test_a_service_that_says_no_host_is_on_its_server():
    last = "          - {type: imap, host: 127.0.0.1, port: 9143}"
    kinds = ["{type: postgresql}", "{type: mysql, user: m, password: '1'}", "{type: ping}", "{type: imap}"]
    kinds += ["{type: ssh, host: other.example}", "{type: sieve, port: 4190}"]
    kinds += ["type: backup\n            path: /b\n            user: m\n            host_keys: SHA256:" + "A" * 43]
    kinds[-1] += "\n            key: |\n" + "".join(f"              {line}\n" for line in KEY.splitlines())
    file = parse(changed(last, "\n".join(f"          - {kind}" for kind in kinds)))
    found = dict(file.customers[0].servers[0].services_at_home()[3:])
    home = {"host": "192.0.2.10", "server_name": "web1.boulangerie.example"}
    assert found["postgresql"] == home
    assert found["mysql"] == {**home, "user": "m", "password": "1"}
    assert found["ping"] == {"host": "192.0.2.10"}
    assert found["imap"] == home
    assert found["sieve"] == {"port": 4190}
    assert found["backup"]["host"] == "192.0.2.10"
    assert found["backup"]["key"].splitlines() == KEY.splitlines()


@pytest.mark.parametrize("given", ["{type: postgresql, port: 99999}", "{type: mysql, tls: perhaps}", "{type: backup}"])
def test_what_is_wrong_with_such_a_service_is_said_with_its_line(given):
    (problem,) = refused(changed("{type: imap, host: 127.0.0.1, port: 9143}", given))
    assert problem.line == 100
    assert problem.sentence.startswith(f"This service cannot be watched: {given[7:].split(',')[0].rstrip('}')}.")


def test_a_server_without_an_address_is_looked_at_by_its_name():
    file = parse(
        changed(
            "{name: shop.gmbh.example, plan: gold, addresses: [192.0.2.20]}",
            "{name: shop.gmbh.example, plan: gold, services: [{type: ping}]}",
        )
    )
    assert file.customers[2].servers[0].services_at_home() == [("ping", {"host": "shop.gmbh.example"})]


@pytest.mark.parametrize(("old", "new", "expected"), [*wrong_provider_files.WRONG, *wrong_watching_files.WRONG])
def test_everything_wrong_is_said_once_with_its_line(old, new, expected):
    assert [(problem.line, problem.sentence) for problem in refused(changed(old, new))] == expected


def test_every_problem_is_listed_at_once():
    document = (
        EXAMPLE.replace("gti: 15m", "gti: soon").replace("country: FR", "country: France").replace("rota:", "rotta:")
    )
    assert [problem.line for problem in refused(document)] == [7, 19, 20, 74, 75, 85, 105]


def test_a_problem_has_its_path_and_speaks_the_reader_s_language():
    (problem,) = refused(changed("plan: gold", "plan: platinum"))
    assert problem.path == "customers[2].servers[0].plan"
    french = {"There is no plan named %(value)s.": "Aucune offre ne s'appelle %(value)s."}
    assert problem.text(french.__getitem__) == "Aucune offre ne s'appelle platinum."


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("{after: 60s, voice", "{after: 5m, voice", 43,
         "alice@hebergement.example: this contact is never used, the next step comes after 3m at the latest."),
        ("roles: [engineer, manager, admin]", "roles: [engineer, admin]", 77,
         "Nobody has the role manager: this step is skipped."),
        ("roles: [billing]", "roles: [billing, manager]", 77,
         "denis@hebergement.example has the role manager and no contact: this step does not ring this person."),
        ("rights: [technical], servers: [web1.boulangerie.example]", "rights: [technical]", 91,
         "karim@boulangerie.example is technical on no server: list them in servers."),
        ("name: Léa Morel, rights: [owner]", "name: Léa Morel, rights: [billing]", 101,
         "carnet has no owner: nobody of this customer may do everything."),
        ("  vat_number: FR53901002006\n", "", 4,
         "The provider has no vat_number and does not say franchise: true: its invoices would be refused."),
    ],
)  # fmt: skip
def test_what_is_probably_not_meant_is_a_warning(old, new, line, sentence):
    assert [(warning.line, warning.sentence) for warning in parse(changed(old, new)).warnings] == [(line, sentence)]


def test_a_secret_is_never_shown():
    found = parse(changed("token: test-token", "token: s3cr3t-canary"))
    assert "s3cr3t-canary" not in repr(found)
    problems = refused(changed('"http://127.0.0.1:9901/bruno"', '"s3cr3t-canary"'))
    assert "s3cr3t-canary" not in "".join(map(str, problems))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("60s", 60),
        ("3m", 180),
        ("1h", 3600),
        ("26h", 93600),
        ("1w", 604800),
        ("1h30m", 5400),
        ("1d12h", 129600),
    ],
)
def test_durations(text, seconds):
    assert durations.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "1", "s", "-1s", "1.5h", "1 h", "30m1h", "1h1h", "9999w", "999999999w", "१s"])
def test_not_durations(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        durations.parse(text)


@given(st.integers(0, 300_000_000))
def test_a_duration_written_is_read_back(seconds):
    assert durations.parse(durations.written(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["mon 09:00", "sun 23:59", "00:00"])
def test_a_handover_written_is_read_back(text):
    assert words.handoff_text(words.handoff(text)) == text


@pytest.mark.parametrize("text", ["12h", "1d", "2w"])
def test_the_length_of_a_turn_written_is_read_back(text):
    assert words.every_text(words.every(text)) == text


def test_cron_fields():
    minutes, hours, _, _, weekdays = cron.fields("*/20 3,5 * 1-12/2 1-5")
    assert (minutes, hours, weekdays) == ({0, 20, 40}, {3, 5}, {1, 2, 3, 4, 5})
    for text in ("* * * *", "60 * * * *", "5-1 * * * *", "* * 0 * *", "a * * * *", "*/0 * * * *"):
        with pytest.raises(ValueError, match=r"\S"):
            cron.fields(text)


def test_every_sentence_is_in_french_with_the_same_places_to_fill():
    catalogue = PACKAGE.parent / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    with catalogue.open("rb") as file:
        read = {message.id: message.string for message in read_po(file)}
    modules = [*PACKAGE.glob("*.py"), *Path(rules.__file__).parent.glob("*.py")]
    calls = [node for module in modules for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))]
    marked = [node for node in calls if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "gettext_noop"]
    for msgid in (ast.literal_eval(node.args[0]) for node in marked):
        assert sorted(re.findall(r"%\(\w+\)\w", read[msgid])) == sorted(re.findall(r"%\(\w+\)\w", msgid))
