"""Start the stand-in network: one process, or a thread inside a test."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace

from aiohttp import web
from aiosmtpd.smtp import SMTP

from devtools.pocket import control, manners, page, rest, troubles_page
from devtools.pocket.callbacks import Callbacks
from devtools.pocket.mailbox import Mailbox
from devtools.pocket.network import Network
from devtools.pocket.panel import Access, Panel
from devtools.pocket.services import SERVICES, Services
from devtools.pocket.troubles import TROUBLES, Troubles

# The largest letter with its attachments.
LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where it listens, and whose callbacks it signs. Port 0: a free one. `hooks_port`: a second port, for webhooks.

    `services`: the ports of the server whose services stop; every `break_every_s` one does by itself (0: never).
    `troubles`: the ports of the three broken servers (none: there are none); `access`: how the panel tells what it sees of them.
    """

    host: str = "127.0.0.1"
    port: int = 0
    smtp_port: int = 0
    hooks_port: int | None = None
    app_url: str = "http://127.0.0.1:8000"
    account: str = "AC00000000000000000000000000000001"
    token: str = "test-token"  # noqa: S105 - the stand-in's own
    names: dict[str, str] = field(default_factory=dict)
    receipt_s: float = 0.4
    services: dict[str, int] = field(default_factory=lambda: dict.fromkeys(manners.NAMES, 0))
    break_every_s: float = 0
    break_for_s: float = 60
    troubles: dict[str, int] = field(default_factory=dict)
    access: Access = field(default_factory=Access)


@dataclass(frozen=True, kw_only=True)
class Pocket:
    """A running network."""

    settings: Settings
    network: Network
    callbacks: Callbacks
    services: Services
    troubles: Troubles

    @property
    def url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.port}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://{self.settings.host}:{self.settings.smtp_port}"


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Pocket]:
    """Listen until the block ends."""
    network = Network(dict(settings.names))
    callbacks = Callbacks(
        network,
        account=settings.account,
        token=settings.token,
        app_url=settings.app_url,
        receipt_s=settings.receipt_s,
    )
    services = Services(settings.services, host=settings.host, changed=network.changed)
    troubles = Troubles(settings.troubles, host=settings.host)
    panel = Panel(troubles, app_url=settings.app_url, access=settings.access)
    troubles.changed = [network.changed, panel.look]
    await callbacks.open()
    application = _application(network, callbacks, services, settings)
    application[TROUBLES] = troubles
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(
        lambda: SMTP(Mailbox(network), data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="pocket", loop=loop),
        settings.host,
        settings.smtp_port,
    )
    try:
        for some in (services, troubles, panel):
            some.open()
        port = await _listen(runner, settings.host, settings.port)
        if settings.hooks_port is not None:
            await _listen(runner, settings.host, settings.hooks_port)
        ports = replace(settings, port=port, smtp_port=int(mail.sockets[0].getsockname()[1]))
        services.break_every(settings.break_every_s, for_s=settings.break_for_s)
        yield Pocket(settings=ports, network=network, callbacks=callbacks, services=services, troubles=troubles)
    finally:
        for some in (panel, troubles, services):
            await some.close()
        mail.close()
        await runner.cleanup()
        await callbacks.close()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    site = web.TCPSite(runner, host, port)
    await site.start()
    return int(runner.addresses[-1][1])


def _application(network: Network, callbacks: Callbacks, services: Services, settings: Settings) -> web.Application:
    app = web.Application(client_max_size=LARGEST)
    app[rest.NETWORK] = network
    app[rest.CALLBACKS] = callbacks
    app[SERVICES] = services
    app[troubles_page.VISIT] = troubles_page.Visit(settings.app_url, settings.access)
    app[rest.CREDENTIALS] = rest.basic(settings.account, settings.token)
    for routes in (rest.routes, page.routes, troubles_page.routes, control.routes):
        app.add_routes(routes)
    app.router.add_static("/dev/static", page.STATIC)
    return app


@contextmanager
def running(settings: Settings | None = None) -> Iterator[Pocket]:
    """The network in a thread of this process, for tests: ready when the block starts, gone when it ends."""
    ready = threading.Event()
    found: list[Pocket] = []
    stops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop = asyncio.Event()
        stops.append((asyncio.get_running_loop(), stop))
        async with started(settings or Settings()) as pocket:
            found.append(pocket)
            ready.set()
            await stop.wait()

    def body() -> None:
        try:
            asyncio.run(main())
        finally:
            ready.set()

    thread = threading.Thread(target=body, name="pocket", daemon=True)
    thread.start()
    ready.wait(10)
    if not found:
        raise RuntimeError("the stand-in network did not start")
    try:
        yield found[0]
    finally:
        loop, stop = stops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
