"""`astreinte prometheus-config`: the files of a Prometheus that watches the same things, and tells us what it sees."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astreinte.workers import terminal

if TYPE_CHECKING:
    from astreinte.monitoring.models import AlertSource, Check
    from astreinte.monitoring.prometheus import Watched, Written

SECRET, FOLDER = 0o600, 0o700
# Lines said of the checks that are left out: a provider may have hundreds of them.
SHOWN = 20
NO_KEY = "WRITE-THE-KEY-HERE"


def prometheus_config(
    *,
    out: Annotated[Path, typer.Option(help="Folder to write into; made when it is not there.")] = Path("prometheus"),
    file: Annotated[
        Path | None, typer.Option(help="The provider file that was applied: the key is read there.")
    ] = None,
    source: Annotated[str, typer.Option(help="Which source of type alertmanager, when there are several.")] = "",
    blackbox: Annotated[str, typer.Option(help="Where blackbox_exporter listens.")] = "127.0.0.1:9115",
    alertmanager: Annotated[str, typer.Option(help="Where Alertmanager listens.")] = "127.0.0.1:9093",
) -> None:
    """Write the configuration of Prometheus, blackbox_exporter and Alertmanager for what is watched here; every file is 0600."""
    terminal.ready()
    from django.conf import settings
    from django.utils.translation import gettext as _

    from astreinte.monitoring import prometheus
    from astreinte.monitoring import queries as watched

    door = _source(source)
    key = _key(door, file=file, before=out / "alertmanager.yml")
    around = prometheus.Around(
        blackbox=blackbox,
        alertmanager=alertmanager,
        webhook=f"{settings.BASE_URL}/inbound/alertmanager/{key or NO_KEY}",
        every_s=door.every_s,
        exporters=_exporters(),
    )
    checks = [_watched(check) for check in watched.whole()]
    told = prometheus.written(checks, around, folder=str(out.resolve()))
    if not told.checks and not around.exporters:
        terminal.stop(
            _("Nothing that is watched here can be watched by blackbox_exporter: no file was written."), code=1
        )
    _write(told, out)
    _say(told, door, knows_key=bool(key))


def _source(name: str) -> "AlertSource":
    """The source that Alertmanager will speak as."""
    from django.utils.translation import gettext as _

    from astreinte.monitoring import sources

    known = [one for one in sources.overview() if one.kind == "alertmanager" and name in {"", one.name}]
    if not known:
        example = "inbound: {prometheus: {type: alertmanager, key: ..., every: 5m}}"
        terminal.stop(
            _("Alertmanager has no door here. Add one to the provider file and apply it: %s") % example, code=1
        )
    if len(known) > 1:
        names = ", ".join(one.name for one in known)
        terminal.stop(_("There are several sources of type alertmanager: say which with --source: %s.") % names)
    return known[0]


def _exporters() -> list[dict[str, Any]]:
    """The scrapes of the exporters that the provider file places, of every server."""
    from astreinte.customers import queries as customers
    from astreinte.monitoring import exporters, readings

    servers = [exporters.Machine(name=one.name, addresses=one.addresses) for one in customers.in_service()]
    return exporters.jobs(readings.settings().get("exporters", {}), servers)


def _watched(check: "Check") -> "Watched":
    from astreinte.monitoring.prometheus import Watched

    return Watched(
        check=str(check.public_id),
        server=check.server.name,
        kind=check.kind,
        where=check.where,
        interval_s=check.interval_s,
        down_after=check.down_after,
        up_after=check.up_after,
        parameters=check.service.parameters if check.service else {},
    )


# -- the key: only its digest is kept here -------------------------------------------------------------------------------


def _key(door: "AlertSource", *, file: Path | None, before: Path) -> str:
    """The key of this source, from the provider file, else from what was written before; empty when neither has it."""
    from django.utils.translation import gettext as _

    from astreinte.core import digests

    found = _in_provider_file(door.name, file) if file else _in_written(before)
    if digests.sha256(found) == door.key_sha256:
        return found
    if file:
        said = {"file": file, "name": door.name}
        terminal.stop(_("%(file)s: the key of %(name)s is not the one that was applied: apply this file first.") % said)
    return ""


def _in_provider_file(name: str, file: Path) -> str:
    from astreinte.provider_file import ProviderFileRefused, parse

    try:
        door = parse(file.read_bytes()).inbound.get(name)
    except OSError as error:
        terminal.stop(f"{file}: {error.strerror}")
    except ProviderFileRefused as refused:
        from django.utils.translation import gettext as _

        terminal.stop(*(f"{file}:{one.line}: {one.text(_)}" for one in refused.problems))
    return str(getattr(door, "key", ""))


def _in_written(before: Path) -> str:
    try:
        found = re.search(r"/inbound/alertmanager/([A-Za-z0-9_.-]+)", before.read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1] if found else ""


# -- the files -----------------------------------------------------------------------------------------------------------


def _write(told: "Written", out: Path) -> None:
    """Each file whole or not at all; a secret that nothing needs any more is removed."""
    from django.utils.translation import gettext as _

    from astreinte.monitoring.prometheus import SECRETS

    for folder in (out, out / SECRETS):
        folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    for name, text in told.files.items():
        done = _("written") if _put(out / name, text) else _("unchanged")
        if not name.startswith(SECRETS):
            typer.echo(f"{out / name}: {done}")
    for old in sorted((out / SECRETS).iterdir()):
        if f"{SECRETS}/{old.name}" not in told.files:
            old.unlink()


def _put(path: Path, text: str) -> bool:
    """Whether it changed. The owner is the one of the folder: another user's Prometheus reads it there."""
    if path.exists() and path.read_text(encoding="utf-8") == text and path.stat().st_mode & 0o777 == SECRET:
        return False
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET), "w", encoding="utf-8") as new:
        new.write(text)
    if os.geteuid() == 0:
        place = path.parent.stat()
        os.chown(beside, place.st_uid, place.st_gid)
    beside.replace(path)
    return True


def _say(told: "Written", door: "AlertSource", *, knows_key: bool) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    typer.echo(ngettext("%d check is watched.", "%d checks are watched.", told.checks) % told.checks)
    for lines, heading in (
        (told.left_out, _("Left to our own prober, which goes on looking:")),
        (told.noted, _("Not quite as we look:")),
    ):
        if lines:
            typer.echo(heading)
        for one, why in lines[:SHOWN]:
            typer.echo(f"  {one.server}, {one.kind} {one.where}: {_(why)}")
        if len(lines) > SHOWN:
            typer.echo(_("  and %d more") % (len(lines) - SHOWN))
    if not door.every_s:
        said = {"name": door.name}
        typer.echo(_("%(name)s has no every: its silence rings nobody. Write every: 5m in the provider file.") % said)
    if not knows_key:
        said = {"name": door.name, "words": NO_KEY}
        sentence = _(
            "The key of %(name)s is not kept here: give --file, or write it in alertmanager.yml for %(words)s."
        )
        typer.echo(sentence % said, err=True)
        raise typer.Exit(1)
