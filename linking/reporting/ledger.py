"""The ledger as a file: what is in which gallery because of us, with everything that keeps it apart, for who saves public IDs
beside their products. Row by row, in a memory that does not grow with it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from linking.cloudinary.addresses import Address
from linking.links import left
from linking.models import Link, LinkedVariant, ProductSync, StoreFile
from linking.reporting.columns import Column, safe
from setup.models import Store
from setup.words import get_language, gettext_lazy, override

BATCH = 500
COLUMNS = (
    Column("store", gettext_lazy("Store"), 26),
    Column("product", gettext_lazy("Product"), 32),
    Column("handle", gettext_lazy("Product handle"), 26),
    Column("product_id", gettext_lazy("Product ID"), 36),
    Column("skus", gettext_lazy("SKUs"), 18),
    Column("position", gettext_lazy("Position"), 9),
    Column("asset", gettext_lazy("Asset"), 28),
    Column("public_id", gettext_lazy("Public ID"), 36),
    Column("asset_id", gettext_lazy("Asset ID"), 34),
    Column("media_id", gettext_lazy("Shopify file ID"), 40),
    Column("url", gettext_lazy("Address in Cloudinary"), 60),
    Column("run", gettext_lazy("Last run"), 36),
    Column("settled", gettext_lazy("Time of the last run (UTC)"), 19),
    Column("gone", gettext_lazy("State"), 18, dict(Link.Gone.choices)),
)


class Known(NamedTuple):
    """What other rows say of a link. `position` from 1; None: nobody knows, as of a link whose run was never seen whole. `run`:
    the key of the last one that wrote to its product, as long as that is kept."""

    skus: Sequence[str] = ()
    public_id: str = ""
    url: str = ""
    position: int | None = None
    run: str = ""
    settled: datetime | None = None


def known_of(links: Sequence[Link]) -> dict[int, Known]:
    """By the links' pks; a few queries for each store. Changes nothing."""
    stores: dict[int, list[Link]] = {}
    for link in links:
        stores.setdefault(link.store_id, []).append(link)
    found: dict[int, Known] = {}
    for some in stores.values():
        found |= _in_store(some[0].store, some)
    return found


def _in_store(store: Store, links: Sequence[Link]) -> dict[int, Known]:
    products = {link.product_id for link in links}
    variants, files, runs = _variants(store, products), _files(store, links), _runs(store, products)
    places = {
        (id, medium): at
        for id, row in left.seen(store, products).items()
        for at, (medium, _alt) in enumerate(row.media, 1)
    }
    found = {}
    for link in links:
        file = files.get(link.adopted) or files.get(link.medium_id)
        run, settled = runs.get(link.product_id, ("", None))
        found[link.pk] = Known(
            skus=skus_of(link, variants.get(link.product_id, {})),
            public_id=_public_id(file),
            url=file.source_url if file else "",
            position=None if link.gone else places.get((link.product_id, link.medium_id)),
            run=run,
            settled=settled,
        )
    return found


def skus_of(link: Link, known: Mapping[str, str]) -> list[str]:
    """Those by which it is found: of the variants that it was linked for, and of all where it was linked for the product.
    `known`: those of the product's variants."""
    if link.variants is None:
        return []
    variants = link.variants or known
    return sorted({sku for variant in variants if (sku := known.get(variant))})


def _variants(store: Store, products: set[str]) -> dict[str, dict[str, str]]:
    rows = LinkedVariant.objects.filter(store=store, product_id__in=products)
    found: dict[str, dict[str, str]] = {}
    for product, variant, sku in rows.values_list("product_id", "variant_id", "sku"):
        found.setdefault(product, {})[variant] = sku
    return found


def _files(store: Store, links: Sequence[Link]) -> dict[str, StoreFile]:
    """By file id, and by the mark of those that were there before."""
    rows = (
        StoreFile.objects.for_galleries().filter(store=store).only("mark", "file_id", "source_url", "version", "name")
    )
    by_id = {row.file_id: row for row in rows.filter(file_id__in=[link.medium_id for link in links])}
    marks = [link.adopted for link in links if link.adopted]
    return by_id | ({row.mark: row for row in rows.filter(mark__in=marks)} if marks else {})


def _runs(store: Store, products: set[str]) -> dict[str, tuple[str, datetime | None]]:
    rows = ProductSync.objects.filter(part__store=store, part__sync__dry_run=False, product_id__in=products)
    rows = rows.exclude(left.WROTE_NOTHING).exclude(settled=None).order_by("settled", "pk")
    return {id: (str(key), at) for id, key, at in rows.values_list("product_id", "part__sync__key", "settled")}


def _public_id(file: StoreFile | None) -> str:
    if file is None:
        return ""
    address = Address.of(file.source_url, file.version, file.name.rpartition(".")[2])
    return address.public_id if address else ""


def lines(found: QuerySet[Link]) -> Iterator[list[list[object]]]:
    """Some at a time, in the order in which they were linked."""
    after = 0
    while rows := list(found.filter(pk__gt=after).order_by("pk")[:BATCH]):
        after, known = rows[-1].pk, known_of(rows)
        yield [_line(row, known[row.pk]) for row in rows]


def _line(link: Link, known: Known) -> list[object]:
    """In the columns' order."""
    position = "" if known.position is None else known.position
    ours = (", ".join(known.skus), position, link.name, known.public_id, link.asset_id, link.medium_id, known.url)
    return [str(link.store), link.title, link.handle, link.product_id, *ours, known.run, known.settled, link.gone]


def as_csv(found: QuerySet[Link]) -> Iterator[bytes]:
    """With a byte order mark, in the language that is active now."""
    language, columns = get_language(), [column.worded() for column in COLUMNS]
    yield "\ufeff".encode() + _written([[column.title for column in columns]])
    for some in lines(found):
        with override(language):
            rows = [[_cell(one, value) for one, value in zip(columns, line, strict=True)] for line in some]
        yield _written(rows)


def _cell(column: Column, value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if column.words:
        return column.words.get(str(value), "")
    return "" if value is None else value


def _written(rows: list[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return out.getvalue().encode("utf-8", "replace")
