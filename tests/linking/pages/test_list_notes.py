"""Above the list it says truly why no product can be linked, and which values of a bound a store does not have."""

import pytest

from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a"), product("b")], [asset("front", "a", 1), asset("back", "b", 2)])


def page_of(client, place, **settings) -> str:
    selection = place.select(**settings)
    ask_and_answer(selection)
    enter(client, place.member, selection)
    return text_of(client.get(f"/selections/{selection.key}/"))


def test_a_vendor_that_no_matched_product_has_is_named(client, place):
    page = page_of(client, place, bound={"vendor": ["Nrod"]})
    assert "What matches is outside of the chosen products (Nrod)." in page
    assert "No matching product of North has the vendor “Nrod”." in page
    assert "match exactly: look" not in page


def test_a_collection_that_the_store_does_not_have_is_named(client, place):
    page = page_of(client, place, bound={"collection": ["Ceramics"]})
    assert "North has no collection “Ceramics”." in page
    assert "None of the collections ·" in page, "the reason stands first, where a row has room"


def test_what_a_store_has_is_not_called_unknown(client, place):
    page = page_of(client, place, bound={"status": ["ACTIVE"]})
    assert "No matching product of" not in page
    assert "What matches is outside" not in page


def test_a_variant_metafield_that_is_not_there_is_the_reason(client, place):
    page = page_of(client, place, shopify_field="variant_metafield:custom.nothere")
    assert "North: The store has no variant metafield custom.nothere." in page
    assert "match exactly: look" not in page


def test_a_pattern_that_takes_no_key_is_not_called_a_missing_value(client, place):
    page = page_of(client, place, cloudinary_field="public_id", pattern="^(ZZZ-[0-9]+)")
    assert "The pattern “^(ZZZ-[0-9]+)” finds no key in Public ID." in page
    assert "None of the assets has a value" not in page


def test_a_new_field_begins_in_its_natural_direction(client, place):
    selection = place.select(order_field="folder", order_descending=True)
    ask_and_answer(selection)
    client, address = enter(client, place.member, selection), f"/selections/{selection.key}/settings/"
    sent = {"order_field": "display_name", "order_descending": "on", "version": selection.version}
    known = {"cloudinary_field": selection.cloudinary_field, "shopify_kind": "sku", "link_mode": "append"}
    client.post(address, known | sent)
    selection.refresh_from_db()
    assert (selection.order_field, selection.order_descending) == ("display_name", False)
    client.post(address, known | sent | {"version": selection.version})
    selection.refresh_from_db()
    assert selection.order_descending, "chosen for the field that stands there"
