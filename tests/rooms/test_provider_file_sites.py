"""What the provider file says of places to look from and of references, and what is wrong with it."""

import pytest

from astreinte.provider_file import ProviderFileRefused, parse
from tests.stories.test_apply_provider import EXAMPLE


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            "monitoring: {sites: {a: {key: k}}}\ninbound: {b: {type: alerts, key: k}}",
            ["The key of a is already used on line 81: each needs its own."],
        ),
        (
            "monitoring: {sites: {main: {key: k, servers: [web9.example]}}}",
            [
                "main is the name of the desk's own prober: give this site another name.",
                "There is no server named web9.example.",
            ],
        ),
        (
            "monitoring: {references: [tcp nowhere]}",
            [
                (
                    "references: tcp nowhere cannot be asked whether we see;"
                    " write an address, as in https://example.org, or tcp 192.0.2.1:53."
                )
            ],
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(section, said):
    with pytest.raises(ProviderFileRefused) as refused:
        parse(EXAMPLE.replace("\ncustomers:", f"\n{section}\n\ncustomers:", 1))
    assert sorted(problem.text(str) for problem in refused.value.problems) == sorted(said)
    assert {problem.line for problem in refused.value.problems} == {80}


def test_a_short_key_is_a_warning():
    found = parse(EXAMPLE.replace("\ncustomers:", "\nmonitoring: {sites: {a: {key: k}}}\n\ncustomers:", 1))
    assert "a" in "".join(warning.text(str) for warning in found.warnings)
    assert len(found.warnings) == 1
