"""What the provider file says of look-ups and of *Just me?*, what is wrong with it, and what is kept of it."""

import pytest

from astreinte.accounts import queries as accounts
from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider, just_me
from astreinte.monitoring import registered
from astreinte.provider_file import ProviderFileRefused, parse
from tests.stories.test_apply_provider import EXAMPLE
from tests.world import NIGHT

WELL = """
look_ups:
  resolvers: [192.0.2.53, "2001:db8::53#5353"]
  name_servers: [ns1.hebergement.example]
  rdap: https://rdap.example/dns.json
  registrar: [Exemple SAS]
  networks: origin.asn.example
just_me: {public: true, share_for: 2d, lift_ban: {url: "https://panel.example/unban", secret: whsec_c2VjcmV0}}
"""


def written(section):
    return EXAMPLE.replace("\ncustomers:", f"\n{section}\n\ncustomers:", 1)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            "look_ups: {resolvers: [dns.example]}",
            (
                "resolvers: dns.example is not the address of a resolver;"
                " write as in 192.0.2.53, with its port after a # when it is not 53."
            ),
        ),
        (
            'look_ups: {resolvers: ["192.0.2.53#0"]}',
            (
                "resolvers: 192.0.2.53#0 is not the address of a resolver;"
                " write as in 192.0.2.53, with its port after a # when it is not 53."
            ),
        ),
        ("look_ups: {rdap: iana}", "rdap: this is not a web address; write as in https://example.org/hook."),
        ("just_me: {public: yes please}", "public: write true or false, not yes please."),
        ("just_me: {lift_ban: panel}", "url: this is not a web address; write as in https://example.org/hook."),
    ],
)
def test_what_is_wrong_is_said(section, said):
    with pytest.raises(ProviderFileRefused) as refused:
        parse(written(section))
    assert [problem.text(str) for problem in refused.value.problems] == [said]


@pytest.mark.django_db
def test_what_is_kept_is_kept_once_and_the_secret_is_not_in_it():
    apply_provider.apply(parse(written(WELL)), by=SYSTEM, at=NIGHT)
    kept = accounts.provider().settings
    assert kept["just_me"] == {"public": True, "share_for_s": 172800}
    assert "panel.example" not in repr(kept)
    found = registered.settings()
    assert found.resolvers == ("192.0.2.53", "2001:db8::53#5353")
    assert (found.rdap, found.networks) == ("https://rdap.example/dns.json", "origin.asn.example")
    assert just_me.lifts_bans()
    assert apply_provider.apply(parse(written(WELL)), by=SYSTEM, at=NIGHT) == []
    apply_provider.apply(parse(EXAMPLE), by=SYSTEM, at=NIGHT)
    assert not just_me.lifts_bans()
    assert registered.settings().resolvers == ()
