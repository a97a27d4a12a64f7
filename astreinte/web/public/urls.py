"""The addresses of the public pages."""

from django.urls import path

from astreinte.web.public import figures, subscriptions, views

app_name = "public"
urlpatterns = [
    path("", views.show, name="status"),
    path("subscribe/", subscriptions.subscribe, name="subscribe"),
    path("subscribe/sent/", subscriptions.sent, name="subscribe_sent"),
    path("confirm/<str:token>", subscriptions.confirm, name="confirm"),
    path("unsubscribe/<str:token>", subscriptions.unsubscribe, name="unsubscribe"),
    path("figures/", figures.show, name="figures"),
    path("<path:name>", views.show, name="status_file"),
]
