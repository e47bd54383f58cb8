"""The report of a sync: one row per asset, product and store, written from the rows."""

import csv
from collections.abc import Iterator

from linking.domain.plan import Change
from linking.models import ChangeRow, Sync

COLUMNS = [
    "Store",
    "Key",
    "Asset",
    "Asset ID",
    "Product",
    "Product ID",
    "Planned",
    "Outcome",
    "Reason",
    "Position before",
    "Position after",
    "Shopify file ID",
    "Product in Shopify",
]


class Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def plain(value: object) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0")) else text


def lines(sync: Sync) -> Iterator[str]:
    """CSV by RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    rows = ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="", change=Change.KEEP)
    ordered = rows.select_related("part__store", "product", "file").order_by("part_id", "place", "pk")
    for row in ordered.iterator(chunk_size=500):
        yield writer.writerow([plain(cell) for cell in cells(row)])


def cells(row: ChangeRow) -> list[object]:
    product, store = row.product, row.part.store
    return [
        store.domain,
        row.key,
        row.name or "(not from Cloudinary)",
        row.asset_id,
        product.title if product else "",
        product.product_id if product else "",
        row.get_change_display(),
        row.get_outcome_display(),
        row.reason,
        row.position_before,
        row.position_after,
        row.file.file_id if row.file else row.medium_id,
        store.product_admin_url(product.product_id) if product else "",
    ]
