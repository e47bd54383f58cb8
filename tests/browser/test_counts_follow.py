"""The filters' counts follow by themselves: when stores answer, and when they are left out and ticked again."""

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.scenes import asset, product


@pytest.fixture
def place(house):
    pictures = [asset("front", "a", 0), asset("side", "b", 1), asset("lost", "zz", 2)]
    return house([product("a"), product("b")], pictures)


def chips(app) -> str:
    return " ".join(app.locator("#filter-states").inner_text().split()).removeprefix("Show groups that are ")


def shows(app: FrameLocator, **counts: int) -> None:
    for name, count in counts.items():
        expect(app.locator(f"#count-{name}")).to_have_text(str(count))


def test_counts_follow_when_the_stores_have_answered(place):
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    shows(app, matched=2, unmatched=1, ambiguous=0)
    field = app.get_by_role("combobox", name="Shopify Field")
    field.select_option(label="Title")
    shows(app, matched=0, unmatched=3)
    field.select_option(label="SKU")
    shows(app, matched=2, unmatched=1)


@pytest.mark.full
def test_counts_follow_when_a_store_is_left_out_and_ticked_again(place):
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    tick = app.get_by_role("checkbox", name="North")
    tick.uncheck()
    shows(app, matched=0, unmatched=0)
    tick.check()
    shows(app, matched=2, unmatched=1)


@pytest.mark.full
def test_a_page_that_the_browser_restores_with_other_ticks_counts_by_them(place):
    """Ticks that the browser fills in before the page's scripts are there are sent as if somebody had made them."""
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    page, url = place.page, app.locator("body").evaluate("() => location.href")
    page.goto(url)
    page.get_by_role("checkbox", name="North").uncheck()
    shows(page, matched=0)
    page.add_init_script(RESTORE)
    page.goto(url)
    shows(page, matched=2, unmatched=1)
    expect(page.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    assert chips(page) == "All 3 Matched 2 Unmatched 1 Ambiguous 0 Excluded 0 Errors 0"


RESTORE = """addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[name=stores]")) box.checked = true;
}, {capture: true});"""
