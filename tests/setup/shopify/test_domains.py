"""Shop domains: what people write, and what must never become part of an address."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.shopify.domains import BadDomain, is_shop, shop_domain
from setup.shopify.transport import StoreGraphQL, address


@pytest.mark.parametrize(
    "text",
    [
        "my-shop",
        "My-Shop",
        " my-shop.myshopify.com ",
        "https://my-shop.myshopify.com",
        "https://my-shop.myshopify.com/",
        "https://my-shop.myshopify.com/admin",
        "https://admin.shopify.com/store/my-shop",
        "admin.shopify.com/store/my-shop/products?selected=1",
    ],
)
def test_every_way_to_write_a_store_names_the_same_one(text):
    assert shop_domain(text) == "my-shop.myshopify.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-shop",
        "shop-",
        "my shop",
        "my_shop",
        "shop.example.com",
        "my-shop.myshopify.com.evil.com",
        "evil.com/my-shop.myshopify.com",
        "evil.com#my-shop.myshopify.com",
        "evil.com?.myshopify.com",
        "user@my-shop.myshopify.com",
        "my-shop.myshopify.com:8080",
        "my-shop.myshopify.com@evil.com",
        "my-shop.myshopify.com\n.evil.com",
        "a.b.myshopify.com",
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        "http://my-shop.myshopify.com/admin/../..",
        "admin.shopify.com/store/../../evil.com",
        "admin.shopify.com.evil.com/store/x",
        "ｍｙ-shop.myshopify.com",
        "my-shop。myshopify.com",
        "xn--" + "a" * 80,
        "\0",
    ],
)
def test_what_names_no_store_is_refused_with_an_example(text):
    with pytest.raises(BadDomain, match=r"my-shop\.myshopify\.com"):
        shop_domain(text)


def test_a_bare_host_name_is_read_as_the_store_of_that_name_and_never_as_the_host():
    assert shop_domain("localhost") == "localhost.myshopify.com"


@given(st.text(max_size=200) | st.from_regex(r"[a-z0-9.@:/#?\\-]{1,40}myshopify\.com[a-z0-9.@:/#?\\-]{0,20}"))
def test_whatever_is_written_only_a_stores_own_domain_comes_out(text):
    try:
        found = shop_domain(text)
    except BadDomain:
        return
    name, _, rest = found.partition(".")
    assert rest == "myshopify.com"
    assert name
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-")
    assert is_shop(found)
    assert shop_domain(found) == found


@given(st.text(max_size=100).filter(lambda text: not is_shop(text)))
def test_no_other_host_is_ever_asked(text):
    with pytest.raises(ValueError, match="is no Shopify store"):
        address(text, "", "/admin/oauth/access_token")
    with pytest.raises(ValueError):
        StoreGraphQL(text)


@given(st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?\.myshopify\.com\Z"))
def test_the_address_is_the_stores_own(domain):
    assert address(domain, "", "/x")[0] == f"https://{domain}/x"
    assert StoreGraphQL(domain).endpoint == f"https://{domain}/admin/api/2026-10/graphql.json"
