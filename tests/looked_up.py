"""What was looked up in the small world: who asks, and what is answered."""

from astreinte.core import configuration
from astreinte.flows import just_me, look_up, push_facts
from astreinte.guarantee.rules.advice import read
from astreinte.monitoring.registered import Target
from astreinte.notifications import sealing
from astreinte.notifications.models import Transport

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBwYW5lbA=="
SITE, HERE = "www.boulangerie.example", "198.51.100.7"
ANSWER = {
    "zone": "boulangerie.example",
    "name_servers": ["ns1.example.net"],
    "answers": [
        {"role": "authority", "server": "ns1.example.net", "code": "NOERROR", "said": ["192.0.2.10"], "ttl": 60, "ms": 3, "error": ""},
        {"role": "resolver", "server": "192.0.2.53", "code": "NOERROR", "said": ["192.0.2.10"], "ttl": 60, "ms": 4, "error": ""},
    ],
    "points": "ours", "agree": True, "delegation": "third-party", "dnssec": "unsigned",
}  # fmt: skip
SHOWN = {
    "issuer": "Let's Encrypt",
    "names": [SITE],
    "ends_at": "2026-12-24T00:00:00+00:00",
    "days_left": 60.0,
    "refused": "",
}
DOMAIN = {
    "domain": "boulangerie.example",
    "state": "active",
    "ends_at": "2027-02-01T00:00:00+00:00",
    "registrar": "One",
    "registrar_is": "third-party",
}


def settle(world, **sections):
    """What the provider file says of it."""
    world.provider.settings = sections
    world.provider.save()
    configuration.changed()


def asks(world, *, name=SITE, by=None, address=HERE, server=None):
    target = Target(server=server or world.web1, name=name)
    return just_me.ask(target, by=by or world.jeanne, address=address, at=world.now)


def finds(world, **answers):
    """A prober answers what somebody waits for."""
    for one in look_up.claimed(at=world.now, limit=20):
        answer = answers[one.kind]
        look_up.found([(one.pk, {}, answer) if isinstance(answer, str) else (one.pk, answer, "")], at=world.now)


def bans_address(world, value, *, address=HERE, subject=None, detail=""):
    said = {
        "kind": "firewall.ban",
        "value": value,
        "subject": address if subject is None else subject,
        "detail": detail,
    }
    read_, wrong = read([{**said, "source": "provider", "observed_at": world.now.isoformat()}])
    assert not wrong
    push_facts.push(world.web1, read_, by=world.chloe, at=world.now)


def lifting(world, url="http://127.0.0.1:9/unban"):
    """The provider has a system that lifts bans."""
    Transport.objects.create(kind="lift_ban", position=0, sealed=sealing.seal({"url": url, "secret": SECRET}))
    configuration.changed()
