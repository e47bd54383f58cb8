"""JSON Lines, https://jsonlines.org: every line is an object whose `kind` says what it is; values as they are.

Names are English in every language, and so is what the summary says: programs read it.

First the `summary`; then `change`, one per asset, product and store; then `product_without_asset`.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from linking.reporting.columns import columns_of
from linking.reporting.content import Content
from linking.reporting.rows import Line
from linking.reporting.summary import Summary
from setup.words import ENGLISH, override

# Valid in JSON, but a line's end to some readers (U+2028, U+2029, U+0085); a terminal obeys the other controls; and half of a
# character has no UTF-8.
ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def write(content: Content, out: IO[bytes]) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, default=_time).encode
    for row in _objects(content):
        out.write(one_line(encode(row)).encode() + b"\n")


def one_line(text: str) -> str:
    """The same JSON, as one line to every reader."""
    return ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _objects(content: Content) -> Iterator[dict]:
    with override(ENGLISH):
        summary = _summary_row(content.summary())
    yield summary
    known = {column.name for column in columns_of(content.sync)} | {"reason_code"}
    names = [name for name in Line._fields if name in known]
    for line in content.lines():
        yield {"kind": "change", **{name: getattr(line, name) for name in names}}
    for row in content.left():
        yield {"kind": "product_without_asset", **row._asdict()}


def _summary_row(summary: Summary) -> dict:
    """{"kind", "run": …, "started_by": …, …, "stores_table": [{"store": …, …}, …], …}"""
    facts = {_name(name): value for name, value in summary.facts}
    tables = {
        f"{_name(table.title)}_table": [dict(zip(map(_name, table.head), row, strict=True)) for row in table.rows]
        for table in summary.tables
    }
    return {"kind": "summary", **facts, **tables}


def _name(title: str) -> str:
    return title.lower().replace(" ", "_")


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(value)
