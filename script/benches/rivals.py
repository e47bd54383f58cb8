"""The two ways in which scripts usually do it, honestly: with our client, which respects the throttle, and nothing wasted.

Both get the products' ids for nothing, and neither pays for looking whether its pictures are ready and in order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linking.shopify import galleries
from linking.shopify.galleries import REORDER
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import load

DOCUMENTS = Path(__file__).parent / "documents"
PRODUCT_SET = load(DOCUMENTS, "OneProductSet")
ONE_IMAGE = load(DOCUMENTS, "OneImage")


@dataclass(frozen=True)
class Picture:
    name: str
    url: str


Wanted = Mapping[str, Sequence[Picture]]  # product id -> what is appended to its gallery


def product_sets(client: ShopifyClient, wanted: Wanted) -> None:
    """One `productSet` per product: what stands there by its id, then the new pictures."""
    for id, gallery in galleries.read(client, list(wanted)).items():
        new = [{"originalSource": p.url, "filename": p.name, "contentType": "IMAGE"} for p in wanted[id]]
        files = [{"id": medium} for medium in gallery.ids] + new
        accepted(client.run(PRODUCT_SET, id=id, files=files)["productSet"]["userErrors"])


def images_one_by_one(client: ShopifyClient, wanted: Wanted) -> None:
    """One create call and one reorder call per image."""
    for id, gallery in galleries.read(client, list(wanted)).items():
        for at, picture in enumerate(wanted[id], len(gallery.ids)):
            media = [{"originalSource": picture.url, "mediaContentType": "IMAGE"}]
            answer = client.run(ONE_IMAGE, id=id, media=media)["productUpdate"]
            accepted(answer["userErrors"])
            moves = [{"id": answer["product"]["media"]["nodes"][0]["id"], "newPosition": str(at)}]
            accepted(client.run(REORDER, id=id, moves=moves)["productReorderMedia"]["mediaUserErrors"])


def accepted(errors: Sequence[Mapping[str, object]]) -> None:
    if errors:
        raise RuntimeError(f"The store refused: {errors[0]['message']}")


RIVALS: Mapping[str, Callable[[ShopifyClient, Wanted], None]] = {
    "productSet": product_sets,
    "one by one": images_one_by_one,
}
