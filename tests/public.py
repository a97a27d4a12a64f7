"""The public status page in the small world: what was said, what was written, what the world may read."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

from astreinte.core import configuration
from astreinte.flows import maintain
from astreinte.monitoring.models import Incident, Maintenance, PublicMessage
from astreinte.monitoring.rules.windows import Wish
from astreinte.workers.status_page import StatusPage


class Site:
    """The folder of the status page; each look is a keeper that has just started."""

    def __init__(self, world, folder: Path) -> None:
        self.world, self.folder = world, folder

    def write(self) -> int:
        """The keeper looks: how many files that made. The pager is awake."""
        written = StatusPage().turn(at=self.world.now)
        self.world.pager_ticks()
        return written

    def names(self) -> set[str]:
        """Every file there is."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}

    def html(self, name: str = "en/index.html") -> str:
        """A page as it is."""
        return (self.folder / name).read_text(encoding="utf-8")

    def read(self, name: str = "en/index.html") -> str:
        """What a page says, without its tags."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.html(name))).split())

    def json(self, name: str = "summary"):
        """A document for programs."""
        return json.loads((self.folder / f"api/v2/{name}.json").read_text(encoding="utf-8"))

    def everything(self) -> str:
        """All that is written anywhere."""
        return "\n".join(self.html(name) for name in sorted(self.names()))


def says(world, incident: Incident, text: str, *, stage: str = "identified", by=None, next_at=None) -> PublicMessage:
    """A person writes in public."""
    return PublicMessage.objects.create(
        incident=incident,
        stage=stage,
        texts={"fr": text, "en": text},
        author=by or world.chloe,
        said_at=world.now,
        next_update_at=next_at,
    )


def plans(world, *servers, start, end) -> Maintenance:
    """A maintenance is planned; its title is for the customers alone."""
    window = Maintenance.objects.create(title=f"Disks of {servers[0].name}", start=start, end=end)
    window.servers.set(servers)
    return window


def announces(world, *servers, start, hours=2) -> Maintenance:
    """The same, as people do it: it has its history."""
    names = frozenset(one.name for one in servers)
    wish = Wish(title=f"Disks of {servers[0].name}", servers=names, start=start, end=start + timedelta(hours=hours))
    return maintain.plan(wish, by=world.chloe, at=world.now)


def moves(world, window: Maintenance, **by) -> Maintenance:
    """To other hours."""
    was, step = maintain.as_wish(window), timedelta(**by)
    return maintain.change(
        window, replace(was, start=was.start + step, end=was.end + step), by=world.chloe, at=world.now
    )


def component(key: str, name: str, *, servers=(), plans=(), services=(), shared=False, description=None) -> dict:
    """A component as the provider file is kept."""
    return {
        "key": key,
        "name": {"fr": name, "en": name},
        "description": description or {},
        "servers": [one.name for one in servers],
        "plans": list(plans),
        "services": list(services),
        "shared": shared,
    }


def shows(world, *components: dict, name: str = "") -> None:
    """The provider file has these components."""
    world.provider.settings["status"] = {"name": name, "components": list(components)}
    world.provider.save()
    configuration.changed()
