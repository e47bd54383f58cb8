"""What events are about: whatever their form and order, the assets that they name are read again."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.changes import LONGEST, NOTHING, QUIET, About, about, all_of, is_due

ONE = {"asset_id": "a1", "resource_type": "image", "type": "upload"}
# As they were recorded (docs of Cloudinary, and clients of others).
BODIES = {
    "upload": {"notification_type": "upload", "public_id": "shop/a", "version": 2, **ONE},
    "delete": {"notification_type": "delete", "resources": [{"public_id": "shop/a", "version": 2, **ONE}]},
    "rename": {"notification_type": "rename", "from_public_id": "shop/a", "to_public_id": "shop/b", **ONE},
    "move": {"notification_type": "move", "resources": {"shop/a": {"to_asset_folder": "x", **ONE}}},
    "metadata": {
        "notification_type": "resource_metadata_changed",
        "resources": {"shop/a": {"new_metadata": {}, **ONE}},
    },
    "context": {"notification_type": "resource_context_changed", "resources": {"shop/a": {"added": [], **ONE}}},
    "tags": {
        "notification_type": "resource_tags_changed",
        "resources": [{"public_id": "shop/a", "added": ["x"], **ONE}],
    },
    "name": {"notification_type": "resource_display_name_changed", "resources": {"k": {"public_id": "shop/a", **ONE}}},
    "a type of the future": {"notification_type": "resource_loved", "resources": [{"public_id": "shop/a", **ONE}]},
}


@pytest.mark.parametrize("name", BODIES)
def test_each_type_names_its_asset_by_its_id(name):
    assert about(BODIES[name]) == About(ids=frozenset({"a1"}))


@pytest.mark.parametrize("where", [{"resource_type": "../raw"}, {"resource_type": "audio"}, {"type": "upload?x=1"}])
def test_a_place_that_is_no_part_of_an_address_is_searched_for_instead(where):
    assert about({"notification_type": "upload", "public_id": "a", **where}) == About(anything=True)


def test_without_an_id_the_place_counts():
    recorded = {"notification_type": "moderation", "moderation_status": "rejected", "public_id": "shop/a", "version": 1}
    assert about(recorded).places == {("image", "upload", "shop/a")}
    kept = {"resources": {"shop/film": {"resource_type": "video", "type": "private"}}}
    assert about(kept | {"notification_type": "move"}).places == {("video", "private", "shop/film")}
    renamed = {"notification_type": "rename", "from_public_id": "a", "to_public_id": "b"}
    assert about(renamed).places == {("image", "upload", "a"), ("image", "upload", "b")}


def test_a_list_and_an_object_of_resources_mean_the_same():
    rows = {f"p{at}": {"asset_id": f"a{at}"} for at in range(5)}
    as_list = [{"public_id": name, **row} for name, row in rows.items()]
    for kind in ("move", "resource_tags_changed"):
        assert about({"notification_type": kind, "resources": rows}) == about(
            {"notification_type": kind, "resources": as_list}
        )


def test_what_names_no_asset_has_to_be_searched_for_unless_it_changes_none():
    assert about({"notification_type": "move_or_rename_asset_folder", "from_path": "a", "to_path": "b"}).anything
    assert about({}).anything
    assert all(about({"notification_type": kind, "public_id": "x"}) == About() for kind in NOTHING)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["notification_type", "asset_id", "public_id", "resources", "resource_type", "type"])
odd = json | st.dictionaries(names, json | st.dictionaries(names, json, max_size=3), max_size=6)


@given(body=odd)
def test_any_body_is_read_and_what_it_names_fits_into_rows_and_addresses(body):
    found = about(body)
    for text in [*found.ids, *(part for place in found.places for part in place)]:
        assert 0 < len(text.encode()) <= 4000
        assert "\0" not in text


bodies = st.lists(st.sampled_from([*BODIES.values()]) | odd, max_size=8)


@given(bodies=bodies, again=st.data())
def test_order_and_repetition_make_no_difference(bodies, again):
    shuffled = again.draw(st.permutations(bodies))
    repeated = [*shuffled, *again.draw(st.lists(st.sampled_from(bodies), max_size=4) if bodies else st.just([]))]
    assert all_of(repeated) == all_of(bodies) == reduce(or_, map(about, bodies), About())


START = datetime(2026, 12, 1, tzinfo=UTC)


@given(gaps=st.lists(st.integers(0, 200), min_size=1, max_size=60))
def test_a_batch_is_whole_after_a_minute_of_silence_and_never_waits_longer_than_five(gaps):
    """Played second by second: events come, and a sweeper takes the whole batch when it is due."""
    at, batches, waiting = 0, [], []
    for gap in gaps:
        for _ in range(gap):
            at += 1
            now = START + timedelta(seconds=at)
            if waiting and is_due(waiting[0], waiting[-1], now):
                batches.append((waiting, now))
                waiting = []
        waiting.append(START + timedelta(seconds=at))
    for batch, now in batches:
        assert now - batch[0] <= LONGEST
        assert now - batch[-1] >= QUIET or now - batch[0] >= LONGEST
    assert sum(len(batch) for batch, _now in batches) + len(waiting) == len(gaps)


def test_a_bulk_edit_of_a_thousand_assets_within_a_minute_is_one_batch():
    first, last = START, START + timedelta(seconds=50)
    assert not is_due(first, last, last + timedelta(seconds=59))
    assert is_due(first, last, last + timedelta(seconds=60))
