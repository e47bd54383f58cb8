"""The time that a throttled run still takes: reported as far as it can be known, and not at all otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.pacing import in_words, seconds_left


def test_what_is_left_costs_its_share_at_the_rate_of_the_store():
    assert seconds_left(points=4000, percent=40, rate=100) == pytest.approx(60)


@pytest.mark.parametrize("known", [{"percent": 4}, {"points": 0}, {"rate": 0}])
def test_nothing_is_reported_of_a_run_that_has_hardly_begun_or_of_a_store_whose_rate_is_unknown(known):
    assert seconds_left(**({"points": 4000, "percent": 40, "rate": 100} | known)) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "less than a minute left"),
        (44.9, "less than a minute left"),
        (45, "about 1 minute left"),
        (121, "about 3 minutes left"),
        (89 * 60, "about 89 minutes left"),
        (3 * 3600, "about 3 hours left"),
    ],
)
def test_the_time_is_reported_in_coarse_words(seconds, words):
    assert in_words(seconds) == words


@given(st.integers(1, 10**7), st.integers(5, 99), st.floats(1, 2000))
def test_the_further_a_run_is_the_less_is_left_for_the_same_points(points, percent, rate):
    here = seconds_left(points=points, percent=percent, rate=rate)
    further = seconds_left(points=points, percent=percent + 1, rate=rate)
    assert here is not None
    assert further is not None
    assert further < here
