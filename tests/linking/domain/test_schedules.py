"""When rules fire: compared with another library over a year in five zones, and said in words."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from linking.domain import schedules
from linking.domain.schedules import BadSchedule, after, checked, in_words, passed, upcoming
from tests.tiers import product_of

# North and south of the equator, one whose clocks move by half an hour, and one whose clocks never move.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"]
EXPRESSIONS = [
    "0 6 * * *",
    "30 2 * * *",
    "15 1 * * *",
    "0 0 * * *",
    "59 23 * * *",
    "30 1 * * 0",
    "0 9 * * 1-5",
    "5 0 1 * *",
    "0 3 L * *",
    "0 2,14 * * *",
    "0 12 29 2 *",
    "0 * * * *",
    "40 * * * 1",
    "*/30 * * * 6,0",
    "0 4-6 * * *",
]
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def by_the_other(expression: str, zone: ZoneInfo) -> list[datetime]:
    """croniter fires twice where a time comes twice on a day; by cron's custom, what is set for an hour fires the first time."""
    found, walk, seen = [], croniter(expression, BEGIN.astimezone(zone)), set()
    repeats = any(expression.split()[at].startswith("*") for at in (0, 1))
    while (at := walk.get_next(datetime)) < END:
        face = at.replace(tzinfo=None)
        if repeats or face not in seen:
            found.append(at.astimezone(UTC))
        seen.add(face)
    return found


@pytest.mark.parametrize(("zone", "expression"), product_of(ZONES, EXPRESSIONS))
def test_a_year_is_as_another_library_has_it(zone, expression):
    known = ZoneInfo(zone)
    assert checked(expression) == expression
    other = by_the_other(expression, known)
    found = upcoming(expression, known, BEGIN, len(other) + 1)
    assert found[:-1] == other
    assert found[-1] >= END


@pytest.mark.parametrize(
    ("zone", "at", "first"),
    [
        ("Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00Z"),  # 02:30 is skipped: at 03:00 there
        ("Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T00:30Z"),  # 02:30 comes twice: the first time
        ("Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T01:30Z"),  # and not again
        ("Europe/Berlin", "2026-10-25T01:10Z", "2026-10-26T01:30Z"),  # nor from between the two
        ("Asia/Kolkata", "2026-03-28T12:00Z", "2026-03-28T21:00Z"),
    ],
)
def test_half_past_two_on_days_when_clocks_are_set(zone, at, first):
    assert after("30 2 * * *", ZoneInfo(zone), datetime.fromisoformat(at)) == datetime.fromisoformat(first)


def test_what_repeats_within_an_hour_follows_hours_as_they_pass():
    """On the day when the second hour is skipped it has no firing, and on the one when it comes twice, two."""
    berlin, every = ZoneInfo("Europe/Berlin"), "*/20 2 * * *"
    spring, autumn = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert passed(every, berlin, spring, spring + timedelta(hours=23)) == 0
    assert passed(every, berlin, autumn, autumn + timedelta(hours=25)) == 6


@given(moments, st.sampled_from(ZONES), st.sampled_from(EXPRESSIONS))
def test_each_firing_is_later_than_the_one_before(at, zone, expression):
    found = upcoming(expression, ZoneInfo(zone), at, 4)
    assert found == sorted(set(found))
    assert found[0] > at
    assert found[0] == after(expression, ZoneInfo(zone), at)


@given(moments, st.integers(0, 20 * 24), st.sampled_from(ZONES))
def test_what_passed_is_what_came_up(at, hours, zone):
    now = at + timedelta(hours=hours)
    known = [one for one in upcoming("0 6 * * *", ZoneInfo(zone), at, 30) if one <= now]
    assert passed("0 6 * * *", ZoneInfo(zone), at, now) == len(known)


def test_of_very_many_that_passed_not_all_are_counted():
    assert passed("*/5 * * * *", UTC, BEGIN, END) == schedules.MOST_PASSED


@pytest.mark.parametrize(
    ("text", "known"),
    [(" 0  6 * * * ", "0 6 * * *"), ("0 6 * * mon-fri", "0 6 * * MON-FRI"), ("0 6 l * *", "0 6 L * *")],
)
def test_an_expression_is_kept_in_one_form(text, known):
    assert checked(text) == known


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "@daily",
        "0 6 * *",
        "0 0 6 * * *",
        "60 * * * *",
        "0 24 * * *",
        "0 6 31 2 *",
        "0 6 * 13 *",
        "0 6 * * 8",
        "0 6 * * 1#2/3",
        "0 6 L/2-3 * *",
        "* * * * *",
        "*/4 * * * *",
        "0,2 6 * * *",
        "58,0 6,7 * * *",
        "0 6 * * *" + " " * 3 + "*",
        "0," * 60 + "0 * * * *",
        "٠ 6 * * *",
    ],
)
def test_what_is_no_schedule_or_too_frequent_is_refused_with_a_reason(text):
    with pytest.raises(BadSchedule, match=r"."):
        checked(text)


@given(st.text("0123456789*/,-#L WMONJA", max_size=30))
def test_any_text_is_a_schedule_or_refused(text):
    try:
        known = checked(text)
    except BadSchedule:
        return
    found = upcoming(known, UTC, BEGIN, 3)
    assert found
    assert all(later - earlier >= timedelta(minutes=schedules.LEAST) for earlier, later in pairwise(found))
    assert checked(known) == known
    assert in_words(known)


def test_an_expression_that_a_row_should_not_have_fires_never():
    assert after("nonsense", UTC, BEGIN) is None
    assert upcoming("60 * * * *", UTC, BEGIN, 3) == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 6 * * *", "Every day at 06:00"),
        ("30 6,18 * * *", "Every day at 06:30 and 18:30"),
        ("0 6 * * 1", "Mondays at 06:00"),
        ("0 6 * * SUN", "Sundays at 06:00"),
        ("0 6 * * 0", "Sundays at 06:00"),
        ("0 6 * * 7", "Sundays at 06:00"),
        ("0 6 * * 1-5", "Monday to Friday at 06:00"),
        ("0 6 * * MON,WED,FRI", "Every week at 06:00: Monday, Wednesday and Friday"),
        ("0 6 * * 0-6", "Every day at 06:00"),
        ("15 0 1 * *", "Day 1 of every month at 00:15"),
        ("0 3 L * *", "The last day of every month at 03:00"),
        ("0 * * * *", "Every hour, on the hour"),
        ("20 * * * *", "Every hour, 20 minutes past"),
        ("1 * * * *", "Every hour, 1 minute past"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("*/7 * * * *", "*/7 * * * *"),
        ("0 6 1 * 1", "0 6 1 * 1"),
        ("0 6 * 3 *", "0 6 * 3 *"),
        ("0 6 * * 1#2", "0 6 * * 1#2"),
        ("0 6-9 * * *", "0 6-9 * * *"),
    ],
)
def test_what_people_usually_choose_is_said_in_words(expression, words):
    assert in_words(expression) == words
