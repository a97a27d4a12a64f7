"""Whatever the file holds, the answer is a provider or a list of problems; never anything else, and never late."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astreinte.provider_file import ProviderFile, ProviderFileRefused, parse, tree

EXAMPLE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
LINES = EXAMPLE.splitlines()
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


def outcome(document):
    """Parses; says whether it was accepted, and that every problem can be read."""
    try:
        found, problems = parse(document), ()
    except ProviderFileRefused as refused:
        found, problems = None, refused.problems
    assert bool(problems) != isinstance(found, ProviderFile)
    last = len(document.splitlines()) + 1
    for problem in problems:
        assert 1 <= problem.line <= last
        assert problem.column >= 1
        assert problem.sentence
    return problems


@pytest.mark.parametrize(
    ("document", "line", "sentence"),
    [
        ("", 1, "The file is empty."),
        ("\n\n# nothing\n", 1, "The file is empty."),
        ("- a\n- b\n", 1, "The file must be made of sections: provider, plans, staff..."),
        ("hello", 1, "The file must be made of sections: provider, plans, staff..."),
        (BOMB, 1, tree.ANCHOR),
        ("provider:\n  <<: *x\n", 2, tree.ANCHOR),
        ("a: !!python/object/apply:os.system [id]\n", 1, tree.TAG),
        ("a: !!binary aGk=\n", 1, tree.TAG),
        ("a:\n\tb: 1\n", 2, "A tab cannot indent YAML: use spaces."),
        ("a: 1\n---\nb: 2\n", 2, "There must be one document only: remove what follows this line."),
        ("a: 'b\n", 2, "This cannot be read as YAML: found unexpected end of stream."),
        ("a: b: c\n", 1, "This cannot be read as YAML: mapping values are not allowed in this context."),
        ("a: " + "[" * 100 + "]" * 100, 1, "This is nested too deep."),
        ("a: " + "{a: " * 5000, 1, "This is nested too deep."),
        ("a: 1\nb: \x1b[2J\n", 2, "The character U+001B cannot be printed: remove it."),
        ("a: \ud800", 1, "The character U+D800 cannot be printed: remove it."),
        (b"a: 1\nb: caf\xe9\n", 2, "The file is not UTF-8 text: save it as UTF-8."),
        (EXAMPLE.encode("utf-16"), 1, "The file is not UTF-8 text: save it as UTF-8."),
        ("a: " + "x" * 1024 * 1024, 1, "The file is longer than 1 MiB."),
        ("#" + "é" * 600_000, 1, "The file is longer than 1 MiB."),
        ("%YAML 3.0\n---\na: 1\n", 1, "This cannot be read as YAML: found incompatible YAML document."),
    ],
)  # fmt: skip
def test_hostile_documents_are_refused_with_a_sentence(document, line, sentence):
    (problem,) = outcome(document)
    assert (problem.line, problem.sentence) == (line, sentence)


def test_a_file_with_a_byte_order_mark_or_windows_lines_is_read():
    assert outcome("\ufeff" + EXAMPLE) == ()
    assert outcome(EXAMPLE.replace("\n", "\r\n").encode()) == ()


@pytest.mark.parametrize(
    "line", ["x: [", "- " * 300, "? " * 300, "a: " * 300, "[" * 300, "'" * 301, "&a " * 50, "%" * 50, "\n" * 9000]
)
def test_repeated_marks_end_with_an_answer(line):
    assert outcome(line * 100)


def test_the_largest_file_is_answered():
    staff = "".join(f"  - {{email: p{number}@a.example, name: P, roles: [boss]}}\n" for number in range(15_000))
    assert len(outcome("staff:\n" + staff)) == 15_001


MARKS = st.sampled_from(
    [*"[]{}:,-?&*!|>'\"%@`#\\ \t\n\r\x00\x85\u2028é0~<=%(", "- ", ": ", "null", "<<", "%(key)s", "%s"]
)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 12), st.lists(MARKS, max_size=4).map("".join))
def test_a_few_characters_changed(index, dropped, written):
    outcome(EXAMPLE[:index] + written + EXAMPLE[index + dropped :])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(["drop", "twice", "swap", "shift"])), max_size=4)
)
def test_lines_moved(moves):
    lines = list(LINES)
    for index, move in moves:
        here = min(index, len(lines) - 2)
        if move == "drop":
            del lines[here]
        elif move == "twice":
            lines.insert(here, lines[here])
        elif move == "swap":
            lines[here], lines[here + 1] = lines[here + 1], lines[here]
        else:
            lines[here] = " " + lines[here]
    outcome("\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 200),
    st.sampled_from(["[]", "{}", "[{}]", "null", "{a: b}", "[[x]]", "-1", "1e400", "9" * 60, "'%(x)s %'"]),
)
def test_any_value_replaced_by_another_shape(number, shape):
    places = [index for index, character in enumerate(EXAMPLE) if EXAMPLE.startswith(": ", index)]
    start = places[number % len(places)] + 2
    end = min(found for mark in (",", "}", "\n") if (found := EXAMPLE.find(mark, start)) >= 0)
    outcome(EXAMPLE[:start] + shape + EXAMPLE[end:])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_at_all(document):
    assert outcome(document)


def test_a_text_that_is_too_long_says_the_limit():
    name = EXAMPLE.replace("name: Exemple Hébergement\n", f"name: {'x' * 5000}\n", 1)
    with pytest.raises(ProviderFileRefused) as refused:
        parse(name)
    (problem,) = refused.value.problems
    assert "characters, on one line" in problem.sentence
