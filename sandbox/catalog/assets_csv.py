"""A folder of pictures with an assets.csv: what the media library knows.

Columns: `file` (relative to the folder), `public_id`, `display_name`, `asset_folder`, `tags` (comma separated),
`metadata.<field>` (structured metadata), `context.<key>`, and who may see the asset (access_columns.py).
A field is a string unless its header says more:
`metadata.sequence:integer`, `metadata.launched:date`, `metadata.color:enum`, `metadata.channels:set` (semicolons between
values; datasource ids are made from the values, which become the labels). `sku` is always a string; a value that does not fit
is left out, and named. Without an assets.csv each picture becomes an asset, named after its file (sandbox.catalog.folders).
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.catalog import folders
from sandbox.catalog.access_columns import COLUMNS, access_of
from sandbox.catalog.folders import NAME, Pictures, named
from sandbox.catalog.notes import Notes
from sandbox.catalog.records import Asset, MetadataField
from sandbox.catalog.rows import CannotLoad, Row, Say, rows

NAMES = {name: name for name in ("file", "public_id", "display_name", "asset_folder", "tags", *COLUMNS)}
TYPES = ("string", "integer", "date", "enum", "set")


@dataclass(frozen=True)
class Column:
    header: str
    external_id: str
    type: str

    def value(self, text: str) -> Any:
        """Raises ValueError."""
        if self.type == "integer":
            return int(text)
        if self.type == "date":
            return date.fromisoformat(text.strip()).isoformat()
        if self.type == "enum":
            return datasource_id(text)
        if self.type == "set":
            return [datasource_id(part) for part in text.split(";") if part.strip()]
        return text

    def labels(self, text: str) -> dict[str, str]:
        parts = text.split(";") if self.type == "set" else [text] if self.type == "enum" else []
        return {datasource_id(part): part.strip() for part in parts if part.strip()}


def read(folder: Path, say: Say, *, besides: Path | None = None) -> tuple[list[Asset], list[MetadataField]]:
    """`besides`: a file that may lie in the folder, too, and is read by somebody else. Raises CannotLoad."""
    if not folder.is_dir():
        raise CannotLoad(f"{folder} is not a folder.")
    path = folder / NAME
    if not path.exists():
        return folders.read(folder, besides, say), []
    pictures = Pictures(folder)
    assets, fields = listed(path, pictures, Notes(path, say), say)
    folders.name_drawn(pictures, say)
    folders.name_unlisted(folder, pictures.looked_at, besides, say)
    return assets, fields


def listed(path: Path, pictures: Pictures, notes: Notes, say: Say) -> tuple[list[Asset], list[MetadataField]]:
    """Raises CannotLoad."""
    columns: list[Column] = []
    labels: dict[str, dict[str, str]] = {}
    assets: dict[str, Asset] = {}
    for line, row in rows(path, say, needed=("file",), names=NAMES):
        columns = columns or columns_of(path, row)
        try:
            asset = built(row, columns, pictures, line, notes)
            if asset.public_id in assets:
                raise ValueError(f"the public_id {asset.public_id} is taken by a row before")
        except ValueError as wrong:
            notes.each("rows like these", f"left out ({wrong})", line)
            continue
        assets[asset.public_id] = asset
        for column in columns:
            labels.setdefault(column.external_id, {}).update(column.labels(row[column.header]))
    notes.close()
    if not assets:
        raise CannotLoad(f"{path} names no picture that can be used.")
    fields = [
        MetadataField(column.external_id, titled(column.external_id), column.type, labels.get(column.external_id, {}))
        for column in columns
    ]
    return list(assets.values()), fields


def built(row: Row, columns: list[Column], pictures: Pictures, line: int, notes: Notes) -> Asset:
    """Raises ValueError."""
    if not (name := row["file"].strip()):
        raise ValueError("it names no file")
    public_id = row.get("public_id", "").strip() or named(name)
    return Asset(
        public_id=public_id,
        display_name=row.get("display_name", "").strip(),
        asset_folder=row.get("asset_folder", "").strip(),
        tags=list(dict.fromkeys(tag for part in row.get("tags", "").split(",") if (tag := part.strip()))),
        context={
            header.removeprefix("context."): value
            for header, value in row.items()
            if header.startswith("context.") and value
        },
        metadata={
            column.external_id: value for column in columns if (value := value_of(column, row, line, notes)) is not None
        },
        **pictures.held(name),
        **access_of(row),
    )


def value_of(column: Column, row: Row, line: int, notes: Notes) -> Any:
    """None for an empty cell, and for a value that does not fit: the asset goes on without it."""
    text = row[column.header]
    try:
        return column.value(text) if text else None
    except ValueError:
        notes.each("values like these", f"{text!r} in {column.header} is no {column.type} and left out", line)
        return None


def columns_of(path: Path, row: Row) -> list[Column]:
    """Raises CannotLoad."""
    found = []
    for header in row:
        if header.startswith("metadata."):
            name, _, kind = header.removeprefix("metadata.").partition(":")
            if not name or (kind and kind not in TYPES):
                raise CannotLoad(f"{path}: the column {header} has no name or none of the types {', '.join(TYPES)}.")
            found.append(Column(header, name, "string" if name == "sku" else kind or "string"))
    return found


def datasource_id(label: str) -> str:
    return re.sub(r"\W+", "_", label.strip().lower()).strip("_") or "value"


def titled(external_id: str) -> str:
    return external_id.upper() if external_id == "sku" else external_id.replace("_", " ").capitalize()
