"""Who signed an event."""

import hashlib
import time

import cloudinary
import pytest
from cloudinary.utils import verify_notification_signature
from hypothesis import given
from hypothesis import strategies as st

from setup.events.signing import LEEWAY, digest_of, is_signed

NOW, SECRET = 1_800_000_000, "abcd"


def signature(body: bytes, at: int | str, secret: str = SECRET, algorithm: str = "sha1") -> str:
    return hashlib.new(algorithm, body + str(at).encode() + secret.encode()).hexdigest()


def test_cloudinarys_own_example_is_signed():
    body, at = b"{public_id: 'sample'}", 1315060510
    made = "25f7e91709c858b97d688ce8da799dedb290d9ef"
    assert is_signed(body, str(at), made, ["abcd"], now=at)
    assert not is_signed(body, str(at), made, ["abce"], now=at)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_sdk_and_we_believe_the_same(algorithm):
    """Its check knows one secret of the whole process, and the clock."""
    at, body = int(time.time()), '{"a": 1}'
    made = signature(body.encode(), at, algorithm=algorithm)
    kept = cloudinary.config().api_secret
    cloudinary.config(api_secret=SECRET)
    try:
        assert verify_notification_signature(body, at, made, algorithm=algorithm)
    finally:
        cloudinary.config(api_secret=kept)
    assert is_signed(body.encode(), str(at), made, [SECRET], now=at)


@given(
    body=st.binary(max_size=40),
    at=st.integers(NOW - LEEWAY, NOW + LEEWAY),
    algorithm=st.sampled_from(["sha1", "sha256"]),
    others=st.lists(st.text(max_size=5).filter(lambda text: text != SECRET), max_size=3),
)
def test_any_of_the_secrets_counts_and_no_other(body, at, algorithm, others):
    made = signature(body, at, algorithm=algorithm)
    assert is_signed(body, str(at), made.upper(), [*others, SECRET], now=NOW)
    assert not is_signed(body, str(at), made, others, now=NOW)
    assert not is_signed(body + b"}", str(at), made, [SECRET], now=NOW)


@pytest.mark.parametrize("seconds", [-LEEWAY - 1, LEEWAY + 1])
def test_what_is_older_than_two_hours_or_still_to_come_is_not_believed(seconds):
    at = NOW + seconds
    assert not is_signed(b"{}", str(at), signature(b"{}", at), [SECRET], now=NOW)


@given(timestamp=st.text(max_size=20), made=st.text(max_size=70))
def test_odd_headers_are_no_signature(timestamp, made):
    assert not is_signed(b"{}", timestamp, made, [SECRET], now=NOW)


@pytest.mark.parametrize("timestamp", ["", "-1", "1.8e9", "１８００００００００", " 1800000000", "9" * 400])
def test_a_time_is_digits(timestamp):
    assert not is_signed(b"{}", timestamp, signature(b"{}", timestamp), [SECRET], now=NOW)


def test_a_repeat_is_known_and_the_same_words_at_another_time_are_another_event():
    assert digest_of(b"{}", "1") == digest_of(b"{}", "1")
    assert len({digest_of(b"{}", "1"), digest_of(b"{}", "2"), digest_of(b"{} ", "1")}) == 3
