"""Products that a person chooses for a group, or excludes of those that match it: kept, counted, run and reported."""

import html
import re

import pytest

from linking.models import GroupArrangement, KeyMatch, Selection, StoreMatch
from linking.models.counting import counts_of
from linking.reporting.rows import lines_of
from linking.selection import run_again
from tests.linking.matching.by_hand import (
    address,
    entered,
    found,
    gallery,
    gid,
    group,
    ids_in,
    lost_and_oak,
    popover,
    refresh,
    send,
    shop,
    undo,
)
from tests.linking.visits import open_page, pick, text_of
from tests.scenes import Variant, asset, product


@pytest.fixture
def place(client, scene):
    return lost_and_oak(client, scene)


@pytest.fixture
def tagged(client, scene):
    """Thirty products have the tag, and one has not."""
    shelf = [product(f"p{at}", tags=["oak"], title=f"Chair {at}") for at in range(30)] + [product("z")]
    return entered(client, scene(shelf, [asset("front", tags=["oak"])]), cloudinary_field="tags", shopify_field="tag")


# Choosing


def test_a_chosen_product_counts_runs_and_is_reported_and_a_second_run_changes_nothing(client, place):
    assert "1 of 2 SKUs matched" in open_page(client, place, place.selection)
    answer = send(client, place, "choose", "lost", "product-elm")
    assert "lost: linked to Elm table." in answer["HX-Trigger"]
    page = open_page(client, place, place.selection)
    assert "2 of 2 SKUs matched" in page
    assert "Link 3 assets in 2 groups to 3 products" in page
    assert "1 chosen by hand" in page
    assert "Chosen by hand" in page
    dry = place.run(Selection.objects.get(), dry_run=True)
    assert "Chosen by hand." in text_of(client.get(f"/syncs/{dry.key}/"))
    sync = place.run(Selection.objects.get())
    assert [gallery(place, "product-elm", at) for at in (0, 1)] == [2, 0]
    assert (counts_of(sync)[1].matched, counts_of(sync)[0].linked) == (2, 3)
    by_hand = {
        line.asset for line in lines_of(sync) if line.reason == "Chosen by hand." and line.product == "Elm table"
    }
    assert by_hand == {"f1", "f2"}
    second = place.run(Selection.objects.get())
    assert {line.outcome for line in lines_of(second) if line.product} == {"unchanged"}
    place.undo(sync)
    assert [gallery(place, "product-elm", at) for at in (0, 1)] == [0, 0]


def test_each_store_has_its_own_choice_and_several_may_be_chosen(client, place):
    send(client, place, "choose", "lost", "product-elm")
    send(client, place, "choose", "lost", "product-ash")
    send(client, place, "choose", "lost", "product-ash", at=1)
    assert "Link 3 assets in 2 groups to 5 products" in open_page(client, place, place.selection)
    place.run(Selection.objects.get())
    assert [gallery(place, "product-elm", at) for at in (0, 1)] == [2, 0]
    assert [gallery(place, "product-ash", at) for at in (0, 1)] == [2, 2]


def test_of_a_chosen_product_what_runs_are_bounded_by_is_known(client, scene):
    known = {"vendor": "Acme", "product_type": "Chair", "tags": ["A"]}
    bound = {"vendor": ["Acme"], "product_type": ["Chair"], "tag": ["A"]}
    place = entered(client, scene([product("in", **known), product("out")], [asset("f1", "lost")]), bound=bound)
    for sku, outside in (("in", False), ("out", True)):
        send(client, place, "choose", "lost", f"product-{sku}")
        page = open_page(client, place, place.selection)
        assert ("Chosen by hand, outside of the chosen products" in page) is outside, sku
        send(client, place, "leave", "lost", f"product-{sku}")


def test_of_a_chosen_product_nobody_says_it_is_in_no_collection_without_having_asked(client, scene):
    shelf = [product("in", collections=["Sale"]), product("oak", collections=["Sale"])]
    pictures = [asset("f1", "lost"), asset("g1", "oak", 1)]
    place = entered(client, scene(shelf, pictures), bound={"collection": ["Sale"]})
    send(client, place, "choose", "lost", "product-in")
    assert "outside of the chosen products" not in open_page(client, place, place.selection)


