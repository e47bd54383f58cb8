"""Whatever a store answers, an adapter gives our own values or raises our own error. Over HTTP, from a peer that damages right
answers in every place, and answers anything at all."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from linking.domain.fields import ShopifyField
from linking.domain.product_search import looked_for
from linking.shopify import (
    bulk,
    catalog,
    files,
    finding,
    galleries,
    metafields,
    products,
    shelf,
    swatches,
    uploads,
    variants,
)
from linking.shopify.catalog import ReadWhole
from linking.shopify.files import NewFile
from linking.shopify.swatches import Value
from linking.shopify.uploads import Refused
from setup.reasons import Reason
from setup.shopify import connection, subscriptions
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError
from tests.linking.shopify.damage import COMMON, damaged, damages, paths_of, with_damages, written
from tests.linking.shopify.right_answers import BULK, LINES, M1, P1, P2, RIGHT, V1
from tests.peer import COST, Answer, Asked, Peer
from tests.tiers import drawn, spread

STYLE = ShopifyField.parse("variant_metafield:custom.style")
SKU, TITLE, TAG, CODE = map(ShopifyField.parse, ("sku", "title", "tag", "metafield:custom.code"))
FILE = NewFile("front.jpg", "https://res.cloudinary.com/x/front.jpg")
WORDS, CODED, HANDLE, OF_VARIANT = (
    looked_for(typed, shop="north.myshopify.com")
    for typed in ("oak chair", "S-1", "/products/oak", f"/products/oak?variant={V1.rpartition('/')[2]}")
)
QUERY = "query Q { shop { id } }"
Call = Callable[[ShopifyClient], object]


@dataclass(frozen=True)
class Entry:
    """A function that asks a store: the document whose answer is damaged, and the call. Others are answered rightly."""

    document: str
    call: Call


def lost_start(client: ShopifyClient) -> str:
    """The first start is not answered, so that the operations are listed."""
    return bulk.start(client, QUERY)


# Every function by which the app asks a store. Give a new one its line, and its answer a place in RIGHT.
MARK = "al0123456789ab-01234567"
ENTRIES = {
    "connection.check": Entry("Connection", lambda client: connection.check(client.store).name),
    "subscriptions.subscribe": Entry("WebhookSubscribe", lambda client: subscriptions.subscribe(client.store)),
    "subscriptions.keep": Entry("WebhookSubscriptions", lambda client: subscriptions.keep(client.store)),
    "catalog.candidates, sku": Entry("VariantsByField", lambda client: [*catalog.candidates(client, SKU, ["S-1"])]),
    "catalog.candidates, tag": Entry("ProductsByField", lambda client: [*catalog.candidates(client, TAG, ["oak"])]),
    "catalog.candidates, metafield": Entry(
        "ProductsByMetafield", lambda client: [*catalog.candidates(client, CODE, ["oak"])]
    ),
    "catalog.candidates, variant metafield": Entry(
        "VariantsByMetafield", lambda client: [*catalog.candidates(client, STYLE, ["oak"])]
    ),
    "catalog.near, variant metafield": Entry(
        "NearVariantMetafields", lambda client: [*catalog.near(client, STYLE, "a", "b")]
    ),
    "catalog.candidates, definition": Entry(
        "MetafieldDefinition", lambda client: [*catalog.candidates(client, CODE, ["oak"])]
    ),
    "catalog.near, sku": Entry("NearVariants", lambda client: [*catalog.near(client, SKU, "a", "b")]),
    "catalog.near, title": Entry("NearProducts", lambda client: [*catalog.near(client, TITLE, "a", "b")]),
    "catalog.cards": Entry("ProductCards", lambda client: catalog.cards(client, [P1, P2])),
    "catalog.shelf": Entry("ProductsPage", lambda client: catalog.shelf(client, "")[0]),
    "finding.find, words": Entry("ProductsFind", lambda client: finding.find(client, WORDS, "oak chair")),
    "finding.find, code": Entry("ProductsFindByCode", lambda client: finding.find(client, CODED, "S-1")),
    "finding.find, address": Entry(
        "ProductFindByAddress", lambda client: finding.find(client, HANDLE, "/products/oak")
    ),
    "finding.chosen": Entry("ProductChosen", lambda client: finding.chosen(client, P1, OF_VARIANT, "")),
    "finding.chosen, code": Entry("VariantsByField", lambda client: finding.chosen(client, P1, CODED, "S-1")),
    "metafields.definitions": Entry("MetafieldDefinitions", lambda client: metafields.definitions(client, "PRODUCT")),
    "products.facts": Entry("ProductFacts", lambda client: products.facts(client, [P1, P2])),
    "products.collections_like": Entry("CollectionsLike", lambda client: products.collections_like(client, "sum")),
    "products.members": Entry("ProductsInCollection", lambda client: products.members(client, ["summer"], [P1, P2])),
    "products.members, found": Entry(
        "CollectionsByName", lambda client: products.members(client, ["summer"], [P1, P2])
    ),
    "shelf.products": Entry("CatalogPage", lambda client: [*shelf.products(client)]),
    "bulk.start": Entry("BulkQuery", lambda client: bulk.start(client, QUERY)),
    "bulk.start, lost": Entry("BulkOperations", lost_start),
    "bulk.look": Entry("BulkStatus", lambda client: bulk.look(client, BULK)),
    "bulk.await_end": Entry("BulkStatus", lambda client: bulk.await_end(client, BULK, lambda count: None)),
    "bulk.cancel": Entry("BulkCancel", lambda client: bulk.cancel(client, BULK)),
    "swatches.values": Entry("OwnerMetafields", lambda client: swatches.values(client, [P1, V1])),
    "swatches.define": Entry("SwatchDefinition", lambda client: swatches.define(client, "PRODUCT")),
    "swatches.define, new": Entry("MetafieldDefinitionCreate", lambda client: swatches.define(client, "PRODUCT")),
    "swatches.write": Entry("MetafieldsSet", lambda client: swatches.write(client, {P1: M1}, {P1: Value(M1, "abc")})),
    "swatches.remove": Entry("MetafieldsDelete", lambda client: swatches.remove(client, [P1])),
    "uploads.stage": Entry("StagedUploads", lambda client: uploads.stage(client, "turn.mp4", 5).source),
    "files.create": Entry("FilesCreate", lambda client: files.create(client, [FILE])),
    "files.states": Entry("FilesStatus", lambda client: files.states(client, [M1])),
    "files.by_mark": Entry("FilesByName", lambda client: files.by_mark(client, {MARK: "front.jpg"}).found),
    "files.contents": Entry("FilesContents", lambda client: files.contents(client, [M1])),
    "files.attach": Entry("FilesUpdate", lambda client: files.attach(client, {M1: [P1]})),
    "files.detach": Entry("FilesUpdate", lambda client: files.detach(client, {M1: [P1]})),
    "files.describe": Entry("FilesUpdate", lambda client: files.describe(client, {M1: "Alt"})),
    "files.replace": Entry("FilesUpdate", lambda client: files.replace(client, {M1: FILE.url})),
    "galleries.read": Entry("Galleries", lambda client: galleries.read(client, [P1])),
    "galleries.reorder": Entry("GalleryReorder", lambda client: galleries.reorder(client, P1, [M1])),
    "galleries.under_way": Entry("JobStatus", lambda client: galleries.under_way(client, "gid://shopify/Job/1")),
    "variants.pictures": Entry("VariantPictures", lambda client: variants.pictures(client, [P1])),
    "variants.with_options": Entry("VariantOptions", lambda client: variants.with_options(client, [P1])),
    "variants.options": Entry("VariantValues", lambda client: variants.options(client, [P1])),
    "variants.show": Entry("VariantsShow", lambda client: variants.show(client, P1, {V1: M1})),
    "variants.detach": Entry("VariantsDetach", lambda client: variants.detach(client, P1, {V1: M1})),
}
OURS = (ShopifyError, ReadWhole, Refused)
ENOUGH = 60  # requests, for one call that asks little
BODY = {"data": None, "extensions": {"cost": COST}}

TO_HOLD = [pytest.param(entry, id=name) for name, entry in ENTRIES.items()]


def outcome(peer: Peer, entry: Entry, body: object) -> object:
    """What the call gives when its document is answered with this body; None for an error of ours."""

    def rule(asked: Asked) -> Answer:
        if asked.name == entry.document:
            return Answer(written(body))
        if entry.call is lost_start and peer.names == ["BulkQuery"]:
            return Answer(b"", 502)
        return Answer(BODY | {"data": RIGHT[asked.name]})

    peer.answers(rule)
    try:
        found = entry.call(peer.client())
    except OURS:
        found = None
    assert len(peer.asked) <= ENOUGH
    return found


def right(document: str) -> dict:
    return BODY | {"data": RIGHT[document]}


def raw(value: object) -> bool:
    """Whether something of a result is an answer's own object or list, and none of our values."""
    if dataclasses.is_dataclass(value):
        return any(raw(getattr(value, each.name)) for each in dataclasses.fields(value))
    if isinstance(value, Reason):
        return raw(value.pairs)
    if isinstance(value, tuple):
        return any(map(raw, value))
    return not isinstance(value, str | int | float | None)


