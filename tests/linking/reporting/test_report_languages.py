"""A report is written in the language of who asks for it; another language wants another file."""

import csv
import io
import json

import pytest
from django.utils.translation import trans_real
from openpyxl import load_workbook

from linking.models import Report
from linking.reporting import asking
from linking.reporting.kept import kept
from linking.reporting.writing import write_report
from setup.words import override
from tests.scenes import asset, product

GERMAN = {
    "Store": "Shop",
    "Outcome": "Ergebnis",
    "Done": "Fertig",
    "Summary": "Zusammenfassung",
    "Rows": "Zeilen",
}


@pytest.fixture
def german(monkeypatch):
    """Some translations, whatever locale/ has by now."""
    catalog = trans_real.translation("de")
    known = catalog._catalog
    for text, said in GERMAN.items():
        monkeypatch.setitem(known._catalogs[0], text, said)


pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def run(scene):
    place = scene([product("A-1", title="Oak chair")], [asset("front", "A-1"), asset("alone", "Z-9", 2)])
    return place.run(place.select())


def written(sync, format: str) -> bytes:
    """Asked for in the language that is active; written by a worker, which has none."""
    report = asking.ask(sync, format)
    with override(None):
        write_report(report.pk)
    report.refresh_from_db()
    with kept().open(report.file) as file:
        return file.read()


def test_a_report_speaks_the_language_in_which_it_was_asked_for(run, german):
    with override("de"):
        rows = list(csv.DictReader(io.StringIO(written(run, "csv").decode("utf-8-sig"))))
        book = load_workbook(io.BytesIO(written(run, "xlsx")))
    assert rows[0]["Shop"]
    assert "Fertig" in {row["Ergebnis"] for row in rows}
    assert book.sheetnames[:2] == ["Zusammenfassung", "Zeilen"]


def test_names_for_programs_are_english_in_every_language(run, german):
    with override("de"):
        summary, *_rows = (json.loads(line) for line in written(run, "jsonl").splitlines())
    assert summary["stores_table"][0]["store"]
    assert summary["rows"] == 2


def test_each_language_has_a_file_of_its_own(run, german):
    english = written(run, "csv")
    with override("de"):
        assert asking.reports_of(run) == {}
        other = written(run, "csv")
        assert asking.reports_of(run)["csv"].language == "de"
    assert other != english
    assert asking.reports_of(run)["csv"].language == "en"
    assert written(run, "csv") == english
    with override("de"):
        assert written(run, "csv") == other
    assert Report.objects.count() == 2


def test_who_asks_in_another_language_takes_nobodys_report_away(run, german):
    """Two people watch their reports being written: the second to ask does not end the first one's."""
    first = asking.ask(run, "csv")
    with override("de"):
        second = asking.ask(run, "csv")
        assert asking.reports_of(run)["csv"] == second
    assert asking.reports_of(run)["csv"] == first
    for report in (first, second):
        write_report(report.pk)
        report.refresh_from_db()
        with kept().open(report.file) as file:
            assert file.read().decode("utf-8-sig").startswith("Shop," if report.language == "de" else "Store,")
