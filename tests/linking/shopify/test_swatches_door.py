"""Swatches' metafields, over HTTP: what is shown, what was refused, for whom and in which code."""

import pytest

from linking.shopify import swatches
from linking.shopify.swatches import Refusal, Value, owner_type
from setup.reasons import said
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from tests.peer import good
from tests.scenes import product

OWNERS = ["gid://shopify/Product/1", "gid://shopify/ProductVariant/2"]


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1), product("b")])


def client_of(place) -> ShopifyClient:
    return ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)


def file_of(place) -> str:
    return next(iter(place.shop.files))


def test_a_swatch_is_written_against_what_was_read(place):
    client, owners = client_of(place), list(place.shop.products)
    swatches.define(client, "PRODUCT")
    swatches.define(client, "PRODUCT")
    before = swatches.values(client, owners)
    assert before == dict.fromkeys(owners, Value())
    assert swatches.write(client, {owners[0]: file_of(place)}, before) == ()
    [refusal] = swatches.write(client, {owners[1]: file_of(place), owners[0]: file_of(place)}, before)
    assert (refusal.owner, refusal.code) == (owners[0], "STALE_OBJECT")
    assert swatches.read(client, owners) == {owners[0]: file_of(place), owners[1]: ""}
    assert swatches.remove(client, owners[:1]) == ()
    assert swatches.read(client, owners) == dict.fromkeys(owners, "")


def test_a_refusal_by_switch_tells_its_code(place):
    place.world.faults.add(service="shopify", kind="refused", code="STALE_OBJECT", operation="metafieldsSet")
    owner = next(iter(place.shop.products))
    [refusal] = swatches.write(client_of(place), {owner: file_of(place)}, {})
    assert refusal.code == "STALE_OBJECT"


def test_an_owner_that_is_not_shown_is_absent_and_one_without_a_swatch_is_empty(place):
    owners = list(place.shop.products)
    place.world.faults.add(service="shopify", kind="ids_missing", match=owners[0])
    assert swatches.values(client_of(place), owners) == {owners[1]: Value()}


@pytest.mark.parametrize(
    "node",
    [
        None,
        {},
        {"id": OWNERS[0]},
        {"id": OWNERS[0], "metafield": []},
        {"id": OWNERS[0], "metafield": {}},
        {"id": OWNERS[0], "metafield": {"value": "gid", "compareDigest": None}},
        {"id": "gid://shopify/Product/99", "metafield": None},
    ],
)
def test_what_cannot_be_read_is_not_an_owner_without_a_swatch(peer, node):
    peer.answers(good({"nodes": [node, {"id": OWNERS[1], "metafield": None}]}))
    assert swatches.values(peer.client(), OWNERS) == {OWNERS[1]: Value()}


@pytest.mark.parametrize(
    ("field", "owner"),
    [
        (["metafields", "1", "value"], OWNERS[1]),
        (["metafields", "7"], None),
        (["metafields", "-1"], None),
        (["metafields"], None),
        (None, None),
    ],
)
def test_a_refusal_names_its_owner_if_shopify_does(peer, field, owner):
    peer.answers(good({"metafieldsSet": {"userErrors": [{"field": field, "message": "No.", "code": "INVALID"}]}}))
    refusals = swatches.write(peer.client(), dict.fromkeys(OWNERS, "gid://shopify/MediaImage/1"), {})
    assert refusals == (Refusal(owner, said("No."), "INVALID"),)


def test_a_definition_that_is_refused_says_why(peer):
    nothing, payload = {"metafieldDefinitions": {"nodes": []}}, {"createdDefinition": None}
    for code, fine in (("TAKEN", True), ("RESOURCE_TYPE_LIMIT_EXCEEDED", False)):
        errors = [{"field": None, "message": "No.", "code": code}]
        peer.answers(good(nothing), good({"metafieldDefinitionCreate": payload | {"userErrors": errors}}))
        if fine:
            swatches.define(peer.client(), "PRODUCT")
            continue
        with pytest.raises(ShopifyError) as caught:
            swatches.define(peer.client(), "PRODUCT")
        assert (caught.value.remedy, caught.value.code) == (Remedy.GIVE_UP, code)


def test_owners_are_products_and_variants():
    assert [owner_type(owner) for owner in OWNERS] == ["PRODUCT", "PRODUCTVARIANT"]
    for odd in ("", "x", "gid://shopify/Collection/1", "gid://other/Product/1"):
        with pytest.raises(ShopifyError):
            owner_type(odd)
