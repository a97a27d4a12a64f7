"""The provider's own words of a message, in place of the built-in ones: its places were checked when the file was applied."""

from collections.abc import Mapping
from typing import Any

from astreinte.accounts import queries as accounts
from astreinte.notifications.models import Notification
from astreinte.notifications.templatetags.letters import fit, in_language

# The places of an SMS are as long as in the built-in text: link and code must fit behind them.
_SHORT = {"customer": 40, "server": 60, "symptom": 50, "sentence": 70, "saw": 40}


def texts(letter: Notification, said: Mapping[str, Any]) -> dict[str, str]:
    """The lengths of this message that the provider wrote, in the language of `letter`; nothing for most. `said`: its context."""
    provider = accounts.provider()
    written = provider.settings.get("messages", {}).get(letter.kind, {}) if provider else {}
    mine = written.get(letter.language)
    if not mine:
        return {}
    places = {**{name: str(said.get(name, "")) for name in (*_SHORT, "link", "code")}, "symptom": _symptom(said)}
    brief = {name: fit(text, _SHORT.get(name, len(text))) for name, text in places.items()}
    return {length: text.format_map(brief if length == "short" else places) for length, text in mine.items()}


def _symptom(said: Mapping[str, Any]) -> str:
    words = said.get("symptom_words")
    return in_language(words) if isinstance(words, dict) and words else ""
