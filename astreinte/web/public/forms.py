"""What somebody types who wants to be told."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

EMAIL, WEBHOOK = "email", "webhook"
LONGEST_URL = 500


class SubscribeForm(forms.Form):
    """An e-mail address, or the address of a program; and what it wants to know of."""

    way = forms.ChoiceField(
        label=_("How"), choices=[(EMAIL, _("By e-mail")), (WEBHOOK, _("By webhook"))], widget=forms.RadioSelect
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("Your e-mail address; or, for a webhook, the https address that we call."),
    )
    components = forms.MultipleChoiceField(
        label=_("About"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick nothing to be told of everything."),
    )

    def __init__(self, *args: Any, components: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **{"initial": {"way": EMAIL}, **options})
        self.fields["components"].choices = components  # type: ignore[attr-defined]
        if not components:
            del self.fields["components"]

    def clean(self) -> dict[str, Any]:
        """The address fits the way."""
        said = super().clean() or {}
        address = said.get("address", "")
        if said.get("way") == EMAIL and address:
            self._email(address)
        elif address:
            self._url(address)
        return said

    def _email(self, address: str) -> None:
        try:
            validate_email(address)
        except forms.ValidationError:
            self.add_error("address", _("This is not an e-mail address: write one, as in name@example.org."))

    def _url(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            named, plain = bool(parts.hostname), not (parts.username or parts.password or parts.fragment)
        except ValueError:
            named = plain = False
            parts = urlsplit("")
        schemes = {"https", "http"} if settings.DEMO else {"https"}
        if not (named and plain and parts.scheme in schemes):
            self.add_error(
                "address", _("Write an address that begins with https://, without a name or a password in it.")
            )
