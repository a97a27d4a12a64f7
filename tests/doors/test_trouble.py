"""Trouble as programs read it: a whole problem document, never the length of the page it replaces."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/inbound/nothing"])
def test_a_problem_has_its_own_length(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers.get("Content-Length", len(response.content))) == len(response.content)
