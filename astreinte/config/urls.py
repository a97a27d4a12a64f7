"""The table of addresses."""

urlpatterns: list = []
