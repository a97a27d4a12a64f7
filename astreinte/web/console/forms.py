"""What the staff types: each field is named, nothing else is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.guarantee.rules.clauses import UNDETERMINED
from astreinte.tickets import packs
from astreinte.tickets.models import Evidence, Mode, Ticket
from astreinte.tickets.rules.offer import clause_words
from astreinte.tickets.states import TicketState

ON_CALL = ("engineer", "manager")
LONGEST = settings.TEXT_MAX_CHARACTERS


def _text(rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=LONGEST, **options)


class FilterForm(forms.Form):
    """What the list of cases may be filtered by: nothing else of the address is read."""

    q = forms.CharField(label=_("Number or subject"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False)
    mode = forms.ChoiceField(label=_("Mode"), required=False)
    customer = forms.SlugField(required=False, max_length=60, widget=forms.HiddenInput)
    server = forms.CharField(required=False, max_length=253, widget=forms.HiddenInput)
    mine = forms.BooleanField(label=_("Mine only"), required=False)
    before = forms.IntegerField(required=False, min_value=0, max_value=2**53, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**53, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "filter_%s"
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("Any state")), *TicketState.choices]  # type: ignore[attr-defined]
        self.fields["mode"].choices = [("", _("Any mode")), *Mode.choices]  # type: ignore[attr-defined]


class TakeForm(forms.Form):
    """When the work starts: now unless told."""

    eta_minutes = forms.TypedChoiceField(
        label=_("I start in"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("now")), ("5", "5 min"), ("15", "15 min"), ("30", "30 min")],
    )

    @property
    def eta(self) -> timedelta | None:
        """What was chosen, as a length of time."""
        minutes = self.cleaned_data["eta_minutes"]
        return timedelta(minutes=minutes) if minutes else None


class _Person(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    def label_from_instance(self, person: User) -> str:
        return person.name


class HandOverForm(forms.Form):
    """To whom it goes."""

    to = _Person(
        label=_("To whom"),
        queryset=None,
        required=False,
        empty_label=_("The escalation, from its first step"),
        help_text=_("Their phone rings at once. If they do not answer within three minutes, the escalation goes on."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kwargs["auto_id"] = "hand_over_%s"
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = accounts.with_role(*ON_CALL).exclude(pk=by.pk)  # type: ignore[attr-defined]


class AddForm(forms.Form):
    """Whom else to call."""

    person = _Person(
        label=_("Whom to add"),
        queryset=None,
        help_text=_("Their phone rings at once, and the calls already planned go on. Whoever has the case keeps it."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kwargs["auto_id"] = "add_%s"
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = accounts.with_role(*ON_CALL).exclude(pk=by.pk)  # type: ignore[attr-defined]


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Files(forms.FileField):
    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > settings.DATA_UPLOAD_MAX_NUMBER_FILES:
            raise ValidationError(_("Ten files at most."))
        return [super(_Files, self).clean(one, initial) for one in given]


class SayForm(forms.Form):
    """A word to the customer, or among us: whoever writes chooses each time."""

    audience = forms.ChoiceField(
        label=_("Who reads it"),
        widget=forms.RadioSelect,
        choices=[("public", _("The customer and us")), ("internal", _("Us only: an internal note"))],
        initial="public",
    )
    body = _text(6, label=_("Message"), required=False)
    uploads = _Files(
        label=_("Files"),
        required=False,
        help_text=_("Images, PDF, text, zip or gz; ten files at a time, 20 MiB each at most."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "say_%s"
        super().__init__(*args, **kwargs)


class ResolveForm(forms.Form):
    """What was wrong and what was done: the customer reads it."""

    summary = _text(3, label=_("What was wrong, and what was done"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "resolve_%s"
        super().__init__(*args, **kwargs)


@dataclass(frozen=True, kw_only=True)
class ClauseGroup:
    """The clauses of one coverage, with what it means for the bill."""

    coverage: str
    clauses: tuple[tuple[str, str], ...]


def clause_groups(ticket: Ticket) -> list[ClauseGroup]:
    """The clauses of the policy this ticket was opened under, in words; doubt is the last, and never billed."""
    language = "fr" if (get_language() or "fr").startswith("fr") else "en"

    def group(coverage: str, slugs: Sequence[str]) -> ClauseGroup:
        pairs = tuple((slug, clause_words(slug, language=language)) for slug in slugs)
        return ClauseGroup(coverage=coverage, clauses=pairs)

    policy = ticket.policy
    covered, excluded = (policy.covered, policy.excluded) if policy else ([], [])
    return [group("covered", covered), group("excluded", excluded), group(UNDETERMINED, [UNDETERMINED])]


class _Proofs(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # same
    def label_from_instance(self, evidence: Evidence) -> str:
        return evidence.text


class VerdictForm(forms.Form):
    """One clause, one justification, the evidence it rests on."""

    clause = forms.ChoiceField(label=_("Clause"), widget=forms.RadioSelect)
    justification = _text(
        5,
        label=_("Justification"),
        help_text=_("The customer reads it: what was seen, and why it is this clause."),
    )
    evidence = _Proofs(label=_("Evidence"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        kwargs["auto_id"] = "verdict_%s"
        super().__init__(*args, **kwargs)
        self.groups = clause_groups(ticket)
        choices = [pair for group in self.groups for pair in group.clauses]
        self.fields["clause"].choices = choices  # type: ignore[attr-defined]
        self.fields["evidence"].queryset = packs.proofs_of(ticket)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Every clause rests on something that was seen; doubt may rest on nothing (features, F3)."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("clause") not in {None, "", UNDETERMINED} and "evidence" in said and not said["evidence"]:
            self.add_error("evidence", _("Tick at least one piece of evidence that this clause rests on."))
        return said


class DecideForm(forms.Form):
    """The answer to a dispute."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            ("upheld", _("The customer is right: nothing is due, what was invoiced is credited")),
            ("dismissed", _("The verdict stands")),
        ],
    )
    answer = _text(5, label=_("Answer to the customer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "decide_%s"
        super().__init__(*args, **kwargs)


class ReviewForm(forms.Form):
    """What an incident known since changes to a verdict."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            ("covered", _("Covered after all: nothing is due, what was invoiced is credited")),
            ("stands", _("The incident does not explain it: the verdict stands")),
        ],
    )
    answer = _text(3, label=_("Why, for the customer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "review_%s"
        super().__init__(*args, **kwargs)


class ReplacementForm(forms.Form):
    """Somebody replaces whoever the rota says, for a time on the rota's own wall clock."""

    person = _Person(label=_("Who comes"), queryset=None)
    start = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    end = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    layer = forms.TypedChoiceField(label=_("In place of"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, rota: str, zone: ZoneInfo, layers: int, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"{rota}_%s"
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["person"].queryset = accounts.with_role(*ON_CALL)  # type: ignore[attr-defined]
        several = [(str(n), _("Layer %(number)d") % {"number": n + 1}) for n in range(layers)] if layers > 1 else []
        self.fields["layer"].choices = [("", _("Whoever is on call")), *several]  # type: ignore[attr-defined]

    def _local(self, name: str) -> datetime:
        """What was typed is the rota's wall time, whatever zone this process runs in."""
        typed: datetime = self.cleaned_data[name]
        return typed.replace(tzinfo=self.zone)

    def clean_start(self) -> datetime:
        return self._local("start")

    def clean_end(self) -> datetime:
        return self._local("end")
