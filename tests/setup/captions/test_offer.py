"""When AI captions are offered, and what is known of the add-on for them. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from setup.captions.offer import AUTO, OFF, ON, AddOn, State, is_offered, next_month, quota

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
USED_UP = AddOn(State.USED_UP, at=NOW, tried=NOW, until=next_month(NOW), key="k")
ANSWERS = AddOn(State.ANSWERS, at=NOW, tried=NOW, left=12, limit=48, counted=NOW, key="k")
MOMENTS = some.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=some.just(UTC))
COUNTS = some.none() | some.integers(min_value=0, max_value=10_000)
ADD_ONS = some.builds(
    AddOn,
    state=some.none() | some.sampled_from(State),
    at=some.none() | MOMENTS,
    unasked=some.sampled_from(["", "away", "busy", "no_picture"]),
    tried=some.none() | MOMENTS,
    left=COUNTS,
    limit=COUNTS,
    counted=some.none() | MOMENTS,
    until=some.none() | MOMENTS,
    key=some.sampled_from(["", "k"]),
)


@pytest.mark.parametrize(
    ("state", "auto", "always"),
    [
        (None, False, True),
        (State.ANSWERS, True, True),
        (State.ABSENT, False, False),
        (State.USED_UP, False, False),
        (State.REFUSED, False, True),
    ],
)
def test_captions_are_offered_by_what_an_admin_wants_and_cloudinary_said(state, auto, always):
    add_on = AddOn(state, until=next_month(NOW))
    assert [is_offered(wish, add_on, NOW) for wish in (AUTO, ON, OFF)] == [auto, always, False]


def test_a_quota_that_is_back_is_offered_again_and_asked_about():
    later = NOW + timedelta(days=1)
    assert (USED_UP.is_used_up(NOW), is_offered(AUTO, USED_UP, NOW), USED_UP.is_due("k", NOW)) == (True, False, False)
    assert (USED_UP.is_used_up(later), is_offered(AUTO, USED_UP, later), USED_UP.is_due("k", later)) == (
        False,
        True,
        True,
    )


def test_it_is_asked_once_and_again_by_other_credentials():
    assert AddOn().is_due("k", NOW)
    assert not ANSWERS.is_due("k", NOW + timedelta(days=300))
    assert ANSWERS.is_due("other", NOW)


def test_no_answer_takes_nothing_back_and_is_asked_for_again_after_an_hour():
    silent = ANSWERS.followed_by(AddOn(unasked="away", key="k"), NOW)
    assert (silent.state, silent.left, silent.unasked) == (State.ANSWERS, 12, "away")
    assert not silent.is_due("k", NOW + timedelta(minutes=59))
    assert silent.is_due("k", NOW + timedelta(minutes=61))


def test_the_lower_of_cloudinarys_count_and_ours_counts_until_its_report_is_up_to_date():
    spent, report = ANSWERS.spent(5, NOW), AddOn(State.ANSWERS, left=12, limit=48, key="k")
    assert spent.followed_by(report, NOW + timedelta(hours=1)).left == 7
    assert spent.followed_by(AddOn(State.ANSWERS, left=3, limit=48), NOW).left == 3
    assert spent.followed_by(AddOn(State.ANSWERS, left=500, limit=512), NOW).left == 500  # a larger plan
    assert spent.followed_by(report, NOW + timedelta(days=2)).left == 12


def test_what_was_left_of_another_month_is_not_shown():
    assert quota(ANSWERS, NOW) == "12 of 48 AI captions left this month."
    assert quota(ANSWERS, NOW + timedelta(days=1)) == ""
    assert ANSWERS.is_old(NOW + timedelta(days=1))
    assert quota(AddOn(State.ANSWERS), NOW) == ""


@given(ADD_ONS)
def test_it_is_kept_and_read_as_it_was(add_on):
    assert AddOn.read(add_on.as_json()) == add_on


@given(
    some.dictionaries(
        some.sampled_from(list(AddOn().__dict__)),
        some.recursive(
            some.none() | some.booleans() | some.integers() | some.text(), lambda inner: some.lists(inner, max_size=2)
        ),
    )
)
def test_whatever_stands_in_a_row_is_read_and_offers_something_or_nothing(kept):
    read = AddOn.read(kept)
    assert AddOn.read(read.as_json()) == read
    assert is_offered(AUTO, read, NOW) in (True, False)


@given(ADD_ONS, some.integers(min_value=0, max_value=100), MOMENTS)
def test_what_is_spent_never_leaves_less_than_nothing_or_more_than_before(add_on, count, now):
    before, after = add_on.left_at(now), add_on.spent(count, now).left_at(now)
    assert after == (None if before is None else max(0, before - count))


@given(MOMENTS)
def test_the_next_month_begins_after_now_and_within_a_month(now):
    assert timedelta() < next_month(now) - now <= timedelta(days=31)
    assert next_month(now).day == 1
