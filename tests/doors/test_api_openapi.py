"""The document of the API: valid, complete, true; and a run of everything it allows against the real application."""

import json
from collections import Counter
from importlib import import_module
from pkgutil import iter_modules

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from pydantic import TypeAdapter
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from astreinte.accounts.permissions import POLICY, Who
from astreinte.api.v1 import shapes
from astreinte.api.v1.document import METHODS, WRITING, operations
from astreinte.api.v1.shapes import common
from tests.doors.programs import Program
from tests.doors.routes import every_route

# Operations x examples x people: about a minute.
EXAMPLES = 8
MODULES = [import_module(f"{shapes.__name__}.{one.name}") for one in iter_modules(shapes.__path__)]
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


def without_example(operation):
    contents = [*operation["responses"].values(), operation.get("requestBody", {})]
    bodies = [media for one in contents for media in one.get("content", {}).values()]
    return [one for one in [*bodies, *operation["parameters"]] if "example" not in one]


def unsaid(operation, method):
    """The refusals that this operation does not document."""
    wanted = {"400", "401", "403", "404", "422"} | ({"409", "413", "415"} if method in WRITING else set())
    said = {s for s, one in operation["responses"].items() if "application/problem+json" in one.get("content", {})}
    return wanted - said


def test_every_operation_has_examples_and_says_what_may_go_wrong(document):
    found = list(operations(document))
    assert len(found) > 25
    for path, method, operation in found:
        where = f"{method} {path}"
        assert without_example(operation) == [], where
        assert unsaid(operation, method) == set(), where
        assert operation["security"] == [{"Bearer": []}], where
        assert operation["description"], where
        keyed = "Idempotency-Key" in {one["name"] for one in operation["parameters"]}
        assert keyed == (method in WRITING), where
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


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["jeanne", "chloe"])
def test_whatever_the_document_allows_is_answered_as_it_says(world, who):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    world.customer_opens()
    (invoice,) = world.invoices_are_issued()
    real = {
        "ref": ticket.ref, "number": invoice.number, "name": world.web1.name, "id": str(ticket.page.public_id),
    }  # fmt: skip
    program = Program(world, getattr(world, who))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())

    statuses = Counter()

    def ask(case):
        for name, value in (case.path_parameters or {}).items():
            # half of the time, of something that exists
            case.path_parameters[name] = real[name] if len(str(value)) % 2 else value
        if (
            mode is GenerationMode.POSITIVE
            and isinstance(case.body, dict)
            and len(str(case.body.get("server", ""))) % 2
        ):
            case.body["server"] = real["name"]
        answer = case.call_and_validate(headers=program.headers, checks=list(CHECKS))
        statuses[answer.status_code] += 1

    bounded = settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    for result in schema.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            bounded(given(case=result.ok().as_strategy(generation_mode=mode))(ask))()
    # it would prove nothing if everything were refused at the door
    assert {200, 201, 404, 422} <= set(statuses), statuses
