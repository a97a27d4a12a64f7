"""The command `astreinte`: each subcommand translates its words into one call, prints what was done, and says so when it was not."""

import importlib
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from astreinte.workers import cli_advice, cli_erase, cli_looks, cli_prometheus, terminal

if TYPE_CHECKING:
    from astreinte.accounts.models import ApiToken, User
    from astreinte.core.changes import Change
    from astreinte.provider_file import ProviderFile, ProviderFileRefused

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
tokens = typer.Typer(no_args_is_help=True, help="API tokens: shown once, kept as a SHA-256.")
passwords = typer.Typer(no_args_is_help=True, help="First passwords, set on the machine itself.")
app.add_typer(tokens, name="token")
app.add_typer(passwords, name="password")
app.command()(cli_looks.doctor)
app.command()(cli_looks.verify)
app.command()(cli_looks.export)
app.command()(cli_advice.advice)
app.command()(cli_prometheus.prometheus_config)
app.command()(cli_erase.erase)


@app.callback()
def command(context: typer.Context) -> None:
    """The urgent-ticket desk of a hosting provider: a customer's click rings an engineer's phone."""
    context.call_on_close(terminal.end)


def main() -> None:
    """The entry point."""
    app()


# -- processes -------------------------------------------------------------------------------------------------------


def _run(name: str, **options: Any) -> None:
    """Hand over to a process of the same name; its answer is our exit code."""
    code = importlib.import_module(f"astreinte.workers.{name}").run(**options)
    raise typer.Exit(int(code or 0))


@app.command()
def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web pages.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    data: Annotated[str, typer.Option(envvar="ASTREINTE_DATA", help="Data folder: database, attachments.")] = "var",
    config: Annotated[str | None, typer.Option(help="Provider file to apply first.")] = None,
) -> None:
    """Start everything in one process tree; an empty database gets the demonstration."""
    _run("up", port=port, host=host, data=data, config=config)


