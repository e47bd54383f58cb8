"""Columns of a product export that hold metafields, in both ways in which their headers are written.

`Codes (product.metafields.custom.codes)` says no type: it is read from the values. `Metafield: custom.codes [number_integer]`
does, unless it was left out. https://shopify.dev/docs/apps/build/metafields/list-of-data-types
"""

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.catalog.records import Metafield

HEADERS = (
    re.compile(r"Metafield: ?(?P<namespace>[\w-]+)\.(?P<key>[\w-]+)(?: ?\[(?P<type>[\w.]+)\])?", re.IGNORECASE),
    re.compile(r".*\(product\.metafields\.(?P<namespace>[\w-]+)\.(?P<key>[\w-]+)\)", re.DOTALL),
)
TEXT, TEXTS, LONG_TEXT = "single_line_text_field", "list.single_line_text_field", "multi_line_text_field"
CATEGORY, ENTRIES = "shopify", "list.metaobject_reference"  # metafields that belong to a category of Shopify's taxonomy
SEPARATOR = re.compile(
    r"(?<!&amp)(?<!&quot)(?<!&nbsp)(?<!&lt)(?<!&gt)(?<!&#39)[;\n]"
)  # what ends an entity separates nothing
OLD_TYPES = {"string": TEXT, "integer": "number_integer", "json_string": "json"}


@dataclass(frozen=True)
class Column:
    header: str
    namespace: str
    key: str
    type: str

    @property
    def definition(self) -> Metafield:
        """Lines of text are made filterable in the admin, so that they can be searched for."""
        return Metafield(self.namespace, self.key, self.type, self.type in (TEXT, TEXTS))

    def value(self, row: dict[str, str]) -> str:
        """As Shopify stores it; empty if there is none."""
        text = row.get(self.header, "").strip()
        if not text or not self.type.startswith("list."):
            return text
        items = items_of(text)
        if self.type == ENTRIES:
            items = [reference(self.key, item) for item in items]
        return json.dumps(items, ensure_ascii=False) if items else ""


def columns_of(rows: Iterable[dict[str, str]]) -> list[Column]:
    """Of the rows that hold the products' own values, all with the same header."""
    known = list(rows)
    found: dict[tuple[str, str], Column] = {}
    for header in known[0] if known else ():
        if match := next((match for form in HEADERS if (match := form.fullmatch(header))), None):
            parts = match.groupdict()
            namespace, key = parts["namespace"], parts["key"]
            kind = parts.get("type") or guessed(namespace, [row.get(header, "").strip() for row in known])
            found.setdefault((namespace, key), Column(header, namespace, key, OLD_TYPES.get(kind, kind)))
    return list(found.values())


def guessed(namespace: str, values: list[str]) -> str:
    """Lists are written with semicolons, or as JSON."""
    if namespace == CATEGORY:
        return ENTRIES
    if any("\n" in value for value in values):
        return LONG_TEXT
    return TEXTS if any(is_list(value) for value in values) else TEXT


def is_list(value: str) -> bool:
    """Neither an object of JSON nor HTML is one, whatever stands in it."""
    return not value.startswith(("{", "<")) and (array(value) is not None or len(items_of(value)) > 1)


def items_of(text: str) -> list[str]:
    items = array(text)
    parts = SEPARATOR.split(text) if items is None else items
    return [part for one in parts if (part := str(one).strip())]


def array(text: str) -> list[object] | None:
    """None for what is no JSON array of plain values."""
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    plain = isinstance(found, list) and all(isinstance(one, str | int | float) for one in found)
    return found if plain else None


def reference(key: str, entry: str) -> str:
    """An id for the entry, the same wherever it is named: exports name entries by their handles."""
    return entry if entry.startswith("gid://") else f"gid://shopify/Metaobject/{zlib.crc32(f'{key}/{entry}'.encode())}"
