"""Names that look alike match, whichever way their letters are written and on whichever way the store is asked."""

import unicodedata

import pytest

from linking.models import GroupArrangement, KeyMatch, StoreMatch
from linking.selection.arrangement import arrangement_of
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Metafield, Variant, asset, product

MAC, COMPOSED = "Ku\u0308chenlampe A\u030as", "K\u00fcchenlampe \u00c5s"
MIXED = "Ku\u0308chenlampe \u00c5s"
TYPED = "Gh\u00ea\u0301 g\u00f4\u0303"  # as a Vietnamese keyboard writes it
CODE = Metafield("custom", "code", "single_line_text_field", True)
# Field -> a product that has the value there.
FIELDS = {
    "sku": lambda value: {"variants": (Variant(sku=value),)},
    "barcode": lambda value: {"variants": (Variant(sku="s", barcode=value),)},
    "title": lambda value: {"title": value},
    "handle": lambda value: {"handle": value},
    "tag": lambda value: {"tags": [value]},
    "vendor": lambda value: {"vendor": value},
    "metafield:custom.code": lambda value: {"metafields": {("custom", "code"): ("single_line_text_field", value)}},
}


def answered(scene, field: str, key: str, value: str, **chosen) -> StoreMatch:
    """What a store with this value says to an asset with this name."""
    shelf = [product("x", **({"handle": "it"} | FIELDS[field](value))), product("other")]
    place = scene(shelf, [asset(key)], metafields=[CODE])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    ask_and_answer(place.select(cloudinary_field="display_name", shopify_field=field, **chosen))
    return StoreMatch.objects.get()


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ("title", MAC, COMPOSED),
        ("sku", MAC, COMPOSED),
        ("title", COMPOSED, MAC),
        ("sku", COMPOSED, MAC),
        ("tag", MIXED, MIXED),
        ("vendor", MIXED, MAC),
        ("title", "Ghế gỗ", TYPED),
        ("barcode", "\ufeff4006381333931\u200b", "4006381333931"),
        ("sku", "S-1", "\u00a0S-1 "),
        ("title", "한글", unicodedata.normalize("NFD", "한글")),
        ("metafield:custom.code", MAC, COMPOSED),
        ("handle", "\u200bku\u0308chenlampe", "küchenlampe"),
    ],
)
@pytest.mark.cases(6)
def test_a_search_finds_what_looks_alike(scene, field, key, value):
    match = answered(scene, field, key, value)
    assert (match.matched, str(match.note)) == (1, "")


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ("metafield:custom.code", "C-7", "\u200bC-7\u00a0"),  # a search for it is exact
        ("title", "\u795e\u6238 table", "\ufa19\u6238 table"),  # a letter that Unicode has twice
        ("sku", "\u03ac-1", "\u1f71-1"),
        ("tag", "\u05e9\u05c1alom", "\ufb2aalom"),
        ("title", "\uac01-1", "\uac00\u11a8-1"),
        ("handle", "\u03ac", "\u1f71"),
        ("sku", "Caf\u00e9 Z\u00fcrich", "Cafe\u0301 Z\u00fcrich"),  # half of it decomposed
    ],
)
@pytest.mark.cases(4)
def test_what_a_search_cannot_find_is_read(scene, field, key, value):
    match = answered(scene, field, key, value)
    assert (match.matched, "read all products" in str(match.note)) == (1, True)


@pytest.mark.parametrize("chosen", [{}, {"fold": True}], ids=["searched", "folded"])
@pytest.mark.parametrize("key", [MAC, f"{MIXED}\u200b"])
@pytest.mark.cases(2)
def test_all_ways_to_ask_agree(scene, key, chosen):
    assert answered(scene, "title", key, f"\u00a0{COMPOSED}", **chosen).matched == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("\uff21\uff22\uff23-\uff11\uff12", "ABC-12"),
        ("O\ufb03ce lamp", "Office lamp"),
        ("abc-12", "ABC-12"),
        ("Oak\u00a0chair", "Oak chair"),
        ("AB\u200bC-12", "ABC-12"),
    ],
)
def test_what_only_compatibility_or_case_makes_equal_is_suggested_and_never_matched(scene, key, value):
    assert answered(scene, "sku", key, value).unmatched == 1
    assert [near["value"] for near in KeyMatch.objects.get().suggestions] == [value]


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("search_misses_quotes", 'AMS-12" BLK'),
        ("search_misses_quotes", "AMS-12\u2033 BLK"),
        ("search_misses_quotes", "O\u2019Neill"),
        ("search_misses_signs", "AMS (12) BLK"),
        ("search_misses_signs", "AMS:12*BLK"),
    ],
)
def test_a_store_whose_search_misses_signs_is_read_before_a_key_is_called_unmatched(scene, fault, key):
    place = scene([product(key, handle="it"), product("other")], [asset("a", key), asset("b", "other", 1)])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    place.world.faults.add(service="shopify", kind=fault, times=None)
    ask_and_answer(place.select())
    match = StoreMatch.objects.get()
    assert (match.matched, match.unmatched, "read all products" in str(match.note)) == (2, 0, True)


def test_a_name_from_a_mac_is_linked_under_the_public_id_that_it_has(scene):
    place = scene([product("x", handle="it", title=COMPOSED)], [asset(MAC, public_id=f"shop/{MAC}")])
    sync = place.run(place.select(cloudinary_field="display_name", shopify_field="title"))
    assert place.assets_in("it") == ["kuchenlampe-as"]
    [line] = sync.parts.get().changes.all()
    assert (line.key, line.name, line.outcome) == (COMPOSED, COMPOSED, "done")
    assert [row.asset.public_id for row in sync.selection.rows()] == [f"shop/{MAC}"]


def test_one_group_of_names_in_both_forms_is_linked_as_one(scene):
    assets = [asset(f"p{at}", tags=[name], shade=at) for at, name in enumerate((MAC, COMPOSED, f"{COMPOSED}\u00a0"))]
    place = scene([product("x", handle="it", title=MAC)], assets)
    place.run(place.select(cloudinary_field="tags", shopify_field="title"))
    assert sorted(place.assets_in("it")) == ["p0", "p1", "p2"]


def test_what_an_earlier_release_kept_of_a_group_as_it_was_spelled_still_counts(client, scene):
    place = scene([], [asset("a", tags=[MAC]), asset("b", 1, tags=[COMPOSED])])
    chosen = place.select(cloudinary_field="tags")
    GroupArrangement.objects.create(selection=chosen, keying=str(chosen.keying), key=MAC, excluded=True)
    [group] = arrangement_of(chosen, chosen.rows()).groups
    assert (group.key, group.excluded) == (COMPOSED, True)
    enter(client, place.member, chosen)
    data = {"version": chosen.version, "do": "down", "g": group.id, "a": 0}
    assert client.post(f"/selections/{chosen.key}/arrange/", data).status_code == 200
    [group] = arrangement_of(chosen, chosen.rows()).groups
    assert (group.excluded, group.manual, [one.name for one in group.assets]) == (True, True, ["b", "a"])
