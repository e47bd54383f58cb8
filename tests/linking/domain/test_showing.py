"""What may be shown: a closed door, a file that is missing and a moderation that has not approved, each with its reason."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import LARGEST, Asset
from linking.domain.notes import NOTES, note
from linking.domain.showing import NEVER, Allowed, expired, turns_at, withheld

NOW = 1_796_000_000
NOTHING, ALL = Allowed(), Allowed(pending=True, restricted=True)


def reason(allowed: Allowed, **known) -> str:
    return withheld(Asset("a", "shop/a", **known), allowed, now=NOW).code


@pytest.mark.parametrize(
    ("known", "by_default", "allowing_all"),
    [
        ({}, "", ""),
        ({"delivery_type": "private"}, "asset.not_public", ""),
        ({"delivery_type": "authenticated"}, "asset.not_public", ""),
        ({"restricted": True}, "asset.restricted", "asset.restricted"),
        ({"placeholder": True}, "asset.no_file", "asset.no_file"),
        ({"windows": ()}, "asset.restricted", "asset.restricted"),
        ({"windows": ((0, NOW),)}, "asset.no_longer", "asset.no_longer"),
        ({"windows": ((0, NOW + 1),)}, "", ""),
        ({"windows": ((NOW + 60, LARGEST),)}, "asset.not_yet", "asset.not_yet"),
        ({"windows": ((0, 5), (NOW, LARGEST))}, "", ""),
        ({"windows": ((0, 5), (NOW + 60, NOW + 70))}, "asset.not_yet", "asset.not_yet"),
        ({"delivery_type": "private", "windows": ((0, 5),)}, "asset.no_longer", "asset.no_longer"),
        ({"delivery_type": "private", "windows": ((0, LARGEST),)}, "asset.not_public", ""),
        ({"moderation": ("approved", "approved")}, "", ""),
        ({"moderation": ("approved", "pending")}, "asset.pending", ""),
        ({"moderation": ("pending", "queued")}, "asset.pending", ""),
        ({"moderation": ("pending", "rejected")}, "asset.rejected", "asset.rejected"),
        ({"moderation": ("aborted",)}, "asset.rejected", "asset.rejected"),
        ({"moderation": ("pending", "overridden")}, "asset.not_approved", "asset.not_approved"),
        ({"delivery_type": "private", "moderation": ("pending",)}, "asset.not_public", ""),
    ],
)
def test_only_what_is_open_there_and_approved_may_be_shown_and_an_admin_may_allow_two_kinds(
    known, by_default, allowing_all
):
    assert (reason(NOTHING, **known), reason(ALL, **known)) == (by_default, allowing_all)


def test_each_tick_allows_its_own_kind_only():
    assert reason(Allowed(pending=True), delivery_type="private") == "asset.not_public"
    assert reason(Allowed(restricted=True), moderation=("queued",)) == "asset.pending"


def test_a_reason_says_when_and_in_which_state():
    late = withheld(Asset("a", "a", windows=((1_800_000_000, LARGEST),)), ALL, now=NOW)
    assert str(late) == "Cloudinary restricts access to it until 15 Jan 2027, 08:00 UTC. Run again after that."
    assert "moderation status in Cloudinary is “queued”" in str(
        withheld(Asset("a", "a", moderation=("queued",)), Allowed(), now=NOW)
    )
    assert "until 31 Dec 9999" in str(withheld(Asset("a", "a", windows=((LARGEST - 1, LARGEST),)), ALL, now=NOW))


@pytest.mark.parametrize("kind", ["upload", "private", "authenticated"])
@pytest.mark.parametrize("moderation", [(), ("approved",), ("approved", "pending")])
@pytest.mark.parametrize("frames", [0, 100, 101])
def test_a_report_says_what_is_shown_by_permission_or_in_part_only_in_one_of_a_closed_list(kind, moderation, frames):
    said = note(Asset("a", "a", delivery_type=kind, moderation=moderation, frames=frames))
    assert bool(said) == (kind != "upload" or "pending" in moderation or frames > 100)
    assert not said or said in NOTES


@pytest.mark.parametrize(("zone", "over"), [("UTC", "2026-03-29T00:00"), ("Europe/Berlin", "2026-03-28T23:00")])
def test_an_asset_expires_at_the_midnight_after_its_last_day_by_the_environments_clocks(zone, over):
    asset = Asset("a", "shop/a", metadata={"expiration": "2026-03-28"})
    end = datetime.fromisoformat(over).replace(tzinfo=UTC).timestamp()
    assert not expired(asset, "expiration", ZoneInfo(zone), now=end - 1)
    assert expired(asset, "expiration", ZoneInfo(zone), now=end).code == "asset.expired"
    assert not expired(asset, "other", ZoneInfo(zone), now=end)


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01", "9999-12-31", ("2026-01-01",), "20260101T00"])
def test_what_is_no_last_day_says_nothing(value):
    assert not expired(Asset("a", "shop/a", metadata={"expiration": value}), "expiration", UTC, now=NOW)


@given(
    windows=st.none() | st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40) | st.just(LARGEST)), max_size=4),
    day=st.sampled_from(["", "2026-11-29", "2026-11-30", "not a day"]),
    zone=st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
    start=st.integers(0, 40),
)
def test_nothing_is_another_matter_before_an_asset_turns(windows, day, zone, start):
    """Moments are hours around the days."""
    base, clocks = int(datetime(2026, 11, 29, tzinfo=UTC).timestamp()), ZoneInfo(zone)
    spans = None if windows is None else tuple((base + 3600 * a, base + 3600 * b if b < 99 else b) for a, b in windows)
    one, now = Asset("a", "shop/a", windows=spans, metadata={"last": day}), base + 3600 * start

    def said(at: float) -> tuple[bool, bool]:
        return bool(withheld(one, NOTHING, now=at)), bool(expired(one, "last", clocks, now=at))

    turns = turns_at(one, "last", clocks, now=now)
    end = base + 3600 * 100 if turns is None else turns
    assert now < end < NEVER
    assert {said(at) for at in range(now, int(end), 1800)} == {said(now)}


def test_a_door_that_stays_open_never_turns():
    assert turns_at(Asset("a", "a", windows=((0, LARGEST),)), "", UTC, now=NOW) is None
    assert turns_at(Asset("a", "a", windows=((0, NOW), (NOW, NOW + 5))), "", UTC, now=NOW) == NOW + 5
