"""May an asset be shown to the world: the same answer at every moment, whether it is asked then or was asked before."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.showable import ALWAYS, Terms, is_open, next_change, spans, why_not

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()
DAY = 86_400
TERMS = Terms(1, "expiration", BERLIN)
moments = st.integers(int(NOW) - 5 * DAY, int(NOW) + 5 * DAY)
dates = moments.map(lambda at: datetime.fromtimestamp(at, UTC).date().isoformat())


@st.composite
def assets(draw):
    return Asset(
        "a",
        draw(st.sampled_from(["shoe", "shoe", "shoe", ""])),
        delivery_type=draw(st.sampled_from(["upload", "upload", "private", "authenticated"])),
        metadata=draw(st.one_of(st.just({}), dates.map(lambda day: {"expiration": day}), st.just({"expiration": "?"}))),
        restricted=draw(st.integers(0, 5)) == 0,
        windows=draw(st.none() | st.lists(st.tuples(moments, moments), max_size=3).map(tuple)),
        placeholder=draw(st.integers(0, 5)) == 0,
        moderation=tuple(draw(st.lists(st.sampled_from(["approved", "approved", "pending", "rejected"]), max_size=2))),
        gone=draw(st.integers(0, 5)) == 0,
    )


terms = st.builds(
    Terms, st.sampled_from([1, 1, 2]), st.sampled_from(["", "expiration"]), st.just(BERLIN), st.booleans()
)


@given(assets(), terms, moments)
def test_what_is_known_today_says_at_any_time_what_would_be_said_then(asset, terms, now):
    assert is_open(spans(asset, 1, terms), now) == (not why_not(asset, 1, terms, now=now))


@given(assets(), terms, moments)
def test_nothing_changes_before_the_next_change(asset, terms, now):
    known = spans(asset, 1, terms)
    until = next_change(known, now)
    last = min(until - 1, now + 10 * DAY)
    assert is_open(known, max(now, last)) == is_open(known, now)


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"restricted": True}, "asset.restricted"),
        ({"delivery_type": "private"}, "asset.not_public"),
        ({"moderation": ("rejected",)}, "asset.rejected"),
        ({"moderation": ("approved", "pending")}, "asset.pending"),
        ({"placeholder": True}, "asset.no_file"),
        ({"windows": ((0, int(NOW) - 1),)}, "asset.no_longer"),
        ({"windows": ((int(NOW) + 1, int(NOW) + DAY),)}, "asset.not_yet"),
        ({"metadata": {"expiration": "2026-05-31"}}, "asset.expired"),
        ({"gone": True}, "asset.gone"),
        ({"public_id": ""}, "asset.unreadable"),
    ],
)
def test_what_must_not_be_shown_says_why(known, code):
    asset = Asset(**{"asset_id": "a", "public_id": "shoe", **known})
    assert why_not(asset, 1, TERMS, now=NOW).code == code


def test_an_asset_of_another_environment_is_foreign_and_one_that_is_gone_is_gone():
    assert why_not(Asset("a", "shoe"), 2, TERMS, now=NOW).code == "asset.foreign"
    assert why_not(None, 1, TERMS, now=NOW).code == "asset.gone"
    assert spans(Asset("a", "shoe"), 2, TERMS) == ()


def test_the_last_day_ends_at_midnight_where_the_environment_is():
    asset = Asset("a", "shoe", metadata={"expiration": "2026-06-01"})
    midnight = datetime(2026, 6, 2, tzinfo=BERLIN)
    assert spans(asset, 1, TERMS) == ((0.0, midnight.timestamp()),)
    assert not why_not(asset, 1, TERMS, now=(midnight - timedelta(seconds=1)).timestamp())
    assert why_not(asset, 1, TERMS, now=midnight.timestamp())
    assert next_change(spans(Asset("a", "shoe"), 1, TERMS), NOW) == ALWAYS


def test_an_admin_may_let_through_what_is_undecided_and_nothing_else():
    let = Terms(1, "", BERLIN, pending=True)
    assert not why_not(Asset("a", "shoe", moderation=("pending",)), 1, let, now=NOW)
    assert why_not(Asset("a", "shoe", moderation=("rejected",)), 1, let, now=NOW)
    assert why_not(Asset("a", "shoe", delivery_type="authenticated"), 1, let, now=NOW)
