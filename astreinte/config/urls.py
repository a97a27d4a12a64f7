"""The table of addresses."""

from django.urls import URLPattern, URLResolver, include, path

from astreinte.api.v1.api import api
from astreinte.web import system

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("inbound/", include("astreinte.api.inbound.urls")),
    path("healthz", system.healthz, name="healthz"),
    path("readyz", system.readyz, name="readyz"),
    path("metrics", system.metrics, name="metrics"),
    path("dev/phones", system.phones, name="phones"),
    path("", include("astreinte.web.urls")),
]
