"""The table of addresses."""

from django.urls import URLPattern, URLResolver, include, path

from astreinte.api.v1.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("inbound/", include("astreinte.api.inbound.urls")),
    path("", include("astreinte.web.urls")),
]
