"""A run's galleries and the assets without a product, page by page, and what the filter offers."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from linking.models import ProductSync, StoreSync, Sync
from linking.pages.gallery_strips import GalleryCard, Planned, gallery_of, product_link, variants_of
from linking.pages.run.filter import RunFilter, filter_stores, having
from linking.pages.run.pictures import KINDS
from linking.runs import UNDOABLE
from setup.numbers import whole

PER_PAGE = 20
LINES_PER_PAGE = 100
# A page that outweighs so many tiles comes in pieces: with the rest of the document, that is 100 KiB.
HEAVY = 270
State = ProductSync.State
# (store pk, product id) of what a later run brought back.
Undone = set[tuple[int, str]]


def galleries_context(
    chosen: RunFilter,
    asked: Mapping,
    parts: Sequence[StoreSync],
    undone: Undone,
    total: int | None = None,
    *,
    undo: bool,
) -> dict:
    """A page of the galleries that the filter names, or as many of it as are not too heavy; `more` asks for what follows.
    `parts`: the run's, with their stores; `total` spares the counting; `undo`: whether the member may undo the run."""
    rows = chosen.products().defer("incoming", "keys").prefetch_related("changes")
    order = ["part_id", "place"]
    if chosen.sync.dry_run:  # what loses pictures is what a person confirms
        rows, order = rows.annotate(loses=having(KINDS["unlink"])), ["-loses", *order]
    galleries = Paginator(rows.order_by(*order), PER_PAGE)
    if total is not None:
        galleries.count = total
    shown = galleries.get_page(asked.get("page"))
    skip = whole(asked.get("skip")) or 0
    # Not joined: a run is heavy, and would be read again with every product.
    known = {part.pk: part for part in parts}
    for product in shown:
        product.part = known[product.part_id]
    cards = light(gallery_of(product) for product in list(shown)[skip:])
    return {
        "sync": chosen.sync,
        "filter": chosen,
        "products": shown,
        "galleries": cards,
        "more": what_follows(shown, skip + len(cards)),
        "token": uuid.uuid4().hex,
        **undoing_context(chosen.sync, shown, undone, undo=undo),
    }


def light(cards: Iterable[GalleryCard]) -> list[GalleryCard]:
    """The first of them, as many as are not too heavy together; at least one."""
    taken: list[GalleryCard] = []
    weight = 0
    for card in cards:
        weight += card.weight
        if taken and weight > HEAVY:
            break
        taken.append(card)
    return taken


def what_follows(page: Page, shown: int) -> str:
    """For an address: the rest of this page, or the next one; empty after the last."""
    if shown < len(page):
        return f"page={page.number}&skip={shown}"
    return f"page={page.next_page_number()}" if page.has_next() else ""


def more_context(sync: Sync, product: ProductSync, undone: Undone, *, undo: bool) -> dict:
    """What a gallery's row does not show: the ways to it, its variants, and every change by name."""
    lines = list(product.changes.select_related("file"))
    planned = Planned.of(product)
    store = product.part.store
    link = product_link(store, product.pk, product.product_id, product.title, product.handle)
    return {
        "sync": sync,
        "product": product,
        "lines": lines,
        "link": link,
        "variants": variants_of(
            planned, [line for line in lines if not line.owner_id], done=product.state == ProductSync.State.DONE
        ),
        "token": uuid.uuid4().hex,
        **undoing_context(sync, [product], undone, undo=undo),
    }


def unlinked_context(chosen: RunFilter, page: str) -> dict:
    """A page of the assets that found no product. People open the list; until then their number is enough."""
    rows = chosen.unlinked().select_related("part__store")
    shown = Paginator(rows.order_by("part_id", "place"), LINES_PER_PAGE).get_page(page)
    return {"sync": chosen.sync, "filter": chosen, "unlinked": shown, "unlinked_n": shown.paginator.count}


def choices_of(chosen: RunFilter, parts: Sequence[StoreSync], known: Mapping[str, int] | None = None) -> dict:
    """What the filter offers. `known`: see RunFilter.kinds."""
    return {"kinds": chosen.kinds(known), "filter_stores": filter_stores(parts)}


def undoing_context(sync: Sync, page: Iterable[ProductSync], undone: Undone, *, undo: bool) -> dict:
    """`undoable` and `brought_back`: the products of this page that the person may undo, and those that are undone."""
    changed = [row for row in page if (row.result or row.waits) and row.state in UNDOABLE and not sync.dry_run]
    back = {row.pk for row in changed if (row.part.store_id, row.product_id) in undone}
    return {"undoable": {row.pk for row in changed} - back if undo else set(), "brought_back": back}


def undone_of(sync: Sync) -> Undone:
    """Everything that later runs brought back. An undo that was undone itself does not count."""
    if sync.dry_run:
        return set()
    again = Sync.objects.filter(origin=OuterRef("part__sync"), kind="undo", dry_run=False)
    rows = ProductSync.objects.filter(part__sync__origin=sync, part__sync__kind="undo", part__sync__dry_run=False)
    rows = rows.filter(state__in=[State.DONE, State.UNCHANGED]).exclude(Exists(again))
    return set(rows.values_list("part__store_id", "product_id"))
