"""Stored JSON is read whatever it is: no reader ever raises, and each answers its shape."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain import stored
from linking.domain.arrangements import KeptArrangement
from linking.domain.assets import Asset
from tests.damage import damaged

NAMES = st.sampled_from(
    ["id", "title", "variants", "product", "value", "code", "label", "text", "back", "url", "was", "settings", "stores"]
) | st.sampled_from(
    ["medium", "return", "asset", "file", "before", "after", "ours", "groups", "excluded", "alts", "only"]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["sku", "tags"])
)
JSON = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=4) | st.dictionaries(NAMES, one, max_size=5), max_leaves=12
)
READERS = [
    stored.text,
    stored.whole,
    stored.mapping,
    stored.texts,
    stored.rows,
    stored.counts,
    stored.pairs,
    stored.products,
    stored.suggestions,
    stored.picks,
    stored.by_hand,
    stored.offered_fields,
    stored.offer,
    stored.last_change,
    stored.details,
    stored.arranged_before,
    stored.alts_before,
    stored.media,
    stored.slots,
    stored.variant_changes,
]
ASSET = Asset(
    "a1",
    "shop/front",
    version=3,
    width=40,
    height=50,
    bytes=900,
    duration=1.5,
    display_name="front",
    tags=("new", "blue"),
    context={"alt": "A chair"},
    metadata={"sku": "S-1", "colors": ("red", "blue")},
)
ARRANGED = {
    "groups": [["S-1", ["a1", "a2"], False, {"4": ["p1"]}], ["S-2", ["a3"], True, {}]],
    "excluded": ["a2"],
    "alts": {"a1": "A chair", "a3": ""},
}


@given(JSON)
def test_no_reader_raises(value):
    for reader in READERS:
        found = reader(value)
        assert type(found) is type(reader(None)), reader


@given(JSON)
def test_every_reader_answers_what_it_has_read_once_more(value):
    for reader in (
        stored.products,
        stored.suggestions,
        stored.picks,
        stored.by_hand,
        stored.offered_fields,
        stored.offer,
        stored.media,
    ):
        assert reader(reader(value)) == reader(value)


@given(JSON)
def test_an_asset_is_read_whatever_is_kept_of_it(value):
    found = Asset.of(stored.details(value), "a1")
    assert found.asset_id == "a1"
    for name, one in asdict(ASSET).items():
        assert isinstance(getattr(found, name), type(one)) or (name == "duration" and found.duration is None)
    assert all(isinstance(one, str | tuple) for one in found.metadata.values())


def test_what_was_kept_of_an_asset_is_what_is_read():
    assert Asset.of(asdict(ASSET), "a1") == ASSET
    assert Asset.of(json.loads(json.dumps(asdict(ASSET))), "a1") == ASSET


def test_a_field_more_changes_nothing_and_a_field_less_is_that_field_only():
    kept = json.loads(json.dumps(asdict(ASSET)))
    assert Asset.of(kept | {"of_tomorrow": {"x": 1}}, "a1") == ASSET
    for name in set(kept) - {"asset_id"}:
        less = {one: value for one, value in kept.items() if one != name}
        assert asdict(ASSET) | {name: None} == asdict(Asset.of(less, "a1")) | {name: None}


def test_details_that_cannot_be_read_are_not_taken_for_an_asset_that_is_gone():
    assert stored.details(None) == stored.details({}) == stored.details([]) == {}
    assert stored.details(["a"])
    assert stored.details("text")


@given(JSON)
def test_an_arrangement_is_read_whatever_is_kept(value):
    found = KeptArrangement.of(value)
    assert all(isinstance(group.key, str) for group in found.groups)
    assert all(isinstance(text, str) for text in found.alts.values())


def test_a_whole_arrangement_is_read_as_it_was_kept():
    found = KeptArrangement.of(ARRANGED)
    assert [(group.key, group.assets, group.excluded, group.picks) for group in found.groups] == [
        ("S-1", ["a1", "a2"], False, {"4": ["p1"]}),
        ("S-2", ["a3"], True, {}),
    ]
    assert (found.excluded, found.alts, found.only, found.unlink) == ({"a2"}, {"a1": "A chair", "a3": ""}, None, {})
    assert found.whole("groups", "excluded", "alts")
    assert not found.whole("unlink")
    assert KeptArrangement.of(ARRANGED | {"only": ["a1"]}).only == {"a1"}
    named = {"unlink": {"4": {"p1": ["m1", "m2"]}}}
    assert KeptArrangement.of(named).unlink == named["unlink"]
    assert KeptArrangement.of(named).whole("unlink")


BY_HAND = {"4": {"cards": [{"id": "gid://shopify/Product/1", "title": "Oak"}], "out": ["p2"], "also": True}}


def test_what_was_decided_of_products_is_read_as_it_was_kept():
    kept = ARRANGED | {"groups": [["S-1", ["a1"], False, {"4": ["p1"]}, False, {"by_hand": BY_HAND}]]}
    [group] = KeptArrangement.of(kept).groups
    assert KeptArrangement.of(kept).whole("groups")
    found = group.by_hand["4"]
    assert (found["out"], found["also"], found["cards"][0]["title"]) == (["p2"], True, "Oak")


def test_of_what_was_excluded_nothing_is_lost_in_silence():
    """A run must not write to a product that a person excluded."""
    for _, value in damaged(BY_HAND):
        kept = ARRANGED | {"groups": [["S-1", ["a1"], False, {"4": ["p1"]}, False, {"by_hand": value}]]}
        found = KeptArrangement.of(kept)
        out = [group.by_hand.get("4", {}).get("out") for group in found.groups]
        named = value.get("4") if isinstance(value, dict) else None
        unharmed = isinstance(named, dict) and named.get("out", []) == (out[0] or [])
        assert unharmed or not isinstance(value, dict) or "4" not in value or not found.whole("groups")
        assert isinstance(value, dict) or not found.whole("groups")


def test_what_a_newer_release_keeps_beside_it_does_not_make_it_broken():
    more = ARRANGED | {"of_tomorrow": 1, "groups": [[*group, {"of_tomorrow": 1}] for group in ARRANGED["groups"]]}
    assert KeptArrangement.of(more) == KeptArrangement.of(ARRANGED)


@pytest.mark.parametrize("part", ["groups", "excluded", "alts"])
def test_an_arrangement_of_which_something_is_lost_says_so(part):
    """Who writes must not go on without what a person left out."""
    for _, value in damaged(ARRANGED[part]):
        found = KeptArrangement.of(ARRANGED | {part: value})
        whole = found.whole(part)
        if not whole:
            assert found.whole(*{"groups", "excluded", "alts"} - {part})
        elif part == "groups":
            assert [[g.key, list(g.assets), g.excluded, g.picks] for g in found.groups] == [row[:4] for row in value]
        else:
            assert getattr(found, part) == (set(value) if part == "excluded" else value)
    less = {name: value for name, value in ARRANGED.items() if name != part}
    assert not KeptArrangement.of(less).whole(part)
