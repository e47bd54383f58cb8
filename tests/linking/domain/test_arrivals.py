"""How often a store is asked whether files are ready: as often as it is worth a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.arrivals import SOONEST, until_worth_asking


def test_it_is_asked_again_when_each_call_would_tell_of_forty_more():
    assert until_worth_asking(came=400, since=1.0, calls=2, at_most=5.0) == pytest.approx(0.2)


def test_where_nothing_comes_it_is_asked_as_seldom_as_may_be():
    assert until_worth_asking(came=0, since=1.0, calls=1, at_most=5.0) == 5.0


@given(st.integers(0, 1000), st.floats(0, 100), st.integers(1, 4), st.floats(SOONEST, 5))
def test_it_is_never_asked_without_a_pause_and_never_later_than_allowed(came, since, calls, at_most):
    assert SOONEST <= until_worth_asking(came=came, since=since, calls=calls, at_most=at_most) <= at_most


@given(st.integers(1, 1000), st.floats(0.01, 100), st.integers(1, 4), st.floats(SOONEST, 5))
def test_a_slower_store_is_asked_no_sooner(came, since, calls, at_most):
    quick = until_worth_asking(came=came, since=since, calls=calls, at_most=at_most)
    assert until_worth_asking(came=came, since=2 * since, calls=calls, at_most=at_most) >= quick
