"""Reading a bulk query and writing it down as JSONL: one object a line, children with the id of their parent.

https://shopify.dev/docs/api/usage/bulk-operations/queries#the-jsonl-data-format
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, execute_sync

from sandbox.shopify import schema
from sandbox.shopify.call import Call
from sandbox.shopify.execution import executable, raise_own_mistakes
from sandbox.shopify.installs import Install
from sandbox.shopify.objects import attribute, resolve_type
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

EVERYTHING = 10**9
SAMPLE = 2  # rows of each connection

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    content: Row

    @property
    def is_root(self) -> bool:
        return "__parentId" not in self.content


@dataclass(frozen=True)
class Result:
    """`error_code` is a BulkOperationErrorCode; then there are no lines."""

    lines: list[Line] = field(default_factory=list)
    error_code: str | None = None


def read(shop: "Shop", query: str, client_id: str = "") -> Result:
    """Everything the query finds now, with the scopes of the app that asked; parents come right before their children."""
    result = executed(shop, query, EVERYTHING, client_id)
    if result.errors:
        codes = {(error.extensions or {}).get("code") for error in result.errors}
        return Result(error_code="ACCESS_DENIED" if "ACCESS_DENIED" in codes else "INTERNAL_SERVER_ERROR")
    return Result([line for row in (result.data or {}).values() for line in lines_of(row, None)])


def try_out(shop: "Shop", query: str) -> None:
    """Reads a few rows, so that what the sandbox does not imitate is said at once. Raises Unsupported."""
    for error in executed(shop, query, SAMPLE).errors or ():
        if isinstance(error.original_error, Unsupported):
            raise error.original_error


def executed(shop: "Shop", query: str, rows: int, client_id: str = "") -> ExecutionResult:
    document = schema.checked(query).document
    assert document
    install = shop.installs.get(client_id, Install(client_id, [])) if client_id else None
    call = Call(shop, whole=rows, install=install)
    result = execute_sync(
        executable(), document, context_value=call, field_resolver=attribute, type_resolver=resolve_type
    )
    raise_own_mistakes(result.errors)
    return result


def lines_of(value: Any, parent: str | None) -> Iterator[Line]:
    """The lines below a root field: its rows, or the rows of the connections in it."""
    if is_connection(value):
        for edge in value["edges"]:
            yield from lines_of_row(edge["node"], parent)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from lines_of(inner, parent)


def lines_of_row(row: Row, parent: str | None) -> Iterator[Line]:
    content = without_connections(row)
    yield Line(content | ({"__parentId": parent} if parent else {}))
    for value in row.values():
        yield from lines_of(value, row.get("id"))


def without_connections(row: Row) -> Row:
    kept = {key: value for key, value in row.items() if not is_connection(value)}
    return {key: without_connections(value) if isinstance(value, dict) else value for key, value in kept.items()}


def is_connection(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("edges"), list)


def text(lines: list[Line], *, seed: str, grouped: bool) -> str:
    """Ungrouped, children need not follow their parents; for one operation the order is always the same."""
    ordered = list(lines)
    if not grouped:
        random.Random(seed).shuffle(ordered)
    return "".join(f"{written(line.content)}\n" for line in ordered)


def written(content: Row) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
