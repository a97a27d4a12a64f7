"""The API as a whole: its calls, its trouble, its document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from astreinte.api.v1 import (
    advice,
    availability,
    diagnoses,
    document,
    evidence,
    figures,
    incidents,
    invoices,
    just_me,
    maintenance,
    moves,
    oncall,
    pages,
    problems,
    servers,
    tickets,
)
from astreinte.api.v1.door import Bearer, guarded

DESCRIPTION = (
    "JSON. `Authorization: Bearer TOKEN`. Errors are problem documents (RFC 9457) whose `type` ends in a stable slug. Lists are "
    "`{items, next}`: give `next` as `cursor`. Times are RFC 3339 in UTC, money is a decimal string with its currency. A call "
    "that writes may carry `Idempotency-Key`. What the caller may not see is 404."
)


class Api(NinjaAPI):
    """NinjaAPI, with its document completed."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Every operation with its examples and problems."""
        return document.complete(super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params))


def make() -> Api:
    """The API; a router belongs to one, so tests that need another make another process."""
    api = Api(
        title="Astreinte",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api",
        auth=Bearer("read"),
        docs=document.Page(),
    )
    api.add_decorator(guarded, mode="view")
    problems.register(api)
    for module in (
        servers,
        availability,
        diagnoses,
        incidents,
        maintenance,
        tickets,
        evidence,
        figures,
        moves,
        pages,
        oncall,
        invoices,
        advice,
        just_me,
    ):
        api.add_router("", module.router)
    return api


api = make()