@app.command()
def web(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the web pages and the API."""
    _run("web", port=port, host=host)


@app.command()
def pager() -> None:
    """Ring people: escalation, and every message that leaves."""
    _run("pager")


@app.command()
def prober(
    site: Annotated[str | None, typer.Option(help="On another machine: the name of this vantage point.")] = None,
    core: Annotated[str | None, typer.Option(help="On another machine: the public address of the desk.")] = None,
    key: Annotated[str, typer.Option(help="Its key; better in ASTREINTE_SITE_KEY or ASTREINTE_SITE_KEY_FILE.")] = "",
) -> None:
    """Look at what is watched: each managed service, at its pace; with --site, from another machine and without a database."""
    if site is None and core is None:
        _run("prober")
    if not (site and core):
        terminal.begin()
        from django.utils.translation import gettext as _

        terminal.stop(_("Write both --site and --core, as in --site paris --core https://desk.provider.example."))
    _run("outpost", site=site, core=core, key=key)


@app.command()
def auditor() -> None:
    """Watch the watchers, and call the outside dead-man's switch while nothing is late."""
    _run("auditor")


@app.command()
def keeper() -> None:
    """Keep house: invoices, seals of the history, what is to be forgotten."""
    _run("keeper")


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    terminal.begin()
    from django.core.management import call_command

    from astreinte.core import health

    # it plans by itself: here only whether there is a way
    terminal.may_go_on(health.refuse_half_way)
    call_command("migrate", interactive=False)


# -- the provider file -----------------------------------------------------------------------------------------------


@app.command()
def apply(
    file: Annotated[str, typer.Argument(help="The provider file; - reads it from the input.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the difference, change nothing.")] = False,
) -> None:
    """Make the installation match a provider file; anything wrong in it refuses the whole file."""
    terminal.ready()
    from astreinte.core import clock
    from astreinte.core.actors import SYSTEM
    from astreinte.flows import apply_provider
    from astreinte.provider_file import ProviderFileRefused

    try:
        asked = _parsed(file)
        changes = apply_provider.apply(asked, by=SYSTEM, at=clock.now(), dry_run=dry_run)
    except ProviderFileRefused as refused:
        _refused(file, refused)
    _print_changes(changes, dry_run=dry_run)


def _parsed(file: str) -> "ProviderFile":
    from django.utils.translation import gettext as _

    from astreinte.provider_file import parse

    try:
        document = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        terminal.stop(f"{file}: {error.strerror}")
    asked = parse(document)
    for warning in asked.warnings:
        sentence = _("warning: %s") % warning.text(_)
        typer.echo(f"{_named(file)}:{warning.line}: {sentence}", err=True)
    return asked


def _named(file: str) -> str:
    return "<stdin>" if file == "-" else file


def _refused(file: str, refused: "ProviderFileRefused") -> NoReturn:
    from django.utils.translation import gettext as _

    found = [f"{_named(file)}:{problem.line}: {problem.text(_)}" for problem in refused.problems]
    terminal.stop(*found, _(refused.sentence))


def _print_changes(changes: "list[Change]", *, dry_run: bool) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    marks = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red")}
    for change in changes:
        values = f": {change.before} → {change.after}" if change.kind == "changed" else ""
        terminal.coloured(*marks[change.kind], f"{change.what}{values}")
    count = len(changes)
    if not changes:
        typer.echo(_("Nothing to change: the installation matches the file."))
    elif dry_run:
        typer.echo(ngettext("%d change; nothing was written.", "%d changes; nothing was written.", count) % count)
    else:
        typer.echo(ngettext("%d change applied.", "%d changes applied.", count) % count)


# -- keys ------------------------------------------------------------------------------------------------------------


def _person(email: str) -> "User":
    from django.utils.translation import gettext as _

    from astreinte.accounts import queries as accounts

    found = accounts.by_email(email)
    return found or terminal.stop(_("Nobody active has the address %s.") % email)


@tokens.command("create")
def token_create(
    email: Annotated[str, typer.Option("--for", help="Whose rights it has.")],
    scope: Annotated[list[str] | None, typer.Option(help="Limit it to this; repeat for several.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it works.")] = 365,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """An API token, printed once."""
    terminal.ready()
    from django.utils.translation import gettext as _

    from astreinte.accounts import edits as accounts
    from astreinte.core import clock

    person = _person(email)
    try:
        token, text = accounts.new_token(
            person, name=name or "astreinte token create", scopes=scope, at=clock.now(), lasts=timedelta(days=days)
        )
    except ValueError as unknown:
        terminal.stop(_("%(scope)s is not a scope. Known: %(known)s.") % {"scope": unknown, "known": _scopes()})
    typer.echo(text)
    told = {"name": person.name, "day": f"{token.expires_at:%Y-%m-%d}"}
    typer.echo(_("For %(name)s, until %(day)s. It will not be shown again.") % told, err=True)


def _scopes() -> str:
    from astreinte.accounts.permissions import SCOPES

    return ", ".join(SCOPES)


@tokens.command("list")
def token_list() -> None:
    """Every token, by the start of its text."""
    terminal.ready()
    from django.utils.translation import gettext as _

    from astreinte.accounts import roster
    from astreinte.core import clock

    columns = [_("token"), _("person"), _("name"), _("scopes"), _("until"), _("last used"), _("state")]
    at = clock.now()
    terminal.table(columns, [_cells(token, at=at) for token in roster.tokens()])


def _cells(token: "ApiToken", *, at: datetime) -> list[str]:
    from django.utils.translation import gettext as _

    state = _("revoked") if token.revoked_at else _("expired") if token.expires_at <= at else _("works")
    used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else _("never")
    until = f"{token.expires_at:%Y-%m-%d}"
    return [f"{token.prefix}...", token.user.email, token.name, ", ".join(token.scopes), until, used, state]


@tokens.command("revoke")
def token_revoke(prefix: Annotated[str, typer.Argument(help="How it starts, as `token list` shows it.")]) -> None:
    """Refuse this token from now on."""
    terminal.ready()
    from django.utils.translation import gettext as _

    from astreinte.accounts import edits as accounts
    from astreinte.accounts import roster
    from astreinte.core import clock

    found = roster.tokens_starting(prefix.removesuffix("..."))
    if len(found) != 1:
        terminal.stop(_("No token that works starts with this.") if not found else _("Several do: write more of it."))
    accounts.revoke_token(found[0], at=clock.now())
    typer.echo(_("Revoked: %(token)s of %(name)s.") % {"token": found[0].prefix, "name": found[0].user.name})


@passwords.command("set")
def password_set(
    email: Annotated[str, typer.Argument(help="Whose password.")],
    *,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from the input instead of asking.")] = False,
) -> None:
    """Set somebody's password: an installation needs a first login."""
    terminal.ready()
    from django.utils.translation import gettext as _

    from astreinte.accounts import roster
    from astreinte.core import clock

    person = _person(email)
    asked = _("Password"), _("Once more")
    given = sys.stdin.readline().rstrip("\n") if stdin else typer.prompt(asked[0], hide_input=True)
    if not stdin and typer.prompt(asked[1], hide_input=True) != given:
        terminal.stop(_("The two are not the same."))
    try:
        roster.set_password(person, password=given, at=clock.now())
    except roster.BadPassword as refused:
        terminal.stop(_(refused.sentence) % refused.details)
    typer.echo(_("%s may sign in now.") % person.email)
