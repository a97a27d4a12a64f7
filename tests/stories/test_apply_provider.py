"""A provider describes its whole desk in one file: the installation matches it, or does not move."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.serializers import serialize
from django.db import IntegrityError

from astreinte.accounts.models import ApiToken, Provider, Role, User
from astreinte.billing.models import Tariff
from astreinte.core import digests, timeline
from astreinte.core.actors import SYSTEM
from astreinte.customers.models import Customer, Member, Plan, Server
from astreinte.flows import apply_provider
from astreinte.guarantee.models import DeskPolicy
from astreinte.notifications import queries as outbox
from astreinte.notifications import readiness, sealing
from astreinte.notifications.models import ContactMethod, Transport
from astreinte.oncall.models import Override, Rota, Rotation
from astreinte.paging.models import EscalationPolicy, Step
from astreinte.provider_file import ProviderFileRefused, parse

EXAMPLE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRETS = """      - {after: 0s, webhook: {url: "https://hooks.example/T0/s3cr3tpath", secret: whsec_c2VjcmV0c2VjcmV0}}
      - {after: 0s, apprise: "tgram://123456:apprisetoken/42"}
"""
pytestmark = pytest.mark.django_db


def applied(text=EXAMPLE, *, at=NOON, dry_run=False):
    return apply_provider.apply(parse(text), by=SYSTEM, at=at, dry_run=dry_run)


def changed(*pairs):
    text = EXAMPLE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def told(changes):
    return [f"{change.kind} {change.what}" for change in changes]


def everything():
    models = [
        Provider,
        User,
        Role,
        Transport,
        ContactMethod,
        Rota,
        Rotation,
        EscalationPolicy,
        Step,
        Plan,
        Customer,
        Server,
    ]
    rows = [row for model in [*models, Member, Tariff, DeskPolicy] for row in model.objects.order_by("pk")]
    return serialize("json", rows)


def test_a_second_apply_changes_nothing_and_says_so():
    assert len(applied()) > 20
    before = everything()
    assert applied() == []
    assert everything() == before


def test_the_example_is_what_the_desk_becomes():
    applied()
    provider = Provider.objects.get()
    assert (provider.vat_number, provider.languages) == ("FR53901002006", ["fr", "en"])
    assert provider.settings["monitoring"] == {
        "interval_s": 60,
        "down_after": 3,
        "up_after": 2,
        "suspect_after": 3,
    }
    chloe = User.objects.get(email="chloe@hebergement.example")
    assert chloe.roles == {"engineer", "manager", "admin"}
    assert (chloe.language, chloe.has_usable_password()) == ("fr", False)
    assert User.objects.get(email="bruno@hebergement.example").language == "en"
    alice = User.objects.get(email="alice@hebergement.example")
    contacts = ContactMethod.objects.filter(user=alice).values_list("after_s", "kind", "address")
    assert list(contacts)[1] == (60, "voice", "+33611111111")
    karim = Member.objects.get(user__email="karim@boulangerie.example")
    assert [server.name for server in karim.technical_on.all()] == ["web1.boulangerie.example"]
    services = Server.objects.get(name="web1.boulangerie.example").services.values_list("type", "parameters")
    assert list(services)[1] == ("ssh", {"host": "127.0.0.1", "port": 9022})
    policy = DeskPolicy.objects.get()
    assert policy.sha256 == digests.sha256(
        digests.canonical_json({"covered": policy.covered, "excluded": policy.excluded})
    )
    escalation = EscalationPolicy.objects.get()
    assert (escalation.repeat_every_s, escalation.last_resort) == (600, [])
    assert [(step.after_s, step.notify) for step in escalation.steps.all()][2] == (360, ["role:engineer"])
    assert outbox.transports()["sms"][0]["token"] == "test-token"


def test_a_dry_run_tells_the_same_and_changes_nothing():
    rehearsed = applied(dry_run=True)
    assert (User.objects.count(), Provider.objects.count(), timeline.of("provider").count()) == (0, 0, 0)
    assert applied() == rehearsed


def test_the_history_says_which_file_was_applied():
    applied()
    (line,) = timeline.of("provider")
    assert (line.kind, line.data["sha256"]) == ("provider:applied", digests.sha256(EXAMPLE))


def test_a_failure_in_the_middle_leaves_nothing():
    applied()
    before, lines = everything(), timeline.of("provider").count()
    file = parse(
        changed(
            ("name: Alice Martin", "name: Alice Petit"),
            ("time_zone: Europe/Paris\n    layers", "time_zone: Europe/Rome\n    layers"),
        )
    )
    # the grammar refuses this plan; here the database does, after people and rotas were written
    slow = file.plans["gold"].model_copy(update={"gti": timedelta(days=1)})
    with pytest.raises(IntegrityError):
        apply_provider.apply(file.model_copy(update={"plans": {**file.plans, "gold": slow}}), by=SYSTEM, at=NOON)
    assert everything() == before
    assert timeline.of("provider").count() == lines


def test_who_leaves_the_file_cannot_sign_in_and_is_kept():
    applied()
    bruno = User.objects.get(email="bruno@hebergement.example")
    block = EXAMPLE[EXAMPLE.index("  - email: bruno") : EXAMPLE.index("  - email: chloe")]
    text = changed((block, ""), (", bruno@hebergement.example]", "]"))
    changes = told(applied(text))
    assert "removed person bruno@hebergement.example" in changes
    bruno.refresh_from_db()
    assert not bruno.is_active
    assert not Role.objects.filter(user=bruno).exists()
    assert not ContactMethod.objects.filter(user=bruno).exists()
    assert applied(text) == []
    applied()
    bruno.refresh_from_db()
    assert bruno.is_active
    assert readiness.reachable([bruno]) == {bruno.pk}


def test_customers_and_servers_that_leave_become_inactive():
    applied()
    start = EXAMPLE.index("  - ref: carnet")
    text = EXAMPLE.replace(EXAMPLE[start : EXAMPLE.index("  - ref: gmbh")], "")
    changes = told(applied(text))
    assert {"removed customer carnet", "removed server mutu7.carnet.example", "removed person lea@carnet.example"} <= {
        *changes
    }
    assert not Customer.objects.get(ref="carnet").is_active
    assert not Server.objects.get(name="mutu7.carnet.example").is_active
    assert applied(text) == []


def test_passwords_and_tokens_are_never_touched():
    applied()
    alice = User.objects.get(email="alice@hebergement.example")
    alice.set_password("correct horse battery staple")
    alice.save()
    ApiToken.objects.create(user=alice, name="n", prefix="ast_", sha256="0" * 64, created_at=NOON, expires_at=NOON)
    applied(changed(("name: Alice Martin", "name: Alice Petit")))
    alice.refresh_from_db()
    assert alice.name == "Alice Petit"
    assert alice.check_password("correct horse battery staple")
    assert ApiToken.objects.get().revoked_at is None


def test_secrets_cannot_be_read_in_the_database_nor_in_what_is_told():
    text = changed(("      - {after: 0s,  email: alice@hebergement.example}\n", SECRETS))
    changes = applied(text)
    assert applied(text) == []
    kept = everything() + str(changes) + str(list(timeline.of("provider").values_list("data", flat=True)))
    for secret in ("s3cr3tpath", "c2VjcmV0", "apprisetoken", "test-token"):
        assert secret not in kept
    hook = ContactMethod.objects.get(user__email="alice@hebergement.example", kind="webhook")
    assert sealing.unseal(hook.address) == {
        "url": "https://hooks.example/T0/s3cr3tpath",
        "secret": "whsec_c2VjcmV0c2VjcmV0",
    }


def test_credentials_sealed_with_a_lost_key_are_sealed_again(settings):
    applied()
    settings.SECRET_KEY = "another one, because the first was lost"
    assert "changed channel sms" in told(applied())
    assert outbox.transports()["sms"][0]["token"] == "test-token"
    assert applied() == []


def test_a_refused_number_stays_refused_until_it_changes():
    applied()
    refused = ContactMethod.objects.filter(address="+33611111111", kind="sms")
    refused.update(refused_at=NOON, refused_because="unknown number")
    applied(changed(('after: 0s,  sms: "+33611111111"', 'after: 5s, sms: "+33611111111"')))
    assert refused.get().refused_at == NOON
    applied(changed(('after: 0s,  sms: "+33611111111"', 'after: 0s, sms: "+33611111119"')))
    assert ContactMethod.objects.get(address="+33611111119").refused_at is None
    assert not refused.exists()


def test_replacements_that_people_entered_stay():
    written = '    overrides: [{person: chloe@hebergement.example, from: "2026-03-03 09:00", to: "2026-03-04 09:00"}]\n    layers:'
    applied(changed(("    layers:", written)))
    chloe, rota = User.objects.get(email="chloe@hebergement.example"), Rota.objects.get(name="first")
    Override.objects.create(rota=rota, user=chloe, start=NOON, end=NOON.replace(hour=13))
    assert "removed rota first, replacement by chloe@hebergement.example from 2026-03-03 08:00 UTC" in told(applied())
    assert [override.start for override in rota.overrides.all()] == [NOON]


def test_a_tariff_that_a_customer_accepted_does_not_change(world):
    world.on_call("Alice")
    world.customer_opens()
    text = changed(('amount: "95.00"', 'amount: "120.00"'), ("service-down, ", ""))
    with pytest.raises(ProviderFileRefused) as refused:
        applied(text, at=world.now)
    lines = text.splitlines()
    assert [lines[problem.line - 1].strip()[:10] for problem in refused.value.problems] == ["- {from: 2", "- from: 20"]
    assert "Customers accepted the tariff of 2019-12-13 at 95.00" in refused.value.problems[0].sentence
    assert Tariff.objects.get().amount_cents == 9500
    next_price = changed(
        (
            '    - {from: 2019-12-13, amount: "95.00"}',
            '    - {from: 2019-12-13, amount: "95.00"}\n    - {from: 2027-01-01, amount: "120.00"}',
        )
    )
    assert "added tariff from 2027-01-01" in told(applied(next_price, at=world.now))
    assert "removed tariff from 2027-01-01" in told(applied(at=world.now))


def test_the_tariff_in_force_may_be_followed_but_not_forgotten(world):
    world.on_call("Alice")
    world.customer_opens()
    with pytest.raises(ProviderFileRefused) as refused:
        applied(
            changed(('    - {from: 2019-12-13, amount: "95.00"}\n', '    - {from: 2030-01-01, amount: "95.00"}\n')),
            at=world.now,
        )
    assert "is in force" in refused.value.problems[0].sentence
    applied(
        changed(('    - {from: 2019-12-13, amount: "95.00"}\n', '    - {from: 2026-10-01, amount: "110.00"}\n')),
        at=world.now,
    )
    assert sorted(Tariff.objects.values_list("amount_cents", flat=True)) == [9500, 11000]
