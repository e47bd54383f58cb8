"""The metafield `cloudinary.swatch`, a file reference, of products and variants.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldsSet: 25 at a time, all or nothing; the digest of what
was read guards against somebody who writes at the same moment.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.graphql_documents import load
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError

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
    """Shopify's word on an owner, or (`owner` None) on a whole call."""

    owner: str | None
    message: str
    code: str


def owner_type(owner_id: str) -> str:
    """`gid://shopify/ProductVariant/1` -> `PRODUCTVARIANT`."""
    return OWNERS[owner_id.split("/")[3]]


def values(client: ShopifyClient, owner_ids: Sequence[str]) -> dict[str, Value]:
    """By owner; an owner that is gone is absent."""
    found: dict[str, Value] = {}
    for start in range(0, len(owner_ids), PER_READ):
        ids = list(owner_ids[start : start + PER_READ])
        for node in client.run(READ, ids=ids, namespace=NAMESPACE, key=KEY)["nodes"]:
            if node:
                known = node["metafield"] or {}
                found[node["id"]] = Value(known.get("value") or "", known.get("compareDigest"))
    return found


def read(client: ShopifyClient, owner_ids: Sequence[str]) -> dict[str, str]:
    """Owner -> file id, empty where there is none."""
    return {owner: value.file_id for owner, value in values(client, owner_ids).items()}


def define(client: ShopifyClient, kind: str) -> None:
    """Make sure that owners of this kind have the definition, so that merchants see it. Raises ShopifyError."""
    known = client.run(DEFINITION, ownerType=kind, namespace=NAMESPACE, key=KEY)["metafieldDefinitions"]["nodes"]
    if known:
        return
    definition = {
        "name": "Swatch",
        "namespace": NAMESPACE,
        "key": KEY,
        "ownerType": kind,
        "type": "file_reference",
        "validations": [{"name": "file_type_options", "value": json.dumps(["Image"])}],
    }
    errors = client.run(DEFINE, definition=definition)["metafieldDefinitionCreate"]["userErrors"]
    if errors and errors[0].get("code") != "TAKEN":
        raise ShopifyError(Remedy.GIVE_UP, errors[0]["message"], errors[0].get("code") or "")


def write(client: ShopifyClient, wanted: Mapping[str, str], current: Mapping[str, Value]) -> tuple[Refusal, ...]:
    """Owner -> file id, at most 25: all or nothing."""
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
    return _refusals(client.write(SET, "metafieldsSet", metafields=rows))


def remove(client: ShopifyClient, owner_ids: Sequence[str]) -> tuple[Refusal, ...]:
    """At most 25."""
    rows = [{"ownerId": owner, "namespace": NAMESPACE, "key": KEY} for owner in owner_ids]
    return _refusals(client.write(DELETE, "metafieldsDelete", metafields=rows))


def _refusals(answer: dict) -> tuple[Refusal, ...]:
    errors = answer.get("userErrors") or ()
    return tuple(Refusal(None, str(error.get("message") or ""), str(error.get("code") or "")) for error in errors)
