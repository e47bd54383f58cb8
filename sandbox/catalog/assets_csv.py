"""A folder of pictures with an assets.csv: what the media library knows.

Columns: `file` (relative to the folder), `public_id`, `display_name`, `asset_folder`, `tags` (comma separated),
`metadata.<field>` (structured metadata), `context.<key>`. A field is a string unless its header says more:
`metadata.sequence:integer`, `metadata.launched:date`, `metadata.color:enum`, `metadata.channels:set` (semicolons between
values; datasource ids are made from the values, which become the labels). `sku` is always a string. Without an assets.csv
each picture becomes an asset, named after its file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.catalog.records import Asset, MetadataField
from sandbox.catalog.rows import CannotLoad, Row, Say, rows
from sandbox.cloudinary.contents import UnreadableContent, measure

NAME = "assets.csv"
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".mp4", ".mov", ".webm")
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


def read(folder: Path, say: Say) -> tuple[list[Asset], list[MetadataField]]:
    """Raises CannotLoad."""
    if not folder.is_dir():
        raise CannotLoad(f"{folder} is not a folder.")
    pictures = Pictures(folder)
    if not (folder / NAME).exists():
        return unlisted(folder, pictures, say), []
    path = folder / NAME
    columns: list[Column] = []
    labels: dict[str, dict[str, str]] = {}
    assets: dict[str, Asset] = {}
    for line, row in rows(path, say, needed=("file",)):
        columns = columns or columns_of(path, row)
        try:
            asset = built(row, columns, pictures)
            if asset.public_id in assets:
                raise ValueError(f"the public_id {asset.public_id} is taken by a row before")
        except ValueError as wrong:
            say(f"{path}, line {line}: left out ({wrong})")
            continue
        assets[asset.public_id] = asset
        for column in columns:
            labels.setdefault(column.external_id, {}).update(column.labels(row[column.header]))
    if not assets:
        raise CannotLoad(f"{path} names no picture that can be used.")
    fields = [
        MetadataField(column.external_id, titled(column.external_id), column.type, labels.get(column.external_id, {}))
        for column in columns
    ]
    return list(assets.values()), fields


class Pictures:
    """The folder's files, each looked at once: many rows may share one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._problems: dict[Path, str | None] = {}

    def file(self, name: str) -> Path:
        """Raises ValueError."""
        path = self.folder / name
        if path not in self._problems:
            self._problems[path] = self._problem(path)
        if problem := self._problems[path]:
            raise ValueError(f"{name}: {problem}")
        return path

    @staticmethod
    def _problem(path: Path) -> str | None:
        if not path.is_file():
            return "there is no such file"
        try:
            measure(path.read_bytes())
        except (UnreadableContent, OSError) as wrong:
            return str(wrong)
        return None


def built(row: Row, columns: list[Column], pictures: Pictures) -> Asset:
    """Raises ValueError."""
    if not (name := row["file"].strip()):
        raise ValueError("it names no file")
    public_id = row.get("public_id", "").strip() or named(name)
    return Asset(
        content=pictures.file(name),
        public_id=public_id,
        display_name=row.get("display_name", "").strip(),
        asset_folder=row.get("asset_folder", "").strip(),
        tags=list(dict.fromkeys(tag for part in row.get("tags", "").split(",") if (tag := part.strip()))),
        context={
            header.removeprefix("context."): value
            for header, value in row.items()
            if header.startswith("context.") and value
        },
        metadata={column.external_id: value_of(column, text) for column in columns if (text := row[column.header])},
    )


def value_of(column: Column, text: str) -> Any:
    try:
        return column.value(text)
    except ValueError:
        raise ValueError(f"{text!r} in {column.header} is no {column.type}") from None


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


def unlisted(folder: Path, pictures: Pictures, say: Say) -> list[Asset]:
    return list(found_files(folder, pictures, say)) or none_found(folder)


def found_files(folder: Path, pictures: Pictures, say: Say) -> Iterator[Asset]:
    taken: set[str] = set()
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS):
        name = path.relative_to(folder)
        try:
            content = pictures.file(str(name))
        except ValueError as wrong:
            say(f"{folder}: left out ({wrong})")
            continue
        public_id = named(name.as_posix())
        if public_id in taken:
            say(f"{folder}: left out ({name}: the public ID {public_id} is taken by a file before)")
            continue
        taken.add(public_id)
        yield Asset(content, public_id, asset_folder="" if str(name.parent) == "." else name.parent.as_posix())


def none_found(folder: Path) -> list[Asset]:
    raise CannotLoad(f"{folder} holds neither an {NAME} nor a picture.")


def named(file: str) -> str:
    """A public ID from a file's name: without its ending, and without what public IDs may not hold."""
    return re.sub(r"[?&#\\%<>+]", "_", file.rpartition(".")[0] or file).strip("/ ")


def datasource_id(label: str) -> str:
    return re.sub(r"\W+", "_", label.strip().lower()).strip("_") or "value"


def titled(external_id: str) -> str:
    return external_id.upper() if external_id == "sku" else external_id.replace("_", " ").capitalize()
