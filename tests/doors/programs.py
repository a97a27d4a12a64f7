"""A program that talks to the API with somebody's token. Doors read the real clock: the world follows it."""

import itertools
import json

from django.test import Client

from astreinte.accounts import edits
from astreinte.core import clock

NUMBERS = itertools.count(1)


class Program:
    """A person's program: it keeps no cookie, and says what it wants in JSON."""

    def __init__(self, world, user, *, scopes=None, language=None):
        self.world, self.user = world, user
        world.now = clock.now()
        self.row, self.token = edits.new_token(user, name=f"program {next(NUMBERS)}", scopes=scopes, at=world.now)
        self.headers = {"Authorization": f"Bearer {self.token}", **({"Accept-Language": language} if language else {})}

    def get(self, path, **more):
        headers = {**self.headers, **more.pop("headers", {})}
        return self._asks().get(f"/api/v1{path}", more or None, headers=headers)

    def post(self, path, body=None, *, key=None, raw=None, content_type="application/json", headers=None):
        data = raw if raw is not None else ("" if body is None else json.dumps(body))
        named = {**self.headers, **({"Idempotency-Key": key} if key is not None else {}), **(headers or {})}
        return self._asks().post(f"/api/v1{path}", data=data, content_type=content_type, headers=named)

    def delete(self, path):
        return self._asks().delete(f"/api/v1{path}", headers=self.headers)

    def upload(self, path, files, *, key=None, **fields):
        named = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self._asks().post(f"/api/v1{path}", {"file": files, **fields}, headers=named)

    def _asks(self):
        self.world.now = clock.now()
        return Client(raise_request_exception=False)

    def opening(self, **changed):
        """What `POST /tickets` needs for an urgent ticket, the current offer accepted."""
        server = changed.pop("server", "web1.boulangerie.example")
        offer = self.get("/offer", server=server).json()
        accept = {"amount_excl_vat": offer["amount_excl_vat"], "text_sha256": offer["text_sha256"]}
        given = {"server": server, "mode": "urgent", "symptom": "mail", "subject": "Mail is down", "accept": accept}
        return {**given, **changed}


def slug(answer):
    """The stable end of a problem's type."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    return answer.json()["type"].rpartition("/")[2]


def refused(answer):
    """(status, slug) of a refusal."""
    return answer.status_code, slug(answer)
