"""The buttons of the phones, the faults, the ledger, and the sink of the webhooks. For people, tests and the bench."""

import json
from dataclasses import asdict
from typing import Any

from aiohttp import web

from devtools.pocket import rest, twiml
from devtools.pocket.manners import State
from devtools.pocket.network import FAULTS, Call, Fault, Letter, Text, new_sid, now
from devtools.pocket.rest import CALLBACKS, NETWORK
from devtools.pocket.services import SERVICES

routes = web.RouteTableDef()


async def _fields(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        return {name: str(value) for name, value in (await request.post()).items()}
    try:
        given = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="not JSON") from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="a JSON object is expected")
    return given


def _back(request: web.Request, answer: dict[str, Any]) -> web.Response:
    """JSON for a program; for a browser, the page again."""
    if "text/html" not in request.headers.get("Accept", ""):
        return web.json_response(answer)
    language = request.query.get("lang", "fr")
    raise web.HTTPSeeOther(f"/dev/phones?lang={'en' if language == 'en' else 'fr'}")


@routes.post("/dev/phones/{phone}/reply")
async def reply(request: web.Request) -> web.Response:
    """A person answers by SMS: `body`. To whoever wrote last, or `to`."""
    network, phone, fields = request.app[NETWORK], request.match_info["phone"], await _fields(request)
    heard = [text.other for text in network.texts[phone] if text.other]
    other = str(fields.get("to") or (heard[-1] if heard else ""))
    text = Text(
        sid=str(fields.get("sid") or new_sid("SM")),
        phone=phone,
        other=other,
        body=str(fields.get("body", "")).strip(),
        written_here=True,
        made_at=now(),
    )
    if text.body:
        network.texts[phone].append(text)
        await request.app[CALLBACKS].reply(text)
    return _back(request, {"sid": text.sid, "status": text.status, "note": text.note})


@routes.post("/dev/calls/{sid}/{action:answer|ignore|busy|voicemail|hang-up|key}")
async def touch(request: web.Request) -> web.Response:
    """A person touches the phone; what makes no sense now (a key before answering) changes nothing."""
    call = request.app[NETWORK].find_call(request.match_info["sid"])
    if call is None:
        raise web.HTTPNotFound(text="no such call")
    fields = await _fields(request)
    action = request.match_info["action"]
    if call.is_ringing:
        await _pick_up(request, call, action=action)
    elif call.is_live and action == "hang-up":
        await request.app[CALLBACKS].progress(call, "completed")
    elif call.is_live and action == "key" and str(fields.get("digit")) in set("0123456789*#"):
        await request.app[CALLBACKS].key(call, str(fields["digit"]))
    return _back(request, {"sid": call.sid, "status": call.status, "said": call.said, "keys": bool(call.action)})


async def _pick_up(request: web.Request, call: Call, *, action: str) -> None:
    callbacks = request.app[CALLBACKS]
    if action == "answer":
        script = twiml.read(call.twiml)
        call.said, call.action, call.language = list(script.said), script.action, script.language
        await callbacks.progress(call, "in-progress")
        if not call.action:
            await callbacks.progress(call, "completed")
    elif action in {"ignore", "busy"}:
        await callbacks.progress(call, "no-answer" if action == "ignore" else "busy")
    elif action == "voicemail":
        await rest.to_voicemail(callbacks, call)


@routes.get("/dev/calls")
async def calls(request: web.Request) -> web.Response:
    """Every call, newest last; `?to=` for one phone."""
    network, to = request.app[NETWORK], request.query.get("to", "")
    found = [call for phone, shelf in network.calls.items() if to in {"", phone} for call in shelf]
    return web.json_response({"calls": [_shown(call) for call in found]})


@routes.get("/dev/texts")
async def texts(request: web.Request) -> web.Response:
    """Every SMS, oldest first; `?to=` for one phone."""
    network, to = request.app[NETWORK], request.query.get("to", "")
    found = [text for phone, shelf in network.texts.items() if to in {"", phone} for text in shelf]
    return web.json_response({"texts": [_shown(text) for text in found]})


@routes.get("/dev/letters")
async def letters(request: web.Request) -> web.Response:
    """Every e-mail, oldest first; `?to=` for one mailbox."""
    network, to = request.app[NETWORK], request.query.get("to", "")
    found = [letter for address, shelf in network.letters.items() if to in {"", address} for letter in shelf]
    return web.json_response({"letters": [_read(letter) for letter in found]})


