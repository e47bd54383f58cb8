"""The catalog under awkward answers, over HTTP: nothing that is there passes for unmatched."""

import pytest

from linking.domain.fields import ShopifyField
from linking.matching.answering import match_store
from linking.models import StoreMatch
from linking.shopify import catalog, shelf
from linking.shopify.catalog import WITH_QUOTES, ReadWhole, candidates, elements
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError
from tests.linking.visits import ask_and_answer
from tests.scenes import Metafield, asset, product

SKU, TAG = ShopifyField.parse("sku"), ShopifyField.parse("tag")
QUOTED = ['5" pipe', "O'Neill", "back\\slash"]


def fault(place, kind: str, **known) -> None:
    place.world.faults.add(service="shopify", kind=kind, times=None, **known)


def client_of(place) -> ShopifyClient:
    return ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)


def verdicts(match: StoreMatch) -> dict[str, str]:
    return dict(match.keys.values_list("key", "verdict"))


@pytest.mark.parametrize("key", QUOTED)
@pytest.mark.parametrize("field", ["sku", "title", "tag", "vendor", "metafield:custom.code"])
def test_keys_with_quotes_need_the_whole_catalog(scene, key, field):
    place = scene(
        [product("a")], metafields=[Metafield("custom", "code", "single_line_text_field", admin_filterable=True)]
    )
    with pytest.raises(ReadWhole, match="quotes") as caught:
        list(candidates(client_of(place), ShopifyField.parse(field), ["plain", key]))
    assert caught.value.note == WITH_QUOTES


def test_a_handle_has_no_quotes_so_the_store_is_not_read_for_it(scene):
    place = scene([product("a")])
    [found] = candidates(client_of(place), ShopifyField.parse("handle"), ["product-a", "O'Neill"])
    assert found.values == ("product-a",)


def test_keys_with_quotes_match_where_search_misses_them(scene):
    place = scene([product(key, handle=f"p{at}") for at, key in enumerate(QUOTED)], [asset("all", tags=QUOTED)])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    fault(place, "search_misses_quotes")
    ask_and_answer(place.select(cloudinary_field="tags"))
    [match] = StoreMatch.objects.all()
    assert verdicts(match) == dict.fromkeys(QUOTED, "matched")
    assert match.note == WITH_QUOTES


def test_a_match_reads_every_page_however_short_they_are(scene):
    place = scene([product(f"p{at}", tags=["oak"]) for at in range(23)], [asset("front", tags=["oak"])])
    fault(place, "pages_of", code="5")
    ask_and_answer(place.select(cloudinary_field="tags", shopify_field="tag"))
    assert StoreMatch.objects.get().products == 23


@pytest.mark.parametrize("code", ["extensions", "cost", "errors_null"])
def test_a_match_ends_whatever_else_an_answer_leaves_null(scene, code):
    place = scene([product("a")], [asset("front", "a")])
    fault(place, "null_shapes", code=code)
    ask_and_answer(place.select())
    match = StoreMatch.objects.get()
    assert (match.state, match.matched) == ("done", 1)


def test_a_list_whose_cursor_does_not_move_ends_the_match_with_a_word(scene):
    place = scene([product(f"p{at}", tags=["oak"]) for at in range(7)], [asset("front", tags=["oak"])])
    fault(place, "pages_of", code="5")
    fault(place, "cursor_stuck", operation="products")
    chosen = place.select(cloudinary_field="tags", shopify_field="tag")
    ask_and_answer(chosen)
    match = StoreMatch.objects.get()
    match_store(match.pk)
    match.refresh_from_db()
    assert (match.state, "does not end" in str(match.problem)) == ("failed", True)


def test_all_products_of_a_store_are_listed_or_an_error_is_raised(scene):
    place = scene([product(f"p{at}") for at in range(12)])
    fault(place, "pages_of", code="5")
    assert len(list(shelf.products(client_of(place)))) == 12
    fault(place, "cursor_stuck", operation="products")
    with pytest.raises(ShopifyError) as caught:
        list(shelf.products(client_of(place)))
    assert caught.value.code == "endless_list"


def test_a_product_that_is_not_shown_has_no_card_and_no_other_ones(scene):
    place = scene([product("a"), product("b")])
    ids = list(place.shop.products)
    fault(place, "ids_missing", match=ids[0])
    assert list(catalog.cards(client_of(place), ids)) == [ids[1]]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('["a", "b"]', ("a", "b")),
        ("[1, 2.5]", ("1", "2.5")),
        ('["a", null, true, {"b": 1}, ["c"]]', ("a",)),
        ("a", ()),
        ("", ()),
        ('{"a": 1}', ()),
        ('["a"', ()),
        ("[NaN]", ()),
        ("[" * 50_000, ()),
    ],
)
def test_a_list_of_a_metafield_that_is_none_has_no_elements(value, found):
    assert elements(value) == found
