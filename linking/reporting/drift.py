"""The report of what has drifted: each finding of the latest checks, as CSV or as an Excel workbook."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import IO, NamedTuple

from django.db.models import QuerySet
from xlsxwriter import Workbook

from linking.domain.drift import Drift
from linking.models import DriftFinding
from linking.models.drift import KINDS
from linking.reporting.columns import Column, safe
from linking.reporting.formats import MOST_IN_A_WORKBOOK
from linking.reporting.xlsx import MAX_ROWS, Looks, Table
from setup.words import _, get_language, gettext_lazy, override

BATCH = 2000
COLUMNS = (
    Column("store", gettext_lazy("Store"), 26),
    Column("drift", gettext_lazy("Drift"), 18, dict(KINDS)),
    Column("pictures", gettext_lazy("Pictures"), 9),
    Column("product", gettext_lazy("Product"), 32),
    Column("handle", gettext_lazy("Product handle"), 26),
    Column("product_id", gettext_lazy("Product ID"), 36),
    Column("product_url", gettext_lazy("Product in Shopify"), 44),
    Column("key", gettext_lazy("Key"), 18),
    Column("asset", gettext_lazy("Asset"), 28),
    Column("asset_id", gettext_lazy("Asset ID"), 34),
    Column("file_id", gettext_lazy("Shopify file ID"), 40),
    Column("was", gettext_lazy("As it was left"), 28),
    Column("now", gettext_lazy("As it is"), 28),
    Column("seen", gettext_lazy("Time (UTC)"), 19),
)


class Line(NamedTuple):
    """Fields are the columns' names."""

    store: str
    drift: str
    pictures: int
    product: str
    handle: str
    product_id: str
    product_url: str
    key: str
    asset: str
    asset_id: str
    file_id: str
    was: str
    now: str
    seen: datetime


def lines(found: QuerySet[DriftFinding]) -> Iterator[list[Line]]:
    """Some at a time, in the order of their pks."""
    after = 0
    while rows := list(found.filter(pk__gt=after).order_by("pk").select_related("store")[:BATCH]):
        after = rows[-1].pk
        yield [_line(row) for row in rows]


def _line(row: DriftFinding) -> Line:
    url = "" if row.kind == Drift.PRODUCT else row.store.product_admin_url(row.product_id)
    return Line(
        store=str(row.store),
        drift=row.kind,
        pictures=row.count,
        product=row.title,
        handle=row.handle,
        product_id=row.product_id,
        product_url=url,
        key=row.key,
        asset=row.name,
        asset_id=row.asset_id,
        file_id=row.medium_id,
        was=row.was,
        now=row.now,
        seen=row.seen,
    )


def as_csv(found: QuerySet[DriftFinding]) -> Iterator[bytes]:
    """With a byte order mark, in the language that is active now."""
    language, columns = get_language(), [column.worded() for column in COLUMNS]
    yield "\ufeff".encode() + _written([[column.title for column in columns]])
    for some in lines(found):
        with override(language):
            text = _written(
                [[_cell(column, value) for column, value in zip(columns, line, strict=True)] for line in some]
            )
        yield text


def _cell(column: Column, value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(column.words[str(value)]) if column.words else str(value)


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8", "replace")


def as_workbook(found: QuerySet[DriftFinding]) -> IO[bytes]:
    """The first of them, as many as are written while somebody waits; to be read from its beginning."""
    out = io.BytesIO()
    options = {"constant_memory": True, "remove_timezone": True}
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = Workbook(out, options | texts)
    table = Table(workbook, Looks.of(workbook), _("Drift"), [column.worded() for column in COLUMNS], MAX_ROWS)
    for some in lines(found):
        for line in some:
            if table.at <= MOST_IN_A_WORKBOOK:
                table.add(line)
        if table.at > MOST_IN_A_WORKBOOK:
            break
    table.close()
    workbook.close()
    out.seek(0)
    return out
