"""The command `astreinte erase`: a person is erased from the desk, for good; or again, after an old backup was restored."""

from typing import TYPE_CHECKING, Annotated

import typer

from astreinte.workers import terminal

if TYPE_CHECKING:
    from astreinte.accounts.models import User
    from astreinte.core.refusals import Refusal
    from astreinte.flows.erase_person import Found


def erase(
    email: Annotated[str, typer.Argument(help="Whom to erase, by their e-mail address.")] = "",
    *,
    why: Annotated[
        str, typer.Option(help="Who asked, as in 'letter of 3 March': kept in the history; name nobody.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go and what stays, change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the address a second time.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="After a restore: erase those whom erased.jsonl names.")
    ] = False,
) -> None:
    """Erase a person: what they typed and who they were, for good. Acceptances and invoices stay, for the law."""
    terminal.ready()
    if again:
        _again()
        return
    person = _whom(email)
    found = _looked_at(person)
    _tell(found)
    if dry_run:
        _say_dry()
        return
    _confirmed(email, why=why, yes=yes)
    _erase(person, why=why)


def _whom(email: str) -> "User":
    from django.utils.translation import gettext as _

    from astreinte.accounts import queries as accounts

    return accounts.whoever(email) or terminal.stop(_("Nobody has the address %s.") % email)


def _looked_at(person: "User") -> "Found":
    from astreinte.core.refusals import Refusal
    from astreinte.flows import erase_person

    try:
        return erase_person.look(person)
    except Refusal as refused:
        terminal.stop(_sentence(refused), code=1)


def _sentence(refused: "Refusal") -> str:
    from django.utils.translation import gettext as _

    return _(refused.sentence) % refused.details


def _tell(found: "Found") -> None:
    from django.utils.translation import gettext as _

    from astreinte.web import erased_words

    typer.echo(_("What goes, of %(name)s (%(email)s):") % {"name": found.person.name, "email": found.person.email})
    _counted(erased_words.goes(found))
    typer.echo(erased_words.account())
    typer.echo(_("What stays, for ten years, because the law asks for it:"))
    _counted(erased_words.stays(found))
    typer.echo(erased_words.also_stays())
    typer.echo(erased_words.file_first())


def _counted(what: "list[tuple[int, str]]") -> None:
    for count, words in what:
        typer.echo(f"  {count:>5}  {words}")


def _say_dry() -> None:
    from django.utils.translation import gettext as _

    typer.echo(_("Nothing was written."))


def _confirmed(email: str, *, why: str, yes: bool) -> None:
    from django.utils.translation import gettext as _

    if not why.strip():
        terminal.stop(_("Say who asked for it, as in --why 'letter of 3 March': it is kept, and names nobody."))
    if not yes and typer.prompt(_("This cannot be undone. The address once more")).strip() != email.strip():
        terminal.stop(_("The two are not the same."))


def _erase(person: "User", *, why: str) -> None:
    from django.utils.translation import gettext as _

    from astreinte.accounts import erased
    from astreinte.core import clock
    from astreinte.core.actors import SYSTEM
    from astreinte.core.refusals import Refusal
    from astreinte.flows import erase_person

    try:
        erase_person.erase(person, why=why.strip()[:200], by=SYSTEM, at=clock.now())
    except Refusal as refused:
        terminal.stop(_sentence(refused), code=1)
    typer.echo(
        _("Erased. Keep %(path)s apart from the backups: after a restore it says whom to erase again.")
        % {"path": erased.path()}
    )


def _again() -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from astreinte.core import clock
    from astreinte.flows import erase_person

    try:
        done, refused = erase_person.again(at=clock.now())
    except (ValueError, TypeError):
        terminal.stop(_("erased.jsonl cannot be read: nobody was erased. Bring back the one that was kept."))
    for person, refusal in refused:
        typer.echo(f"{person.email}: {_sentence(refusal)}", err=True)
    count = len(done)
    typer.echo(ngettext("%d person erased again.", "%d people erased again.", count) % count)
    if refused:
        raise typer.Exit(1)
