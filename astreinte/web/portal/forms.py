"""What customers type: what is wrong, the acceptance of the price, a message, a dispute."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from astreinte.accounts.models import User
from astreinte.core import words
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.tickets.models import Symptom

if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[Server]
else:  # Django's fields are generic for the types only
    _Choice = forms.ModelChoiceField

SHORT = 500


class ServerChoice(_Choice):
    """A server by its name, with its plan and, for who acts for several customers, whose it is."""

    several = False

    def label_from_instance(self, obj: Server) -> str:
        """What the picker says of a server."""
        return f"{obj.name} · {obj.customer.name}" if self.several else f"{obj.name} · {capfirst(obj.plan.name)}"


class ProblemForm(forms.Form):
    """Which server, what is wrong, and what may help."""

    rehearsal = forms.BooleanField(required=False, widget=forms.HiddenInput)
    server = ServerChoice(None, to_field_name="name", label=gettext_lazy("Which server?"))
    symptom = forms.ChoiceField(
        choices=Symptom.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("What do you see?"),
        error_messages={"required": gettext_lazy("Choose what comes closest.")},
    )
    subject = forms.CharField(
        max_length=200,
        label=gettext_lazy("In one sentence"),
        help_text=gettext_lazy("As you would tell the engineer on the phone. 200 characters at most."),
        error_messages={"required": gettext_lazy("A few words are enough.")},
    )
    since = forms.CharField(max_length=SHORT, required=False, label=gettext_lazy("Since when?"))
    changed = forms.CharField(max_length=SHORT, required=False, label=gettext_lazy("What changed lately?"))
    details = forms.CharField(
        max_length=settings.TEXT_MAX_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        label=gettext_lazy("More details"),
        help_text=gettext_lazy(
            "Addresses, error messages, what you tried. Files can be added to the conversation afterwards."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["server"]
        if isinstance(field, ServerChoice):
            field.queryset = customers.servers_of(user)
            field.several = len(set(field.queryset.values_list("customer", flat=True)[:50])) > 1
            field.empty_label = _("Choose a server")

    def clean_subject(self) -> str:
        """The sentence wakes somebody: it is one line, and there is something to read."""
        sentence = words.one_line(self.cleaned_data["subject"])
        if words.says_nothing(sentence):
            raise forms.ValidationError(self.fields["subject"].error_messages["required"])
        return sentence

    def clean(self) -> dict[str, Any]:
        """Everything together is one text, with one limit."""
        cleaned = super().clean() or {}
        if len(spoken(cleaned)) > settings.TEXT_MAX_CHARACTERS:
            self.add_error("details", _("This is too long: 20,000 characters at most, all included."))
        return cleaned

    @property
    def typed(self) -> dict[str, str]:
        """What a draft keeps."""
        return {name: "" if value is None else str(value) for name, value in self.cleaned_data.items()}


def spoken(typed: dict[str, Any]) -> str:
    """The body of the ticket: since when and what changed first, then the details."""
    lines = []
    if typed.get("since"):
        lines.append(_("Since when: %(since)s") % {"since": typed["since"]})
    if typed.get("changed"):
        lines.append(_("What changed: %(changed)s") % {"changed": typed["changed"]})
    return "\n\n".join([*lines, *([typed["details"]] if typed.get("details") else [])])


class AcceptanceForm(forms.Form):
    """What comes back of the offer: hidden values that say what was shown, and the consumer's box."""

    amount = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)
    box = forms.BooleanField(required=False)
