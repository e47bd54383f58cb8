"""A Shopify product export, https://help.shopify.com/en/manual/products/import-export/using-csv.

One row a variant; the first row of a handle has the product's own values, rows with nothing but a handle and an image are
further pictures. Columns that are not known here are passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.catalog.metafield_columns import Column, columns_of
from sandbox.catalog.records import Metafield, Picture, Product, Variant
from sandbox.catalog.rows import CannotLoad, Row, Say, rows
from sandbox.cloudinary.contents import UnreadableContent, measure

# What Shopify's newer template calls the columns.
ALIASES = {
    "url handle": "Handle",
    "description": "Body (HTML)",
    "published on online store": "Published",
    "sku": "Variant SKU",
    "barcode": "Variant Barcode",
    "price": "Variant Price",
    "option1 value": "Option1 Value",
    "option2 value": "Option2 Value",
    "option3 value": "Option3 Value",
    "product image url": "Image Src",
    "image position": "Image Position",
    "image alt text": "Image Alt Text",
    "variant image url": "Variant Image",
}
STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
VARIANT_COLUMNS = ("Variant SKU", "Variant Barcode", "Variant Price", "Option1 Value", "Option2 Value", "Option3 Value")


@dataclass
class Gathered:
    """A handle's rows so far."""

    line: int
    first: Row
    variants: list[Variant] = field(default_factory=list)
    pictures: list[tuple[float, Picture]] = field(default_factory=list)  # with their wished-for position
    variant_pictures: dict[str, list[int]] = field(default_factory=dict)  # source -> variants that show it
    sources: dict[str, int] = field(default_factory=dict)  # source -> index into pictures


def read(path: Path, say: Say) -> tuple[list[Product], list[Metafield]]:
    """Raises CannotLoad. Relative pictures are looked for beside the file."""
    gathered: dict[str, Gathered] = {}
    columns: list[Column] = []
    for line, row in rows(path, say, needed=("Handle", "Title"), aliases=ALIASES):
        columns = columns or columns_of(row)
        handle = row["Handle"].strip()
        try:
            if not handle:
                raise ValueError("it has no Handle")
            if handle not in gathered and not row.get("Title", "").strip():
                raise ValueError("the first row of a product needs a Title")
            known = gathered.get(handle) or Gathered(line, row)
            add_row(known, row, path, line, say)
            gathered[handle] = known
        except ValueError as wrong:
            say(f"{path}, line {line}: left out ({wrong})")
    if not gathered:
        raise CannotLoad(f"{path} holds no product.")
    products = [product for handle, known in gathered.items() for product in built(handle, known, columns, path, say)]
    return products, [column.definition for column in columns]


def add_row(known: Gathered, row: Row, path: Path, line: int, say: Say) -> None:
    if row is known.first or any(row.get(name, "").strip() for name in VARIANT_COLUMNS):
        known.variants.append(variant(row))
    if source := row.get("Variant Image", "").strip():
        known.variant_pictures.setdefault(source, []).append(len(known.variants) - 1)
        add_picture(known, source, row, path, line, say, alt="")
    if source := row.get("Image Src", "").strip():
        add_picture(known, source, row, path, line, say, alt=row.get("Image Alt Text", ""))


def add_picture(known: Gathered, source: str, row: Row, path: Path, line: int, say: Say, *, alt: str) -> None:
    """A picture that cannot be downloaded is reported, and the product goes on without it."""
    position = float(text) if (text := row.get("Image Position", "").strip()).isdigit() else 1e9
    if source in known.sources:
        at = known.sources[source]
        old_position, picture = known.pictures[at]
        known.pictures[at] = min(old_position, position), Picture(picture.content, picture.filename, alt or picture.alt)
        return
    try:
        file = local_file(path.parent, source)
    except ValueError as wrong:
        say(f"{path}, line {line}: the picture {source} is left out ({wrong})")
        return
    known.sources[source] = len(known.pictures)
    known.pictures.append((position, Picture(file, file.name, alt)))


def local_file(folder: Path, source: str) -> Path:
    """Raises ValueError."""
    if re.match(r"(?i)(https?:)?//", source):
        raise ValueError("the sandbox fetches nothing from the internet; name a file beside the export")
    file = folder / source.partition("?")[0]
    if not file.is_file():
        raise ValueError("there is no such file")
    try:
        if measure(file.read_bytes()).resource_type != "image":
            raise ValueError("it is not a picture")
    except (UnreadableContent, OSError) as wrong:
        raise ValueError(str(wrong)) from None
    return file


def variant(row: Row) -> Variant:
    """SKUs as they stand, with the spaces that people typed around them; the price checked."""
    price = row.get("Variant Price", "").strip() or "0.00"
    if not re.fullmatch(r"\d+(\.\d+)?", price):
        raise ValueError(f"Variant Price {price!r} is not a number")
    options = [value for n in (1, 2, 3) if (value := row.get(f"Option{n} Value", "").strip())]
    sku = row.get("Variant SKU", "").removeprefix("'")  # Excel's mark of a text
    barcode = row.get("Variant Barcode", "").strip().removeprefix("'")
    return Variant(" / ".join(options) or "Default Title", sku or None, barcode or None, price)


def built(handle: str, known: Gathered, columns: list[Column], path: Path, say: Say) -> Iterator[Product]:
    row = known.first
    try:
        status = status_of(row)
    except ValueError as wrong:
        say(f"{path}, line {known.line}: left out ({wrong})")
        return
    known.pictures.sort(key=lambda pair: pair[0])
    shown_by = {source: shown for source, shown in known.variant_pictures.items() if source in known.sources}
    yield Product(
        handle=handle,
        title=row["Title"].strip(),
        vendor=row.get("Vendor", "").strip(),
        product_type=row.get("Type", "").strip(),
        tags=list(dict.fromkeys(tag for part in row.get("Tags", "").split(",") if (tag := part.strip()))),
        status=status,
        description_html=row.get("Body (HTML)", ""),
        variants=known.variants,
        metafields={column.key: (column.definition.type, value) for column in columns if (value := column.value(row))},
        pictures=[with_variants(picture, shown_by, path.parent) for _, picture in known.pictures],
    )


def with_variants(picture: Picture, shown_by: dict[str, list[int]], folder: Path) -> Picture:
    variants = [index for source, shown in shown_by.items() if folder / source == picture.content for index in shown]
    return Picture(picture.content, picture.filename, picture.alt, variants)


def status_of(row: Row) -> str:
    """`Status` decides; older exports have only `Published`."""
    status = row.get("Status", "").strip().upper()
    if status and status not in STATUSES:
        raise ValueError(f"Status {status.lower()!r} is none of active, draft, archived, unlisted")
    if status:
        return status
    return "DRAFT" if row.get("Published", "").strip().lower() in ("false", "no", "0") else "ACTIVE"
