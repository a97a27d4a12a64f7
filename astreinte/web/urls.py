"""The addresses of the door for people: the start, signing in, and each of its parts."""

from django.urls import include, path

from astreinte.web import auth, evidence, home, join, take

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", auth.SignIn.as_view(), name="login"),
    path("logout/", auth.sign_out, name="logout"),
    path("language/", auth.set_language, name="set_language"),
    path("password/reset/", auth.ask_for_a_link, name="password_reset"),
    path("password/reset/done/", auth.link_is_sent, name="password_reset_done"),
    path("password/reset/<uidb64>/<token>/", auth.new_password, name="password_reset_confirm"),
    path("password/changed/", auth.password_is_changed, name="password_reset_complete"),
    path("take/<str:token>", take.take, name="take"),
    path("join/<str:token>", join.join, name="join"),
    path("verify.py", evidence.verifier, name="verifier"),
    path("status/", include("astreinte.web.public.urls")),
    path("just-me/", include("astreinte.web.just_me.urls")),
    path("console/", include("astreinte.web.console.urls")),
    path("", include("astreinte.web.portal.urls")),
]
