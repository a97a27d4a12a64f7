"""The three broken servers answer as they should, mended or broken, and the panel tells the desk what only it can see."""

import asyncio

import pytest
from aiohttp import web

from astreinte.core import outbound
from astreinte.guarantee.rules.advice import read
from devtools.pocket import Settings, running
from devtools.pocket.panel import Access
from devtools.pocket.server import started
from devtools.pocket.troubles import PORTS, WITNESS
from tests import loops

ACCESS = Access(token="ast_token", login="nora@lumiere.example", password="open sesame")
BROKEN = {"ours": 502, "disk": 500, "me": 200}


@pytest.fixture(scope="module")
def pocket():
    # nobody listens where the panel reports: it goes on trying
    with running(Settings(troubles=PORTS, access=ACCESS, app_url="http://127.0.0.1:9")) as found:
        yield found


def turn(pocket, name, state):
    return outbound.post(f"{pocket.url}/dev/troubles/{name}", allow_private=True, data={"state": state})


def listed(pocket):
    found = outbound.get(f"{pocket.url}/dev/troubles", allow_private=True).json()["troubles"]
    return {one["name"]: one for one in found}


def status(pocket, name, path="/"):
    port = listed(pocket)[name]["ports"]["http"]
    return outbound.get(f"http://127.0.0.1:{port}{path}", allow_private=True).status


@pytest.mark.parametrize("name", BROKEN)
def test_the_site_fails_or_answers_and_the_witness_is_well(pocket, name):
    turn(pocket, name, "broken")
    assert (status(pocket, name), status(pocket, name, WITNESS)) == (BROKEN[name], 200)
    assert turn(pocket, name, "well").json() == {"name": name, "state": "well"}
    assert (status(pocket, name), status(pocket, name, WITNESS)) == (200, 200)


@pytest.mark.parametrize("state", ["broken", "well"])
def test_the_panel_says_facts_that_exist(pocket, state):
    for name in BROKEN:
        turn(pocket, name, state)
    for one in listed(pocket).values():
        whole = [{**fact, "source": "provider", "observed_at": "2026-11-26T12:00:00Z"} for fact in one["facts"]]
        facts, wrong = read(whole)
        assert wrong == ()
        assert len(facts) == len(whole)
        assert any(fact.band == "alarm" for fact in facts) is (state == "broken")


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ("Trois serveurs en panne", "Réparer")), ("en", ("Three broken servers", "Mend"))],
)
def test_the_page_says_who_to_sign_in_as_and_what_to_expect(pocket, language, words):
    turn(pocket, "disk", "broken")
    page = outbound.get(f"{pocket.url}/dev/phones?lang={language}", allow_private=True, max_bytes=1_000_000).text
    for one in (*words, ACCESS.login, ACCESS.password, "/problem/?server=photos.lumiere.example", "95 €"):
        assert one in page


@pytest.mark.parametrize(
    ("name", "state", "code", "sentence"),
    [
        ("ours", "asleep", 400, '"asleep" is not one of well, broken'),
        ("nobody", "well", 404, "there is no trouble nobody, only ours, disk, me"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(pocket, name, state, code, sentence):
    answer = turn(pocket, name, state)
    assert (answer.status, answer.text) == (code, sentence)


class Desk:
    """Hears what is pushed; its first answer is that it is not ready."""

    def __init__(self) -> None:
        self.heard = asyncio.Queue()
        self.answers = iter([503])

    async def facts(self, request):
        said = await request.json()
        entry = (request.match_info["name"], request.headers["Authorization"], said["facts"])
        self.heard.put_nowait(entry)
        return web.json_response({}, status=next(self.answers, 200))

    async def hears(self, name, kind, value):
        """Wait until this was said of this server."""
        async with asyncio.timeout(10):
            while True:
                server, key, facts = await self.heard.get()
                assert key == f"Bearer {ACCESS.token}"
                if server.startswith(name) and (kind, value) in {(one["kind"], one["value"]) for one in facts}:
                    return facts


def test_the_panel_tries_until_it_is_heard_and_says_at_once_what_changed():
    async def story():
        desk = Desk()
        app = web.Application()
        app.router.add_post("/api/v1/servers/{name}/facts", desk.facts)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with started(Settings(troubles=PORTS, access=ACCESS, app_url=url)) as pocket:
                await desk.hears("boutique", "service.state", "failed")
                await desk.hears("boutique", "service.state", "failed")  # again, for it was not heard
                pocket.troubles.turn("me", is_broken=False)
                facts = await desk.hears("atelier", "firewall.ban", "none")
                assert {one["source"] for one in facts} == {"provider"}
        finally:
            await runner.cleanup()

    loops.run(story())


def test_without_ports_there_are_none():
    with running(Settings()) as alone:
        assert listed(alone) == {}
        page = outbound.get(f"{alone.url}/dev/phones?lang=en", allow_private=True, max_bytes=1_000_000).text
        assert "Three broken servers" not in page
