"""A report in a real browser: a format is chosen, written by a worker, and the download begins by itself: on the page of the run,
and on its own."""

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from linking.models import Report
from tests.browser.barriers import violations
from tests.scenes import asset, product


def run_page(house) -> Page:
    """The page of a finished run, as a launched member sees it."""
    place = house([product("a", pictures=1), product("b")], [asset("front", "a", 1)])
    sync = place.scene.run(place.scene.select())
    app = place.launch()
    expect(app.get_by_role("link", name="History")).to_be_visible()
    frame = next(frame for frame in place.page.frames if frame.parent_frame)
    place.page.goto(re.sub(r"(://[^/]+).*", rf"\1/syncs/{sync.key}/", frame.url))
    return place.page


@pytest.mark.full
def test_a_workbook_is_written_and_downloaded_from_the_runs_page_without_another_click(house):
    page = run_page(house)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Excel").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.sheetnames[:2] == ["Summary", "Rows"]
    expect(page.locator("#live")).to_have_text("Excel is ready. The download begins.")
    again = page.get_by_role("link", name="Download Excel")
    expect(page.get_by_text(re.compile(r"^1 row, [\d.]+.KB, written"))).to_be_visible()
    with page.expect_download() as second:
        again.click()
    assert second.value.suggested_filename == download.value.suggested_filename
    assert Report.objects.count() == 1


@pytest.mark.full
def test_the_page_has_no_barrier_and_fits_a_narrow_screen(house):
    page = run_page(house)
    page.get_by_role("link", name="Download report").click()
    expect(page.get_by_role("heading", name="Choose a format")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page, "Report") == []
    page.locator("#report-csv-get").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Download CSV")).to_be_focused()
