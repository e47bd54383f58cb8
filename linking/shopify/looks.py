"""What Shopify says of pictures that other tools or people have brought: where they are, how large, and what of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.shapes import listed, mapping, text, whole
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import load

LOOKS = load(Path(__file__).parent / "documents", "FilesLooks")
PER_CALL = 250


@dataclass(frozen=True)
class Described:
    """`url`: of the picture on Shopify's CDN; `source`: of the original, which may be anywhere. `bytes` of the original; 0 where
    Shopify does not say."""

    id: str
    url: str
    source: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0


def read(client: ShopifyClient, ids: Sequence[str]) -> dict[str, Described]:
    """By file id, those that are pictures and there. A call for 250, at some points. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/objects/MediaImage
    """
    found: dict[str, Described] = {}
    for at in range(0, len(ids), PER_CALL):
        nodes = listed(client.run(LOOKS, ids=list(ids[at : at + PER_CALL])).get("nodes"))
        described = map(_described, nodes)
        found |= {one.id: one for one in described if one.id and one.url}
    return found


def _described(node: dict) -> Described:
    image, source = mapping(node.get("image")), mapping(node.get("originalSource"))
    size, width, height = (
        max(0, whole(value) or 0) for value in (source.get("fileSize"), image.get("width"), image.get("height"))
    )
    return Described(text(node.get("id")), text(image.get("url")), text(source.get("url")), size, width, height)
