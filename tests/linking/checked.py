"""Links that are checked, as the button and its jobs do it; and what people do in a store meanwhile."""

import time
from datetime import timedelta

from django.utils import timezone

from linking.links import checking
from linking.models import DriftFinding, Link
from linking.shopify import galleries
from setup.shopify.client import ShopifyClient
from tests.scenes import Scene


def check(place: Scene) -> None:
    """Of links that are no longer so young that Shopify may show what was before them."""
    Link.objects.update(linked=timezone.now() - timedelta(minutes=1))
    for row in checking.put(place.environment, now=timezone.now()):
        while checking.check_links(row.pk):
            pass


def drift(place: Scene) -> set[tuple[str, str, int]]:
    """(handle or asset, kind, how many)."""
    rows = DriftFinding.objects.filter(store__environment=place.environment)
    return {(row.name or row.handle, row.kind, row.count) for row in rows}


def medium_of(name: str) -> str:
    return Link.objects.get(name=name).medium_id


def take_out(place: Scene, name: str) -> None:
    link = Link.objects.get(name=name)
    files = [{"id": link.medium_id, "referencesToRemove": [link.product_id]}]
    place.elsewhere_app("FilesUpdate", files=files)


def describe(place: Scene, name: str, alt: str) -> None:
    place.elsewhere_app("FilesUpdate", files=[{"id": medium_of(name), "alt": alt}])


def reverse(place: Scene, handle: str) -> None:
    shown = place.shop.product_with(handle)
    moves = [{"id": id, "newPosition": str(at)} for at, id in enumerate(reversed(shown.media))]
    answer = place.elsewhere_app("GalleryReorder", id=shown.id, moves=moves)
    while galleries.under_way(ShopifyClient(place.stores[0]), answer["productReorderMedia"]["job"]["id"]):
        time.sleep(0.02)


def add(place: Scene, handle: str, file_id: str) -> None:
    """A picture of somebody's into a gallery."""
    shown = place.shop.product_with(handle)
    place.elsewhere_app("FilesUpdate", files=[{"id": file_id, "referencesToAdd": [shown.id]}])
