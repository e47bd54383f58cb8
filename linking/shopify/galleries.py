"""Galleries: reading them by id, many at a time and each to its end, and putting them in order."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from linking.domain.waiting import Wait, waiting_for
from linking.shopify.paging import pages
from setup.reasons import NONE, Reason, said
from setup.shapes import listed, mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load
from setup.spelling import composed

DOCUMENTS = Path(__file__).parent / "documents"
GALLERIES = load(DOCUMENTS, "Galleries")
MORE = load(DOCUMENTS, "GalleriesMore")
REORDER = load(DOCUMENTS, "GalleryReorder")
JOB = load(DOCUMENTS, "JobStatus")
# The price of a read does not grow with the ids; the size of the answer does (250 media each).
PER_READ = 100
PAGE = 250  # media that come with a product
# Shopify allows 250 media; what is longer is not read to its end, and nothing is written to it.
MOST_MEDIA = 1000
ENDLESS = "endless_list"
# Seconds between readings of a gallery in pages that changes while it is read, or comes from replicas that differ.
TORN_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
TORN = Reason("gallery.torn")


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
    """`whole`: it was read to its end."""

    product_id: str
    title: str
    handle: str
    media: tuple[GalleryMedium, ...]
    whole: bool = True

    @property
    def ids(self) -> list[str]:
        return [medium.id for medium in self.media]


@dataclass(frozen=True)
class Ordering:
    """What became of the wish for an order: a `job` under way (empty: done already, or not named), or a refusal."""

    job: str = ""
    refusal: Reason = NONE
    code: str = ""

    @property
    def wait(self) -> Wait | None:
        """What a refusal is waited for, if the order may be taken later."""
        return waiting_for(self.code) if self.refusal else None


def read(
    client: ShopifyClient, product_ids: Sequence[str], *, per_read: int = PER_READ, first: int = PAGE
) -> dict[str, Gallery]:
    """The galleries that are shown, by product id, each to its end. Raises ShopifyError.

    A product that is not shown may be gone, or the answer may come from an old replica. `first`: media that come with the
    product; the price grows with it, and what is longer has to be asked for page by page.
    """
    found: dict[str, Gallery] = {}
    for start in range(0, len(product_ids), per_read):
        ids = list(product_ids[start : start + per_read])
        nodes = listed(client.run(GALLERIES, ids=ids, first=first).get("nodes"))
        for node in nodes:
            if (id := text(node.get("id"))) and isinstance(node.get("media"), dict):
                found[id] = _gallery(client, id, node)
    return found


def _gallery(client: ShopifyClient, id: str, node: dict) -> Gallery:
    """What came in several pages is no one moment's view: it is read until it comes alike twice."""
    media, pages_read = _media(client, id, node.get("media"))
    for pause in TORN_PAUSES if media is not None and pages_read > 1 else ():
        again, _ = _media(client, id, None)
        if again == media:
            break
        if pause == TORN_PAUSES[-1]:
            raise ShopifyError(Remedy.LATER, TORN, "torn")
        media = again
        client.pause(pause, TORN)
    return Gallery(
        id, composed(text(node.get("title"))), text(node.get("handle")), tuple(media or ()), media is not None
    )


def _media(client: ShopifyClient, id: str, first: object) -> tuple[list[GalleryMedium] | None, int]:
    """All of a gallery's media, None if there is no end to them; and in how many pages. `first`: the first page, if in hand."""

    def page(after: str | None) -> object:
        if after is None and first is not None:
            return first
        return mapping(client.run(MORE, id=id, after=after).get("product")).get("media")

    media: list[GalleryMedium] = []
    count = 0
    try:
        for rows in pages(page):
            media += [medium for medium in map(_medium, listed(rows)) if medium.id]
            count += 1
            if len(media) > MOST_MEDIA:
                return None, count
    except ShopifyError as error:
        if error.code != ENDLESS:
            raise
        return None, count
    return media, count


def _medium(item: dict) -> GalleryMedium:
    image = mapping(mapping(item.get("preview")).get("image"))
    id, alt, status, kind = (text(item.get(name)) for name in ("id", "alt", "status", "mediaContentType"))
    return GalleryMedium(id, alt, status, kind, text(image.get("url")), text(item.get("filename")))


def reorder(client: ShopifyClient, product_id: str, order: Sequence[str]) -> Ordering:
    """Put the media into this order, all of them: the complete list means the same however late, and however often, Shopify
    carries it out. Asynchronous, and silent about unknown ids: read back. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productReorderMedia
    """
    rows = [{"id": id, "newPosition": str(at)} for at, id in enumerate(order[:250])]
    answer = client.write(REORDER, "productReorderMedia", id=product_id, moves=rows)
    for error in listed(answer.get("mediaUserErrors")):
        answered = said(text(error.get("message"))) or Reason("shopify.no_reason")
        return Ordering(refusal=answered, code=text(error.get("code")))
    job = mapping(answer.get("job"))
    return Ordering("" if job.get("done") is True else text(job.get("id")))


def under_way(client: ShopifyClient, job: str) -> bool:
    """Whether a job has not ended. One that Shopify does not show counts as ended: what it did shows in the gallery.

    https://shopify.dev/docs/api/admin-graphql/2026-10/queries/job
    """
    return mapping(client.run(JOB, id=job).get("job")).get("done") is False
