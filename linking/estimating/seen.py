"""Galleries as they were read for an estimate, for some minutes: who tries settings reads none of them twice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from linking.domain.filenames import read_mark
from linking.estimating.asking import written
from linking.models import SeenGallery
from linking.models.estimates import KEPT
from linking.shopify.galleries import Gallery, GalleryMedium
from setup.models import Store

FAILED = "FAILED"
# Of one store: more are not kept, the oldest go.
MOST = 3000


def known(store: Store, product_ids: Sequence[str], *, now: datetime) -> dict[str, Gallery]:
    """By product id, what is not too old, and not from before the last run that wrote in the shop."""
    since = max(filter(None, [now - KEPT, written([store])]))
    found: dict[str, Gallery] = {}
    for at in range(0, len(product_ids), 500):
        rows = SeenGallery.objects.filter(store=store, seen__gt=since, product_id__in=product_ids[at : at + 500])
        found |= {row.product_id: _gallery(row) for row in rows}
    return found


def keep(store: Store, found: Mapping[str, Gallery], *, now: datetime) -> None:
    """As little as tells what is there; what is too old goes."""
    rows = [SeenGallery(store=store, product_id=id, media=_media(one), seen=now) for id, one in found.items()]
    unique, fields = ["store", "product_id"], ["media", "seen"]
    SeenGallery.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=fields)
    here = SeenGallery.objects.filter(store=store)
    here.filter(seen__lte=now - KEPT).delete()
    if too_many := here.order_by("-seen", "-pk").values_list("pk", flat=True)[MOST : MOST + 500]:
        here.filter(pk__in=list(too_many)).delete()


def _media(gallery: Gallery) -> list[list] | None:
    if not gallery.whole:
        return None
    return [[item.id, item.alt, item.status == FAILED, _mark(item)] for item in gallery.media]


def _mark(item: GalleryMedium) -> str:
    return str(read_mark(item.name or item.url) or "")


def _gallery(row: SeenGallery) -> Gallery:
    return Gallery(row.product_id, "", "", tuple(_media_of(row.media or ())), whole=row.media is not None)


def _media_of(entries: Iterable[tuple[str, str, bool, str]]) -> Iterable[GalleryMedium]:
    for id, alt, failed, mark in entries:
        # A name from which the mark is read again.
        yield GalleryMedium(id, alt, FAILED if failed else "", "", "", f"-{mark}.jpg" if mark else "")
