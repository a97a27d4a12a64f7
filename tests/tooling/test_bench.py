"""What the benchmark calls a p99 is one."""

from hypothesis import given
from hypothesis import strategies as st

from devtools.bench.measures import rank


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=300), st.sampled_from([0.5, 0.95, 0.99]))
def test_so_many_are_not_above_it_and_of_all_that_say_so_it_is_the_smallest(values, part):
    found = rank(values, part)
    assert found in values
    assert sum(one <= found for one in values) >= part * len(values)
    assert not any(sum(one <= less for one in values) >= part * len(values) for less in values if less < found)


def test_of_a_hundred_the_ninety_ninth_and_not_the_worst():
    assert rank(range(1, 101), 0.99) == 99