def test_what_is_chosen_for_a_wrong_match_takes_its_place(client, place):
    send(client, place, "choose", "oak", "product-elm")
    assert "1 product matches and gets nothing, because you chose by hand." in popover(client, place, "oak")
    place.run(Selection.objects.get())
    assert [gallery(place, handle) for handle in ("product-oak", "product-elm")] == [3, 1]
    send(client, place, "leave", "oak", "product-elm")
    assert GroupArrangement.objects.get().picks == GroupArrangement.objects.get().by_hand == {}
    assert "1 of 2 SKUs matched" in open_page(client, place, place.selection)


def test_a_choice_survives_a_refresh_another_field_and_a_way_back(client, place):
    send(client, place, "choose", "lost", "product-elm")
    refresh(place)
    assert "2 of 2 SKUs matched" in open_page(client, place, place.selection)
    StoreMatch.objects.all().delete()  # as if nobody had ever answered
    assert "Elm table" in open_page(client, place, place.selection)
    refresh(place)
    Selection.objects.update(cloudinary_field="display_name")
    refresh(place)
    assert "Elm table" not in open_page(client, place, place.selection)
    Selection.objects.update(cloudinary_field="metadata:sku")
    refresh(place)
    assert "Elm table" in open_page(client, place, place.selection)


def test_a_choice_is_taken_back_as_a_whole(client, place):
    send(client, place, "choose", "lost", "product-elm")
    send(client, place, "choose", "lost", "product-ash")
    answer = undo(client, place)
    assert f'id="answers-{group("lost")}"' in answer.content.decode()
    [kept] = GroupArrangement.objects.get().by_hand.values()
    assert [card["title"] for card in kept["cards"]] == ["Elm table"]
    send(client, place, "leave", "lost", "product-elm")
    assert "1 of 2 SKUs matched" in open_page(client, place, place.selection)
    undo(client, place)
    assert "2 of 2 SKUs matched" in open_page(client, place, place.selection)


def test_of_two_tabs_the_second_sees_what_the_first_chose(client, place):
    send(client, place, "choose", "lost", "product-elm")
    answer = send(client, place, "choose", "lost", "product-ash", version=0)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#board")
    assert [len(ids) for ids in GroupArrangement.objects.get().picks.values()] == [1]


def test_a_product_that_is_deleted_later_fails_with_its_reason(client, place):
    send(client, place, "choose", "lost", "product-elm")
    place.delete_product("product-elm")
    assert "does not show this product" in text_of(send(client, place, "choose", "oak", p="gid://shopify/Product/999"))
    sync = place.run(Selection.objects.get())
    [said] = {line.reason for line in lines_of(sync) if line.asset == "f1" and line.product}
    assert said == "The product no longer exists in the store. Chosen by hand."
    assert {line.outcome for line in lines_of(sync) if line.asset == "g1"} == {"done"}


def test_a_run_is_run_again_with_what_was_chosen_and_excluded(client, place):
    send(client, place, "choose", "lost", "product-elm")
    send(client, place, "exclude", "oak", "product-oak")
    sync = place.run(Selection.objects.get())
    again = run_again.again(sync, place.member)
    kept = {row.key: (row.picks, row.by_hand) for row in GroupArrangement.objects.filter(selection=again)}
    before = {row.key: (row.picks, row.by_hand) for row in GroupArrangement.objects.filter(selection=place.selection)}
    assert {key: kept[key] for key in before} == before


LAMP = [Variant(sku=f"R-1{n or ''}", title=f"Red {n}", options={"Size": f"{n}"}) for n in range(12)]
LAMP += [Variant(sku="B-1", barcode="R-1", title=f"Blue {n}", options={"Size": f"b{n}"}) for n in range(6)]


def lamps(client, scene, *shelf, **chosen):
    """A product with twelve variants whose SKUs begin alike, and six that share a barcode with the first; and others."""
    lamp = product(None, handle="lamp", title="Lamp", variants=tuple(LAMP))
    more = {"variant_pictures": True, "variant_reach": "matched"} | chosen
    return entered(client, scene([*shelf, lamp], [asset("f1", "lost")]), **more)


def pictured(place) -> list[str]:
    return [one.title for one in shop(place).product_with("lamp").variants if one.picture]


