"""Numbers of assets as pages send them."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.ranges import numbers_in, ranges


def test_numbers_that_follow_each_other_are_one_range():
    assert ranges([7, 3, 8, 9]) == "3,7-9"


@given(st.sets(st.integers(0, 1200)))
def test_what_is_written_is_read_again(numbers):
    assert numbers_in(ranges(numbers)) == numbers


@given(st.text(alphabet="0123456789-, x", max_size=30))
def test_whatever_is_sent_gives_numbers_below_the_limit(text):
    assert numbers_in(text, 50) <= set(range(50))
