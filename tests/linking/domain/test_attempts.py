"""Tries of a job's work: pauses that grow, and an end."""

import pytest

from linking.domain.attempts import LIMITS, Cause


def pauses(cause: Cause) -> list[float]:
    limit = LIMITS[cause]
    return [limit.pause(tries) for tries in range(1, limit.tries)]


def test_a_service_that_is_away_is_waited_for_half_an_hour():
    found = pauses(Cause.AWAY)
    assert found == sorted(found)
    assert 28 * 60 <= sum(found) <= 33 * 60
    assert LIMITS[Cause.AWAY].minutes == round(sum(found) / 60)


def test_a_limit_of_an_hour_is_waited_for_longer_than_that():
    assert sum(pauses(Cause.BUSY)) > 60 * 60


def test_an_error_of_ours_is_not_tried_a_fourth_time():
    assert len(pauses(Cause.CRASH)) == 2
    assert sum(pauses(Cause.CRASH)) < 60


@pytest.mark.parametrize("cause", Cause)
def test_there_is_an_end(cause):
    limit = LIMITS[cause]
    assert limit.pause(limit.tries) is None
    assert limit.pause(limit.tries + 100) is None