def choose_found(client, place, typed: str, handle: str, key: str = "lost"):
    """As the page does, with what its button carries."""
    page = found(client, place, typed, key).content.decode()
    [button] = re.findall(rf'<button id="hc-[^"]*-{handle}"[^>]*>', page)
    sent = {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', button)}
    assert sent.pop("p") == gid(place, handle)
    return send(client, place, sent.pop("do"), key, handle, **sent)


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("r-1", ["Red 0", *(f"Blue {n}" for n in range(6))]),
        ("B-1", [f"Blue {n}" for n in range(6)]),
        ("R-111", ["Red 11"]),
        ("lamp", []),
    ],
)
@pytest.mark.cases(2)
def test_all_variants_whose_code_was_typed_get_the_picture_however_many_begin_so(client, scene, typed, titles):
    place = lamps(client, scene)
    choose_found(client, place, typed, "lamp")
    sync = place.run(Selection.objects.get())
    assert pictured(place) == titles
    second = place.run(Selection.objects.get())
    assert {line.outcome for line in lines_of(second) if line.product} == {"unchanged"}
    place.undo(sync)
    assert pictured(place) == []


def test_the_variant_of_a_pasted_address_gets_the_picture(client, scene):
    place = lamps(client, scene)
    red = next(one for one in shop(place).product_with("lamp").variants if one.sku == "R-12")
    choose_found(client, place, f"https://north.example/products/lamp?variant={red.id.rpartition('/')[2]}", "lamp")
    place.run(Selection.objects.get())
    assert pictured(place) == ["Red 2"]


def test_a_code_finds_its_product_before_those_whose_codes_only_begin_so(client, scene):
    place = lamps(client, scene, *(product(f"R-1{n}0", handle=f"other-{n}", title=f"Other {n}") for n in range(9)))
    page = found(client, place, "R-1")
    assert ids_in(page)[0] == gid(place, "lamp")
    assert len(set(ids_in(page))) == len(ids_in(page))


def test_of_an_ambiguous_or_suggested_product_the_variant_that_was_typed_counts(client, scene):
    near = (
        Variant(sku="LOST", title="Near", options={"Size": "S"}),
        Variant(sku="B-9", title="Far", options={"Size": "L"}),
    )
    lamp = product(None, handle="lamp", title="Lamp", variants=near)
    more = {"variant_pictures": True, "variant_reach": "matched"}
    place = entered(client, scene([lamp], [asset("f1", "lost")]), **more)
    assert KeyMatch.objects.get(store_match__store=place.stores[0]).suggestions
    choose_found(client, place, "B-9", "lamp")
    place.run(Selection.objects.get())
    assert pictured(place) == ["Far"]


def test_beside_a_choice_of_an_ambiguous_key_what_was_looked_for_stays(client, scene):
    shelf = [product("twin", handle="t1"), product("twin", handle="t2"), product("c")]
    place = entered(client, scene(shelf, [asset("front", "twin")]))
    send(client, place, "choose", "twin", "product-c")
    pick(client, place.selection, "twin", "t1")
    assert "to 2 products" in open_page(client, place, place.selection)
    pick(client, place.selection, "twin", "t1", do="unpick")
    assert "to 1 product" in open_page(client, place, place.selection)


# Excluding


def test_those_that_match_come_by_title_as_people_count(client, tagged):
    said = popover(client, tagged, "oak")
    assert [int(at) for at in re.findall(r"Chair (\d+) in Shopify", said)] == list(range(12))


def test_a_search_knows_what_can_be_excluded_whether_it_is_listed_or_not(client, tagged):
    place = tagged
    numbers = {at: gid(place, f"product-p{at}").rpartition("/")[2] for at in (2, 29)}
    send(client, place, "exclude", "oak", "product-p29")
    page = client.get(address(place, "groups/answers", g=group("oak"))).content.decode()
    known = {name: set(found.split()) for name, found in re.findall(r'data-(gets|may-go|out)="([\d ]*)"', page)}
    assert (len(known["gets"]), known["gets"], known["out"]) == (29, known["may-go"], {numbers[29]})
    assert numbers[2] in known["gets"]
    send(client, place, "choose", "oak", "product-p2")
    page = client.get(address(place, "groups/answers", g=group("oak"))).content.decode()
    known = {name: set(found.split()) for name, found in re.findall(r'data-(gets|may-go|out)="([\d ]*)"', page)}
    assert numbers[2] in known["gets"] - known["may-go"], "what was chosen is left out where it was chosen"


