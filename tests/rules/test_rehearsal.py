"""What a rehearsal says and whom it calls, whatever the policy, the language and the advice."""

from hypothesis import given
from hypothesis import strategies as st

from astreinte.core import digests
from astreinte.tickets.rules import rehearsal
from astreinte.tickets.rules.offer import Words

CLAUSES = st.lists(st.sampled_from(["service-down", "network-ours", "customer-app", "misuse", "our-own"]), unique=True)
LANGUAGES = st.sampled_from(["fr", "en", "de"])


@given(
    advised=st.sampled_from(["covered", "excluded", "undetermined", ""]),
    likely=CLAUSES,
    covered=CLAUSES,
    excluded=CLAUSES,
)
def test_the_example_is_a_clause_of_the_policy_or_a_doubt(advised, likely, covered, excluded):
    found = rehearsal.example(advised, likely, covered=covered, excluded=excluded)
    assert found in {"undetermined", *(covered if advised == "covered" else excluded)}


@given(language=LANGUAGES, text=st.text(max_size=50), button=st.text(max_size=50), box=st.text(max_size=50))
def test_the_marked_words_hold_the_real_ones_and_are_never_taken_for_them(language, text, button, box):
    real = Words(text=text, text_sha256=digests.sha256(text), button=button, box=box)
    marked = rehearsal.rehearsed(real, language=language)
    assert marked.text.endswith(text)
    assert marked.text_sha256 == digests.sha256(marked.text) != real.text_sha256
    assert button in marked.button != button
    assert bool(marked.box) == bool(box)


@given(language=LANGUAGES)
def test_a_plan_of_a_rehearsal_names_people_who_are_nobody(language):
    plan = rehearsal.plan(language)
    targets = [target for step in plan["steps"] for target in step["notify"]]
    assert len(rehearsal.stand_ins(targets)) == len(targets)
    assert (plan["last_resort"], plan.get("only")) == ([], None)


@given(language=LANGUAGES, key=st.integers(min_value=1))
def test_a_plan_of_an_engineer_names_them_once_then_nobody(language, key):
    plan = rehearsal.plan_for("alice@hebergement.example", key=key, language=language)
    first, *later = [step["notify"] for step in plan["steps"]]
    assert (first, plan["only"], plan["last_resort"]) == (["alice@hebergement.example"], key, [])
    assert all(len(rehearsal.stand_ins(targets)) == len(targets) for targets in later)
    assert plan["repeat_every_s"] > rehearsal.ENDS_AFTER.total_seconds()
