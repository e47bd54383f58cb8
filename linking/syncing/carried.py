"""What a run saw of variants, in the ledger: for which of them its assets are linked, and their SKUs. Nothing is linked by it, so
it is kept in small transactions beside the outcomes'; each can be repeated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils.dateparse import parse_datetime

from linking.models import Link, LinkedVariant, ProductSync, StoreSync
from linking.models.writing import save_fields
from linking.planning.rows import Fenced

# Rows that one transaction writes, and products whose plans are read at once: each may have 2,048 variants.
ROWS, PRODUCTS = 500, 50
T = TypeVar("T")


@dataclass
class View:
    """Of one product, as its plan saw it. `whole`: these are all of its variants."""

    skus: dict[str, str]
    whole: bool
    seen: datetime | None

    @classmethod
    def of(cls, carriers: Mapping[str, Any]) -> "View":
        try:
            seen = parse_datetime(carriers["seen"])
        except ValueError:
            seen = None
        aware = seen if seen is not None and seen.tzinfo else None
        return cls({id: sku[:255] for id, sku in carriers["variants"]}, carriers["whole"], aware)

    def older_than(self, seen: datetime | None) -> bool:
        return seen is not None and (self.seen is None or self.seen < seen)


@dataclass
class Difference:
    """Between views and the ledger: rows that are gone, rows that are seen again as they are, and rows to write."""

    gone: list[int] = field(default_factory=list)
    same: dict[datetime, list[int]] = field(default_factory=dict)
    new: list[LinkedVariant] = field(default_factory=list)


def grown(before: list[str] | None, ids: list[str] | None, carriers: Mapping[str, Any]) -> list[str] | None:
    """The variants of a link that is there, with those that this run found it for. `carriers`: the product's."""
    if before is None or ids is None:
        return before if ids is None else ids
    if not before or not ids:
        return []
    there = {id for id, _ in carriers["variants"]} if carriers["whole"] else before
    both = list(dict.fromkeys([*(id for id in before if id in there), *ids]))
    return both if len(both) <= LinkedVariant.MOST_CARRIERS else []


def record_variants(part: StoreSync, fenced: Fenced) -> None:
    """The SKUs of the variants, as the plans of this run's products saw them; of a whole product, also that a variant is
    gone. What a later look has seen stays. Raises LeaseLost."""
    for products in _products(part):
        views = {product_id: View.of(carriers) for product_id, carriers in products}
        found = _difference(part, {id: view for id, view in views.items() if view.skus or view.whole})
        for gone in _batches(found.gone, ROWS):
            with fenced():
                LinkedVariant.objects.filter(pk__in=gone).delete()
        for seen, pks in found.same.items():
            for same in _batches(pks, ROWS):
                with fenced():
                    LinkedVariant.objects.filter(pk__in=same).update(seen=seen)
        for new in _batches(found.new, ROWS):
            with fenced():
                LinkedVariant.objects.bulk_create(
                    new,
                    update_conflicts=True,
                    update_fields=["sku", "seen"],
                    unique_fields=["store", "product_id", "variant_id"],
                )


def record_unchanged(part: StoreSync, fenced: Fenced) -> None:
    """A gallery that is as it shall be is not settled; which variants its links are for is known all the same. Links of an
    earlier release have it from here. Raises LeaseLost."""
    for products in _products(part, state=ProductSync.State.UNCHANGED):
        known, changed = dict(products), list[Link]()
        links = Link.objects.in_galleries().filter(store=part.store_id, product_id__in=list(known))
        for link in links.only("product_id", "asset_id", "variants"):
            of = known[link.product_id]
            if link.asset_id in of["assets"]:
                before, ids = link.variants, of["assets"][link.asset_id]
                link.variants = grown(before, ids, of) if part.sync.kind == "link" else ids
                changed += [link] if link.variants != before else []
        for some in _batches(changed, ROWS):
            with fenced():
                save_fields(some, ["variants"])


def _products(part: StoreSync, **chosen: str) -> Iterator[Sequence[tuple[str, dict[str, Any]]]]:
    """Product id and carriers, some at a time."""
    rows = part.products.filter(**chosen).exclude(carriers={}).order_by("pk")
    for pks in _batches(list(rows.values_list("pk", flat=True)), PRODUCTS):
        yield list(rows.filter(pk__in=pks).values_list("product_id", "carriers"))


def _difference(part: StoreSync, views: Mapping[str, View]) -> Difference:
    found, outdated = Difference(), set[str]()
    rows = LinkedVariant.objects.filter(store=part.store_id, product_id__in=list(views))
    for pk, product_id, variant_id, sku, seen in rows.values_list("pk", "product_id", "variant_id", "sku", "seen"):
        view = views[product_id]
        if view.older_than(seen):
            view.skus.pop(variant_id, None)
            outdated.add(product_id)
        elif variant_id not in view.skus:
            found.gone += [pk] if view.whole else []
        elif view.skus[variant_id] == sku:
            del view.skus[variant_id]
            if view.seen is not None and view.seen != seen:
                found.same.setdefault(view.seen, []).append(pk)
    found.new = [
        LinkedVariant(store_id=part.store_id, product_id=product_id, variant_id=id, sku=sku, seen=view.seen)
        for product_id, view in views.items()
        # What an older look at all variants has more was taken away since.
        if not (view.whole and product_id in outdated)
        for id, sku in view.skus.items()
    ]
    return found


def _batches(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))
