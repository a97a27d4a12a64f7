"""A page in the provider's own words: what the file may say, what it is refused, and what the phones then receive."""

import pytest

from astreinte.core import configuration
from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider
from astreinte.provider_file import ProviderFileRefused, parse
from tests.rooms.test_provider_file import EXAMPLE

pytestmark = pytest.mark.django_db
FRENCH = "fr"
SHORT = "{customer}/{server}: {symptom} « {sentence} »{saw} {{x}} {link} Code {code}."
LINE = EXAMPLE.count("\n") + 4


def document(length, text, *, language=FRENCH):
    """The example, with one text of the page."""
    return f"{EXAMPLE}messages:\n  page:\n    {language}:\n      {length}: '{text}'\n"


def wrong(length, text, **more):
    """(line, sentence) of each thing that is refused."""
    with pytest.raises(ProviderFileRefused) as refused:
        parse(document(length, text, **more))
    return [(problem.line, problem.sentence) for problem in refused.value.problems]


def say(world, **texts):
    """The provider's own words, as `apply` writes them."""
    world.provider.settings = {"messages": {"page": texts}}
    world.provider.save()
    configuration.changed()


@pytest.mark.parametrize(
    ("length", "text", "why"),
    [
        (
            "subject",
            "{custmer}",
            "subject: {custmer} is not known here. Known: customer, server, symptom, sentence, saw,",
        ),
        ("spoken", "{customer.name}", "spoken: {customer.name} is not known here."),
        ("spoken", "{customer!r}", "spoken: {customer!r} is not known here."),
        ("spoken", "{customer:>9}", "spoken: {customer:>9} is not known here."),
        ("spoken", "{0}", "spoken: {0} is not known here."),
        ("spoken", "{}", "spoken: {} is not known here."),
        ("spoken", "{customer", "spoken: a brace is alone; write {customer} for a place, {{ or }} for a brace itself."),
        ("spoken", "}", "spoken: a brace is alone;"),
        ("short", "{customer} {link}", "short: {link} then {code} must both be there, in this order"),
        ("short", "{customer} {code}", "short: {link} then {code} must both be there, in this order"),
        ("short", "{code} {link}", "short: {link} then {code} must both be there, in this order"),
        ("body", "{customer}", "body: {link} then {code} must both be there, in this order"),
        ("short", "{link} {code}" + "x" * 160, "short: write 160 characters at most;"),
    ],
)
def test_what_nobody_could_answer_or_read_is_refused_with_its_line(length, text, why):
    ((line, sentence),) = wrong(length, text)
    assert line == LINE
    assert sentence.startswith(why)


def test_another_length_or_language_is_not_known():
    assert wrong("long", "x") == [(LINE, "long is not known here. Known: subject, body, short, spoken.")]
    assert wrong("short", SHORT, language="de") == [(LINE - 1, "de: de is not one of: fr, en.")]


def test_a_good_one_is_applied_and_leaves_with_the_next_file(world):
    apply_provider.apply(parse(document("short", SHORT)), by=SYSTEM, at=world.now)
    world.provider.refresh_from_db()
    assert world.provider.settings["messages"] == {"page": {"fr": {"short": SHORT}}}
    apply_provider.apply(parse(EXAMPLE), by=SYSTEM, at=world.now)
    world.provider.refresh_from_db()
    assert world.provider.settings["messages"] == {"page": {}}


def test_the_phone_receives_the_provider_s_words_in_its_language_and_the_built_in_ones_in_the_other(world):
    alice, bruno = world.on_call("Alice", "Bruno")
    bruno.user.language = "en"
    bruno.user.save()
    say(world, fr={"short": SHORT, "spoken": "Urgence. {customer}."})
    world.customer_opens("Mail is down")
    world.passes(minutes=5)
    (text,) = alice.texts
    assert text.startswith("Boulangerie du Port SARL/web1.boulangerie.example: Les e-mails ne fonctionnent pas")
    assert "{x}" in text
    assert "/take/" in text
    assert text.endswith("Code 1.") or "Code " in text[-9:]
    assert "to take it" in bruno.texts[0]


@pytest.mark.parametrize("hostile", ["{link.__class__}", "{code}", "{{}}", "%s {", "x" * 5000])
def test_what_a_customer_writes_is_never_a_place(world, hostile):
    (alice,) = world.on_call("Alice")
    say(world, fr={"short": SHORT})
    world.customer_opens(hostile[:200])
    (text,) = alice.texts
    assert hostile[:15] in text
    assert "/take/" in text
    assert len(text) <= 320
    assert text.rstrip(".")[-5:].split()[-1].isdecimal()


def test_a_stored_text_that_cannot_be_said_still_rings(world):
    (alice,) = world.on_call("Alice")
    say(world, fr={"short": "{nothing}"})
    world.customer_opens("Mail is down")
    assert "/take/" in alice.texts[0]
