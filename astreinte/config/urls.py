"""The table of addresses."""

from django.urls import URLPattern, URLResolver, include, path

from astreinte.api.v1.api import api
from astreinte.web import system

handler400 = "astreinte.web.trouble.bad_request"
handler403 = "astreinte.web.trouble.forbidden"
handler404 = "astreinte.web.trouble.not_found"
handler500 = "astreinte.web.trouble.defect"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("inbound/", include("astreinte.api.inbound.urls")),
    path("healthz", system.healthz, name="healthz"),
    path("readyz", system.readyz, name="readyz"),
    path("metrics", system.metrics, name="metrics"),
    path("dev/phones", system.phones, name="phones"),
    path("", include("astreinte.web.urls")),
]
