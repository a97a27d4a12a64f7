"""The page of the pocket phones: one phone per number, one mailbox per address, readable and answerable by hand."""

import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import phonenumbers
from aiohttp import web

from devtools.pocket.manners import State
from devtools.pocket.network import Call, Letter, Network, Text
from devtools.pocket.rest import NETWORK
from devtools.pocket.services import SERVICES, Service, Services
from devtools.pocket.troubles import TROUBLES
from devtools.pocket.troubles_page import VISIT, section
from devtools.pocket.words import WORDS

STATIC = Path(__file__).parent / "static"
SHOWN = 30
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")

Words = dict[str, str]
routes = web.RouteTableDef()


@routes.get("/")
async def home(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/dev/phones")


@routes.get("/dev/phones")
async def phones(request: web.Request) -> web.Response:
    """The whole page; 204 when the asker already has this version. `?+33611111111=Alice` names a phone."""
    network = request.app[NETWORK]
    for at, name in request.query.items():
        if (at.lstrip().startswith("+") or at.strip()[:1].isdigit() or "@" in at) and name:
            number = at.strip() if "@" in at else "+" + at.strip().lstrip("+")
            network.names[number] = name
    language = "en" if request.query.get("lang") == "en" else "fr"
    if request.headers.get("X-Version") == str(network.version):
        return web.Response(status=204)
    troubles = section(request.app[TROUBLES], request.app[VISIT], WORDS[language], language)
    html = _page(network, request.app[SERVICES], language, troubles=troubles)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def _page(network: Network, services: Services, language: str, *, troubles: str) -> str:
    words, other = WORDS[language], "fr" if language == "en" else "en"
    cards = "".join(_phone(network, number, words, language) for number in network.phones())
    boxes = "".join(_box(network, address, words) for address in network.mailboxes())
    empty = "" if cards else f'<p class="nothing">{words["nothing"]}</p>'
    mail = f'<h2>{words["mailboxes"]}</h2><div class="boxes" data-list="boxes">{boxes}</div>' if boxes else ""
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{words["title"]}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/dev/static/phones.css">
<script src="/dev/static/phones.js" defer></script>
</head>
<body data-version="{network.version}" data-live="{words["live"]}" data-lost="{words["lost"]}">
<header>
  <div><h1>{words["title"]}</h1><p>{words["lead"]}</p></div>
  <p class="aside"><span class="state" role="status"></span>
  <a href="/dev/phones?lang={other}" lang="{other}" hreflang="{other}">{words["other"]}</a></p>
</header>
<main data-part="main">
{troubles}
{_server(services, words, language)}
<h2>{words["phones"]}</h2>{empty}
<div class="phones" data-list="phones">{cards}</div>
{mail}
</main>
</body>
</html>"""


def _server(services: Services, words: Words, language: str) -> str:
    rows = "".join(_service(one, words, language) for one in services)
    return f'<h2>{words["server"]}</h2><ul class="services" data-list="services">{rows}</ul>'


def _service(service: Service, words: Words, language: str) -> str:
    """What changes are parts inside the button and the form: the button that was pressed keeps the focus."""
    name, is_well = service.name, service.state is State.WELL
    label = words["stop" if is_well else "start"].format(name=name)
    wanted = State.STOPPED if is_well else State.WELL
    return f"""<li class="service {service.state}" id="service-{name}">
<div><h3>{name} <small>port {service.port}</small></h3>
<p class="condition" role="status" data-part="c-{name}">{words[f"service:{service.state}"]}</p></div>
<form method="post" action="/dev/services/{name}?lang={language}">
<span data-part="w-{name}"><input type="hidden" name="state" value="{wanted}"></span>
<button data-part="a-{name}">{label}</button></form></li>"""


def _phone(network: Network, number: str, words: Words, language: str) -> str:
    calls = network.calls.get(number, ())
    live = next((call for call in reversed(calls) if call.is_ringing or call.is_live), None)
    name = network.names.get(number, "")
    slug = number.lstrip("+")
    state = "" if live is None else " ringing" if live.is_ringing else " speaking"
    screen = _call(live, words, language) if live else ""
    under = f'<p class="number">{escape(_readable(number))}</p>' if name else ""
    return f"""<article class="phone{state}" id="p{escape(slug)}" aria-label="{escape(name or number)}">
<div class="top"><span class="face" aria-hidden="true">{escape(_initials(name))}</span>
<div><h3>{escape(name or _readable(number))}</h3>{under}</div></div>
<div class="screen" data-part="s{escape(slug)}">{screen}{_thread(network, number, words)}</div>
{_reply(network, number, words, language)}
</article>"""


def _thread(network: Network, number: str, words: Words) -> str:
    items: list[Text | Call] = [*network.texts.get(number, ())]
    items += [call for call in network.calls.get(number, ()) if not call.is_ringing and not call.is_live]
    items.sort(key=lambda item: item.made_at)
    lines = "".join(_text(i, words) if isinstance(i, Text) else _past_call(i, words) for i in items[-SHOWN:])
    return f'<ol class="thread" tabindex="0">{lines}</ol>' if lines else f'<p class="quiet">{words["empty_phone"]}</p>'


def _text(text: Text, words: Words) -> str:
    side = "mine" if text.written_here else "theirs"
    status = words.get(f"status:{text.status}", text.status)
    note = f" ({escape(text.note)})" if text.note.strip("-") else ""
    meta = f"{_time(text)} · {status}{note}" if text.written_here or text.status != "delivered" else _time(text)
    return f'<li class="{side} {escape(text.status)}"><p>{_linked(text.body)}</p><small>{meta}</small></li>'


def _past_call(call: Call, words: Words) -> str:
    status = words.get(f"status:{call.status}", call.status)
    keys = f" · {words['key']} {escape(' '.join(call.pressed))}" if call.pressed else ""
    said = f"<p>{escape(call.said[-1])}</p>" if call.said else ""
    return f'<li class="call"><b>{words["call"]}, {escape(status)}{keys}</b>{said}<small>{_time(call)}</small></li>'


def _call(call: Call, words: Words, language: str) -> str:
    if call.is_ringing:
        buttons = "".join(
            _button(call, action, words[action], language) for action in ("answer", "ignore", "voicemail")
        )
        return f"""<section class="incoming" role="alert"><p class="ring">{words["rings"]}</p>
<p class="caller">{escape(_readable(call.other))}</p><div class="buttons">{buttons}</div></section>"""
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in call.said)
    keys = "".join(_button(call, "key", key, language, digit=key, hint=words["key"]) for key in KEYS)
    pad = f'<div class="pad" role="group" aria-label="{words["keypad"]}">{keys}</div>' if call.action else ""
    return f"""<section class="line"><p class="ring">{words["speaking"]}</p>
<blockquote lang="{escape(call.language)}" tabindex="0">{said}</blockquote>
<button class="listen" type="button" hidden>{words["listen"]}</button>
{pad}{_button(call, "hang-up", words["hang-up"], language)}</section>"""


def _button(call: Call, action: str, label: str, language: str, *, digit: str = "", hint: str = "") -> str:
    field = f'<input type="hidden" name="digit" value="{escape(digit)}">' if digit else ""
    aria = f' aria-label="{escape(hint)} {escape(digit)}"' if digit else ""
    return (
        f'<form method="post" action="/dev/calls/{call.sid}/{action}?lang={language}">{field}'
        f'<button class="{action}"{aria}>{escape(label)}</button></form>'
    )


def _reply(network: Network, number: str, words: Words, language: str) -> str:
    slug = number.lstrip("+")
    code = _code(network, number)
    quick = "".join(
        f'<button name="body" value="{text}" formnovalidate>{text}</button>'
        for text in ((code, f"{code} 15", f"{code} e") if code else ())
    )
    return f"""<div class="reply"><form method="post" action="/dev/phones/{quote(number)}/reply?lang={language}">
<div class="quick" data-part="q{escape(slug)}">{quick}</div></form>
<form method="post" action="/dev/phones/{quote(number)}/reply?lang={language}" class="write">
<input name="body" maxlength="300" required autocomplete="off" aria-label="{words["reply"]}"
 placeholder="{words["reply"]}">
<button>{words["send"]}</button></form></div>"""


def _code(network: Network, number: str) -> str:
    """The short code of the last message that asks for an answer: the number after its link."""
    for text in reversed(network.texts.get(number, ())):
        link = re.search(r"https?://\S+/take/\S+", text.body)
        found = re.search(r"\b(\d{1,6})\b", text.body[link.end() :]) if link and not text.written_here else None
        if found:
            return found.group(1)
    return ""


def _box(network: Network, address: str, words: Words) -> str:
    letters = list(network.letters.get(address, ()))[::-1]
    lines = "".join(_letter(letter, words) for letter in letters) or f'<p class="quiet">{words["empty_mail"]}</p>'
    name = network.names.get(address, "")
    slug = re.sub(r"[^a-z0-9]", "-", address.lower())
    title = f"<h3>{escape(name or address)} <small>{len(letters)}</small></h3>"
    under = f'<p class="number">{escape(address)}</p>' if name else ""
    inner = f'<div data-part="b{slug}">{title}{under}{lines}</div>'
    return f'<article class="box" id="b{slug}" aria-label="{escape(name or address)}">{inner}</article>'


def _letter(letter: Letter, words: Words) -> str:
    files = "".join(f'<p class="file">{words["attachment"]} : {escape(name)}</p>' for name in letter.attachments)
    return f"""<details id="{letter.id}">
<summary><b>{escape(letter.subject)}</b> <small>{_time(letter)}</small></summary>
<p class="number">{words["from"]} {escape(letter.sender)}</p>
<div class="letter">{_linked(letter.text)}</div>{files}</details>"""


def _linked(text: str) -> str:
    """Escaped, with its http links clickable; the point that ends a sentence is no part of its link."""
    parts = re.split(r"(https?://[^\s<>\"']*[^\s<>\"'.,:;!?)])", text)
    link = '<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>'
    return "".join(link.format(escape(part)) if n % 2 else escape(part) for n, part in enumerate(parts))


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper() or "#"


def _readable(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _time(item: Any) -> str:
    made = item.made_at.astimezone()
    return f'<time datetime="{item.made_at.isoformat()}">{made:%H:%M:%S}</time>'
