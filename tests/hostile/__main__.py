"""The first process of the small Internet: `python -m tests.hostile FOLDER`, in namespaces of its own. It ends with its parent."""

import asyncio
import subprocess
import sys
from pathlib import Path

from astreinte.workers.forked import die_with_parent
from tests.hostile import names, recorder, speakers

# Everywhere is here: what is sent to any address of the world is delivered on this machine, and seen on `lo`.
ROUTES = [
    "link set lo up",
    "route add local 0.0.0.0/0 dev lo",
    "-6 route add local ::/0 dev lo",
    "route add multicast 224.0.0.0/4 dev lo",
    "route add broadcast 255.255.255.255 dev lo",
]
ON_TOP = {
    "/etc/resolv.conf": f"nameserver {speakers.RESOLVER}\noptions timeout:2 attempts:1\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
}


def _begin(folder: Path) -> None:
    die_with_parent()
    for words in ROUTES:
        subprocess.run(["ip", *words.split()], check=True)
    for number, (path, text) in enumerate(ON_TOP.items()):
        ours = folder / f"over-{number}"
        ours.write_text(text, encoding="utf-8")
        subprocess.run(["mount", "--bind", str(ours), path], check=True)
    recorder.record(folder / "called.txt")


async def _live(folder: Path) -> None:
    await names.serve(folder / "names.json", speakers.RESOLVER, *speakers.SPEAKERS)
    await speakers.serve()
    print("the internet is there", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    _begin(Path(sys.argv[1]))
    asyncio.run(_live(Path(sys.argv[1])))
