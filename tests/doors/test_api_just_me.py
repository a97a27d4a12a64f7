"""*Just me?* by API: the same answer as on the page, within the same rights."""

import uuid

import pytest

from astreinte.core import clock
from astreinte.flows import just_me
from tests.doors.programs import Program, refused
from tests.looked_up import SITE, bans_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(world):
    return world.watches(url=f"http://{SITE}/")


def test_a_program_asks_and_reads_what_each_place_sees(world, site):
    program = Program(world, world.jeanne)
    bans_address(world, "abuse", address="127.0.0.1")
    asked = program.post("/just-me", {"name": f"https://{SITE}/page"})
    assert asked.status_code == 201
    assert (asked.json()["state"], asked.json()["reach"], asked.json()["ban"]) == ("running", "looking", "abuse")
    world.now = clock.now()
    world.sees_once(site, up=True)
    just_me.due(at=clock.now())
    told = program.get(f"/just-me/{asked.json()['id']}").json()
    assert (told["state"], told["reach"], told["name"], told["server"]) == ("done", "everywhere", SITE, world.web1.name)
    assert [(line["what"], line["state"]) for line in told["lines"]] == [("web", "up")]
    assert told["address"] == "127.0.0.1"
    colleague = Program(world, world.karim).get(f"/just-me/{asked.json()['id']}").json()
    assert (colleague["address"], colleague["ban"]) == (None, None)


def test_what_is_not_the_callers_does_not_exist(world, site):
    asked = Program(world, world.jeanne).post("/just-me", {"name": SITE}).json()
    stranger = Program(world, world.lea)
    assert refused(stranger.post("/just-me", {"name": SITE})) == (422, "not-registered")
    assert refused(stranger.get(f"/just-me/{asked['id']}")) == (404, "not-found")
    assert refused(stranger.get(f"/just-me/{uuid.uuid4()}")) == (404, "not-found")


def test_it_needs_its_scope_and_its_pace(world, site):
    assert refused(Program(world, world.jeanne, scopes=["read"]).post("/just-me", {"name": SITE})) == (
        403,
        "insufficient-scope",
    )
    program = Program(world, world.jeanne)
    for number in range(12):
        world.watches(url=f"http://site{number}.example/")
        assert program.post("/just-me", {"name": f"site{number}.example"}).status_code == 201
    assert refused(program.post("/just-me", {"name": SITE})) == (429, "too-many-requests")
