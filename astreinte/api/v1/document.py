"""The document of the API (OpenAPI 3.1): every operation with its examples and its problems, and a page to read it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema

from astreinte.accounts.permissions import SCOPES
from astreinte.api.v1.shapes.common import Problem

JSON, PROBLEM = "application/json", "application/problem+json"
# What may be refused, by method: (status, why).
_ALWAYS = {
    "400": "The request cannot be read",
    "401": "No valid token",
    "403": "The token lacks a scope, or its person the right",
    "404": "Nothing here that the caller may see",
    "422": "A field is refused: `errors` names each",
    "503": "The desk is busy: try again after `Retry-After`",
}
_WRITES = {
    "409": "Refused as things stand: `type` says why; about a price it carries the current `offer`",
    "413": "Too large",
    "415": "Not the type of body this call takes",
}
_SOMETIMES = {"get_invoice_pdf": {"409": "Being drawn"}, "get_invoice_xml": {"409": "Being drawn"}}
_SOMETIMES["get_evidence_file"] = {"409": "Nothing is sealed yet"}
_FILES = {
    "get_invoice_pdf": "application/pdf",
    "get_invoice_xml": "application/xml",
    "get_attachment": "application/octet-stream",
    "get_evidence_file": JSON,
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body give the same answer for 24 h; the same key with another body is refused (422).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "example": "7d7c2b0e-6c3f-4f0e-9a55-0a4f3f1f6d10",
}
METHODS = ("get", "post", "put", "patch", "delete")
WRITING = ("post", "delete")


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of a document, in order."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def complete(document: OpenAPISchema) -> OpenAPISchema:
    """Add what the functions do not say themselves: problems, examples, files, the idempotency key."""
    schemas = document["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    document["components"]["securitySchemes"]["Bearer"]["description"] = (
        "`Authorization: Bearer ast_...`. Scopes: "
        + "; ".join(f"`{name}`: {says}" for name, says in SCOPES.items())
        + "."
    )
    for _path, method, operation in operations(document):
        _problems(operation, method)
        _files(operation)
        _examples(operation, schemas)
        if method in WRITING:
            operation["parameters"].append(KEY)
        if operation["operationId"] == "get_ticket":
            operation["responses"][304] = {"description": "Nothing new since the ETag of If-None-Match"}
    return document


def _problems(operation: dict[str, Any], method: str) -> None:
    refused = {**_ALWAYS, **(_WRITES if method in WRITING else {}), **_SOMETIMES.get(operation["operationId"], {})}
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": Problem.example()}}
    for status, says in refused.items():
        operation["responses"][int(status)] = {"description": says, "content": content}


def _files(operation: dict[str, Any]) -> None:
    kind = _FILES.get(operation["operationId"])
    if kind:
        # what an attachment is, its own Content-Type says
        kinds = [kind] if kind != "application/octet-stream" else ["*/*"]
        operation["responses"][200]["content"] = {one: {"schema": {}, "example": "(bytes)"} for one in kinds}


def _examples(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    bodies = [operation.get("requestBody", {}), *(operation["responses"][key] for key in operation["responses"])]
    for body in bodies:
        for media in body.get("content", {}).values():
            found = _example(media["schema"], schemas)
            if found is not None and "example" not in media:
                media["example"] = found
    for parameter in operation["parameters"]:
        parameter.setdefault("example", _of_parameter(parameter))


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    for option in [schema, *schema.get("anyOf", [])]:
        named = schemas.get(option.get("$ref", "").rpartition("/")[2], option)
        if "examples" in named:
            return named["examples"][0]
    return (
        {"file": ["(bytes)"], "body": "What I see", "internal": False}
        if "file" in schema.get("properties", {})
        else None
    )


_PARAMETERS = {
    "ref": "T1001",
    "number": "F2026-000001",
    "id": "6f1c2b0e-6c3f-4f0e-9a55-0a4f3f1f6d10",
    "server": "web1.boulangerie.example",
    "limit": 50,
    "state": "open",
    "mode": "urgent",
    "rehearsal": False,
    "at": "2026-10-25T00:30:00Z",
    "from": "2026-10-25T00:00:00Z",
    "to": "2026-11-22T00:00:00Z",
    "cursor": "YmVmb3JlOjQy",
    "name": "first",
    "month": "2026-10",
    "days": 90,
    "reason": "incident",
}


def _of_parameter(parameter: Mapping[str, Any]) -> Any:
    return _PARAMETERS[parameter["name"]]


class Page(DocsBase):
    """The document as a page of our own: no script from elsewhere, nothing the content security policy refuses."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **_kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema()
        groups: dict[str, list[dict[str, Any]]] = {}
        for path, method, operation in operations(document):
            shown = _shown(path, method, operation)
            groups.setdefault(operation["tags"][0], []).append(shown)
        context = {"info": document["info"], "groups": groups, "scopes": SCOPES, "document": "openapi.json"}
        return render(request, "api/docs.html", context)


def _shown(path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    good: Mapping[str, Any] = next((answer for status, answer in sorted(answers.items()) if status < "300"), {})
    return {
        "method": method.upper(),
        "path": path,
        "anchor": operation["operationId"],
        "summary": operation["summary"],
        "description": re.split(r"\n\s*\n", operation.get("description", "")),
        "parameters": operation["parameters"],
        "body": _first(operation.get("requestBody", {})),
        "answer": _first(good),
        "answers": sorted((status, answer["description"]) for status, answer in answers.items()),
    }


def _first(body: Mapping[str, Any]) -> str:
    from json import dumps

    for media in body.get("content", {}).values():
        return dumps(media.get("example"), indent=2, ensure_ascii=False)
    return ""