def test_a_key_that_assets_spell_otherwise_by_now_is_still_the_one_that_was_asked(client, scene):
    place = entered(client, scene([product("OAK"), product("z")], [asset("f1", "oak")]), fold=True)
    KeyMatch.objects.update(key="Oak")
    send(client, place, "exclude", "oak", "product-oak")
    assert "1 is excluded" in popover(client, place, "oak")


def test_what_was_chosen_is_not_said_to_get_nothing(client, place):
    send(client, place, "choose", "oak", "product-elm")
    assert "1 product matches and gets nothing, because you chose by hand." in popover(client, place, "oak")
    send(client, place, "choose", "oak", "product-oak")
    assert "gets nothing" not in popover(client, place, "oak")


def test_groups_with_excluded_products_are_found_again(client, tagged):
    assert "with excluded products" not in open_page(client, tagged, tagged.selection)
    send(client, tagged, "exclude", "oak", "product-p20")
    assert "1 with excluded products" in open_page(client, tagged, tagged.selection)
    assert "1 of 1 group" in text_of(client.get(address(tagged, "groups", state="less")))


def test_one_of_many_is_left_out_and_all_of_them_are_listed(client, tagged):
    place = tagged
    first = client.get(address(place, "groups/answers", g=group("oak"))).content.decode()
    assert (first.count("data-matching"), "30 products match." in first, "18 more" in first) == (12, True, True)
    rest = client.get(address(place, f"stores/{place.stores[0].pk}/products", g=group("oak"), **{"from": 12}))
    assert rest.content.decode().count("data-matching") == 18
    answer = send(client, place, "exclude", "oak", "product-p20")
    assert "oak: Chair 20 is excluded." in answer["HX-Trigger"]
    assert "29 products · 1 excluded" in text_of(answer)
    assert "to 29 products" in open_page(client, place, place.selection)
    assert "Chair 29" in popover(client, place, "oak", many=30)
    assert "Chair 29" not in popover(client, place, "oak")
    sync = place.run(Selection.objects.get())
    assert [gallery(place, f"product-p{at}") for at in (19, 20, 21)] == [1, 0, 1]
    skipped = [line for line in lines_of(sync) if line.outcome == "skipped"]
    assert [(line.asset, line.reason) for line in skipped] == [("front", "Excluded by hand: Chair 20.")]
    assert (counts_of(sync)[0].linked, counts_of(sync)[0].excluded) == (1, 0)
    refresh(place)
    assert "to 29 products" in open_page(client, place, place.selection)
    send(client, place, "include", "oak", "product-p20")
    assert "to 30 products" in open_page(client, place, place.selection)


def test_to_many_matches_one_more_is_added(client, tagged):
    place = tagged
    send(client, place, "choose", "oak", "product-z")
    assert "to 31 products" in open_page(client, place, place.selection)
    send(client, place, "exclude", "oak", "product-p3")
    assert "to 30 products" in open_page(client, place, place.selection)
    undo(client, place)
    assert "to 31 products" in open_page(client, place, place.selection)


def test_a_group_of_which_every_product_is_excluded_counts_as_excluded(client, place):
    for at in (0, 1):
        send(client, place, "exclude", "oak", "product-oak", at=at)
    page = open_page(client, place, place.selection)
    assert "0 of 2 SKUs matched" in page
    assert "1 excluded" in page
    assert "1 of 2 SKUs · 0 products" in page  # at each store: a match is a fact
    sync = place.run(Selection.objects.get(), dry_run=True)
    counts, tally = counts_of(sync)
    assert (tally.excluded, tally.unmatched, counts.excluded, counts.unmatched) == (1, 1, 1, 2)
    reasons = {line.reason for line in lines_of(sync) if line.asset == "g1"}
    assert reasons == {"Every product that matches is excluded by hand."}


def test_only_products_that_match_can_be_excluded_and_only_products_chosen(client, place):
    send(client, place, "exclude", "oak", "product-elm")
    assert not GroupArrangement.objects.exclude(by_hand={}).exists()
    assert send(client, place, "choose", "lost", p="gid://shopify/ProductVariant/1").status_code == 404
    assert send(client, place, "choose", "lost", p='gid://shopify/Product/1"').status_code == 404
    assert send(client, place, "nothing", "lost").status_code == 400
    assert send(client, place, "choose", "lost", "product-elm", g="x").status_code == 404
    assert send(client, place, "choose", "lost", "product-elm", s="999999").status_code == 404
    assert KeyMatch.objects.exists()
