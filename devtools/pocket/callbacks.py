"""What the network tells the product: receipts, keys and replies, posted with a valid Twilio signature."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import aiohttp

from astreinte.notifications.channels import signatures
from devtools.pocket import twiml
from devtools.pocket.network import Call, Fault, Network, Text, new_sid, now

# As Twilio waits for an answer.
PATIENCE_S = 15


class Callbacks:
    """Posts to the product, one kept-open session, at most 50 at once."""

    def __init__(self, network: Network, *, account: str, token: str, app_url: str, receipt_s: float) -> None:
        self._network = network
        self._account = account
        self._token = token
        self._app_url = app_url
        self._receipt_s = receipt_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.posted: deque[dict[str, Any]] = deque(maxlen=5_000)

    async def open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=50))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def start(self, work: Any) -> None:
        """Run something beside the answer; kept until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, url: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """The status and text of the answer; 0 when nobody answered."""
        if self._session is None:
            return 0, ""
        params = {"AccountSid": self._account, "ApiVersion": "2010-04-01", **fields}
        headers = {"X-Twilio-Signature": signatures.sign(url, params, secret=self._token)}
        try:
            async with self._session.post(url, data=params, headers=headers) as answer:
                status, text = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            status, text = 0, ""
        self.posted.append({"url": url, "fields": dict(fields), "status": status})
        return status, text

    async def receipts(self, text: Text, *, callback: str, fault: Fault | None) -> None:
        """What follows an accepted SMS: delivered after a short delay, or what the fault says."""
        mode = fault.mode if fault else ""
        if mode == "silence":
            return
        await asyncio.sleep(fault.seconds if fault and mode == "late" else self._receipt_s)
        last = "undelivered" if mode == "undelivered" else "delivered"
        text.status = last
        self._network.changed()
        for sid, status in _sequence(text.sid, last, mode=mode):
            if callback:
                await self.post(callback, _of_text(text, sid=sid, status=status))

    async def progress(self, call: Call, status: str) -> None:
        """A call moved on; the product hears of it when it asked for this event."""
        call.status = status
        self._network.changed()
        event = {"in-progress": "answered", "ringing": "ringing"}.get(status, "completed")
        if call.callback and (event in call.events or event == "completed"):
            await self.post(call.callback, _of_call(call))

    async def key(self, call: Call, digit: str) -> None:
        """A key was pressed: the product says what is spoken next, or the line is hung up."""
        call.pressed.append(digit)
        action = urljoin(self._app_url, call.action)
        status, text = await self.post(action, {**_of_call(call), "Digits": digit, "msg": "Gather End"})
        try:
            script = twiml.read(text)
        except ValueError:
            script = twiml.Script(said=(f"(HTTP {status})",), texts=(), action="", language=call.language)
        call.said = list(script.said)
        call.action = script.action
        if not script.action:
            await self.progress(call, "completed")
        self._network.changed()

    async def reply(self, text: Text) -> None:
        """A person wrote back; what the product answers arrives on the same phone."""
        fields = {"MessageSid": text.sid, "SmsSid": text.sid, "From": text.phone, "To": text.other, "Body": text.body}
        url = urljoin(self._app_url, "/inbound/twilio/sms")
        status, answer = await self.post(url, {**fields, "NumMedia": "0"})
        text.status = "delivered" if 200 <= status < 300 else "failed"  # noqa: PLR2004
        text.note = "" if text.status == "delivered" else f"HTTP {status}" if status else "-"
        try:
            texts = twiml.read(answer).texts
        except ValueError:
            texts = ()
        for body in texts:
            answered = Text(sid=new_sid("SM"), phone=text.phone, other=text.other, body=body, made_at=now())
            answered.status = "delivered"
            self._network.texts[text.phone].append(answered)
        self._network.changed()


def _sequence(sid: str, last: str, *, mode: str) -> list[tuple[str, str]]:
    if mode == "duplicate":
        return [(sid, last), (sid, last)]
    if mode == "out-of-order":
        return [(sid, last), (sid, "sent"), (sid, "queued")]
    if mode == "unknown-id":
        return [(new_sid("SM"), last)]
    return [(sid, last)]


def _of_text(text: Text, *, sid: str, status: str) -> dict[str, str]:
    same = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status}
    return {**same, "To": text.phone, "From": text.other, **({"ErrorCode": "30003"} if status == "undelivered" else {})}


def _of_call(call: Call) -> dict[str, str]:
    parties = {"To": call.phone, "Called": call.phone, "From": call.other, "Caller": call.other}
    return {"CallSid": call.sid, "CallStatus": call.status, "Direction": "outbound-api", **parties}
