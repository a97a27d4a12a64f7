"""Browsers for the portal's tests: somebody signed in, what they type, what they read."""

import re
from html import unescape

from django.test import Client
from django.urls import reverse


def signed_in(user, *, language: str = "en", strict: bool = False) -> Client:
    """A browser of this person, in this language."""
    client = Client(enforce_csrf_checks=strict)
    client.cookies["django_language"] = language
    if user:
        client.force_login(user)
    return client


def text_of(answer) -> str:
    """What the page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


TYPED = {
    "symptom": "mail",
    "subject": "Mail <b>is</b> down & out",
    "since": "8 o'clock",
    "changed": "a new filter",
    "details": "Error 451 on every account",
}


def types(client: Client, server, **changes):
    """The first part of "Something is wrong", filled in and sent: the answer, a redirect when all is well."""
    return client.post(reverse("portal:problem"), {**TYPED, "server": server.name, **changes})


def key_of(answer) -> str:
    """The key of the draft a redirect leads to."""
    return answer["Location"].rstrip("/").rsplit("/", 1)[-1]


def drafted(client: Client, server, **changes) -> str:
    """The key of a new draft."""
    return key_of(types(client, server, **changes))


def hidden(answer) -> dict[str, str]:
    """The hidden values of the confirmation, as the browser would send them."""
    found = re.findall(
        r'<input type="hidden" name="(amount|text_sha256|shown)" value="([^"]*)"', answer.content.decode()
    )
    return {name: unescape(value) for name, value in found}
