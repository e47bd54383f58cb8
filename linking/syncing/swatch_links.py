"""Swatches in the ledger: which products' metafields, or their variants', name an asset because of us. Galleries are no
matter of these rows."""

from collections.abc import Sequence

from linking.domain.plan import Change
from linking.models import ChangeRow, Link, StoreFile, StoreSync
from linking.models.ledger import SWATCH
from linking.planning.rows import Fenced

PRODUCTS = 50
SEEN = ["medium_id", "title", "handle", "gone", "variants"]
NAMES = ["key", "name", "thumbnail"]


def list_unchanged(part: StoreSync, fenced: Fenced) -> None:
    """Those that this run found where it wanted them. Raises LeaseLost."""
    lines = part.changes.filter(outcome=ChangeRow.Outcome.UNCHANGED, product__isnull=False).exclude(owner_id="")
    lines = lines.select_related("file", "product").order_by("pk")
    pks = list(lines.values_list("product", flat=True).order_by("product").distinct())
    for at in range(0, len(pks), PRODUCTS):
        with fenced():
            record(part, list(lines.filter(product__in=pks[at : at + PRODUCTS])))


def record(part: StoreSync, lines: Sequence[ChangeRow]) -> None:
    """`lines`: of metafields that are as they tell, with their products. An owner names one file at a time."""
    shown = {line: line.medium_id if line.change == Change.KEEP else line.named_file for line in lines}
    files = StoreFile.objects.filter(store=part.store_id, file_id__in={id for id in shown.values() if id})
    assets = dict(files.values_list("file_id", "asset_id"))
    products = {line.product.product_id for line in lines if line.product}
    rows = {(row.product_id, row.asset_id): row for row in Link.objects.swatches_of(part.store, products)}
    for line, file in shown.items():
        if line.product is None:
            continue
        id = line.product.product_id
        for row in rows.values():
            if row.product_id == id:
                row.variants = [owner for owner in row.variants or () if owner != line.owner_id]
        if asset := assets.get(file, ""):
            new = Link(store=part.store, environment_id=part.store.environment_id, product_id=id, role=SWATCH)
            row = rows.setdefault((id, asset), new)
            row.asset_id, row.medium_id, row.gone = asset, file, ""
            row.variants = [*(row.variants or ()), line.owner_id]
            row.title, row.handle = line.product.title, line.product.handle
            if asset == line.asset_id:
                row.key, row.name, row.thumbnail = line.key, line.name, line.thumbnail
    Link.objects.filter(pk__in=[row.pk for row in rows.values() if row.pk and not row.variants]).delete()
    kept = [row for row in rows.values() if row.variants]
    Link.objects.bulk_create(
        kept,
        update_conflicts=True,
        update_fields=[*SEEN, *NAMES],
        unique_fields=["store", "product_id", "asset_id", "role"],
        batch_size=500,
    )
