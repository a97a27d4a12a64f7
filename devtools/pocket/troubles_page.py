"""The three broken servers on the page of the pocket phones: what is wrong, who to sign in as, what to expect, and their switch."""

from html import escape

from aiohttp import web

from devtools.pocket.panel import Access
from devtools.pocket.troubles import TROUBLES, Trouble, Troubles

Words = dict[str, str]
routes = web.RouteTableDef()


class Visit:
    """Where the desk is, and who a visitor signs in as."""

    def __init__(self, app_url: str, access: Access) -> None:
        self.app_url = app_url
        self.access = access


VISIT: web.AppKey[Visit] = web.AppKey("visit", Visit)


def section(troubles: Troubles, visit: Visit, words: Words, language: str) -> str:
    """A card for each; nothing when there are none."""
    cards = "".join(_card(one, visit, words, language) for one in troubles)
    if not cards:
        return ""
    who = words["troubles:who"].format(login=escape(visit.access.login), password=escape(visit.access.password))
    return f"""<h2>{words["troubles"]}</h2><p class="who">{who}</p>
<ul class="troubles" data-list="troubles">{cards}</ul>"""


def _card(trouble: Trouble, visit: Visit, words: Words, language: str) -> str:
    """What changes are parts inside the button and the form: the button that was pressed keeps the focus."""
    name, state = trouble.name, "broken" if trouble.is_broken else "well"
    wanted = "well" if trouble.is_broken else "broken"
    where = f"{visit.app_url}/problem/?server={trouble.server}"
    return f"""<li class="trouble {state}" id="trouble-{name}">
<h3>{trouble.server}</h3>
<p class="condition" role="status" data-part="tc-{name}">{words[f"trouble:{name}" if trouble.is_broken else "trouble:well"]}</p>
<p data-part="te-{name}">{words[f"expect:{name}"] if trouble.is_broken else ""}</p>
<div class="ways"><a href="{escape(where)}" target="_blank" rel="noopener noreferrer">{words["wrong"]}</a>
<form method="post" action="/dev/troubles/{name}?lang={language}">
<span data-part="tw-{name}"><input type="hidden" name="state" value="{wanted}"></span>
<button data-part="ta-{name}">{words[f"turn:{wanted}"]}</button></form></div></li>"""


@routes.get("/dev/troubles")
async def listed(request: web.Request) -> web.Response:
    """Each server: what is wrong with it, on which ports."""
    return web.json_response({"troubles": [_shown(one) for one in request.app[TROUBLES]]})


def _shown(trouble: Trouble) -> dict[str, object]:
    return {
        "name": trouble.name,
        "server": trouble.server,
        "state": "broken" if trouble.is_broken else "well",
        "ports": {service.name: service.port for service in trouble.services},
        "facts": trouble.facts,
    }


@routes.post("/dev/troubles/{name}")
async def turn(request: web.Request) -> web.Response:
    """`state=well` mends it, `state=broken` breaks it again; the panel tells the desk at once."""
    troubles, name = request.app[TROUBLES], request.match_info["name"]
    if name not in troubles:
        raise web.HTTPNotFound(text=f"there is no trouble {name}, only {', '.join(one.name for one in troubles)}")
    given = str((await request.post()).get("state", ""))
    if given not in {"well", "broken"}:
        raise web.HTTPBadRequest(text=f'"{given}" is not one of well, broken')
    troubles.turn(name, is_broken=given == "broken")
    if "text/html" not in request.headers.get("Accept", ""):
        return web.json_response({"name": name, "state": given})
    raise web.HTTPSeeOther(f"/dev/phones?lang={'en' if request.query.get('lang') == 'en' else 'fr'}")
