"""The page stays where it is: a setting that is changed far down leaves the view and the focus where they were."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from linking.models import Selection
from linking.models.selections import RUN_SETTINGS
from setup.models import Environment
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
# These ask the stores again. What they say stands above, and may take more room: then the page is scrolled by as much, so that
# nothing moves in the window.
ASKING = ("fold", "separator", "pattern", "cloudinary-field", "shopify-field")
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
    """A setting, by the id of its control, and what a person does to it."""

    control: str
    act: Callable[[Page], object]


def choose(control: str, value: str) -> Change:
    return Change(control, lambda page: page.locator(f"#{control}").select_option(value))


def press(control: str, key: str = "Space") -> Change:
    return Change(control, lambda page: page.keyboard.press(key))


def write(control: str, text: str) -> Change:
    def act(page: Page) -> None:
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    return Change(control, act)


# Every setting, there and back.
CHANGES = [
    choose("link-mode", "in_place"),
    choose("link-mode", "position"),
    write("position", "3"),
    choose("link-mode", "reset"),
    choose("link-mode", "append"),
    choose("alt-policy", "overwrite"),
    choose("transformation", "web"),
    press("variant-pictures"),
    choose("order-field", "folder"),
    choose("order-field", "metadata:sequence"),
    press("fold"),
    write("separator", ";"),
    write("pattern", "^(k\\d)"),
    write("pattern", " "),
    choose("cloudinary-field", "display_name"),
    choose("cloudinary-field", "metadata:sku"),
    choose("shopify-field", "barcode"),
    choose("shopify-field", "metafield"),
    choose("shopify-field", "sku"),
]


@pytest.fixture
def board(house, live_server, settings):
    """Call it: the page of a selection of 270 assets, matched in two stores, in the window of a person."""

    def build(viewport: tuple[int, int], *, tab: str = "", **chosen) -> Page:
        names = [(f"k{group:02}", at) for group in range(GROUPS) for at in range(EACH)]
        pictures = [asset(f"{key}-{at}", key, int(key[1:]), metadata={"sequence": at}) for key, at in names]
        place = house([product(f"k{at:02}") for at in range(12)], pictures, stores=2, viewport=viewport)
        Environment.objects.update(allowed_transformations=["web"])
        selection = place.scene.select(pattern="^(.+)$", **chosen)  # written down, so that its fields are open
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
    """What did not stay when the setting was changed, with its control so far down in the window."""
    control = page.locator(f"#{change.control}")
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
    if change.control not in ASKING and (between or not near(before[0], after[0])):
        found.append(f"the page was scrolled from {before[0]} to {[*between, after[0]]}")
    assert before[0] > 0, "nothing was scrolled"
    assert before[1] == change.control
    return [f"{change.control}: {what}" for what in found]


def near(one: int, other: int) -> bool:
    """Pixels are rounded."""
    return abs(one - other) <= 2


@pytest.mark.full  # a minute and a half each; the others have a setting of each kind
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_setting_that_is_changed_after_scrolling_leaves_the_page_where_it_was(board, viewport):
    page = board(viewport)
    y = 250 if viewport == WIDE else 60
    assert [what for change in CHANGES for what in moved(page, change, y=y)] == []


def test_a_ticked_store_leaves_the_page_where_it_was(board):
    page = board(WIDE)
    store = page.locator("[name=stores]").last.get_attribute("id")
    assert moved(page, press(store), y=100) + moved(page, press(store), y=100) == []


@pytest.mark.full
def test_on_upload_to_store_files_too_settings_leave_the_page_where_it_was(board):
    page = board(WIDE, tab="upload")
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
  return top >= 0 && bottom <= document.querySelector(".bar").getBoundingClientRect().top;
}"""


def test_the_warning_that_a_manual_order_would_be_lost_is_in_sight_and_answered_in_place(board):
    page = board(WIDE)
    ordered_by_hand()
    warned = page.locator("#confirm-order")
    assert moved(page, choose("order-field", ""), y=250) == []
    assert warned.evaluate(IN_SIGHT)
    scroll = page.evaluate("scrollY")
    page.locator("#discard-order").focus()
    page.keyboard.press("Enter")
    expect(warned).to_have_count(0)
    expect(page.locator("#order-field")).to_be_focused()
    assert abs(page.evaluate("scrollY") - scroll) <= 1


@pytest.mark.full
def test_the_warning_comes_into_sight_where_its_field_is_at_the_very_bottom(board):
    page = board(WIDE)
    ordered_by_hand()
    page.locator("#order-field").evaluate(PUT, 690)
    page.locator("#order-field").select_option("")
    expect(page.locator("#confirm-order")).to_be_visible()
    assert page.locator("#confirm-order").evaluate(IN_SIGHT)
    expect(page.locator("#order-field")).to_be_focused()


@pytest.mark.full
def test_settings_of_last_time_that_are_declined_leave_the_focus_in_the_settings(board):
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
    expect(page.locator("#refresh-matches")).to_be_focused()


@pytest.mark.full
def test_what_is_looked_at_stays_when_the_stores_are_asked_again(board):
    """Nothing has the focus then but the button that was pressed, which is out of sight."""
    page = board(WIDE)
    page.locator("#refresh-matches").press("Enter")
    page.locator("article[aria-labelledby]").nth(8).evaluate(
        "one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 200)"
    )
    seen = page.evaluate(SEEN)
    expect(page.locator(".store-pending, .refreshing")).to_have_count(0)
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert seen[0].startswith("g-")
    assert near(page.locator(f"#{seen[0]}").evaluate("one => one.getBoundingClientRect().top"), seen[1])
