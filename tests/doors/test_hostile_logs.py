"""What is secret in an address or a header is written in no log, whoever writes it (reliability, S22)."""

import io
import logging

import pytest
from django.test import Client

from astreinte.config import logs

pytestmark = pytest.mark.django_db
CANARY = "canary-5e81c2d07f"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def written():
    """Everything that is logged, as production writes it."""
    settings = logs.configuration("json")["formatters"]["desk"]
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(settings["()"](**{name: value for name, value in settings.items() if name != "()"}))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    "path",
    [
        f"/take/1a-{CANARY}",
        f"/password/reset/MQ/{CANARY}/",
        f"/inbound/alertmanager/{CANARY}",
        f"/inbound/alerts/{CANARY}",
        f"/inbound/heartbeat/{CANARY}/fail",
        f"/api/v1/rotas/x.ics?key={CANARY}",
        f"/api/v1/nothing?a=1&token={CANARY}",
        f"/nothing/ast_{CANARY}",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_refused_address_is_logged_without_its_key(world, written, path, method):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    getattr(client, method)(path, headers={"Authorization": f"Bearer ast_{CANARY}"})
    assert CANARY not in written.getvalue()


def test_what_is_typed_is_in_no_log(world, written):
    client = Client(raise_request_exception=False)
    client.post("/login/", {"username": "jeanne@boulangerie.example", "password": CANARY})
    client.post("/inbound/twilio/sms", f"Body={CANARY}", content_type=FORM, headers={"X-Twilio-Signature": CANARY})
    client.post("/api/v1/tickets", {"subject": CANARY}, headers={"Authorization": f"Bearer {CANARY}"})
    assert "twilio" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_what_is_not_a_text_is_struck_out_too():
    event = {"event": "x", "given": {"where": f"/take/1a-{CANARY}"}, "password": CANARY, "count": 3, "nothing": None}
    assert logs.redact(None, "info", event) == {
        "event": "x",
        "given": "{'where': '/take/[redacted]'}",
        "password": "[redacted]",
        "count": 3,
        "nothing": None,
    }
