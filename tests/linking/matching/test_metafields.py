"""The metafields that a store defines: read in the background, kept for a while, and offered where one is chosen."""

from datetime import timedelta

from django.utils import timezone

from linking import jobs
from linking.matching import asking, metafields
from linking.models import Selection, StoreMetafields
from linking.shopify.catalog import OWNER_TYPES
from setup.models import Store
from setup.shopify.client import ShopifyClient
from tests.linking.visits import enter
from tests.scenes import Metafield, asset, product

DEFINED = [
    Metafield("custom", "item_code", "single_line_text_field", admin_filterable=True),
    Metafield("custom", "care", "multi_line_text_field", admin_filterable=False),
]


def place_of(scene, **known):
    return scene([product("a")], [asset("front", "a")], metafields=DEFINED, **known)


def test_definitions_are_read_after_the_matches_once_in_a_while_and_for_few_points(scene):
    place = place_of(scene)
    [match] = asking.ask(place.select()).values()
    jobs.match(match.pk)
    kept = StoreMetafields.objects.get()
    assert [(one["code"], one["name"]) for one in kept.known] == [
        ("custom.item_code", "Item code"),
        ("custom.care", "Care"),
    ]
    place.shop.define_metafield("custom", "ean", "id", False)
    metafields.keep(match.pk)
    assert len(StoreMetafields.objects.get().known) == 2  # fresh enough
    StoreMetafields.objects.update(read_at=timezone.now() - metafields.FRESH - timedelta(seconds=1))
    metafields.keep(match.pk)
    assert len(StoreMetafields.objects.get().known) == 3
    for owner_type in OWNER_TYPES:
        client = ShopifyClient(place.stores[0])
        metafields.definitions(client, owner_type)
        assert (client.spent.requests, client.spent.points <= 15) == (1, True)


def test_a_store_that_does_not_say_keeps_what_it_said_before(scene):
    place = place_of(scene)
    [match] = asking.ask(place.select()).values()
    metafields.keep(match.pk)
    StoreMetafields.objects.update(read_at=timezone.now() - timedelta(days=1))
    place.world.faults.add(service="shopify", kind="http_404", match="MetafieldDefinitions", times=None)
    metafields.keep(match.pk)
    assert len(StoreMetafields.objects.get().known) == 2


def test_the_page_offers_what_can_be_a_key_with_what_it_holds_and_in_how_many_stores(client, scene):
    place = place_of(scene, stores=3)
    chosen = place.select()
    for match in asking.ask(chosen).values():
        metafields.keep(match.pk)
    StoreMetafields.objects.filter(store=place.stores[2]).update(known=[])
    enter(client, place.member, chosen)
    data = {"version": chosen.version, "cloudinary_field": "metadata:sku", "shopify_kind": "metafield"}
    page = client.post(f"/selections/{chosen.key}/settings/", data | {"link_mode": "append"}).content.decode()
    assert '<option value="custom.item_code">Item code · text · in 2 of 3 stores</option>' in page
    assert "custom.care" not in page
    Store.objects.filter(pk__in=[one.pk for one in place.stores[1:]]).update(status="paused")
    Selection.objects.filter(pk=chosen.pk).update(shopify_field="metafield:custom.item_code")
    page = client.get(f"/selections/{chosen.key}/").content.decode()
    assert '<option value="custom.item_code">Item code · text</option>' in page
