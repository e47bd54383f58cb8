"""The rows of a report: one per asset, product and store, straight from the database, however many they are."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, QuerySet

from linking.domain.arrangements import KeptArrangement
from linking.domain.named_products import row_numbers
from linking.domain.plan import Change
from linking.domain.stored import variant_changes
from linking.domain.variants import changes_in_words
from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync, Sync
from linking.models.outcomes import CHANGES
from setup.reasons import Reason, joined
from setup.words import _

CHUNK = 2000
PLANNED = dict(CHANGES)
OUTCOMES = {str(outcome): outcome.label for outcome in ChangeRow.Outcome}
NO_CAPTIONS = Reason("video.no_captions")
IN_THE_STORE = (Change.ADD, Change.REPLACE, Change.MOVE, Change.KEEP)
ORDER_REFUSED = "gallery.order_refused"
# Of a gallery's own row, by its state.
OF_STATE: dict[str, str] = {
    ProductSync.State.REFUSED: ChangeRow.Outcome.REFUSED,
    ProductSync.State.ABORTED: ChangeRow.Outcome.ABORTED,
}
FIELDS = (
    "part_id",
    "product_id",
    "key",
    "name",
    "asset_id",
    "product__title",
    "product__handle",
    "product__product_id",
    "product__settled",
    "change",
    "outcome",
    "reason",
    "note",
    "position_before",
    "position_after",
    "alt_before",
    "alt_after",
    "brought",
    "file__file_id",
    "file__mark",
    "file__name",
    "file__kind",
    "file__state",
    "file__attempt",
    "file__sent",
    "planned_name",
    "medium_id",
    "owner_id",
)


class Line(NamedTuple):
    """`row` is the one of the request that it is about, from 0; None where it named no products, or not this asset. `planned` is
    a Change and `outcome` a ChangeRow.Outcome, as their values; positions are one-based; `time` is UTC."""

    store: str
    row: int | None
    key: str
    asset: str
    asset_id: str
    product: str
    product_id: str
    handle: str
    planned: str
    outcome: str
    reason: str
    reason_code: str
    position_before: int | None
    position_after: int | None
    alt_before: str
    alt_after: str | None
    file_id: str
    file_name: str
    variants: str
    swatch_of: str
    product_url: str
    time: datetime | None


def rows_of(sync: Sync) -> QuerySet[ChangeRow]:
    """What a report counts. Pictures that are none of our assets are in it only if the run does something to them."""
    return ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="", change=Change.KEEP)


def galleries_of(sync: Sync) -> QuerySet[ProductSync]:
    """Galleries with a row of their own after those of their store: what no picture's row tells of them."""
    return ProductSync.objects.filter(part__sync=sync).amiss_as_a_whole()


def counted(sync: Sync) -> dict[tuple[int, str, str], int]:
    """(part, planned change, outcome) -> rows."""
    rows = rows_of(sync).order_by().values_list("part_id", "change", "outcome").annotate(n=Count("pk"))
    found = Counter({(part, change, outcome): n for part, change, outcome, n in rows})
    for gallery in galleries_of(sync).only("part_id", "state", "reason"):
        found[gallery.part_id, planned_of(gallery), outcome_of(gallery)] += 1
    return found


def lines_of(sync: Sync) -> Iterator[Line]:
    """Store by store, as they were planned. Memory does not grow with their number.

    Chunk by chunk, each a query of its own: while one is still being read, SQLite refuses to let this connection write,
    once another has written; and the reader of this reports how far it is.
    """
    row_of = row_numbers_of(sync)
    for part in sync.parts.select_related("store").order_by("pk"):
        rows, last = rows_of(sync).filter(part=part).order_by("pk").values_list("pk", *FIELDS), 0
        while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
            last = chunk[-1][0]
            lines = [dict(zip(FIELDS, values, strict=True)) for _pk, *values in chunk]
            variants = variants_of({row["product_id"] for row in lines} - {None})
            for row in lines:
                yield _line(part, row, row_of, variants.get(row["product_id"], []))
        for gallery in galleries_of(sync).filter(part=part).order_by("place", "pk"):
            yield _of_gallery(part, gallery, row_of)


