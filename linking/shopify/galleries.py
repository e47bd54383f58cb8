"""Galleries: reading them by id, many at a time, and putting them in order."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from linking.domain.moves import Move
from setup.graphql_documents import load
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError

DOCUMENTS = Path(__file__).parent / "documents"
GALLERIES = load(DOCUMENTS, "Galleries")
REORDER = load(DOCUMENTS, "GalleryReorder")
# The price of a read does not grow with the ids; the size of the answer does (250 media each).
PER_READ = 100


@dataclass(frozen=True)
class GalleryMedium:
    """One place of a gallery. `url` is the picture's, empty while Shopify still works on it; `name` a video's file name."""

    id: str
    alt: str
    status: str
    type: str
    url: str
    name: str = ""

    def as_row(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Gallery:
    product_id: str
    title: str
    handle: str
    media: tuple[GalleryMedium, ...]

    @property
    def ids(self) -> list[str]:
        return [medium.id for medium in self.media]


def read(client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, Gallery]:
    """The galleries of the products that exist, by product id. Reads by id do not lag."""
    found: dict[str, Gallery] = {}
    for start in range(0, len(product_ids), PER_READ):
        data = client.run(GALLERIES, ids=list(product_ids[start : start + PER_READ]))
        found |= {node["id"]: _gallery(node) for node in data["nodes"] if node and "media" in node}
    return found


def _gallery(node: dict) -> Gallery:
    return Gallery(node["id"], node["title"], node["handle"], tuple(_medium(item) for item in node["media"]["nodes"]))


def _medium(item: dict) -> GalleryMedium:
    image = (item.get("preview") or {}).get("image") or {}
    url, name = image.get("url") or "", item.get("filename") or ""
    return GalleryMedium(item["id"], item["alt"] or "", item["status"], item["mediaContentType"], url, name)


def reorder(client: ShopifyClient, product_id: str, moves: Sequence[Move]) -> None:
    """Asynchronous at Shopify, and silent about unknown ids: read back. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productReorderMedia
    """
    rows = [{"id": move.id, "newPosition": str(move.to)} for move in moves[:250]]
    answer = client.run(REORDER, id=product_id, moves=rows)["productReorderMedia"]
    if errors := answer["mediaUserErrors"]:
        raise ShopifyError(Remedy.GIVE_UP, errors[0]["message"], errors[0]["code"] or "")
