"""Checking a store under awkward answers, over HTTP: what cannot be read ends nothing, and what is kept fits."""

import pytest

from setup.models import Store
from setup.shopify import connection
from setup.shopify.errors import Remedy, ShopifyError
from tests.linking.shopify.right_answers import RIGHT
from tests.peer import good

SHOP, APP = RIGHT["Connection"]["shop"], RIGHT["Connection"]["currentAppInstallation"]


@pytest.fixture
def store(peer, scene) -> Store:
    found = scene().stores[0]
    found.api_base, found.storefront_url = peer.url, ""
    found.save()
    return found


def answer(peer, shop: object = SHOP, app: object = APP) -> None:
    peer.answers(good({"shop": shop, "currentAppInstallation": app}))


@pytest.mark.parametrize(
    "app",
    [
        None,
        {},
        {"accessScopes": None},
        {"accessScopes": {"handle": "write_files"}},
        {"accessScopes": [None, {"handle": "write_files"}]},
        {"accessScopes": [{"handle": None}, {"handle": "write_files"}]},
    ],
)
def test_scopes_that_cannot_be_read_are_not_missing(peer, store, app):
    answer(peer, app=app)
    with pytest.raises(ShopifyError) as caught:
        connection.look_again(store)
    assert caught.value.remedy == Remedy.LATER
    assert Store.objects.get().status == "connected"


def test_a_scope_that_is_missing_is_named_and_the_store_marked(peer, store):
    answer(peer, app={"accessScopes": [{"handle": "write_files"}]})
    with pytest.raises(ShopifyError, match="lacks write_products"):
        connection.look_again(store)
    assert Store.objects.get().status == "broken"


@pytest.mark.parametrize("shop", [None, {}, SHOP | {"myshopifyDomain": None}, SHOP | {"myshopifyDomain": 5}])
def test_a_shop_that_does_not_say_which_it_is_is_for_later(peer, store, shop):
    answer(peer, shop=shop)
    with pytest.raises(ShopifyError) as caught:
        connection.look_again(store)
    assert caught.value.remedy == Remedy.LATER


def test_names_without_measure_and_addresses_that_are_none_are_kept_as_far_as_they_fit(peer, store):
    wild = {
        "name": "N\0" * 500,
        "plan": {"publicDisplayName": "P" * 500},
        "primaryDomain": {"url": "javascript:alert(1)"},
    }
    answer(peer, shop=SHOP | wild)
    connection.look_again(store)
    kept = Store.objects.get()
    assert (kept.name, kept.plan, kept.storefront_url) == ("N" * 255, "P" * 100, "")


def test_what_is_nice_to_know_may_be_missing(peer, store):
    answer(peer, shop=SHOP | {"name": None, "plan": None, "primaryDomain": None})
    connection.look_again(store)
    assert (Store.objects.get().name, Store.objects.get().status) == ("", "connected")
