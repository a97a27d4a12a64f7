"""Tokens: another shape, expired, revoked, of somebody who left, without the scope. And never a cookie."""

from datetime import timedelta

import pytest
from django.test import Client

from astreinte.accounts import edits
from astreinte.accounts.models import ApiToken
from astreinte.core import clock, configuration
from tests.doors.programs import Program, refused, slug

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "header",
    [
        None, "", " ", "Bearer", "Bearer ", "Bearer  ", "Bearer null", "Bearer 0", "Bearer undefined", "Bearer ast_",
        "Bearer ast_short", "Basic amVhbm5lOng=", "Bearer ast_" + "é" * 40, "Bearer ast_" + "A" * 43, "ast_" + "A" * 43,
        "Bearer ast_' OR 1=1 --" + "A" * 30, "Bearer ast_" + "A" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_token_is_nobody(world, header):
    ApiToken.objects.create(
        user=world.jeanne,
        name="empty hash",
        prefix="",
        sha256="",
        created_at=world.now,
        expires_at=world.now + timedelta(days=999),
    )
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get("/api/v1/me", headers=headers)
    assert refused(answer) == (401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_the_database_keeps_is_no_token(world):
    program = Program(world, world.jeanne)
    kept = repr(list(ApiToken.objects.values_list()))
    assert program.token not in kept
    for column in (program.row.sha256, f"ast_{program.row.sha256}", program.row.prefix):
        program.headers["Authorization"] = f"Bearer {column}"
        assert program.get("/me").status_code == 401


def test_expired_revoked_and_of_somebody_who_left(world):
    short = Program(world, world.jeanne)
    ApiToken.objects.filter(pk=short.row.pk).update(expires_at=world.now)
    assert short.get("/me").status_code == 401
    taken_back = Program(world, world.jeanne)
    assert taken_back.get("/me").status_code == 200
    edits.revoke_token(taken_back.row, at=world.now)
    assert taken_back.get("/me").status_code == 401
    gone = Program(world, world.karim)
    world.karim.is_active = False
    world.karim.save()
    assert gone.get("/me").status_code == 401


def test_a_session_is_no_token(world):
    client = Client()
    client.force_login(world.jeanne)
    assert client.get("/api/v1/me").status_code == 401
    body = {"server": "web1.boulangerie.example", "mode": "standard", "symptom": "mail", "subject": "x"}
    assert client.post("/api/v1/tickets", body, content_type="application/json").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "path", "body", "needed"),
    [
        (["tickets"], "/me", None, "read"),
        (["read"], "/tickets", {"server": "x", "mode": "standard", "symptom": "mail", "subject": "x"}, "tickets"),
        (["read", "tickets"], "/rotas/first/overrides", {}, "oncall"),
        (["read", "tickets", "oncall"], "/invoices", None, "billing"),
        ([], "/servers", None, "read"),
    ],
)
def test_a_token_does_what_it_was_made_for(world, scopes, path, body, needed):
    program = Program(world, world.chloe, scopes=scopes, language="en")
    answer = program.get(path) if body is None else program.post(path, body)
    assert refused(answer) == (403, "insufficient-scope")
    assert needed in answer.json()["title"]


def test_an_unknown_scope_is_not_made(world):
    with pytest.raises(ValueError, match="everything"):
        edits.new_token(world.jeanne, name="x", scopes=["everything"], at=world.now)


def test_the_last_use_is_written_once_a_minute(world):
    program = Program(world, world.jeanne)

    def used_after(seconds):
        before = clock.now() - timedelta(seconds=seconds)
        ApiToken.objects.filter(pk=program.row.pk).update(last_used_at=before)
        configuration.changed()
        program.get("/me")
        program.row.refresh_from_db()
        return program.row.last_used_at != before

    assert (used_after(50), used_after(70)) == (False, True)


def test_who_i_am(world):
    me = Program(world, world.karim, scopes=["read"]).get("/me").json()
    assert (me["email"], me["roles"], me["token"]["scopes"]) == ("karim@boulangerie.example", [], ["read"])
    assert me["customers"] == [
        {
            "ref": "boulangerie", "name": "Boulangerie du Port SARL", "rights": ["technical"],
            "servers": ["web1.boulangerie.example"], "monthly_cap_excl_vat": None, "currency": "EUR",
        }
    ]  # fmt: skip
    assert Program(world, world.chloe).get("/me").json()["roles"] == ["admin", "engineer", "manager"]


def test_a_refusal_speaks_the_reader_s_language(world):
    assert "token" in Client().get("/api/v1/me", headers={"Accept-Language": "en"}).json()["title"]
    answer = Program(world, world.max).get("/tickets/T1")
    assert (slug(answer), answer.json()["title"]) == ("not-found", "There is nothing here that you may see.")
