"""Where a file of a store is used, as far as that can be known: the galleries that AssetLink put it into. Shopify tells nothing
of themes, pages, metafields and other apps."""

from collections.abc import Collection, Iterable, Sequence

from linking.models import Link
from setup.models import Store
from setup.reasons import Reason

NAMED = 3


def galleries_of(stores: Iterable[Store], file_ids: Collection[str]) -> dict[tuple[int, str], list[str]]:
    """(store's pk, file id) -> titles, as the latest run saw them, of the products in whose galleries it is because of us and, as
    far as is known, still is. One query, if any."""
    if not file_ids:
        return {}
    links = Link.objects.in_galleries().filter(
        store__in=list(stores), medium_id__in=file_ids, gone__in=["", Link.Gone.ASSET]
    )
    found: dict[tuple[int, str], list[str]] = {}
    for store, file_id, title, product_id in links.values_list("store_id", "medium_id", "title", "product_id"):
        found.setdefault((store, file_id), []).append(title or product_id)
    return found


def described(titles: Sequence[str]) -> Reason:
    """For the line of a plan that replaces the file's content."""
    more = {"more": len(titles) - NAMED} if len(titles) > NAMED else {}
    return Reason("file.shown_in", titles=titles[:NAMED], **more)
