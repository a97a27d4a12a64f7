"""What the engineer says in public about an incident: the form, and what the machine proposes to start from."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from astreinte.flows import announce, recover
from astreinte.monitoring import drafts, said
from astreinte.monitoring.models import Incident, PublicMessage
from astreinte.monitoring.states import Stage
from astreinte.web.requests import PersonRequest
from astreinte.web.said_words import language_name

# The next word is promised in half an hour unless the engineer says otherwise; a day at most.
PROMISED_MIN, MOST_MIN = 30, 1440


class WordsForm(forms.Form):
    """How far we are, the words in each language of the desk, and when the next ones come."""

    stage = forms.ChoiceField(label=_("Where we are"), choices=Stage.choices)
    next_update_minutes = forms.IntegerField(
        label=_("Next update in so many minutes"),
        required=False,
        min_value=1,
        max_value=MOST_MIN,
        help_text=_("It is promised in public; whoever has the incident is reminded once if it does not come."),
    )
    ends = forms.BooleanField(
        label=_("It is over: the incident ends with this message"),
        required=False,
        help_text=_("Only with the last stage, and not while a check still fails."),
    )

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        kwargs["auto_id"] = "words_%s"
        super().__init__(*args, **kwargs)
        self.languages = languages
        for code in languages:
            self.fields[f"text_{code}"] = forms.CharField(
                label=language_name(code).capitalize(),
                required=False,
                max_length=settings.TEXT_MAX_CHARACTERS,
                widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
            )

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields of the words."""
        return [self[f"text_{code}"] for code in self.languages]

    @property
    def words(self) -> announce.Words:
        """What was typed, once it is valid."""
        typed, minutes = self.cleaned_data, self.cleaned_data["next_update_minutes"]
        return announce.Words(
            stage=typed["stage"],
            texts={code: typed[f"text_{code}"].replace("\r\n", "\n") for code in self.languages},
            next_update=timedelta(minutes=minutes) if minutes else None,
        )


def blank(incident: Incident, *, draft: str = "") -> WordsForm:
    """The form with what the machine proposes: at the first word by itself, afterwards when asked (`draft`, a stage)."""
    last = said.last_of(incident)
    stage = draft if draft in Stage.values else last.stage if last else _first(incident)
    proposed = drafts.of(incident, stage=stage) if draft in Stage.values or last is None else {}
    texts = {f"text_{code}": text for code, text in proposed.items()}
    initial = {"stage": stage, "next_update_minutes": PROMISED_MIN, **texts}
    return WordsForm(initial=initial, languages=said.languages())


def _first(incident: Incident) -> str:
    return Stage.INVESTIGATING if incident.state == "open" else Stage.RESOLVED


def bound(request: PersonRequest) -> WordsForm:
    """What was typed."""
    return WordsForm(request.POST, languages=said.languages())


def say(incident: Incident, form: WordsForm, *, request: PersonRequest) -> PublicMessage:
    """Publish it, and end the incident with it if that was asked. Raises a Refusal."""
    verb = recover.with_words if form.cleaned_data["ends"] else announce.message
    return verb(incident, form.words, by=request.user, at=request.at)
