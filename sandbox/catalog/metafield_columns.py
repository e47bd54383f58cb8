"""Columns of a product export that hold metafields, in both ways in which Shopify has written their headers."""

import re
from dataclasses import dataclass

from sandbox.catalog.records import Metafield

HEADERS = (
    re.compile(r"Metafield: (?P<namespace>[\w-]+)\.(?P<key>[\w-]+)(?: \[(?P<type>[\w.]+)\])?"),
    re.compile(r".*\(product\.metafields\.(?P<namespace>[\w-]+)\.(?P<key>[\w-]+)\)"),
)
TEXT = "single_line_text_field"


@dataclass(frozen=True)
class Column:
    header: str
    definition: Metafield

    @property
    def key(self) -> tuple[str, str]:
        return self.definition.namespace, self.definition.key

    def value(self, row: dict[str, str]) -> str:
        return row.get(self.header, "").strip()


def columns_of(row: dict[str, str]) -> list[Column]:
    """Single lines of text are made filterable in the admin, so that they can be searched for."""
    found = []
    for header in row:
        if match := next((match for form in HEADERS if (match := form.fullmatch(header))), None):
            parts = match.groupdict()
            kind = parts.get("type") or TEXT
            found.append(Column(header, Metafield(parts["namespace"], parts["key"], kind, kind == TEXT)))
    return found
