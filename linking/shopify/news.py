"""Products that are new or have changed: which ones, when, and by which keys assets find them.

https://shopify.dev/docs/api/admin-graphql/2026-10/queries/nodes and …/queries/products
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.shopify.catalog import elements
from linking.shopify.paging import pages
from linking.shopify.variants import rows_of_products
from setup.shapes import listed, mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import load

DOCUMENTS = Path(__file__).parent / "documents"
TO_KEY, CODES = load(DOCUMENTS, "ProductsToKey"), load(DOCUMENTS, "VariantCodes")
CHANGED, METAFIELDS = load(DOCUMENTS, "ProductsChanged"), load(DOCUMENTS, "OwnerMetafields")
PER_CALL = 250
PER_CALL_OF_VARIANTS = 50
MOST_VARIANTS = 2048
Keys = dict[ShopifyField, list[str]]


@dataclass
class Keyed:
    """A product as it is now. `created`: None where the store does not say it readably; `updated`: as the store writes it."""

    created: datetime | None
    updated: str
    keys: Keys = field(default_factory=dict)


def moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def read(client: ShopifyClient, ids: Sequence[str], fields: Collection[ShopifyField]) -> dict[str, Keyed]:
    """Those of the products that are shown, by id, with their values of these fields. Raises ShopifyError."""
    found: dict[str, Keyed] = {}
    for at in range(0, len(ids), PER_CALL):
        for node in listed(client.run(TO_KEY, ids=list(ids[at : at + PER_CALL])).get("nodes")):
            if "title" in node:
                one = Keyed(moment(node.get("createdAt")), text(node.get("updatedAt"))[:40])
                one.keys = {wanted: list(_values(node, wanted.kind)) for wanted in fields if not wanted.of_variants}
                found[text(node.get("id"))] = one
    owners = {id: id for id in found}
    if any(wanted.of_variants for wanted in fields):
        owners |= _of_variants(client, found, [wanted for wanted in fields if wanted.of_variants])
    for wanted in fields:
        if wanted.by_metafield:
            mine = [owner for owner, product in owners.items() if (owner != product) == wanted.of_variants]
            _by_metafield(client, found, owners, mine, wanted)
    return found


def _values(node: dict, kind: ShopifyKind) -> Iterator[str]:
    if kind == ShopifyKind.TAG:
        tags = node.get("tags")
        yield from map(text, tags if isinstance(tags, list) else [])
    elif kind != ShopifyKind.METAFIELD:
        yield text(node.get("productType" if kind == ShopifyKind.PRODUCT_TYPE else kind.value))


def _of_variants(client: ShopifyClient, found: dict[str, Keyed], fields: Iterable[ShopifyField]) -> dict[str, str]:
    """Their SKUs and barcodes; variant id -> product id."""
    owners: dict[str, str] = {}
    codes = [one for one in fields if one.kind in (ShopifyKind.SKU, ShopifyKind.BARCODE)]
    for id, rows in rows_of_products(client, CODES, list(found), PER_CALL_OF_VARIANTS):
        for row in islice(rows, MOST_VARIANTS):
            owners[text(row.get("id"))] = id
            for one in codes:
                found[id].keys.setdefault(one, []).append(text(row.get(one.kind.value)))
    return owners


def _by_metafield(
    client: ShopifyClient, found: dict[str, Keyed], owners: dict[str, str], ids: Sequence[str], wanted: ShopifyField
) -> None:
    for at in range(0, len(ids), PER_CALL):
        known = {"ids": list(ids[at : at + PER_CALL]), "namespace": wanted.namespace, "key": wanted.key}
        for row in listed(client.run(METAFIELDS, **known).get("nodes")):
            value, owner = text(mapping(row.get("metafield")).get("value")), owners.get(text(row.get("id")))
            if value and owner:
                values = elements(value) if value.startswith("[") else (value,)
                found[owner].keys.setdefault(wanted, []).extend(values)


def changed_since(client: ShopifyClient, since: datetime, most: int) -> dict[str, str]:
    """Product id -> when it was changed last, as the store writes it; what was changed first comes first, and of `most` or a few
    more there may be others. One call for each 250. Raises ShopifyError."""
    query = f"updated_at:>'{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    found: dict[str, str] = {}
    for rows in pages(lambda after: client.run(CHANGED, query=query, after=after).get("products")):
        found |= {text(row.get("id")): text(row.get("updatedAt"))[:40] for row in listed(rows)}
        if len(found) >= most:
            break
    return found
