"""Replies an engineer often writes, in the customer's language: a start to be completed, never sent alone."""

from dataclasses import dataclass

# slug: language: (title on the button, text to start from)
_REPLIES: dict[str, dict[str, tuple[str, str]]] = {
    "on-it": {
        "fr": (
            "Je m’en occupe",
            (
                "Bonjour,\n\nj’ai pris votre ticket en charge et j’examine {server}. Je vous écris "
                "dès que possible, et au plus tard dans 30 minutes."
            ),
        ),
        "en": (
            "I am on it",
            (
                "Hello,\n\nI have taken your ticket and I am looking at {server}. I will write as soon as I know "
                "more, within 30 minutes at the latest."
            ),
        ),
    },
    "need-more": {
        "fr": (
            "Il me manque un détail",
            (
                "Bonjour,\n\npour avancer j’ai besoin d’un détail : quelle adresse exacte, à quelle heure, et "
                "quel message s’affiche ? Une capture d’écran aide souvent."
            ),
        ),
        "en": (
            "I need one detail",
            (
                "Hello,\n\nto go on I need one detail: which exact address, at what time, and what message is "
                "shown? A screenshot often helps."
            ),
        ),
    },
    "still-working": {
        "fr": (
            "J’y travaille toujours",
            (
                "Bonjour,\n\nj’y travaille toujours. Ce qui est établi à cet instant : …\n\nProchaine nouvelle dans 30 "
                "minutes au plus tard."
            ),
        ),
        "en": (
            "Still working on it",
            "Hello,\n\nI am still working on it. What I know now: …\n\nThe next news within 30 minutes at the latest.",
        ),
    },
    "restored": {
        "fr": (
            "C’est rétabli",
            "Bonjour,\n\nle service est rétabli sur {server}. Pouvez-vous vérifier de votre côté ? La cause : …",
        ),
        "en": (
            "It is restored",
            "Hello,\n\nthe service is restored on {server}. Could you check on your side? The cause: …",
        ),
    },
    "application": {
        "fr": (
            "L’origine est dans l’application",
            (
                "Bonjour,\n\nle serveur et le réseau répondent normalement ; ce que j’observe a son origine dans "
                "l’application : …\n\nJe vous propose la piste suivante : …"
            ),
        ),
        "en": (
            "The origin is in the application",
            (
                "Hello,\n\nthe server and the network answer normally; what I see has its origin in the "
                "application: …\n\nI suggest trying this: …"
            ),
        ),
    },
}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A reply to start from."""

    slug: str
    title: str
    text: str


def replies(*, language: str, server: str) -> list[Reply]:
    """The replies in this language (French unless English), about this server."""
    chosen = language if language in {"fr", "en"} else "fr"
    found = [(slug, texts[chosen]) for slug, texts in _REPLIES.items()]
    return [Reply(slug=slug, title=title, text=text.format(server=server)) for slug, (title, text) in found]


def text_of(slug: str, *, language: str, server: str) -> str:
    """The text of one reply; nothing for a name we do not know."""
    return next((one.text for one in replies(language=language, server=server) if one.slug == slug), "")
