"""What the ways of telling what came of a run add up to: its page, its report in every format, its rows, the store's journal."""

import csv
import io
import json
import re
from collections import Counter

from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync, Sync
from linking.reporting.content import Content
from linking.reporting.writing import WRITERS

# (store's domain, outcome in words) -> lines
Totals = Counter[tuple[str, str]]
WORDS = {str(value): str(label) for value, label in ChangeRow.Outcome.choices}
# As pages call them -> as reports do.
ON_PAGES = {
    "Planned": "Pending",
    "Not linked": "Skipped",
    "Not uploaded": "Skipped",
}
PART = re.compile(r'<section class="part".*?</section>', re.S)
COUNT = re.compile(r'<span class="outcome[^"]*"><b>([\d,]+)</b> ([^<]+)</span>')


def written(sync: Sync, format: str) -> bytes:
    out = io.BytesIO()
    WRITERS[format](Content(sync, timezone.now()), out)
    return out.getvalue()


def csv_rows(sync: Sync) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(sync, "csv").decode("utf-8-sig"), newline="")))


def json_rows(sync: Sync, kind: str) -> list[dict]:
    found = [json.loads(line) for line in written(sync, "jsonl").splitlines()]
    return [row for row in found if row["kind"] == kind]


def book(sync: Sync):
    """Of a run, or of what was written already."""
    return load_workbook(io.BytesIO(written(sync, "xlsx")))


def sheet_rows(sheet) -> list[dict]:
    [head, *rows] = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def of_database(sync: Sync, *, all_media: bool = False) -> Totals:
    """`all_media`: also the pictures that stay and are none of our assets; a page counts them, a report does not name them."""
    lines = ChangeRow.objects.filter(part__sync=sync).select_related("part__store")
    lines = lines if all_media else lines.exclude(asset_id="", change=Change.KEEP)
    return Counter((line.part.store.domain, WORDS[line.outcome]) for line in lines)


def of_csv(sync: Sync) -> Totals:
    return Counter((row["Store"], row["Outcome"]) for row in csv_rows(sync))


def of_json(sync: Sync) -> Totals:
    return Counter((row["store"], WORDS[row["outcome"]]) for row in json_rows(sync, "change"))


def of_json_summary(sync: Sync) -> Totals:
    [summary] = json_rows(sync, "summary")
    found: Totals = Counter()
    for row in summary["rows_table"][:-1]:
        found[row["store"], row["outcome"]] += row["rows"]
    assert summary["rows_table"][-1]["rows"] == summary["rows"] == found.total()
    return found


def of_workbook(sync: Sync) -> Totals:
    return Counter((row["Store"], row["Outcome"]) for row in sheet_rows(book(sync)["Rows"]))


def of_page(sync: Sync) -> Totals:
    """As a member reads it in the browser, store by store."""
    html = page_of(sync)
    parts = list(sync.parts.select_related("store").order_by("pk"))
    sections = PART.findall(html)
    assert len(sections) == len(parts), "the page has a section for every store"
    found: Totals = Counter()
    for part, section in zip(parts, sections, strict=True):
        for n, word in COUNT.findall(section):
            found[part.store.domain, ON_PAGES.get(word, word)] = int(n.replace(",", ""))
    return found


def page_of(sync: Sync) -> str:
    """Of a run that is not busy."""
    return _asked(sync, "")


def details_of(sync: Sync) -> str:
    """What its page shows of each gallery when it is opened."""
    rows = ProductSync.objects.filter(part__sync=sync).values_list("pk", flat=True)
    return "".join(_asked(sync, f"lines/{pk}/") for pk in rows)


def _asked(sync: Sync, path: str) -> str:
    client = Client(headers={"host": "localhost"})
    session = client.session
    session["member"] = sync.member_id
    session.save()
    answer = client.get(f"/syncs/{sync.key}/{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()
