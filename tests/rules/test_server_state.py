"""A server in one word."""

import pytest

from astreinte.monitoring.rules import server_state


@pytest.mark.parametrize(
    ("has_incident", "is_maintained", "checks", "said"),
    [
        (False, False, [], "unknown"),
        (False, False, ["unknown", "up"], "unknown"),
        (False, False, ["up", "up"], "up"),
        (False, False, ["up", "down", "unknown"], "down"),
        (True, False, ["up"], "down"),
        (True, True, ["down"], "down"),
        (False, True, ["down"], "maintenance"),
        (False, True, [], "maintenance"),
    ],
)
def test_a_server_in_one_word(has_incident, is_maintained, checks, said):
    assert server_state(has_incident=has_incident, is_maintained=is_maintained, checks=checks) == said
