"""Matches one can trust: what matched, what is left to the person, and what a search shows meanwhile."""

import pytest

from linking.matching import answering, asking
from linking.matching.answering import match_store
from linking.models import GroupArrangement, KeyMatch, Selection, StoreMatch
from linking.selection.arrangement import group_id
from setup.reasons import said
from tests.linking.visits import ask_and_answer, enter, open_page, pick, row_of, text_of
from tests.scenes import Variant, asset, part_of, product


def opened(client, selection, key: str) -> str:
    """What stores say of a key, as the page shows it when a person opens it."""
    group = group_id(selection.keying.same(key))
    return text_of(client.get(f"/selections/{selection.key}/groups/answers/?g={group}"))


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
    enter(client, place.member, chosen)
    assert "SKU S-1, variants Blue / M, Red / S" in opened(client, chosen, "S-1")
    assert "SKU S-2, variant X" in opened(client, chosen, "S-2")


def test_with_case_ignored_a_product_says_how_it_spells_the_value(client, scene):
    place = scene([product("abc 1")], [asset("a", "ABC1")])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    chosen = place.select(fold=True)
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    assert "SKU abc 1" in opened(client, chosen, "ABC1")


# Several products


def test_an_ambiguous_key_stays_out_until_somebody_chooses(client, twins):
    place, chosen = twins
    page = open_page(client, place, chosen)
    assert "Ambiguous: 2 matches" in page
    assert "None gets the assets until you choose." in opened(client, chosen, "twin")
    assert "Show what is ambiguous Several products match: choose which of them get the assets." in page
    place.run(chosen)
    assert place.mutations() == []


def test_link_to_all_links_to_all(client, twins):
    place, chosen = twins
    answer = pick(client, chosen, "twin")
    assert answer.status_code == 200
    assert "Leave out all" in opened(client, chosen, "twin")
    assert "Link 2 assets in 1 group to 2 products" in text_of(answer)
    assert "twin: linked to 2 products." in answer["HX-Trigger"]
    place.run(Selection.objects.get())
    assert place.assets_in("t1") == place.assets_in("t2") == ["front", "side"]


def test_the_stores_line_counts_what_was_decided(client, twins):
    place, chosen = twins
    assert "0 of 1 SKU matched · 1 ambiguous" in open_page(client, place, chosen)
    assert "1 of 1 SKU matched 2 products" in text_of(pick(client, chosen, "twin"))
    assert "1 of 1 SKU matched 2 products" in open_page(client, place, chosen)
    assert "1 of 1 SKU matched 2 products" in open_page(client, place, chosen, "stores/")
    assert "0 of 1 SKU matched · 1 ambiguous" in text_of(pick(client, chosen, "twin", do="unpick"))


def test_one_of_several_is_picked_and_another_left(client, twins):
    place, chosen = twins
    pick(client, chosen, "twin", "t2")
    page = open_page(client, place, chosen)
    assert "Link 2 assets in 1 group to 1 product" in page
    assert "Chosen by hand" in page
    place.run(Selection.objects.get())
    assert (place.assets_in("t1"), place.assets_in("t2")) == ([], ["front", "side"])


def test_what_was_picked_can_be_left_out_again(client, twins):
    _, chosen = twins
    pick(client, chosen, "twin")
    assert "to 1 product" in text_of(pick(client, chosen, "twin", "t1", do="unpick"))
    assert "Several products match" in text_of(pick(client, chosen, "twin", do="unpick"))
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


def test_a_run_by_a_picked_product_is_written_down_with_its_key(client, twins):
    place, chosen = twins
    pick(client, chosen, "twin", "t1")
    sync = place.run(Selection.objects.get())
    assert set(part_of(sync).changes.values_list("key", "outcome")) == {("twin", "done")}


# Refresh


def test_what_is_known_stays_if_the_store_cannot_be_asked_again(client, scene):
    place = scene([product("a")], [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    StoreMatch.objects.update(state="failed", problem=said("The store cannot search by this field."))
    page = open_page(client, place, chosen)
    assert (
        "The store could not be asked again; this is its earlier answer. The store cannot search by this field." in page
    )
    assert "Link 1 asset in 1 group to 1 product" in page


def test_a_new_answer_replaces_the_old_one_as_a_whole(client, scene):
    place = scene([product("a"), product("b")], [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    place.delete_product("product-a")
    place.world.settings.change({"index_lag": 0.0})
    asking.put(chosen, place.stores[0], now=chosen.created, again=True)
    match_store(StoreMatch.objects.get().pk)
    enter(client, place.member, chosen)
    assert "No product has the SKU “a”" in opened(client, chosen, "a")
    assert row_of("a").verdict == "unmatched"


# A search


def test_keys_of_signs_only_are_looked_for_in_the_whole_catalog(scene):
    place = scene([product("---", handle="dashes")], [asset("front", "---")])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    ask_and_answer(place.select())
    match = StoreMatch.objects.get()
    assert (match.matched, "punctuation alone" in str(match.note)) == (1, True)


def test_a_search_shows_how_far_it_is_and_what_it_found_and_reads_no_product_twice(client, scene, monkeypatch):
    codes = [f"S-{at}" for at in range(60)]
    place = scene([product(code) for code in codes[:55]], [asset(code, code, at) for at, code in enumerate(codes)])
    chosen = place.select()
    enter(client, place.member, chosen)
    [match] = asking.ask(chosen).values()
    seen, read, near, cards = [], [], answering.suggestions.by_search, answering.cards

    def stops_here(*given):
        seen.append(open_page(client, place, chosen))
        seen.append(KeyMatch.objects.count())
        return near(*given)

    def listed(client, ids):
        read.extend(ids)
        return cards(client, ids)

    monkeypatch.setattr("linking.matching.answering.SHOWN_EVERY", 0.0)
    monkeypatch.setattr("linking.matching.answering.suggestions.by_search", stops_here)
    monkeypatch.setattr("linking.matching.answering.cards", listed)
    match_store(match.pk)
    page, found = seen
    assert "60 of 60 SKUs asked" in page
    assert ("Product S-10" in page, found) == (True, 50)  # what the first search found
    kept = StoreMatch.objects.get(pk=match.pk)
    assert (kept.matched, kept.unmatched, kept.keys_asked) == (55, 5, 60)
    assert len(read) == len(set(read)) == 55
