"""Signing in and out, the language, and a new password by a link: Django's own views, and our outbox for the mail."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.forms import EmailField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import i18n
from django.views.decorators.http import require_POST

from astreinte.accounts import edits
from astreinte.flows import reset_password

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


class SignInForm(AuthenticationForm):
    """Django's, that says in few words what is wrong."""

    error_messages = {  # Django's own name and shape
        **AuthenticationForm.error_messages,
        "invalid_login": _("This e-mail and this password do not go together."),
    }


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
        response = super().form_valid(form)
        _speak(response, form.get_user().language)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Refused: the same sentence whether the address is known or not."""
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)


class AskForm(PasswordResetForm):
    """An e-mail address. The link goes through our outbox, made when it leaves; an unknown address is answered the same."""

    email = EmailField(label=_("E-mail"), max_length=254)

    def save(self, *_args: Any, **options: Any) -> None:
        """Hand it to the flow."""
        reset_password.ask(email=self.cleaned_data["email"], at=options["request"].at)


sign_out = views.LogoutView.as_view()
ask_for_a_link = views.PasswordResetView.as_view(form_class=AskForm)
link_is_sent = views.PasswordResetDoneView.as_view()
new_password = views.PasswordResetConfirmView.as_view()
password_is_changed = views.PasswordResetCompleteView.as_view()


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The other language, for this browser, and for good when somebody is signed in."""
    response = i18n.set_language(request)
    language = request.POST.get("language", get_language() or "")
    if request.user.is_authenticated and language in LANGUAGES:
        edits.choose_language(request.user, language=language)
    return response