def values(found: object) -> list:
    """A result's values: adapters answer one, a list of them, or a mapping by id."""
    if isinstance(found, dict):
        return [*found.keys(), *(each for value in found.values() for each in values(value))]
    return list(found) if isinstance(found, list) else [found]


@pytest.fixture
def peer(peer, monkeypatch):
    """Clients that are not given a pause do not wait either."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return peer


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_a_right_answer_is_understood(peer, entry):
    found = outcome(peer, entry, right(entry.document))
    assert not any(map(raw, values(found)))
    assert entry.document in peer.names


@pytest.mark.parametrize("entry", TO_HOLD)
@pytest.mark.cases(8)
def test_any_single_damage_is_a_value_or_an_error_of_ours(peer, entry):
    body = right(entry.document)
    for path in spread(paths_of(body), 12):
        for value in COMMON:
            assert not any(map(raw, values(outcome(peer, entry, damaged(body, path, value))))), (path, value)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
@given(damages())
@examples(max_examples=drawn(6, 100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.cases(6)
def test_several_damages_are_a_value_or_an_error_of_ours(peer, entry, wanted):
    found = outcome(peer, entry, with_damages(right(entry.document), wanted))
    assert not any(map(raw, values(found)))


def lines_read(peer: Peer, field: ShopifyField, lines: object) -> list:
    """The candidates of a bulk query's result with these lines; none for an error of ours."""
    rows = lines if isinstance(lines, list) else [lines]
    peer.answers(Answer(b"\n".join(map(written, rows))))
    try:
        with bulk.result(peer.store, f"{peer.url}/bulk/1.jsonl") as objects:
            return [*catalog.everything(field, objects)]
    except OURS:
        return []


@pytest.mark.parametrize("field", [SKU, TITLE, TAG, CODE], ids=str)
@pytest.mark.cases(2)
def test_a_bulk_result_with_any_damage_is_read_or_an_error_of_ours(peer, field):
    assert lines_read(peer, field, LINES) != []
    for path in paths_of(LINES):
        for value in COMMON:
            assert not any(map(raw, lines_read(peer, field, damaged(LINES, path, value)))), (path, value)


@pytest.mark.parametrize(
    "broken", [b'{"id": "1"}\n{"id"', b"\xff\n", b'{"id": NaN}', b"[" * 50_000, b"<html>", b"[]", b"5"]
)
def test_a_line_that_is_no_object_makes_the_whole_result_unusable(peer, broken):
    peer.answers(Answer(broken))
    with bulk.result(peer.store, f"{peer.url}/bulk/1.jsonl") as objects, pytest.raises(ShopifyError) as caught:
        list(objects)
    assert caught.value.code == "broken_result"
