"""Matches one can trust: what matched, what is left to the person, what comes near, and what stays unlinked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.matching import answering, asking
from linking.matching.answering import match_store
from linking.models import GroupArrangement, KeyMatch, Selection, StoreMatch
from linking.selection.arrangement import decision
from setup.reasons import said
from tests.linking.visits import ask_and_answer, enter, open_page, text_of
from tests.scenes import Metafield, Variant, asset, part_of, product


def row_of(key: str) -> KeyMatch:
    return KeyMatch.objects.get(key=key)


def near(key: str) -> list[str]:
    return [found["value"] for found in row_of(key).suggestions]


def pick(client, selection, key: str, *handles: str, do: str = "pick", **more):
    """What a button beside an answer sends."""
    row = row_of(key)
    known = {one["handle"]: one["id"] for one in [*row.products, *(found["product"] for found in row.suggestions)]}
    data = {"version": Selection.objects.get(pk=selection.pk).version, "do": do, "k": row.pk}
    data["p"] = " ".join(known[handle] for handle in handles)
    return client.post(f"/selections/{selection.key}/picks/", data | more)


@pytest.fixture
def twins(client, scene):
    """Two products that share a SKU, and a third without anything."""
    shelf = [product("twin", handle="t1", title="Oak"), product("twin", handle="t2", title="Elm"), product("c")]
    place = scene(shelf, [asset("front", "twin"), asset("side", "twin", 1)])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    return place, chosen


def test_a_product_says_what_of_it_matched(client, scene):
    variants = (
        Variant(sku="S-1", title="Blue / M"),
        Variant(sku="S-1", title="Red / S"),
        Variant(sku="S-2", title="X"),
    )
    place = scene([product("x", handle="lamp", variants=variants)], [asset("a", "S-1"), asset("b", "S-2", 1)])
    chosen = place.select()
    ask_and_answer(chosen)
    page = open_page(client, place, chosen)
    assert "SKU S-1, variants Blue / M, Red / S" in page
    assert "SKU S-2, variant X" in page


def test_with_case_ignored_a_product_says_how_it_spells_the_value(client, scene):
    place = scene([product("abc 1")], [asset("a", "ABC1")])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    chosen = place.select(fold=True)
    ask_and_answer(chosen)
    assert "SKU abc 1" in open_page(client, place, chosen)


# Several products


def test_an_ambiguous_key_stays_out_until_somebody_chooses(client, twins):
    place, chosen = twins
    page = open_page(client, place, chosen)
    assert "It stays out until you choose." in page
    assert "Link 0 assets" in page
    place.run(chosen)
    assert place.mutations() == []


def test_link_to_all_links_to_all(client, twins):
    place, chosen = twins
    answer = pick(client, chosen, "twin")
    assert answer.status_code == 200
    assert "Leave out all" in text_of(answer)
    assert "Link 2 assets in 1 group to 2 products" in text_of(answer)
    assert "twin: linked to 2 products." in answer["HX-Trigger"]
    place.run(Selection.objects.get())
    assert place.assets_in("t1") == place.assets_in("t2") == ["front", "side"]


def test_the_stores_line_counts_what_was_decided(client, twins):
    place, chosen = twins
    assert "0 products matched · 1 ambiguous · 0 unmatched of 1 key" in open_page(client, place, chosen)
    reported = text_of(pick(client, chosen, "twin"))
    assert "2 products matched · 0 unmatched of 1 key" in reported
    assert "2 products matched · 0 unmatched of 1 key" in open_page(client, place, chosen)
    assert "2 products matched" in open_page(client, place, chosen, "stores/")
    assert "0 products matched · 1 ambiguous" in text_of(pick(client, chosen, "twin", do="unpick"))


def test_one_of_several_is_picked_and_another_left(client, twins):
    place, chosen = twins
    pick(client, chosen, "twin", "t2")
    page = open_page(client, place, chosen)
    assert "Link 2 assets in 1 group to 1 product" in page
    assert "chosen by hand" in page
    place.run(Selection.objects.get())
    assert (place.assets_in("t1"), place.assets_in("t2")) == ([], ["front", "side"])


def test_what_was_picked_can_be_left_out_again(client, twins):
    _, chosen = twins
    pick(client, chosen, "twin")
    assert "to 1 product" in text_of(pick(client, chosen, "twin", "t1", do="unpick"))
    assert "Link 0 assets" in text_of(pick(client, chosen, "twin", do="unpick"))
    assert GroupArrangement.objects.get().picks == {}


def test_the_last_choice_can_be_taken_back(client, twins):
    _, chosen = twins
    pick(client, chosen, "twin", "t1")
    pick(client, chosen, "twin")
    kept = Selection.objects.get()
    assert str(kept.last_change["text"]) == "twin: linked to Elm."
    back = dict(kept.last_change["back"]) | {"version": kept.version}
    assert "to 1 product" in text_of(client.post(f"/selections/{chosen.key}/picks/", back))


def test_a_choice_made_on_an_older_state_is_shown_the_fresh_one(client, twins):
    _, chosen = twins
    pick(client, chosen, "twin", "t1")
    answer = pick(client, chosen, "twin", "t2", version=0)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#board")
    assert "changed in another tab" in text_of(answer)
    [kept] = GroupArrangement.objects.get().picks.values()
    assert len(kept) == 1


def test_a_choice_after_the_answer_was_replaced_is_shown_the_fresh_one(client, twins):
    place, chosen = twins
    old = row_of("twin").pk
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    match_store(StoreMatch.objects.get().pk)
    assert pick(client, chosen, "twin", k=old).status_code == 409


def test_only_what_the_store_offers_can_be_picked(client, twins):
    _, chosen = twins
    pick(client, chosen, "twin", "t1")
    pick(client, chosen, "twin", p="gid://shopify/Product/999", do="choose")
    assert GroupArrangement.objects.get().picks == {}


def test_a_choice_survives_a_refresh(client, twins):
    place, chosen = twins
    pick(client, chosen, "twin", "t2")
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    match_store(StoreMatch.objects.get().pk)
    assert "Link 2 assets in 1 group to 1 product" in open_page(client, place, chosen)


# The nearest


def test_an_unmatched_key_is_offered_the_nearest_value_and_nothing_follows_by_itself(client, scene):
    place = scene([product("SKU-0012", title="Oak chair"), product("SKU-0013")], [asset("front", "SKU-012")])
    chosen = place.select()
    ask_and_answer(chosen)
    assert near("SKU-012") == ["SKU-0012"]
    page = open_page(client, place, chosen)
    assert "Use SKU-0012" in page
    assert "Link 0 assets" in page
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
    assert "suggestion used" in text_of(answer)
    assert "Link 1 asset in 1 group to 1 product" in text_of(answer)
    place.run(Selection.objects.get())
    assert place.assets_in("lamp") == ["front"]
    blue, red = place.shop.product_with("lamp").variants
    assert (bool(blue.picture), bool(red.picture)) == (True, False)


def test_a_suggestion_that_is_used_survives_a_refresh_that_finds_others(client, scene):
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
    from setup.shopify.client import ShopifyClient

    match, _ = asking.put(place.select(*names), place.stores[0], now=place.environment.created)
    client = ShopifyClient(match.store)
    answering.answer(match, client)
    return client.spent.requests


def test_where_everything_matches_suggestions_cost_nothing_and_otherwise_one_call_in_ten(scene):
    keys = [f"S{at}" for at in range(250)]
    good, bad = [asset(f"a{at}", key) for at, key in enumerate(keys)], [asset(f"z{at}", f"X{at}") for at in range(20)]
    place = scene([product(key) for key in keys], [*good, *bad])
    names = [f"a{at}" for at in range(250)]
    matched = calls_for(place, *names)
    mixed = calls_for(place, *names[:230], *(f"z{at}" for at in range(20)))
    assert (matched, mixed) == (6, 7)  # five searches and one look at the products; and one call for the nearest


def test_a_store_that_will_not_search_again_costs_the_suggestions_only(scene):
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
    assert decision(offered, ()) == decision(bare, ())
    assert decision(offered, ("gone",)) == decision(bare, ())
    for id in suggested:
        assert [one["id"] for one in decision(offered, (id,)).products] == [id]


# Refresh


def test_what_is_known_stays_if_the_store_cannot_be_asked_again(client, scene):
    place = scene([product("a")], [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    StoreMatch.objects.update(state="failed", problem=said("The store cannot search by this field."))
    page = open_page(client, place, chosen)
    assert "Asked again without success; this is the earlier answer. The store cannot search by this field." in page
    assert "Link 1 asset in 1 group to 1 product" in page


def test_a_new_answer_replaces_the_old_one_as_a_whole(client, scene):
    place = scene([product("a"), product("b")], [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    place.delete_product("product-a")
    place.world.settings.change({"index_lag": 0.0})
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    match_store(StoreMatch.objects.get().pk)
    assert "No product has the SKU “a”" in open_page(client, place, chosen)
    assert row_of("a").verdict == "unmatched"


def test_keys_of_signs_only_are_looked_for_in_the_whole_catalog(scene):
    place = scene([product("---", handle="dashes")], [asset("front", "---")])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    ask_and_answer(place.select())
    match = StoreMatch.objects.get()
    assert (match.matched, "signs only" in str(match.note)) == (1, True)


# Products that get nothing


def test_the_products_that_get_no_asset_are_listed_without_those_that_do(client, scene):
    shelf = [product("a", title="Oak"), product("b", title="Elm"), product("c", title="Fir", status="DRAFT")]
    place = scene(shelf, [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    answer = client.get(f"/selections/{chosen.key}/stores/{place.stores[0].pk}/unlinked/")
    text = text_of(answer)
    assert "2 of 3 products in North" in text
    assert ("Elm" in text, "SKU b" in text, "draft" in text, "Oak" in text) == (True, True, True, False)
    number = place.shop.product_with("product-b").id.rsplit("/", 1)[1]
    assert re.search(rf'href="[^"]*/products/{number}"', answer.content.decode())


def test_products_that_get_no_asset_come_page_by_page_and_each_once(client, scene):
    place = scene([product(f"S{at}", title=f"Lamp {at}.") for at in range(130)], [asset("front", "S7")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    url, seen = f"/selections/{chosen.key}/stores/{place.stores[0].pk}/unlinked/", []
    for _ in range(10):
        page = client.get(url).content.decode()
        seen += re.findall(r"Lamp (\d+)\.", page)
        more = re.search(r'hx-get="([^"]+)"', page)
        if not more:
            break
        url = more[1].replace("&amp;", "&")
    assert sorted(map(int, seen)) == [at for at in range(130) if at != 7]


def test_a_store_that_does_not_answer_says_so_where_its_products_would_be(client, scene):
    place = scene([product("a")], [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    place.world.faults.add(service="shopify", kind="internal_error", match="query ProductsPage", times=None)
    answer = client.get(f"/selections/{chosen.key}/stores/{place.stores[0].pk}/unlinked/")
    assert answer.status_code == 200
    assert "Try again" in text_of(answer)


def test_products_of_a_store_that_is_not_chosen_or_of_another_environment_are_not_shown(client, scene):
    place = scene([product("a")], [asset("front", "a")], stores=2)
    chosen = place.select(stores=place.stores[:1])
    enter(client, place.member, chosen)
    for pk in (place.stores[1].pk, 999):
        assert client.get(f"/selections/{chosen.key}/stores/{pk}/unlinked/").status_code == 404


def test_a_run_by_a_picked_product_is_written_down_with_its_key(client, twins):
    place, chosen = twins
    pick(client, chosen, "twin", "t1")
    sync = place.run(Selection.objects.get())
    assert set(part_of(sync).changes.values_list("key", "outcome")) == {("twin", "done")}
