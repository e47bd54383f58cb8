"""Deadlines and pauses, also by a clock that is put back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.waiting import DEADLINES, SELDOMEST, Wait, elapsed, may_repeat, next_look, over

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize("what", list(Wait))
def test_every_wait_ends_after_its_deadline_and_not_before(what):
    seconds = DEADLINES[what].seconds
    assert not over(what, NOW - timedelta(seconds=seconds), now=NOW)
    assert over(what, NOW - timedelta(seconds=seconds + 1), now=NOW)
    assert over(what, NOW - timedelta(seconds=seconds * 0.1 + 1), now=NOW, scale=0.1)


@pytest.mark.parametrize("what", list(Wait))
def test_a_clock_that_was_put_back_lets_no_wait_last_for_ever(what):
    """By an hour, a day or ten years: what began in the future counts as that long ago."""
    for ahead in (timedelta(hours=1), timedelta(days=1), timedelta(days=3650)):
        assert over(what, NOW + ahead, now=NOW), ahead
        assert may_repeat(what, NOW + ahead, now=NOW) is bool(DEADLINES[what].again), ahead


@given(st.timedeltas(timedelta(days=-99), timedelta(days=99)))
def test_time_never_runs_backwards(ahead):
    assert elapsed(NOW + ahead, NOW) == elapsed(NOW - ahead, NOW) >= 0


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_pauses_grow_with_the_wait_and_stay_short(one, other):
    less, more = sorted((one, other))
    assert 0 < next_look(less) <= next_look(more) <= SELDOMEST
