"""What is said and done in a rehearsal: the marked offer, who stands in, when each thing happens, the example of a verdict. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from astreinte.core import digests
from astreinte.tickets.rules.offer import Words

# The first one does not answer, so that one sees the next step being called.
SECOND_AFTER_S = 6
# Between what happens and what follows it, long enough to be read; the whole takes about a minute.
TAKES_AFTER, TALKS_AFTER, RESOLVES_AFTER, DECIDES_AFTER = (timedelta(seconds=one) for one in (12, 10, 14, 10))
COMES_IN = timedelta(minutes=5)
# Nobody looks at it any more: what an engineer rehearses ends by itself.
NEXT_AFTER_S = 300
ENDS_AFTER = timedelta(minutes=30)
# Each of a person's own, within a day.
MOST, WITHIN = 5, timedelta(hours=24)
KEPT_FOR = timedelta(days=30)
TARGET = "stand-in"

NAMES = {
    "fr": ("Camille (répétition)", "Alex (répétition)", "Client de la répétition"),
    "en": ("Camille (rehearsal)", "Alex (rehearsal)", "Customer of the rehearsal"),
}
_TEXT = {
    "fr": (
        "RÉPÉTITION. Rien n’est accepté ici : personne n’est appelé, rien n’est dû, rien ne pourra être facturé. "
        "Voici, pour être lu au calme, le texte qu’accepte qui ouvre un vrai ticket urgent.\n\n{text}"
    ),
    "en": (
        "REHEARSAL. Nothing is accepted here: nobody is called, nothing is due, nothing can be billed. "
        "This, to be read calmly, is the text that whoever opens a real urgent ticket accepts.\n\n{text}"
    ),
}
_BUTTON = {
    "fr": "Répéter, gratuit : personne n’est appelé (le vrai bouton : « {button} »)",
    "en": "Rehearse, free: nobody is called (the real button: “{button}”)",
}
_BOX = {"fr": "Répétition, sans effet : {box}", "en": "Rehearsal, without effect: {box}"}
SENTENCE = {"fr": "Répétition : mon site ne répond plus", "en": "Rehearsal: my site does not answer any more"}
SAYS = {
    "fr": "Bonjour, je regarde votre serveur. Dans un vrai ticket, l’ingénieur vous écrit ici, et vous lui répondez ici ou par e-mail.",
    "en": "Hello, I am looking at your server. In a real ticket the engineer writes to you here, and you answer here or by e-mail.",
}
SUMMARY = {
    "fr": "Répétition : l’ingénieur dit ici ce qui n’allait pas et ce qui a été fait. Rien n’a été touché sur votre serveur.",
    "en": "Rehearsal: here the engineer says what was wrong and what was done. Nothing was touched on your server.",
}
OVER = {"fr": "Répétition finie d’elle-même.", "en": "The rehearsal ended by itself."}
JUSTIFICATION = {
    "fr": (
        "Exemple de verdict. L’ingénieur explique ici d’où venait le problème, avec les constats à l’appui. Une clause couverte : rien à "
        "payer. Une clause non couverte : le prix accepté, une seule fois, et 30 jours pour contester. Dans le doute, rien n’est facturé."
    ),
    "en": (
        "Example of a verdict. Here the engineer explains where the problem came from, with the evidence. A covered clause: nothing to pay. "
        "A clause that is not covered: the price accepted, once, and 30 days to contest it. In doubt, nothing is billed."
    ),
}


def spoken(language: str) -> str:
    """The language its words are said in."""
    return language if language in NAMES else "en"


def rehearsed(words: Words, *, language: str) -> Words:
    """The same offer, marked: its text accepts nothing, and its button says that it is free and calls nobody."""
    language = spoken(language)
    text = _TEXT[language].format(text=words.text)
    return replace(
        words,
        text=text,
        text_sha256=digests.sha256(text),
        button=_BUTTON[language].format(button=words.button),
        box=_BOX[language].format(box=words.box) if words.box else "",
    )


def plan(language: str) -> dict[str, Any]:
    """Who is called: two people who are nobody, one after the other."""
    first, second, _customer = NAMES[spoken(language)]
    steps = [
        {"after_s": 0, "notify": [f"{TARGET}:{first}"]},
        {"after_s": SECOND_AFTER_S, "notify": [f"{TARGET}:{second}"]},
    ]
    # it is taken long before a second round
    return {"policy": "rehearsal", "steps": steps, "repeat_every_s": 300, "last_resort": []}


def plan_for(address: str, *, key: int, language: str) -> dict[str, Any]:
    """Who is called in the rehearsal of an engineer: they themselves, once and `only` they; then somebody who is nobody."""
    steps = [
        {"after_s": 0, "notify": [address]},
        {"after_s": NEXT_AFTER_S, "notify": [f"{TARGET}:{NAMES[spoken(language)][1]}"]},
    ]
    length = 2 * int(ENDS_AFTER.total_seconds())  # it ends before a second round
    return {"policy": "rehearsal", "steps": steps, "repeat_every_s": length, "last_resort": [], "only": key}


def stand_ins(targets: Sequence[str]) -> list[str]:
    """The names, among these targets, of people who are nobody."""
    said = (target.partition(":") for target in targets)
    return [name for kind, _, name in said if kind == TARGET]


def example(advised: str, clauses: Sequence[str], *, covered: Sequence[str], excluded: Sequence[str]) -> str:
    """The clause of the verdict shown: what the diagnosis advised where it did; else one that costs, for money is never a surprise."""
    if advised == "covered":
        return next((one for one in clauses if one in covered), covered[0] if covered else "undetermined")
    likely = [*clauses, "customer-app", *excluded]
    return next((one for one in likely if one in excluded), "undetermined")
