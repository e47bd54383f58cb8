"""Products of a store that get no asset."""

import re

import pytest

from linking.models import StoreMatch
from linking.selection.arrangement import group_id
from tests import totals
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product

# In North alone: a product that has nothing to do with the selection.
PRODUCTS = [product(sku) for sku in ("plain", "dotted", "left", "locked", "idle")]
ASSETS = [
    asset("front", "plain"),
    asset("dot", "dotted", 1, tags=("swatch",)),
    asset("by-hand", "left", 2),
    asset("locked", "locked", 3, type="authenticated"),
]


def said_on_page(client, selection) -> str:
    page = text_of(client.get(f"/selections/{selection.key}/"))
    return re.search(r"(\d+|No) products? without assets? in North", page)[0]


def listed(client, selection, store) -> tuple[str, set[str]]:
    """What the list says of itself, and the SKUs in it."""
    text = text_of(client.get(f"/selections/{selection.key}/stores/{store.pk}/unlinked/"))
    return re.search(r"\d+ of \d+ products", text)[0], set(re.findall(r"SKU (\S+)", text))


@pytest.mark.parametrize("dry_run", [True, False])
def test_number_list_run_and_report_name_the_same_products(client, scene, dry_run):
    """A swatch is an asset; what is excluded or cannot be linked goes nowhere, though its product is found."""
    place = scene(PRODUCTS, ASSETS)
    selection = place.select()
    ask_and_answer(selection)
    enter(client, place.member, selection)
    assert said_on_page(client, selection) == "2 products without assets in North"
    group = {"g": group_id(selection.keying.same("left")), "version": selection.version, "do": "exclude-group"}
    answer = text_of(client.post(f"/selections/{selection.key}/arrange/", group))
    assert "3 products without assets in North" in answer, "it follows every edit"
    assert said_on_page(client, selection) == "3 products without assets in North"
    without = {"left", "locked", "idle"}
    assert listed(client, selection, place.stores[0]) == ("3 of 5 products", without)
    sync = place.run(selection, dry_run=dry_run)
    going = {"plain", "dotted"}
    assert {row["Key"] for row in totals.csv_rows(sync) if row["Outcome"] != "Skipped"} == going
    assert {row["sku"] for row in totals.json_rows(sync, "product_without_asset")} == without


def test_the_number_is_left_out_where_the_store_did_not_tell_it(client, scene):
    place = scene([product("a"), product("b")], [asset("front", "a")])
    place.world.faults.add(service="shopify", kind="internal_error", match="query CatalogCount", times=None)
    selection = place.select()
    ask_and_answer(selection)
    assert StoreMatch.objects.get().known, "that is no reason to be without the answer"
    page = text_of(enter(client, place.member, selection).get(f"/selections/{selection.key}/"))
    assert "Products without assets in North" in page


def test_the_products_that_get_no_asset_are_listed_without_those_that_do(client, scene):
    shelf = [product("a", title="Oak"), product("b", title="Elm"), product("c", title="Fir", status="DRAFT")]
    place = scene(shelf, [asset("front", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    answer = client.get(f"/selections/{chosen.key}/stores/{place.stores[0].pk}/unlinked/")
    text = text_of(answer)
    assert "2 of 3 products in North" in text
    assert ("Elm" in text, "SKU b" in text, "Draft" in text, "Oak" in text) == (True, True, True, False)
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
