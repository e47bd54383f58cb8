"""What is reported to webhooks, when it is tried, and what answers mean."""

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain import webhooks
from linking.domain.webhooks import SCHEDULE, Meaning, body_of, event_of_run, meaning, pause, retry_after, target_of

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
tries = st.integers(0, 30)
drawn = st.floats(0, 1)
seconds = st.floats(0, 10**7)


@given(st.integers(100, 599))
def test_only_2xx_is_taken(status):
    assert (meaning(status) == Meaning.TAKEN) == (status // 100 == 2)
    assert (meaning(status) == Meaning.GONE) == (status == 410)
    assert (meaning(status) == Meaning.BUSY) == (status in (429, 502, 503, 504))


def test_no_answer_is_a_failure():
    assert meaning(None) == Meaning.FAILED


@given(tries, drawn, st.booleans(), seconds)
def test_a_pause_is_as_long_as_the_schedule_says_at_least_and_there_are_ten_tries(n, lot, busy, asked):
    found = pause(n, lot, busy=busy, asked=asked)
    if n >= 10:
        assert found is None
        return
    assert found >= SCHEDULE[n]
    assert found <= max(SCHEDULE[n] * 1.2, 60 if busy else 0, min(asked, 86_400))


@given(tries, drawn, seconds)
def test_who_has_too_much_is_left_alone_for_as_long_as_it_asks_up_to_a_day(n, lot, asked):
    found = pause(n, lot, busy=True, asked=asked)
    assert found is None or found >= max(60, min(asked, 86_400))


@given(st.integers(1, 9), drawn, drawn)
def test_jitter_only_makes_a_pause_longer_and_never_turns_their_order(n, one, other):
    assert pause(n - 1, one) <= pause(n, other)


def test_the_schedule_is_that_of_the_specification():
    found = [pause(n, 0.0) for n in range(10)]
    hours = [0.5, 2, 5, 10, 14, 20, 24]
    assert found == [0, 5, 300, *(3600 * n for n in hours)]


@given(st.text(max_size=40))
def test_whatever_stands_in_retry_after_is_a_number_of_seconds_up_to_a_day(text):
    assert 0 <= retry_after(text, now=NOW) <= 86_400


@given(st.integers(0, 10**6))
def test_retry_after_may_be_a_number_or_a_date(n):
    until = format_datetime((NOW + timedelta(seconds=n)).astimezone(UTC), usegmt=True)
    assert retry_after(str(n), now=NOW) == retry_after(until, now=NOW) == min(n, 86_400)
    assert retry_after(format_datetime(NOW - timedelta(seconds=n)), now=NOW) == 0


@given(st.lists(st.sampled_from(["planned", "done", "failed", "aborted"]), min_size=1))
def test_a_run_is_named_by_its_worst_store_and_not_by_their_order(states):
    found = event_of_run(states)
    assert found == event_of_run(list(reversed(states)))
    assert (found == "run.failed") == ("failed" in states)
    assert (found == "run.finished") == (set(states) == {"done"})
    if set(states) == {"planned"}:
        assert found == "run.planned"


@given(st.integers(0, 3000), st.integers(1, 255))
def test_a_body_is_short_whatever_the_number_of_stores_and_says_how_many_it_leaves_out(n, length):
    stores = [{"store": "s" * length, "state": "done", "problem_code": ""} for _one in range(n)]
    text = body_of("run.finished", {"run": "r", "stores": stores}, at=NOW)
    found = json.loads(text)
    assert len(text.encode()) < 20_000
    assert found["type"] == "run.finished"
    assert len(found["data"]["stores"]) + found["data"].get("more_stores", 0) == n
    assert ("more_stores" in found["data"]) == (len(found["data"]["stores"]) < n)


@given(st.integers(-23, 23), st.text(max_size=50))
def test_a_body_is_ascii_and_its_time_is_utc_whatever_zone_it_came_in(hours, name):
    at = NOW.astimezone(timezone(timedelta(hours=hours)))
    text = body_of("store.broken", {"name": name}, at=at)
    assert text.isascii()
    assert json.loads(text) == {
        "type": "store.broken",
        "timestamp": "2026-12-01T12:00:00+00:00",
        "data": {"name": name},
    }


def test_types_of_events_are_as_the_specification_wants_them():
    assert all(set(type) <= set("abcdefghijklmnopqrstuvwxyz_.") for type in [*webhooks.EVENTS, webhooks.TEST])


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://example.com", "example.com", "/"),
        ("https://example.com:443/a?b=c", "example.com", "/a?b=c"),
        ("http://example.com:8080/a", "example.com:8080", "/a"),
        ("https://[2606:4700::1]:8443/", "[2606:4700::1]:8443", "/"),
    ],
)
def test_an_address_says_where_it_leads(url, authority, path):
    assert (target_of(url).authority, target_of(url).path) == (authority, path)


NO_ADDRESSES = [
    "",
    "example.com",
    "ftp://example.com",
    "https://",
    "https:///a",
    "https://a@example.com/",
    "https://example.com/#a",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://exa mple.com/",
    "https://example.com\\@evil.com/",
    "https://example.com/\n",
    "https://[::1",
    "https://exämple.com/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_of_a_webhook_is_refused(url):
    with pytest.raises(ValueError):
        target_of(url)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_addresses(text):
    for url in (text, f"https://{text}"):
        try:
            assert target_of(url).host
        except ValueError:
            continue
