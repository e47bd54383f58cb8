"""Choose Assets from Shopify's side: a product's gallery, and the assets that would match it. Against a sandbox over HTTP."""

import html
import re

import pytest

from sandbox.catalog.records import Variant
from setup.models import Environment, Member, Store
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

KEYS = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}


@pytest.fixture
def place(scene, client):
    """A chair in two sizes with two pictures, of which there are three assets; and a table without an asset."""
    chair = product(
        "c-1", pictures=2, handle="chair", title="Oak chair", variants=(Variant(sku="c-1"), Variant(sku="c-2"))
    )
    found = scene(
        [chair, product("t-1", handle="table", title="Oak table")],
        [asset("front", "c-1", 1), asset("side", "c-1", 2), asset("small", "C-2", 3), asset("lamp", "l-1", 4)],
    )
    enter(client, found.member)
    return found


def ask(client, place, typed: str, **more):
    return client.get(f"/assets/products/{place.stores[0].pk}/", {"typed": typed} | more)


def pictures(response) -> list[str]:
    section = response.content.decode().partition("would match")[2]
    return re.findall(r'<img src="[^"]*" alt="([^",]*)', section)


def calls(place) -> int:
    """Of Cloudinary in this hour."""
    return place.world.settings.hourly_limit - place.world.environments[0].spending.remaining


def id_of(place, handle: str) -> str:
    return place.shop.product_with(handle).id


ADDRESS = "https://shop.example/products/chair?utm=x"


def test_an_address_shows_the_gallery_and_the_assets_that_would_match(client, place):
    before = calls(place)
    answer = ask(client, place, ADDRESS)
    text = text_of(answer)
    assert ("Oak chair" in text, "3 assets would match" in text) == (True, True)
    gallery = answer.content.decode().partition("Gallery now")[2].partition("</section>")[0]
    assert gallery.count("<img") == 2
    assert sorted(pictures(answer)) == ["front", "side", "small"]
    assert calls(place) == before + 1


def test_the_search_that_shows_them_all_finds_just_those_without_a_call(client, place, queue):
    answer = ask(client, place, ADDRESS)
    query = html.unescape(re.search(r'data-search="([^"]*)"', answer.content.decode())[1])
    before = calls(place)
    found = client.get(f"/assets/found/?{query}")
    assert sorted(re.findall(r'role="option"[^>]* aria-label="([^",]*)', found.content.decode())) == [
        "front",
        "side",
        "small",
    ]
    assert calls(place) == before


@pytest.mark.parametrize("typed", ["oak", "c-1"])
def test_words_list_products_each_of_which_can_be_shown(client, place, typed):
    before = calls(place)
    answer = ask(client, place, typed)
    assert "Oak chair" in text_of(answer)
    assert calls(place) == before
    chosen = ask(client, place, typed, product=id_of(place, "chair"))
    assert "3 assets would match" in text_of(chosen)


def test_a_product_without_assets_and_pictures_says_so(client, place):
    text = text_of(ask(client, place, "shop.example/products/table"))
    assert ("0 assets would match" in text, "no pictures yet" in text) == (True, True)


def test_a_product_without_a_key_says_so_and_asks_cloudinary_nothing(client, scene):
    place = scene([product(None, handle="plain", title="Plain")], [asset("a", "a")])
    enter(client, place.member)
    before = calls(place)
    assert "The product has no SKU" in text_of(ask(client, place, "/products/plain"))
    assert calls(place) == before


def test_keys_are_of_the_fields_that_new_selections_begin_with(client, place):
    place.environment.default_shopify_field = "handle"
    place.environment.save()
    assert "SKU = chair" in text_of(ask(client, place, ADDRESS))
    place.environment.default_cloudinary_field = "display_name"
    place.environment.save()
    assert "cannot be searched by that" in text_of(ask(client, place, ADDRESS))


def test_nothing_found_is_said_of_an_address_and_not_of_words(client, place):
    assert "nothing" in text_of(ask(client, place, "shop.example/products/nothing")).lower()
    assert text_of(ask(client, place, "zebra")).strip() == ""


def test_a_store_that_does_not_answer_says_so_and_is_asked_again_for_the_same(client, place):
    place.world.faults.add(service="shopify", kind="http_404", times=None)
    text = ask(client, place, ADDRESS).content.decode()
    place.world.faults.clear()
    assert ("Try again" in text, "typed=https%3A//shop.example/products/chair" in text) == (True, True)
    assert "3 assets would match" in text_of(ask(client, place, ADDRESS))


def test_cloudinarys_limit_leaves_the_gallery_in_sight(client, place):
    place.world.faults.add(service="cloudinary", kind="http_420", operation="search")
    text = text_of(ask(client, place, ADDRESS))
    assert ("Oak chair" in text, "hourly API limit" in text) == (True, True)


def test_the_page_asks_each_connected_store_and_cloudinary_nothing_for_an_address(client, place):
    before = calls(place)
    answer = client.get("/assets/found/", {"q": ADDRESS})
    assert f'hx-get="/assets/products/{place.stores[0].pk}/?typed=https' in answer.content.decode()
    assert "This is the address of a product." in text_of(answer)
    assert calls(place) == before
    place.stores[0].status = Store.Status.PAUSED
    place.stores[0].save()
    assert "/assets/products/" not in client.get("/assets/found/", {"q": "oak"}).content.decode()


def test_an_address_of_a_shop_that_is_not_connected_is_named(client, place):
    text = text_of(client.get("/assets/found/", {"q": "https://other.myshopify.com/products/chair"}))
    assert "This address belongs to other.myshopify.com, which is not connected here." in text


def test_a_search_without_words_asks_no_store(client, place):
    assert "/assets/products/" not in client.get("/assets/found/").content.decode()


@pytest.mark.parametrize(
    "product", ["x", "gid://shopify/Product/", "gid://shopify/ProductVariant/1", "gid://shopify/Product/x"]
)
def test_what_is_no_product_is_not_there(client, place, product):
    assert ask(client, place, "oak", product=product).status_code == 404


def test_another_environments_store_is_not_there(client, place):
    other = Environment.objects.create(cloud_name="other", **KEYS)
    enter(client, Member.objects.create(environment=other, external_id="eve", name="Eve", roles=["master_admin"]))
    assert ask(client, place, ADDRESS).status_code == 404
