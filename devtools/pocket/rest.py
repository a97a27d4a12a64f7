"""Twilio's REST API, as far as the product speaks it: create, list and fetch messages and calls."""

import asyncio
import base64
import hmac
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from devtools.pocket import twiml
from devtools.pocket.callbacks import Callbacks
from devtools.pocket.network import Call, Entry, Fault, Network, Text, new_sid, now

NETWORK: web.AppKey[Network] = web.AppKey("network", Network)
CALLBACKS: web.AppKey[Callbacks] = web.AppKey("callbacks", Callbacks)
CREDENTIALS: web.AppKey[bytes] = web.AppKey("credentials", bytes)
CODES = {"400": 21211, "429": 20429, "500": 20500, "503": 20503}

routes = web.RouteTableDef()


def refuse(status: int, *, code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "status": status}, status=status)


def _is_known(request: web.Request) -> bool:
    given = request.headers.get("Authorization", "").encode()
    return hmac.compare_digest(given, request.app[CREDENTIALS])


def basic(account: str, token: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{account}:{token}".encode())


@routes.post("/2010-04-01/Accounts/{account}/Messages.json")
async def create_message(request: web.Request) -> web.StreamResponse:
    network, form = request.app[NETWORK], await request.post()
    fields = {name: str(value) for name, value in form.items()}
    entry, fault = network.record(
        "sms", key=request.headers.get("Idempotency-Key", ""), to=fields.get("To", ""), body=fields
    )
    if not _is_known(request):
        return _done(entry, refuse(401, code=20003, message="Authenticate"))
    if not fields.get("To") or not fields.get("Body"):
        return _done(entry, refuse(400, code=21604, message="A 'To' and a 'Body' are required"))
    early = await misbehave(request, fault)
    if early is not None:
        return _done(entry, early)
    text = Text(sid=new_sid("SM"), phone=fields["To"], other=fields.get("From", ""), body=fields["Body"], made_at=now())
    network.texts[text.phone].append(text)
    callbacks = request.app[CALLBACKS]
    callbacks.start(callbacks.receipts(text, callback=fields.get("StatusCallback", ""), fault=fault))
    return _done(entry, await _accepted(request, fault, _message(text)))


@routes.post("/2010-04-01/Accounts/{account}/Calls.json")
async def create_call(request: web.Request) -> web.StreamResponse:
    network, form = request.app[NETWORK], await request.post()
    fields = {name: str(value) for name, value in form.items()}
    entry, fault = network.record(
        "voice", key=request.headers.get("Idempotency-Key", ""), to=fields.get("To", ""), body=fields
    )
    if not _is_known(request):
        return _done(entry, refuse(401, code=20003, message="Authenticate"))
    if not fields.get("To") or not _is_twiml(fields.get("Twiml", "")):
        return _done(entry, refuse(400, code=21205, message="A 'To' and a valid 'Twiml' are required"))
    early = await misbehave(request, fault)
    if early is not None:
        return _done(entry, early)
    call = Call(
        sid=new_sid("CA"),
        phone=fields["To"],
        other=fields.get("From", ""),
        twiml=fields["Twiml"],
        callback=fields.get("StatusCallback", ""),
        events=tuple(map(str, form.getall("StatusCallbackEvent", ["completed"]))),
        ring_s=float(fields.get("Timeout") or 60),
        made_at=now(),
    )
    network.calls[call.phone].append(call)
    callbacks = request.app[CALLBACKS]
    callbacks.start(ring(callbacks, call, mode=fault.mode if fault else ""))
    return _done(entry, await _accepted(request, fault, _call(call)))


@routes.get("/2010-04-01/Accounts/{account}/{resource:Messages|Calls}.json")
async def listed(request: web.Request) -> web.StreamResponse:
    """Newest first, filtered by `To` and `From`."""
    if not _is_known(request):
        return refuse(401, code=20003, message="Authenticate")
    network, resource = request.app[NETWORK], request.match_info["resource"]
    to, size = request.query.get("To", ""), int(request.query.get("PageSize", "50"))
    _entry, fault = network.record("look-up", key="", to=to, body={"resource": resource})
    early = await misbehave(request, fault)
    if early is not None:
        return early
    shelves: Any = network.texts if resource == "Messages" else network.calls
    chosen = [shelves[to]] if to in shelves else ([] if to else list(shelves.values()))
    found = sorted((item for shelf in chosen for item in shelf), key=lambda item: item.made_at, reverse=True)
    show = _message if resource == "Messages" else _call
    rows = [show(item) for item in found[:size]]
    return web.json_response({resource.lower(): rows, "page": 0, "page_size": size, "next_page_uri": None})


@routes.get("/2010-04-01/Accounts/{account}/{resource:Messages|Calls}/{sid}.json")
async def fetched(request: web.Request) -> web.StreamResponse:
    if not _is_known(request):
        return refuse(401, code=20003, message="Authenticate")
    network, sid = request.app[NETWORK], request.match_info["sid"]
    found = network.find_text(sid) if request.match_info["resource"] == "Messages" else network.find_call(sid)
    if found is None:
        return refuse(404, code=20404, message="The requested resource was not found")
    return web.json_response(_message(found) if isinstance(found, Text) else _call(found))


async def misbehave(request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
    """The answer of a fault that strikes before anything is accepted; None when the request is to be accepted."""
    mode = fault.mode if fault else ""
    if mode in CODES:
        headers = {"Retry-After": "1"} if mode in {"429", "503"} else None
        body = {"code": CODES[mode], "message": "asked to fail", "status": int(mode)}
        return web.json_response(body, status=int(mode), headers=headers)
    if mode == "garbage":
        return web.Response(text="<html>\x00 this is not what you asked for", content_type="text/html")
    if fault and mode == "stall":
        await asyncio.sleep(fault.seconds)
    if mode in {"reset", "stall"}:
        return cut(request)
    return None


def cut(request: web.Request) -> web.Response:
    """Drop the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def ring(callbacks: Callbacks, call: Call, *, mode: str = "") -> None:
    """Ring until somebody answers, or long enough; what a person does comes through `control`."""
    if mode == "silence":
        return
    await callbacks.progress(call, "ringing")
    if mode in {"busy", "no-answer"}:
        await callbacks.progress(call, mode)
        return
    if mode == "voicemail":
        await to_voicemail(callbacks, call)
        return
    await asyncio.sleep(call.ring_s)
    if call.is_ringing:
        await callbacks.progress(call, "no-answer")


async def to_voicemail(callbacks: Callbacks, call: Call) -> None:
    """A machine picks up, hears everything and presses nothing."""
    call.said = list(twiml.read(call.twiml).said)
    await callbacks.progress(call, "in-progress")
    await callbacks.progress(call, "completed")


def _is_twiml(document: str) -> bool:
    try:
        twiml.read(document)
    except ValueError:
        return False
    return True


def _done(entry: Entry, answer: web.StreamResponse) -> web.StreamResponse:
    entry.status = answer.status
    return answer


async def _accepted(request: web.Request, fault: Fault | None, row: dict[str, Any]) -> web.StreamResponse:
    if fault and fault.mode == "lost-answer":
        return cut(request)
    if fault and fault.mode == "slow-answer":
        await asyncio.sleep(fault.seconds)
    return web.json_response(row, status=201)


def _message(text: Text) -> dict[str, Any]:
    sent = not text.written_here
    return {
        "sid": text.sid,
        "to": text.phone if sent else text.other,
        "from": text.other if sent else text.phone,
        "body": text.body,
        "status": text.status if sent else "received",
        "direction": "outbound-api" if sent else "inbound",
        "date_created": format_datetime(text.made_at),
        "error_code": None,
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "to": call.phone,
        "from": call.other,
        "status": call.status,
        "direction": "outbound-api",
        "date_created": format_datetime(call.made_at),
    }