def _read(letter: Letter) -> dict[str, Any]:
    said = ("id", "to", "sender", "subject", "text", "headers", "attachments")
    return {**{name: getattr(letter, name) for name in said}, "made_at": letter.made_at.isoformat()}


def _shown(item: Any) -> dict[str, Any]:
    return {**asdict(item), "made_at": item.made_at.isoformat()}


@routes.get("/dev/ledger")
async def ledger(request: web.Request) -> web.Response:
    """Every request since `?since=N`, with its key and its arrival (monotonic and wall, seconds)."""
    network, since = request.app[NETWORK], int(request.query.get("since", "0"))
    entries = [vars(entry) for entry in network.ledger if entry.n > since]
    posted = list(request.app[CALLBACKS].posted)
    return web.json_response({"entries": entries, "next": entries[-1]["n"] if entries else since, "posted": posted})


@routes.delete("/dev/ledger")
async def forget(request: web.Request) -> web.Response:
    """Forget everything that arrived, and every fault."""
    request.app[NETWORK].forget()
    request.app[CALLBACKS].posted.clear()
    return web.json_response({})


@routes.get("/dev/faults")
async def faults(request: web.Request) -> web.StreamResponse:
    found = request.app[NETWORK].faults
    return web.json_response({"faults": [{"on": on, "kind": kind, **vars(f)} for (on, kind), f in found.items()]})


@routes.post("/dev/faults")
async def misbehave(request: web.Request) -> web.StreamResponse:
    """`{on, kind, mode, times?, seconds?}`: `on` a number, address, hook or "*"; `kind` as in the ledger or "*"."""
    fields, network = await _fields(request), request.app[NETWORK]
    mode, where = str(fields.get("mode", "")), (str(fields.get("on", "*")), str(fields.get("kind", "*")))
    if mode and mode not in FAULTS:
        raise web.HTTPBadRequest(text=f"{mode} is not one of {', '.join(sorted(FAULTS))}")
    network.faults.pop(where, None)
    if mode:
        times = fields.get("times")
        seconds = float(fields.get("seconds", 30))
        network.faults[where] = Fault(mode=mode, left=int(times) if times else None, seconds=seconds)
    return await faults(request)


@routes.delete("/dev/faults")
async def well(request: web.Request) -> web.Response:
    request.app[NETWORK].faults.clear()
    return web.json_response({"faults": []})


@routes.post("/dev/names")
async def names(request: web.Request) -> web.Response:
    """`{"+33611111111": "Alice Martin", "alice@...": "Alice Martin"}`: whose phone and whose mailbox."""
    network = request.app[NETWORK]
    network.names.update({str(at): str(name) for at, name in (await _fields(request)).items()})
    network.changed()
    return web.json_response(network.names)


@routes.get("/dev/services")
async def services(request: web.Request) -> web.Response:
    """The services of the demonstration's server: name, port, state."""
    found = [{"name": one.name, "port": one.port, "state": one.state} for one in request.app[SERVICES]]
    return web.json_response({"services": found})


@routes.post("/dev/services/{name}")
async def turn(request: web.Request) -> web.Response:
    """`{"state": "well|stopped|broken|silent"}`: for every connection from now on."""
    known, name = request.app[SERVICES], request.match_info["name"]
    if name not in known:
        raise web.HTTPNotFound(text=f"there is no service {name}, only {', '.join(one.name for one in known)}")
    given = str((await _fields(request)).get("state", ""))
    if given not in set(State):
        raise web.HTTPBadRequest(text=f'"{given}" is not one of {", ".join(State)}')
    try:
        known.turn(name, State(given))
    except OSError:
        raise web.HTTPConflict(text=f"something else listens on port {known[name].port} by now") from None
    return _back(request, {"name": name, "port": known[name].port, "state": known[name].state})


@routes.post("/{hook:(?!dev/|2010-04-01/).+}")
async def webhook(request: web.Request) -> web.StreamResponse:
    """Any other POST is a webhook: kept in the ledger with its headers."""
    raw = (await request.read()).decode("utf-8", "replace")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    told = {"headers": headers, "raw": raw, "json": body}
    hook = "/" + request.match_info["hook"]
    entry, fault = request.app[NETWORK].record("webhook", key=headers.get("webhook-id", ""), to=hook, body=told)
    answer = await rest.misbehave(request, fault)
    if answer is None:
        lost = fault is not None and fault.mode == "lost-answer"
        answer = rest.cut(request) if lost else web.json_response({"ok": True})
    entry.status = answer.status
    return answer
