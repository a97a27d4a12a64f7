"""Messages are found wherever people read them, and a missing translation has its sentence."""

import gettext

import pytest

from devtools import messages

MODULE = '''
"""A room."""
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

class Refusal(Exception):
    """This is not possible."""

class TooLate(Refusal):
    """It is too late
    for that."""

class MuchTooLate(refusals.TooLate):
    """It is over since %(when)s."""

class Unrelated(Exception):
    """Nobody reads this."""

one = _("Open")
many = ngettext("%(count)s ticket", "%(count)s tickets", 2)
month = pgettext("month", "May")
'''
PAGE = """{% load i18n %}
<p>
  {% if x %}
        {% translate "Take charge" %}
    {% endif %}
  {% blocktranslate with name=x %}It's {{ name }}{% endblocktranslate %}
  {% blocktranslate trimmed count n=3 %}
     {{ n }} page
  {% plural %}
     {{ n }} pages
  {% endblocktranslate %}
"""


@pytest.fixture
def sources(tmp_path):
    sources = tmp_path / "astreinte"
    (sources / "web" / "templates").mkdir(parents=True)
    (sources / "room.py").write_text(MODULE)
    (sources / "web" / "templates" / "page.html").write_text(PAGE)
    return sources


def test_messages_are_found_in_code_in_templates_and_in_refusals(sources):
    found = {(message.id, message.context) for message in messages.template(sources) if message.id}
    assert found == {
        ("Open", None),
        (("%(count)s ticket", "%(count)s tickets"), None),
        ("May", "month"),
        ("Take charge", None),
        ("It's %(name)s", None),
        (("%(n)s page", "%(n)s pages"), None),
        ("This is not possible.", None),
        ("It is too late for that.", None),
        ("It is over since %(when)s.", None),
    }


def test_what_is_not_translated_no_longer_said_or_in_doubt_is_named(sources, tmp_path):
    locales = tmp_path / "locale"
    messages.update(locales, sources)
    path = locales / "fr" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "Ouvert"'))
    (sources / "room.py").write_text('"""Nothing left."""')
    found = list(messages.faults(locales, sources))
    assert "fr: no longer said: 'Open'" in found
    assert any(fault.startswith("fr: not translated: 'Take charge'") for fault in found)
    path.write_text(path.read_text().replace('msgid "Take charge"', '#, fuzzy\nmsgid "Take charge"'))
    assert "fr: in doubt (fuzzy): 'Take charge'" in messages.faults(locales, sources)


def test_a_translation_that_loses_a_value_is_named(sources, tmp_path):
    locales = tmp_path / "locale"
    messages.update(locales, sources)
    path = locales / "fr" / "LC_MESSAGES" / "django.po"
    sentence = 'msgid "It is over since %(when)s."\nmsgstr "'
    path.write_text(path.read_text().replace(sentence, f"{sentence}Fini depuis %(quand)s."))
    assert [
        fault for fault in messages.faults(locales, sources) if "It is over" in fault and "not translated" not in fault
    ]


def test_an_update_keeps_what_is_translated_and_changes_nothing_twice(sources, tmp_path):
    locales = tmp_path / "locale"
    messages.update(locales, sources)
    path = locales / "fr" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "May"\nmsgstr ""', 'msgid "May"\nmsgstr "mai"'))
    messages.update(locales, sources)
    once = path.read_text()
    messages.update(locales, sources)
    assert path.read_text() == once
    messages.compile_all(locales)
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).pgettext("month", "May") == "mai"


def test_the_catalog_of_a_room_is_taken_into_the_one_of_the_product(sources, tmp_path):
    room, locales = sources / "room" / "locale", tmp_path / "locale"
    messages.update(room, sources)
    path = room / "fr" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "Ouvert"'))
    messages.update(locales, sources)
    assert not [fault for fault in messages.faults(locales, sources) if "'Open'" in fault]
