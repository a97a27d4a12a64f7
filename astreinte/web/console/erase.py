"""Somebody asks to be erased: whom, what would go and what stays for the law; then, with the administrator's password once more, for good."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from astreinte.accounts import queries as accounts
from astreinte.accounts import tries
from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.flows import erase_person
from astreinte.web import auth, erased_words, refusals
from astreinte.web.requests import PersonRequest


class WhomForm(forms.Form):
    """The address of whoever asks."""

    person: User | None = None
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def clean_email(self) -> str:
        """That of somebody here."""
        email: str = self.cleaned_data["email"]
        self.person = accounts.whoever(email)
        if self.person is None:
            raise ValidationError(_("Nobody has the address %s.") % email)
        return email


class EraseForm(WhomForm):
    """The administrator says why, and who they are: a screen that was left open erases nobody."""

    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)
    why = forms.CharField(
        label=gettext_lazy("Who asked"),
        max_length=200,
        help_text=gettext_lazy("As in “letter of 3 March”: it is kept in the history. Name nobody."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: PersonRequest, **kwargs: Any) -> None:
        kwargs["auto_id"] = "erase_%s"
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Theirs, now; counted with those of the sign-in before it is compared: a session that was stolen knows none."""
        user, one = self.request.user, auth.attempt(self.request, self.request.user.email)
        wait_s = tries.let(one, tries.SIGN_IN, at=self.request.at)
        if wait_s:
            raise ValidationError(auth.too_many(wait_s))
        if not user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("This is not your password."))
        tries.forgive(one, tries.SIGN_IN)
        return ""


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: PersonRequest) -> HttpResponse:
    """Whom; what it would take away; and what becomes of it. The address is in no link: what is asked is a POST each time."""
    if request.method != "POST":
        return _page(request, whom=WhomForm(), status=HTTPStatus.OK)
    if "password" in request.POST:
        return _asked(request)
    whom = WhomForm(request.POST)
    if not whom.is_valid() or whom.person is None:
        return _page(request, whom=whom, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    first = {"email": whom.person.email}
    return _shown(request, whom=whom, person=whom.person, form=EraseForm(initial=first, request=request))


def _asked(request: PersonRequest) -> HttpResponse:
    form = EraseForm(request.POST, request=request)
    is_right = form.is_valid()
    if form.person is None or not is_right:
        return _again(request, form)
    try:
        erase_person.erase(form.person, why=form.cleaned_data["why"], by=request.user.actor, at=request.at)
    except Refusal as refusal:
        form.add_error(None, refusals.said(refusal))
        return _again(request, form)
    messages.success(request, _("Erased. %s") % erased_words.file_first())
    return redirect("console:erase")


def _again(request: PersonRequest, form: EraseForm) -> HttpResponse:
    whom = WhomForm({"email": form.data.get("email", "")})
    whom.is_valid()
    if whom.person is None:
        return _page(request, whom=whom, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _shown(request, whom=whom, person=whom.person, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _shown(
    request: PersonRequest, *, whom: WhomForm, person: User, form: EraseForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    try:
        found = erase_person.look(person)
    except Refusal as refusal:
        return _page(request, whom=whom, refusal=refusals.said(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = {"account": erased_words.account(), "also_stays": erased_words.also_stays()}
    counted = {"goes": erased_words.goes(found), "stays": erased_words.stays(found)}
    return _page(request, whom=whom, found=found, form=form, **said, **counted, status=status)


def _page(request: PersonRequest, *, status: int, **context: Any) -> HttpResponse:
    return render(request, "console/erase.html", {**context, "file_first": erased_words.file_first()}, status=status)
