"""The document of the API: valid, complete, true; and a run of everything it allows against the real application."""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from pydantic import TypeAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from astreinte.accounts.permissions import POLICY, Who
from astreinte.api.v1 import shapes
from astreinte.api.v1.document import METHODS, operations
from astreinte.api.v1.shapes import asked, common, invoices, offers, oncall, pages, servers, tickets
from tests.doors.programs import Program
from tests.doors.routes import every_route

MODULES = (asked, common, invoices, offers, oncall, pages, servers, tickets)
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.fixture
def document(db):
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def named():
    found = {
        one for module in MODULES for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, common.Shape) and one is not common.Shape
    }  # fmt: skip
    return sorted(found, key=lambda one: one.__name__)


def test_it_is_openapi_3_1(document):
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_operation_is_in_the_policy_table_and_every_call_in_the_document(document):
    routes = {
        route.pattern for route in every_route() if route.name.startswith("api:") and POLICY[route.name] == Who.TOKEN
    }
    paths = {path.lstrip("/").replace("{", "<").replace("}", ">") for path in document["paths"]}
    assert {route.replace("uuid:", "").replace("str:", "") for route in routes} == paths


def test_every_operation_has_examples_and_says_what_may_go_wrong(document):
    missing = []
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        answers = operation["responses"]
        contents = [*answers.values(), operation.get("requestBody", {})]
        for media in (media for one in contents for media in one.get("content", {}).values()):
            if "example" not in media:
                missing.append(f"{where}: example")
        if any("example" not in one for one in operation["parameters"]):
            missing.append(f"{where}: example of a parameter")
        for status in ("400", "401", "403", "404", "422", *(("409", "413", "415") if method == "post" else ())):
            if "application/problem+json" not in answers.get(status, {}).get("content", {}):
                missing.append(f"{where}: {status}")
        if operation["security"] != [{"Bearer": []}] or not operation.get("description"):
            missing.append(f"{where}: security or description")
        if method == "post" and "Idempotency-Key" not in {one["name"] for one in operation["parameters"]}:
            missing.append(f"{where}: Idempotency-Key")
    assert missing == []
    assert {method for path in document["paths"].values() for method in path} <= set(METHODS)


@pytest.mark.parametrize("shape", named(), ids=lambda shape: shape.__name__)
def test_every_example_is_of_its_shape(shape):
    TypeAdapter(shape).validate_json(json.dumps(shape.example()))


def test_the_page_is_readable_and_asks_nothing_of_anybody_else(document):
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in page
    assert "style=" not in page
    assert "://" not in page.replace("http://127.0.0.1", "").replace("http://testserver", "").split("<main", 1)[0]
    for path, method, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in page
        assert f"{method.upper()} {path}" in page
    assert shapes.__doc__


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["jeanne", "chloe"])
def test_whatever_the_document_allows_is_answered_as_it_says(world, who):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    world.customer_opens()
    world.invoices_are_issued()
    program = Program(world, getattr(world, who))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    real = {"ref": ticket.ref, "number": "F2026-000001", "name": world.web1.name, "id": str(ticket.page.public_id)}

    @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    def ask(case):
        for name in case.path_parameters or {}:
            if hash(str(case.path_parameters[name])) % 2:
                case.path_parameters[name] = real[name]
        case.call_and_validate(headers=program.headers, checks=CHECKS)

    for result in schema.get_all_operations():
        result.ok().as_strategy().map(lambda case: case)
        from hypothesis import given

        given(case=result.ok().as_strategy())(ask)()
