"""The page stays where it is: a setting that is changed far down leaves the view and the focus where they were."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from linking.models import Selection
from linking.models.selections import RUN_SETTINGS
from setup.models import Environment
from tests.browser import bar
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import asset, product

WIDE, NARROW = (1280, 800), (375, 800)
GROUPS, EACH = 90, 3
MOST = 0.02  # of layout shift, as web.dev counts it, whatever the hand did
WATCH = """
window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
addEventListener("scroll", () => window.scrolled?.push(scrollY));
"""
# In view, with the page scrolled, and with the focus; nothing that happens from now on is the doing of this.
PUT = """(control, y) => {
  scrollTo(0, control.getBoundingClientRect().top + scrollY - y);
  control.focus({preventScroll: true});
  return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
    shifts.length = 0;
    window.scrolled = [];
    done();
  })));
}"""
# In a popover: it scrolls to what has the focus, as it does for a person who presses Tab.
FOCUS = """control => {
  control.focus();
  return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
    shifts.length = 0;
    window.scrolled = [];
    done();
  })));
}"""
WHERE = """() => {
  const focused = document.activeElement;
  return [Math.round(scrollY), focused.id, Math.round(focused.getBoundingClientRect().top)];
}"""
SEEN = """() => {
  const group = document.elementFromPoint(innerWidth * 0.6, innerHeight / 3).closest(".group");
  return [group.id, group.getBoundingClientRect().top];
}"""
SHIFT = "() => new Promise(done => setTimeout(() => done(shifts.reduce((sum, one) => sum + one.value, 0)), 100))"


class Change(NamedTuple):
    """A setting, by the id of its control, what a person does to it, and the part of the bar that has its popover. `scrolls`: a
    note above the groups comes or goes, or so few of them are left that the page cannot be scrolled as far. Then the page is
    scrolled by as much, so that what is looked at does not move in the window."""

    control: str
    act: Callable[[Page], object]
    part: str = ""
    scrolls: bool = False


def choose(control: str, value: str, part: str = "", *, scrolls: bool = False) -> Change:
    return Change(control, lambda page: page.locator(f"#{control}").select_option(value), part, scrolls)


def press(control: str, part: str = "", key: str = "Space") -> Change:
    return Change(control, lambda page: page.keyboard.press(key), part)


def write(control: str, text: str, part: str, *, scrolls: bool = False) -> Change:
    def act(page: Page) -> None:
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    return Change(control, act, part, scrolls)


# Every setting, there and back.
CHANGES = [
    press("mode-in_place", "mode"),
    press("mode-position", "mode"),
    write("position", "3", "mode"),
    press("mode-reset", "mode"),
    press("mode-append", "mode"),
    choose("alt-policy", "overwrite", "more"),
    choose("transformation", "web", "more"),
    press("variant-pictures", "more"),
    choose("order-field", "folder", "order"),
    choose("order-field", "metadata:sequence", "order"),
    press("fold", "more"),
    write("separator", ";", "more"),
    write("pattern", "^k(.+)$", "more", scrolls=True),
    write("pattern", "^(k\\d)", "more", scrolls=True),
    write("pattern", "^(.+)$", "more"),
    choose("cloudinary-field", "display_name", "match", scrolls=True),
    choose("cloudinary-field", "metadata:sku", "match"),
    choose("shopify-field", "barcode", "match", scrolls=True),
    choose("shopify-field", "metafield", "match"),
    write("metafield", "custom.material", "match", scrolls=True),
    choose("shopify-field", "sku", "match", scrolls=True),
]
# One of each kind: no group changes, their order does, and what they are.
SOME = [CHANGES[at] for at in (0, 1, 3, 5, 8, 15, 16)]


@pytest.fixture
def board(house, live_server, settings):
    """Call it: the page of a selection of 270 assets, matched in two stores, in the window of a person."""

    def build(viewport: tuple[int, int], *, tab: str = "", **chosen) -> Page:
        names = [(f"k{group:02}", at) for group in range(GROUPS) for at in range(EACH)]
        pictures = [asset(f"{key}-{at}", key, int(key[1:]), metadata={"sequence": at}) for key, at in names]
        place = house([product(f"k{at:02}") for at in range(12)], pictures, stores=2, viewport=viewport)
        Environment.objects.update(allowed_transformations=["web"])
        selection = place.scene.select(pattern="^(.+)$", **chosen)
        ask_and_answer(selection)
        client = enter(Client(), place.scene.member, selection)
        name = settings.SESSION_COOKIE_NAME
        place.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        place.page.add_init_script(WATCH)
        place.page.goto(f"{live_server.url}/selections/{selection.key}/{tab}")
        expect(place.page.locator("#upload-assets" if tab else "#link-assets")).to_be_enabled()
        return place.page

    return build


def moved(page: Page, change: Change, *, y: int = 400) -> list[str]:
    """What did not stay when the setting was changed. The page is scrolled by `y`, and the popover of the setting open; without
    one, its control is so far down in the window."""
    control = page.locator(f"#{change.control}")
    if change.part:
        bar.opened(page, change.part)  # first: to click on it, Playwright may scroll
        page.evaluate("y => scrollTo({top: y, behavior: 'instant'})", y)
        scrolled = page.evaluate("scrollY")  # less than `y` where the list is short
        control.evaluate(FOCUS)
        assert near(page.evaluate("scrollY"), scrolled), "a popover scrolls by itself, and leaves the page"
    else:
        control.evaluate(PUT, y)
    before, version = page.evaluate(WHERE), int(page.locator("#version").input_value())
    change.act(page)
    expect(page.locator("#version")).to_have_value(str(version + 1))
    expect(page.locator("#saved-text")).to_have_text("Saved")
    expect(page.locator(".store-pending, .refreshing")).to_have_count(0)
    shift, after = page.evaluate(SHIFT), page.evaluate(WHERE)
    between = [at for at in page.evaluate("scrolled") if not near(at, before[0])]
    found = [f"the focus went to {after[1]}"] if after[1] != before[1] else []
    found += [f"it moved in the window from {before[2]} to {after[2]}"] if not near(before[2], after[2]) else []
    found += [f"the layout shifted by {shift:.3f}"] if shift > MOST else []
    if not change.scrolls and (between or not near(before[0], after[0])):
        found.append(f"the page was scrolled from {before[0]} to {[*between, after[0]]}")
    assert before[0] > 0, "nothing was scrolled"
    assert before[1] == change.control
    if change.part:
        bar.close(page)
    return [f"{change.control}: {what}" for what in found]


def near(one: int, other: int) -> bool:
    """Pixels are rounded."""
    return abs(one - other) <= 2


@pytest.mark.full  # a minute and a half each; the others have a setting of each kind
@pytest.mark.parametrize(("viewport", "y"), [(WIDE, 500), (NARROW, 40)], ids=["wide", "narrow"])
def test_every_setting_that_is_changed_after_scrolling_leaves_the_page_where_it_was(board, viewport, y):
    page = board(viewport)
    store = page.locator("[name=stores]").last.get_attribute("id")
    changes = [press(store, "stores"), *CHANGES, press(store, "stores")]
    assert [what for change in changes for what in moved(page, change, y=y)] == []


def test_settings_of_each_kind_leave_the_page_the_focus_and_the_popover_where_they_were(board):
    page = board(WIDE)
    store = page.locator("[name=stores]").last.get_attribute("id")
    changes = [*SOME, press(store, "stores"), press(store, "stores")]
    assert [what for change in changes for what in moved(page, change, y=500)] == []
    assert page.locator("#configuration").evaluate("one => one.getBoundingClientRect().top") == 0  # it stays in sight


@pytest.mark.full
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_on_upload_to_store_files_too_settings_leave_the_page_where_it_was(board, viewport):
    page = board(viewport, tab="upload")
    store = page.locator("[name=stores]").last.get_attribute("id")
    changes = [choose("alt-policy", "overwrite"), press(store), choose("alt-policy", "keep"), press(store)]
    assert [what for change in changes for what in moved(page, change, y=60)] == []


def ordered_by_hand() -> None:
    chosen = Selection.objects.get()
    mine = chosen.assets.filter(details__display_name__startswith="k01")
    order = list(mine.order_by("-place").values_list("asset_id", flat=True))
    chosen.arrangements.create(keying=str(chosen.keying), key="k01", order=order)


IN_SIGHT = """box => {
  const {top, bottom} = box.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && box.checkVisibility();
}"""


@pytest.mark.full
def test_the_warning_that_a_manual_order_would_be_lost_is_in_sight_and_answered_in_place(board):
    page = board(WIDE)
    ordered_by_hand()
    warned = page.locator("#confirm-order")
    page.evaluate("scrollTo({top: 500, behavior: 'instant'})")
    bar.control(page, "combobox", "Order product assets by").select_option("")
    expect(warned).to_be_visible()
    assert warned.evaluate(IN_SIGHT)
    page.locator("#discard-order").focus()
    page.keyboard.press("Enter")
    expect(warned).to_have_count(0)
    expect(page.locator("#order-field")).to_be_focused()
    assert near(page.evaluate("scrollY"), 500)


@pytest.mark.full
def test_settings_of_last_time_that_are_declined_leave_the_focus_at_what_is_next(board):
    page = board(WIDE)
    chosen = Selection.objects.get()
    settings = (
        {name: getattr(chosen, name) for name in RUN_SETTINGS} | chosen.keying.settings | {"link_mode": "prepend"}
    )
    Selection.objects.update(offer={"settings": settings, "stores": [], "whose": "", "instead_of": ""})
    page.reload()
    page.locator("#dismiss-last-time").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#last-time")).to_have_count(0)
    expect(page.locator("#link-assets")).to_be_focused()


@pytest.mark.full
def test_what_is_looked_at_stays_when_the_stores_are_asked_again(board):
    """Nothing has the focus then but the button that was pressed, which is out of sight."""
    page = board(WIDE)
    bar.control(page, "button", "Refresh matches").press("Enter")
    bar.close(page)
    page.locator(".group[id]").nth(8).evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 200)")
    seen = page.evaluate(SEEN)
    expect(page.locator(".store-pending, .refreshing")).to_have_count(0)
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert seen[0].startswith("g-")
    assert near(page.locator(f"#{seen[0]}").evaluate("one => one.getBoundingClientRect().top"), seen[1])
