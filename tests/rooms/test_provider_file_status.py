"""The section of the status page in the provider file: what may be written, what is refused with its line, what is kept."""

from pathlib import Path

import pytest

from astreinte.accounts.models import Provider
from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider
from astreinte.monitoring import publicity
from astreinte.provider_file import ProviderFileRefused, parse
from tests.world import NIGHT

BASE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
GOOD = """
status:
  name: Exemple status
  components:
    web:
      name: {fr: Hébergement, en: Hosting}
      plans: [dedicated, gold]
    mail:
      name: Mail
      description: {fr: Toutes les boîtes}
      servers: [web1.boulangerie.example]
      services: [imap, smtp]
      shared: yes
"""


def problems(section):
    with pytest.raises(ProviderFileRefused) as refused:
        parse(BASE + section)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.django_db
def test_what_is_written_becomes_the_components_in_their_order():
    apply_provider.apply(parse(BASE + GOOD), by=SYSTEM, at=NIGHT)
    written = Provider.objects.get().settings["status"]
    assert written["name"] == "Exemple status"
    web, mail = publicity.components(written)
    assert (web.key, dict(web.names), web.shared) == ("web", {"fr": "Hébergement", "en": "Hosting"}, False)
    assert dict(mail.names) == {"fr": "Mail", "en": "Mail"}
    assert (mail.kinds, mail.shared, len(mail.servers)) == (frozenset({"imap", "smtp"}), True, 1)
    assert web.kinds is None
    assert len(web.servers) >= 2
    assert apply_provider.apply(parse(BASE + GOOD), by=SYSTEM, at=NIGHT) == []


@pytest.mark.django_db
def test_without_a_section_the_kinds_of_services_that_are_watched_are_the_components():
    apply_provider.apply(parse(BASE), by=SYSTEM, at=NIGHT)
    found = publicity.components(Provider.objects.get().settings["status"])
    assert [one.key for one in found][-1] == "hosts"
    assert {one.key for one in found} <= {*publicity.FAMILIES, "hosts"}


@pytest.mark.parametrize(
    ("component", "sentence"),
    [
        ("{name: Mail}", "write servers or plans"),
        ("{plans: [gold]}", "name is missing in x"),
        ("{name: Mail, plans: [platinum]}", "There is no plan named platinum."),
        ("{name: Mail, servers: [nothing.example]}", "There is no server named nothing.example."),
        ("{name: {de: Post}, plans: [gold]}", "de"),
        ("{name: {}, plans: [gold]}", "write a text, or one for each language"),
        ("{name: Mail, plans: [gold], shared: perhaps}", "shared"),
        ("{name: [Mail], plans: [gold]}", "name"),
        ("{name: Mail, plans: [gold], colour: red}", "colour is not known here"),
        ("Mail", "keys and values are expected here"),
        ("{name: %s, plans: [gold]}" % ("x" * 5000), "write between 1 and 200 characters"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(component, sentence):
    lines = BASE.count("\n")
    found = problems(f"\nstatus:\n  components:\n    x: {component}\n")
    assert any(sentence in problem for problem in found), found
    assert any(str(lines + 4) in problem for problem in found), found
