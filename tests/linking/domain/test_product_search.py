"""What somebody types to find a product, and what that asks of a store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.product_search import MOST_CHARACTERS, Looked, looked_for
from sandbox.shopify.search_syntax import And, Not, Or, Term, parse

SHOP = "north.myshopify.com"
TYPED = st.text(alphabet=st.sampled_from("aB1é漢 \"'\\:*()<>=,-🙂/."), max_size=40) | st.text(max_size=40)


def asked(text: str) -> Looked:
    return looked_for(text, shop=SHOP)


def terms(node) -> list[Term]:
    if isinstance(node, Term):
        return [node]
    parts = [node.part] if isinstance(node, Not) else node.parts
    return [term for part in parts for term in terms(part)]


@pytest.mark.parametrize(
    "address",
    [
        "gid://shopify/Product/123",
        "https://admin.shopify.com/store/north/products/123",
        "https://admin.shopify.com/store/north/products/123#x",
        "https://north.myshopify.com/admin/products/123",
        "north.myshopify.com/admin/products/123",
        "http://localhost:8001/store/north.myshopify.com/admin/products/123",
    ],
)
def test_an_address_in_shopifys_admin_names_a_product_by_its_number(address):
    assert asked(address) == Looked(id="123")


@pytest.mark.parametrize(
    "address",
    [
        "https://north.example/products/oak-chair",
        "https://north.example/de/collections/all/products/oak-chair?q=1",
        "north.myshopify.com/products/oak-chair.json",
        "/products/oak-chair",
        "https://NORTH.myshopify.com/products/oak-chair/",
        "http://localhost:8001/store/north.myshopify.com/products/oak-chair",
        "https://north.example/store/products/oak-chair",
        "https://north.example/store/chairs/products/oak-chair",
    ],
)
def test_an_address_in_a_storefront_names_it_by_its_handle(address):
    assert asked(address) == Looked(handle="oak-chair")


@pytest.mark.parametrize(
    "address",
    [
        "https://south.myshopify.com/products/oak-chair",
        "https://south.myshopify.com/admin/products/123",
        "https://admin.shopify.com/store/south/products/123",
        "http://localhost:8001/store/south.myshopify.com/products/oak-chair",
    ],
)
def test_an_address_of_another_shop_says_whose_it_is(address):
    found = asked(address)
    assert (found.other, bool(found)) == ("south.myshopify.com", False)


@pytest.mark.parametrize("text", ["", " ", "a", "*", '""', "🙂🙂", "- -", "\\", "::", "\x00"])
def test_what_no_index_has_is_not_asked_for(text):
    assert asked(text) == Looked()


def test_words_are_looked_for_in_titles_and_codes_and_the_last_one_may_go_on():
    found = asked("Oak cha")
    assert found.query == '((title:Oak title:cha*) OR sku:"Oak cha" OR barcode:"Oak cha" OR handle:oak-cha*)'
    assert not found.codes
    assert asked("FF-10").codes == "(sku:FF-10* OR barcode:FF-10*)"
    assert [asked(text).code for text in ("Oak cha", "FF-10")] == [
        f'(sku:"{text}" OR barcode:"{text}")' for text in ("Oak cha", "FF-10")
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://north.example/products/oak?variant=4",
        "/products/oak?utm_source=x&variant=4",
        "https://admin.shopify.com/store/north/products/123/variants/4",
        "https://admin.shopify.com/store/north/products/123?variant=4#x",
    ],
)
def test_an_address_may_name_a_variant(address):
    assert asked(address).variant == "4"
    assert not asked(address.replace("4", "x")).variant


@given(TYPED)
def test_whatever_is_typed_only_these_fields_are_asked_and_nothing_is_negated_or_broken(text):
    found = asked(text)
    if not found.query:
        return
    tree = parse(found.query)
    assert isinstance(tree, Or)
    assert {term.field for term in terms(tree)} <= {"title", "sku", "barcode", "handle"}
    assert not any(term.broken or term.comparator for term in terms(tree))
    assert not any(isinstance(part, Not) for part in tree.parts)
    assert len([part for part in tree.parts if isinstance(part, And)]) <= 1


@given(TYPED, st.integers(1, 40))
def test_a_text_of_any_length_is_cut(text, times):
    assert len(asked(text * times).query) < 12 * MOST_CHARACTERS
