"""What comes near to a key that matches nothing: it is offered, and used when a person picks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.by_hand import NOTHING, ByHand
from linking.matching import answering, asking
from linking.matching.answering import match_store
from linking.models import KeyMatch, Selection, StoreMatch
from linking.selection.arrangement import decision
from setup.shopify.client import ShopifyClient
from tests.linking.visits import ask_and_answer, enter, open_page, pick, row_of, text_of
from tests.scenes import Metafield, Variant, asset, product


def near(key: str) -> list[str]:
    return [found["value"] for found in row_of(key).suggestions]


def test_an_unmatched_key_is_offered_the_nearest_value_and_nothing_follows_by_itself(client, scene):
    place = scene([product("SKU-0012", title="Oak chair"), product("SKU-0013")], [asset("front", "SKU-012")])
    chosen = place.select()
    ask_and_answer(chosen)
    assert near("SKU-012") == ["SKU-0012"]
    page = open_page(client, place, chosen)
    assert "Use SKU-0012" in page
    assert "No product matches." in page
    place.run(chosen)
    assert place.mutations() == []


def test_a_suggestion_is_used_when_it_is_picked_and_its_variant_gets_the_picture(client, scene):
    shelf = [
        product("x", handle="lamp", variants=(Variant(sku="SKU-0012", title="Blue"), Variant(sku="o", title="Red")))
    ]
    place = scene(shelf, [asset("front", "SKU-012")])
    chosen = place.select(variant_pictures=True)
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    answer = pick(client, chosen, "SKU-012", "lamp")
    assert "Suggestion used" in text_of(answer)
    assert "Link 1 asset in 1 group to 1 product" in text_of(answer)
    place.run(Selection.objects.get())
    assert place.assets_in("lamp") == ["front"]
    blue, red = place.shop.product_with("lamp").variants
    assert (bool(blue.picture), bool(red.picture)) == (True, False)


def test_a_suggestion_that_is_used_survives_a_refresh_that_finds_others(client, scene, no_pauses):
    place = scene([product("SKU-0012", handle="lamp")], [asset("front", "SKU-012")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    pick(client, chosen, "SKU-012", "lamp")
    place.world.faults.add(service="shopify", kind="internal_error", match="query NearVariants", times=None)
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    match_store(StoreMatch.objects.get().pk)
    assert "Link 1 asset in 1 group to 1 product" in open_page(client, place, chosen)


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ("sku", "ABC-1_front", "ABC-1"),
        ("sku", "SKU12", "SKU-0012"),
        ("sku", "Abc-1", "ABC-1"),
        ("barcode", "4006381333931", "04006381333931"),
        ("title", "Oak chair tall", "Oak chair"),
        ("title", "Oak chiar", "Oak chair"),
        ("handle", "oak-chair-2", "oak-chair"),
        ("tag", "Summer2026", "Summer 2026"),
        ("metafield:custom.code", "C-07", "C-007"),
    ],
)
@pytest.mark.cases(5)
def test_the_nearest_is_found_by_searching(scene, field, key, value):
    kind = field.partition(":")[0]
    known = {
        "sku": {"variants": (Variant(sku=value),)},
        "barcode": {"variants": (Variant(sku="s", barcode=value),)},
        "tag": {"tags": [value]},
        "metafield": {"metafields": {("custom", "code"): ("single_line_text_field", value)}},
    }.get(kind, {kind: value})
    others = [product(f"other-{at}", title=f"Pine table {at}") for at in range(5)]
    fields = [Metafield("custom", "code", "single_line_text_field", True)]
    place = scene([product("x", **({"handle": "it"} | known)), *others], [asset("front", key)], metafields=fields)
    ask_and_answer(place.select(shopify_field=field))
    assert near(key) == [value]


def test_the_nearest_is_found_in_a_catalog_that_was_read_whole(scene):
    def coded(code: str):
        return product(code, metafields={("custom", "code"): ("single_line_text_field", code)})

    fields = [Metafield("custom", "code", "single_line_text_field")]
    place = scene([coded("C-0012"), coded("D-9")], [asset("front", "C-12")], metafields=fields)
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    ask_and_answer(place.select(shopify_field="metafield:custom.code"))
    assert near("C-12") == ["C-0012"]


def calls_for(place, *names: str) -> int:
    match, _ = asking.put(place.select(*names), place.stores[0], now=place.environment.created)
    client = ShopifyClient(match.store)
    answering.answer(match, client)
    return client.spent.requests


def test_where_everything_matches_suggestions_cost_nothing_and_otherwise_one_call_in_ten(scene, monkeypatch):
    monkeypatch.setattr("linking.matching.answering.SHOWN_EVERY", 60.0)  # however slow this machine is
    keys = [f"S{at}" for at in range(250)]
    good, bad = [asset(f"a{at}", key) for at, key in enumerate(keys)], [asset(f"z{at}", f"X{at}") for at in range(20)]
    place = scene([product(key) for key in keys], [*good, *bad])
    names = [f"a{at}" for at in range(250)]
    matched = calls_for(place, *names)
    mixed = calls_for(place, *names[:230], *(f"z{at}" for at in range(20)))
    # Five searches, a look at the products, and how many the store has; and one call for the nearest.
    assert (matched, mixed) == (7, 8)


def test_a_store_that_will_not_search_again_costs_the_suggestions_only(scene, no_pauses):
    place = scene([product("SKU-0012"), product("b")], [asset("front", "SKU-012"), asset("side", "b", 1)])
    place.world.faults.add(service="shopify", kind="internal_error", match="query NearVariants", times=None)
    ask_and_answer(place.select())
    match = StoreMatch.objects.get()
    assert (match.state, match.matched, match.unmatched) == ("done", 1, 1)


PRODUCT = {"id": "p", "title": "P", "handle": "p", "variants": []}


@given(
    st.sampled_from(["matched", "ambiguous", "unmatched"]),
    st.lists(st.sampled_from("abc"), unique=True),
    st.lists(st.sampled_from("defg"), unique=True, max_size=3),
)
def test_a_suggestion_changes_no_decision_until_it_is_picked(verdict, products, suggested):
    cards = [PRODUCT | {"id": id} for id in products]
    suggestions = [{"value": id, "product": PRODUCT | {"id": id}} for id in suggested]
    bare = KeyMatch(key="k", verdict=verdict, products=cards)
    offered = KeyMatch(key="k", verdict=verdict, products=cards, suggestions=suggestions)
    assert decision(offered, NOTHING) == decision(bare, NOTHING)
    assert decision(offered, ByHand(picks=("gone",))) == decision(bare, NOTHING)
    for id in suggested:
        assert [one["id"] for one in decision(offered, ByHand(picks=(id,))).products] == [id]