def variants_of(products: Collection[int]) -> dict[int, list[dict]]:
    """The changes of variants' pictures, by the pk of the product."""
    rows = ProductSync.objects.filter(pk__in=products).exclude(variants=[])
    return {pk: variant_changes(known) for pk, known in rows.order_by().values_list("pk", "variants")}


def lines_by_pk(sync: Sync, pks: Collection[int]) -> list[Line]:
    """The lines of these changes, in order."""
    parts = {part.pk: part for part in sync.parts.select_related("store")}
    found = rows_of(sync).filter(pk__in=pks).order_by("pk").values_list(*FIELDS)
    rows = [dict(zip(FIELDS, values, strict=True)) for values in found]
    variants = variants_of({row["product_id"] for row in rows} - {None})
    row_of = row_numbers_of(sync)
    return [_line(parts[row["part_id"]], row, row_of, variants.get(row["product_id"], [])) for row in rows]


# (key, asset id) of a line -> the row of the request that it is about.
RowOf = Callable[[str, str], int | None]


def has_rows(sync: Sync) -> bool:
    """Whether a request named its products, row by row."""
    return sync.names_products and sync.kind in ("link", "undo")


def row_numbers_of(sync: Sync) -> RowOf:
    if not has_rows(sync):
        return lambda key, asset: None
    known = row_numbers(KeptArrangement.of(sync.arrangement).groups)
    return lambda key, asset: known.get((key, asset))


def _line(part: StoreSync, row: dict, row_of: RowOf, variants: Sequence[dict]) -> Line:
    product_id = row["product__product_id"] or ""
    pending = row["outcome"] == ChangeRow.Outcome.PENDING
    return Line(
        store=part.store.domain,
        row=row_of(row["key"], row["asset_id"]),
        key=row["key"],
        asset=row["name"] or _("(not from Cloudinary)"),
        asset_id=row["asset_id"],
        product=row["product__title"] or "",
        product_id=product_id,
        handle=row["product__handle"] or "",
        planned=row["change"],
        outcome=row["outcome"],
        reason=str(joined(row["reason"], row["note"], *([NO_CAPTIONS] if comes_without_captions(row) else []))),
        reason_code=row["reason"].code,
        position_before=row["position_before"],
        position_after=row["position_after"],
        alt_before=row["alt_before"],
        alt_after=row["alt_after"],
        file_id=row["brought"] or row["file__file_id"] or row["medium_id"],
        file_name=_name_of_file(row),
        variants="" if row["owner_id"] else changes_in_words(variants, row["medium_id"], row["file__mark"] or ""),
        swatch_of=row["owner_id"],
        product_url=part.store.product_admin_url(product_id) if product_id else "",
        time=None if pending else row["product__settled"] or part.finished,
    )


def comes_without_captions(row: dict) -> bool:
    """A video of ours that is in the store, or was to be: what has gone or was refused needs no word."""
    return row["file__kind"] == StoreFile.Kind.VIDEO and row["change"] in IN_THE_STORE


def _name_of_file(row: dict) -> str:
    """See ChangeRow.name_of_file."""
    found = {name: row[f"file__{name}"] for name in ("name", "state", "attempt", "sent")}
    if found["name"] is None:
        return ""
    return ChangeRow(file=StoreFile(**found), planned_name=row["planned_name"]).name_of_file


def planned_of(gallery: ProductSync) -> str:
    return Change.MOVE if gallery.reason.code == ORDER_REFUSED else Change.KEEP


def outcome_of(gallery: ProductSync) -> str:
    return OF_STATE.get(gallery.state, ChangeRow.Outcome.FAILED)


def _of_gallery(part: StoreSync, gallery: ProductSync, row_of: RowOf) -> Line:
    return Line(
        store=part.store.domain,
        row=row_of(gallery.keys[0], "") if gallery.keys else None,
        key=", ".join(gallery.keys),
        asset=_("(the whole gallery)"),
        asset_id="",
        product=gallery.title,
        product_id=gallery.product_id,
        handle=gallery.handle,
        planned=planned_of(gallery),
        outcome=outcome_of(gallery),
        reason=str(gallery.reason),
        reason_code=gallery.reason.code,
        position_before=None,
        position_after=None,
        alt_before="",
        alt_after=None,
        file_id="",
        file_name="",
        variants="",
        swatch_of="",
        product_url=part.store.product_admin_url(gallery.product_id),
        time=gallery.settled or part.finished,
    )
