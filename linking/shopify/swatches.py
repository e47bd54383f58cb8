"""The metafield `cloudinary.swatch`, a file reference, of products and variants.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldsSet: 25 at a time, all or nothing; the digest of what
was read guards against somebody who writes at the same moment.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.reasons import Reason, said
from setup.shapes import listed, mapping, path_row, text
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load

DOCUMENTS = Path(__file__).parent / "documents"
READ = load(DOCUMENTS, "OwnerMetafields")
SET = load(DOCUMENTS, "MetafieldsSet")
DELETE = load(DOCUMENTS, "MetafieldsDelete")
DEFINITION = load(DOCUMENTS, "SwatchDefinition")
DEFINE = load(DOCUMENTS, "MetafieldDefinitionCreate")
NAMESPACE, KEY = "cloudinary", "swatch"
PER_READ, PER_CALL = 250, 25
OWNERS = {"Product": "PRODUCT", "ProductVariant": "PRODUCTVARIANT"}


@dataclass(frozen=True)
class Value:
    """What the metafield names now, and the digest to write against; both empty where there is none."""

    file_id: str = ""
    digest: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Shopify's word on the row of an owner (`owner` None: on the whole call). One row that is refused keeps all others out."""

    owner: str | None
    reason: Reason
    code: str = ""


def owner_type(owner_id: str) -> str:
    """`gid://shopify/ProductVariant/1` -> `PRODUCTVARIANT`. Raises ShopifyError for what owns no swatch."""
    kind = owner_id.removeprefix("gid://shopify/").partition("/")[0]
    if kind not in OWNERS:
        raise ShopifyError(Remedy.GIVE_UP, Reason("swatch.no_owner", owner=owner_id[:100]), "owner")
    return OWNERS[kind]


def values(client: ShopifyClient, owner_ids: Sequence[str]) -> dict[str, Value]:
    """By owner, those that are shown. One that is absent need not be gone: a replica may lag behind. Raises ShopifyError."""
    found: dict[str, Value] = {}
    for start in range(0, len(owner_ids), PER_READ):
        ids = list(owner_ids[start : start + PER_READ])
        for node in listed(client.run(READ, ids=ids, namespace=NAMESPACE, key=KEY).get("nodes")):
            if node.get("id") in ids and (value := _value(node)) is not None:
                found[text(node["id"])] = value
    return found


def _value(node: dict) -> Value | None:
    """None for an owner whose metafield cannot be read: it is not one without any."""
    if "metafield" in node and node["metafield"] is None:
        return Value()
    known = mapping(node.get("metafield"))
    file_id, digest = text(known.get("value")), text(known.get("compareDigest"))
    return Value(file_id, digest) if file_id and digest else None


def read(client: ShopifyClient, owner_ids: Sequence[str]) -> dict[str, str]:
    """Owner -> file id, empty where there is none; those that are shown. Raises ShopifyError."""
    return {owner: value.file_id for owner, value in values(client, owner_ids).items()}


def define(client: ShopifyClient, kind: str) -> None:
    """Make sure that owners of this kind have the definition, so that merchants see it. Raises ShopifyError, with Shopify's code
    of the refusal if there is one.

    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldDefinitionCreate
    """
    known = client.run(DEFINITION, ownerType=kind, namespace=NAMESPACE, key=KEY).get("metafieldDefinitions")
    if listed(mapping(known).get("nodes")):
        return
    definition = {
        "name": "Swatch",
        "namespace": NAMESPACE,
        "key": KEY,
        "ownerType": kind,
        "type": "file_reference",
        "validations": [{"name": "file_type_options", "value": json.dumps(["Image"])}],
    }
    payload = client.write(DEFINE, "metafieldDefinitionCreate", definition=definition)
    refusals = [refusal for refusal in _refusals(payload, ()) if refusal.code != "TAKEN"]
    if refusals:
        raise ShopifyError(Remedy.GIVE_UP, refusals[0].reason, refusals[0].code)


def write(client: ShopifyClient, wanted: Mapping[str, str], current: Mapping[str, Value]) -> tuple[Refusal, ...]:
    """Owner -> file id, at most 25. If anything was refused, nothing was written. Raises ShopifyError."""
    rows = [
        {
            "ownerId": owner,
            "namespace": NAMESPACE,
            "key": KEY,
            "type": "file_reference",
            "value": file_id,
            "compareDigest": current[owner].digest if owner in current else None,
        }
        for owner, file_id in wanted.items()
    ]
    return _refusals(client.write(SET, "metafieldsSet", metafields=rows), tuple(wanted))


def remove(client: ShopifyClient, owner_ids: Sequence[str]) -> tuple[Refusal, ...]:
    """At most 25. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldsDelete
    """
    rows = [{"ownerId": owner, "namespace": NAMESPACE, "key": KEY} for owner in owner_ids]
    return _refusals(client.write(DELETE, "metafieldsDelete", metafields=rows), owner_ids)


def _refusals(payload: dict, owners: Sequence[str]) -> tuple[Refusal, ...]:
    return tuple(_refusal(error, owners) for error in listed(payload.get("userErrors")))


def _refusal(error: dict, owners: Sequence[str]) -> Refusal:
    row = path_row(error.get("field"))
    owner = owners[row] if row is not None and row < len(owners) else None
    answered = said(text(error.get("message"))) or Reason("shopify.gave_no_reason")
    return Refusal(owner, answered, text(error.get("code")))
