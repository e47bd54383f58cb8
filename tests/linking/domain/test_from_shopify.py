"""Which search finds the assets that would match a product."""

from datetime import date

import pytest

from linking.domain.fields import CloudinaryField
from linking.domain.from_shopify import matching
from linking.domain.product_search import is_address
from linking.domain.searching import MOST_VALUES, Filters, Where, expression


@pytest.mark.parametrize(
    ("code", "keys", "found"),
    [
        ("metadata:sku", ["A-1", "A-2", "A-1"], Filters(fields=(Where("metadata:sku", ("A-1", "A-2")),))),
        ("context:sku", ["A-1"], Filters(fields=(Where("context:sku", ("A-1",)),))),
        ("tags", ["A-1"], Filters(tags=("A-1",))),
        ("folder", ["/Shop/A-1/"], Filters(folder="Shop/A-1")),
        ("tags", ["A-1", "A-2"], None),
        ("public_id", ["A-1"], None),
        ("display_name", ["A-1"], None),
        ("metadata:an id with blanks", ["A-1"], None),
        ("metadata:sku", [], None),
        ("metadata:sku", ["", " "], None),
    ],
)
def test_a_products_keys_become_a_search_where_one_can_say_it(code, keys, found):
    assert matching(CloudinaryField.parse(code), keys) == found


def test_quotes_and_asterisks_of_keys_mean_nothing():
    filters = matching(CloudinaryField.parse("metadata:sku"), ['10" *', "B"])
    asked = expression(filters, today=date(2026, 11, 30))
    assert r'(metadata.sku="10\" \*" OR metadata.sku="B")' in asked


def test_of_very_many_keys_the_first_are_looked_for():
    filters = matching(CloudinaryField.parse("metadata:sku"), [f"S{at}" for at in range(200)])
    assert len(filters.fields[0].values) == MOST_VALUES


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://shop.example/products/chair", True),
        ("shop.example/en/products/chair?variant=4", True),
        ("https://admin.shopify.com/store/north/products/12", True),
        ("/products/chair", True),
        ("gid://shopify/Product/12", True),
        ("https://other.myshopify.com/products/chair", True),
        ("chair", False),
        ("products", False),
        ("/products/", False),
        ("a chair /products/ b", False),
        ("", False),
    ],
)
def test_an_address_of_a_product_is_known_from_words(text, is_one):
    assert is_address(text) == is_one
