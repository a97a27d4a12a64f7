"""`python -m devtools.pocket`: the stand-in telephone network and mailbox of the demonstration."""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from devtools.pocket.panel import Access
from devtools.pocket.server import Settings, started
from devtools.pocket.troubles import PORTS

# As the example of a provider file names them.
SERVICE_PORTS = {"http": 9080, "ssh": 9022, "ftp": 9021, "imap": 9143}


def main() -> None:
    asked = _arguments().parse_args()
    names = json.loads(Path(asked.names).read_text("utf-8")) if asked.names else {}
    settings = Settings(
        host=asked.host,
        port=asked.port,
        smtp_port=asked.smtp_port,
        hooks_port=asked.hooks_port,
        app_url=asked.app_url,
        account=asked.account,
        token=asked.token,
        names=names,
        receipt_s=asked.receipt_s,
        services={name: getattr(asked, f"{name}_port") for name in SERVICE_PORTS},
        break_every_s=asked.break_every,
        troubles={name: getattr(asked, f"{name}_port") for name in PORTS} if asked.access else {},
        access=Access(**json.loads(Path(asked.access).read_text("utf-8"))) if asked.access else Access(),
    )
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with started(settings) as pocket:
        print(f"Pocket phones: {pocket.url}/dev/phones (mail on {pocket.smtp_url})", flush=True)
        await stop.wait()


def _arguments() -> argparse.ArgumentParser:
    plain = Settings()
    parser = argparse.ArgumentParser(prog="python -m devtools.pocket", description=__doc__)
    parser.add_argument("--host", default=plain.host)
    parser.add_argument("--port", type=int, default=9900)
    parser.add_argument("--smtp-port", type=int, default=9925)
    parser.add_argument("--hooks-port", type=int, help="a second port, for webhooks")
    parser.add_argument("--app-url", default=plain.app_url, help="where replies and keys are posted")
    parser.add_argument("--account", default=plain.account)
    parser.add_argument("--token", default=plain.token, help="signs what is posted, opens the REST API")
    parser.add_argument("--names", help='a JSON file: {"+33611111111": "Alice Martin", "alice@example.org": ...}')
    parser.add_argument("--receipt-s", type=float, default=plain.receipt_s, help="seconds until an SMS is delivered")
    for name, port in SERVICE_PORTS.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, help=f"{name} of the demonstration's server")
    for name in PORTS:
        where = f"--{name.replace('_', '-')}-port"
        parser.add_argument(where, type=int, default=0, help="of one of the three broken servers (0: a free one)")
    parser.add_argument(
        "--access", metavar="FILE", help='opens them; {"token": of the scope facts, "login": "...", "password": "..."}'
    )
    parser.add_argument(
        "--break-every",
        type=float,
        default=plain.break_every_s,
        metavar="SECONDS",
        help="stop the web server for a minute once in this time (0: never)",
    )
    return parser


if __name__ == "__main__":
    main()
