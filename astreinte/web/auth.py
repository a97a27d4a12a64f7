"""Signing in and out, the language, and a new password by a link: Django's own views, and our outbox for the mail."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.core.exceptions import ValidationError
from django.forms import EmailField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import i18n
from django.views.decorators.http import require_POST

from astreinte.accounts import edits, tries
from astreinte.accounts.models import User
from astreinte.accounts.tries import Try
from astreinte.flows import reset_password

if TYPE_CHECKING:
    from astreinte.web.requests import AnyRequest

DEVICE = "astreinte_browser"
TOO_MANY_LINKS = _(
    "Links were asked for too often: use the last one that we sent, it still works, or ask again in %(minutes)d min."
)
TOO_MANY = _(
    "Too many passwords were tried: this one was not looked at. Try again in %(minutes)d min, or choose a new "
    "password by a link that we send."
)
LANGUAGES = {code for code, _name in settings.LANGUAGES}


def _speak(response: HttpResponse, language: str) -> None:
    """The next pages are in this language."""
    if language in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )


def attempt(request: HttpRequest, email: str) -> Try:
    """A password that is about to be compared, or a link that is asked for."""
    return Try(email=email, place=request.META.get("REMOTE_ADDR", ""), device=request.COOKIES.get(DEVICE, ""))


def _remember(response: HttpResponse, user: User) -> None:
    """This browser is one of theirs: what others try elsewhere does not keep it out."""
    response.set_cookie(
        DEVICE,
        tries.device_of(user),
        max_age=int(tries.DEVICE_LASTS.total_seconds()),
        path=reverse("login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _later(response: HttpResponse, seconds: int) -> HttpResponse:
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(seconds)
    return response


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)


def too_many(seconds: int) -> str:
    """Why this password is not even compared."""
    return str(TOO_MANY) % {"minutes": _minutes(seconds)}


class SignInForm(AuthenticationForm):
    """Django's, that says in few words what is wrong, and compares no more passwords than may be tried."""

    wait_s = 0
    error_messages = {  # Django's own name and shape
        **AuthenticationForm.error_messages,
        "invalid_login": _("This e-mail and this password do not go together."),
    }

    def clean(self) -> dict[str, Any]:
        """Counted first; past the limit the password is not even compared."""
        email = self.cleaned_data.get("username")
        if email and self.cleaned_data.get("password"):
            request = cast("AnyRequest", self.request)
            self.wait_s = tries.let(attempt(request, email), tries.SIGN_IN, at=request.at)
        if self.wait_s:
            raise ValidationError(too_many(self.wait_s), code="too_many")
        return super().clean()


class SignIn(views.LoginView):
    """Django's, in the language the person prefers; `next` leads nowhere but here (reliability, S13)."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs are of the next Django
        """Where `next` leads; not back to this page, which Django takes for a defect of ours."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Signed in: the session is a new one, and speaks their language."""
        response, user = super().form_valid(form), form.get_user()
        tries.forgive(attempt(self.request, user.email), tries.SIGN_IN)
        _speak(response, user.language)
        _remember(response, user)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Refused: the same sentence whether the address is known or not."""
        response = self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        wait_s = cast("SignInForm", form).wait_s
        return _later(response, wait_s) if wait_s else response


class AskForm(PasswordResetForm):
    """An e-mail address. The link goes through our outbox, made when it leaves; an unknown address is answered the same."""

    email = EmailField(label=_("E-mail"), max_length=254)

    def save(self, *_args: Any, **options: Any) -> None:
        """Hand it to the flow."""
        reset_password.ask(email=self.cleaned_data["email"], at=options["request"].at)


class Ask(views.PasswordResetView):
    """Django's, so many times an hour for an address, known or not, and from a place."""

    form_class = AskForm

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """The links that were sent still work: who is asked about too often is not kept out."""
        request = cast("AnyRequest", self.request)
        wait_s = tries.let(attempt(request, form.cleaned_data["email"]), tries.RESET, at=request.at)
        if not wait_s:
            return super().form_valid(form)
        form.add_error(None, str(TOO_MANY_LINKS) % {"minutes": _minutes(wait_s)})
        return _later(self.render_to_response(self.get_context_data(form=form)), wait_s)


class NewPassword(views.PasswordResetConfirmView):
    """Django's; whoever holds the mailbox comes in from this browser, however often others have tried."""

    def form_valid(self, form: Any) -> HttpResponse:
        """The password is changed."""
        response = super().form_valid(form)
        _remember(response, form.user)
        return response


sign_out = views.LogoutView.as_view()
ask_for_a_link = Ask.as_view()
link_is_sent = views.PasswordResetDoneView.as_view()
new_password = NewPassword.as_view()
password_is_changed = views.PasswordResetCompleteView.as_view()


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The other language, for this browser, and for good when somebody is signed in."""
    response = i18n.set_language(request)
    language = request.POST.get("language", get_language() or "")
    if request.user.is_authenticated and language in LANGUAGES:
        edits.choose_language(request.user, language=language)
    return response
