"""A product export: Shopify's, in its columns until 2024 and of now, or Matrixify's (sandbox.catalog.columns).

One row a variant; rows with nothing but a handle and an image are further pictures. The product's own values stand in the
first of its rows that has a title. Columns that are not known here are passed over, and a value that linking does not use
never costs a product: it is left out, and named.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.catalog.columns import NAMES, OF_VARIANTS, OPTION_NAMES, OPTIONS
from sandbox.catalog.galleries import Gallery
from sandbox.catalog.metafield_columns import Column, columns_of
from sandbox.catalog.notes import Notes
from sandbox.catalog.records import Metafield, Product, Variant
from sandbox.catalog.rows import CannotLoad, Row, Say, rows
from sandbox.catalog.shelves import Shelf
from sandbox.shopify.search_index import tokens

STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
ODD_PRICE = "prices that are no numbers count as 0.00"
ODD_STATUS = "products with a status that Shopify does not know are drafts"
UNTITLED = "products without a title are called by their handles"


@dataclass
class Gathered:
    """A product's rows so far."""

    line: int
    own: Row
    handle: str = ""
    titled: bool = False
    options: dict[str, str] = field(default_factory=dict)  # column of the value -> what the option is called
    variants: list[Variant] = field(default_factory=list)
    gallery: Gallery = field(default_factory=Gallery)

    def add(self, row: Row, line: int, notes: Notes) -> None:
        self.handle = self.handle or row.get("Handle", "").strip().lower()
        if not self.titled and row["Title"].strip():
            self.own, self.titled = row, True
        for column, named in OPTION_NAMES.items():
            if name := row.get(named, "").strip():
                self.options.setdefault(column, name)
        if any(row.get(name, "").strip() for name in OF_VARIANTS):
            self.variants.append(variant(row, line, notes, self.options))
        self.gallery.add(row, line)
        self.gallery.show(row, line, max(0, len(self.variants) - 1))


def read(path: Path, say: Say, *, assets: Path | None = None) -> tuple[list[Product], list[Metafield]]:
    """Pictures are looked for beside the file, and in the folder `assets`. Raises CannotLoad."""
    notes = Notes(path, say)
    gathered = gather(path, say, notes)
    if not gathered:
        raise CannotLoad(f"{path} holds no product.")
    name_all(gathered, notes)
    columns, shelf = columns_of(known.own for known in gathered), Shelf(path.parent, assets)
    products = [built(known, columns, shelf, notes) for known in gathered]
    notes.close()
    return products, [column.definition for column in columns]


def gather(path: Path, say: Say, notes: Notes) -> list[Gathered]:
    """By handle, whatever the letters' case; rows without one by the ID of the product; others are products by themselves."""
    found: dict[tuple[str, str], Gathered] = {}
    products: list[Gathered] = []
    for line, row in rows(path, say, needed=("Title",), names=NAMES):
        keys = [(name, value) for name in ("Handle", "ID") if (value := row.get(name, "").strip().lower())]
        known = next((found[key] for key in keys if key in found and fits(found[key], row)), None)
        if known is None and not keys and not row["Title"].strip():
            notes.each("rows like these", "left out (it has neither a Handle nor a Title)", line)
            continue
        if known is None:
            known = Gathered(line, row)
            products.append(known)
        found |= dict.fromkeys(keys, known)
        known.add(row, line, notes)
    return products


def fits(known: Gathered, row: Row) -> bool:
    """An ID that products of several handles have is none of products."""
    handle = row.get("Handle", "").strip().lower()
    return not handle or known.handle in ("", handle)


def name_all(gathered: list[Gathered], notes: Notes) -> None:
    """Every product a handle of its own, and a title."""
    taken = {known.handle for known in gathered}
    for known in gathered:
        if not known.handle:
            stem = "-".join(tokens(known.own["Title"])) or "product"
            numbered = (f"{stem}-{number}" for number in itertools.count(1))
            known.handle = next(handle for handle in itertools.chain([stem], numbered) if handle not in taken)
            taken.add(known.handle)
        if not known.titled:
            notes.counted(UNTITLED, f"line {known.line}, {known.handle}")


def variant(row: Row, line: int, notes: Notes, called: Mapping[str, str]) -> Variant:
    """SKUs as they stand, with the spaces that people typed around them. `called`: the names of options, by column."""
    values = {column: value for column in OPTIONS if (value := row.get(column, "").strip())}
    options = {called.get(column, column.removesuffix(" Value")): value for column, value in values.items()}
    sku, barcode = as_text(row.get("Variant SKU", "")), as_text(row.get("Variant Barcode", "").strip())
    text = row.get("Variant Price", "").strip()
    if (price := price_of(text)) is None:
        notes.counted(ODD_PRICE, f"line {line}, {text!r}")
    title = " / ".join(values.values()) or "Default Title"
    return Variant(title, sku or None, barcode or None, price or "0.00", options)


def price_of(text: str) -> str | None:
    """Written with a comma or a point, perhaps with others between thousands; None for what is no number."""
    digits = re.sub(r"[\s'’€$£¥]|[^\W\d_]+", "", text)
    match = re.fullmatch(r"(\d[\d.,]*?)(?:[.,](\d{0,2}))?", digits)
    if match:
        return f"{re.sub('[.,]', '', match[1])}.{(match[2] or '').ljust(2, '0')}"
    return None if text else "0.00"


def as_text(cell: str) -> str:
    """Without Excel's marks of a text: '0123, ="0123"."""
    match = re.fullmatch(r'="(.*)"', cell.strip(), re.DOTALL)
    return match[1] if match else cell.removeprefix("'")


def built(known: Gathered, columns: list[Column], shelf: Shelf, notes: Notes) -> Product:
    row, title = known.own, known.own["Title"].strip() or known.handle
    return Product(
        handle=known.handle,
        title=title,
        vendor=row.get("Vendor", "").strip(),
        product_type=row.get("Type", "").strip(),
        tags=list(dict.fromkeys(tag for part in row.get("Tags", "").split(",") if (tag := part.strip()))),
        status=status_of(known, notes),
        description_html=row.get("Body (HTML)", ""),
        variants=known.variants or [Variant()],
        metafields={
            (column.namespace, column.key): (column.type, value) for column in columns if (value := column.value(row))
        },
        pictures=list(known.gallery.pictures(title, known.handle, shelf, notes)),
    )


def status_of(known: Gathered, notes: Notes) -> str:
    """`Status` decides; older exports have only `Published`."""
    status = known.own.get("Status", "").strip().upper()
    if status in STATUSES:
        return status
    if status:
        notes.counted(ODD_STATUS, f"line {known.line}, {status.lower()!r}")
        return "DRAFT"
    return "DRAFT" if known.own.get("Published", "").strip().lower() in ("false", "no", "0") else "ACTIVE"
