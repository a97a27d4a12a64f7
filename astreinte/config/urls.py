"""The table of addresses."""

from django.urls import URLPattern, URLResolver, path

from astreinte.web import system

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", system.healthz, name="healthz"),
    path("readyz", system.readyz, name="readyz"),
    path("metrics", system.metrics, name="metrics"),
    path("dev/phones", system.phones, name="phones"),
]
