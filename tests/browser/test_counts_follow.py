"""The filters' counts follow by themselves: when stores answer, and when they are left out and ticked again."""

import contextlib

import pytest
from playwright.sync_api import Error, FrameLocator, expect

from linking.models import StoreMatch
from setup.models import Store
from tests.browser import bar
from tests.browser.held import Held
from tests.scenes import asset, product

ANSWERED = "body => body.dispatchEvent(new Event('matches-changed'))"


@pytest.fixture
def place(house):
    pictures = [asset("front", "a", 0), asset("side", "b", 1), asset("lost", "zz", 2)]
    return house([product("a"), product("b")], pictures)


def shows(app: FrameLocator, *counts: str) -> None:
    """The count line, besides All: no more than what there is."""
    expect(app.locator("#filter-states label")).to_have_text(["All", *counts])


@pytest.mark.full
def test_counts_follow_when_the_stores_have_answered(place):
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    shows(app, "2 of 3 SKUs matched", "1 unmatched")
    field = bar.control(app, "combobox", "Shopify Field")
    field.select_option(label="Title")
    shows(app, "0 of 3 SKUs matched", "3 unmatched")
    field.select_option(label="SKU")
    shows(app, "2 of 3 SKUs matched", "1 unmatched")
    expect(field).to_be_visible()  # what takes effect leaves its popover open
    bar.close(app)
    place.page.set_viewport_size({"width": 800, "height": 800})  # narrower than the line
    last = app.locator("#filter-states label").last
    last.click()
    expect(app.locator(".group")).to_have_count(1)
    field = bar.control(app, "combobox", "Shopify Field")
    field.select_option(label="Title")
    shows(app, "0 of 3 SKUs matched", "3 unmatched")
    expect(last).to_be_in_viewport(ratio=0.99)  # in a line that was drawn again


@pytest.mark.full
def test_the_buttons_follow_a_store_that_answers_while_the_page_asks_what_another_has_answered(house):
    """The answer to the first is on its way when the second comes: the page asks once more."""
    place = house([product("a")], [asset("front", "a")], stores=2)
    app = place.launch()
    said = app.locator("#actions-note")
    expect(said).to_contain_text("Products found in 2 of 2 stores.")
    body, south = app.locator("body"), StoreMatch.objects.order_by("store").last()
    StoreMatch.objects.filter(pk=south.pk).update(matched=0)
    body.evaluate(ANSWERED)
    expect(said).to_contain_text("Products found in 1 of 2 stores.")
    held = Held(place.page, "**/actions/*")
    body.evaluate(ANSWERED)
    early = held.route.fetch()
    StoreMatch.objects.filter(pk=south.pk).update(matched=1)
    body.evaluate(ANSWERED)
    with contextlib.suppress(Error):  # nobody waits for it any more
        held.route.fulfill(response=early)
    expect(said).to_contain_text("Products found in 2 of 2 stores.")


@pytest.mark.full
def test_the_buttons_follow_a_store_that_answers_while_an_edit_is_under_way(house):
    """The edit's answer, which does not know of it, takes the place of the buttons that ask."""
    place = house([product("a"), product("b")], [asset("front", "a"), asset("side", "b", 1)], stores=2)
    app = place.launch()
    said = app.locator("#actions-note")
    expect(said).to_contain_text("Products found in 2 of 2 stores.")
    south = StoreMatch.objects.order_by("store").last()
    StoreMatch.objects.filter(pk=south.pk).update(matched=0)
    edit, look = Held(place.page, "**/arrange/"), Held(place.page, "**/actions/*")
    app.get_by_role("button", name="Exclude group b").press("Enter")
    early = edit.route.fetch()
    StoreMatch.objects.filter(pk=south.pk).update(matched=2)
    app.locator("body").evaluate(ANSWERED)
    late = look.route
    edit.route.fulfill(response=early)
    expect(app.get_by_role("button", name="Include group b")).to_be_visible()
    with contextlib.suppress(Error):  # nobody waits for it any more
        late.continue_()
    expect(said).to_contain_text("Products found in 2 of 2 stores.")


@pytest.mark.full
def test_counts_follow_when_the_first_store_is_connected_left_out_and_ticked_again(place):
    errors = list[str]()
    place.page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    Store.objects.update(status=Store.Status.DISCONNECTED)
    app = place.launch()
    expect(app.locator("#actions-note")).to_contain_text("No store is connected. Ask an admin")
    Store.objects.update(status=Store.Status.CONNECTED)
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    expect(app.get_by_role("button", name="Stores: North")).to_be_visible()
    assert errors == []
    tick = bar.control(app, "checkbox", "North")
    tick.uncheck()
    shows(app)
    tick.check()
    shows(app, "2 of 3 SKUs matched", "1 unmatched")


@pytest.mark.full
def test_a_page_that_the_browser_restores_with_other_ticks_counts_by_them(place):
    """Ticks that the browser fills in before the page's scripts are there are sent as if somebody had made them."""
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    page, url = place.page, app.locator("body").evaluate("() => location.href")
    page.goto(url)
    bar.control(page, "checkbox", "North").uncheck()
    shows(page)
    page.add_init_script(RESTORE)
    page.goto(url)
    shows(page, "2 of 3 SKUs matched", "1 unmatched")
    expect(page.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    shows(page, "2 of 3 SKUs matched", "1 unmatched")


RESTORE = """addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[name=stores]")) box.checked = true;
}, {capture: true});"""
