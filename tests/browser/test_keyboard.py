"""From the Media Library to the report and back in the Console's frame: by keyboard alone, by clicks alone, and at 400 %."""

import csv
import io
import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from linking.models import Selection
from tests.browser.announcements import announced
from tests.scenes import asset, product

MANY = 150  # presses of Tab, from anywhere to anywhere
ROLE = "Media Library user"
BODY = "() => document.activeElement === document.body"
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Where the focus is: at the body, under the bar, outside of what is seen, or `seen`.
WHERE = """one => {
  const document = one.ownerDocument;
  const box = one.getBoundingClientRect();
  if (one === document.body) return "at the body";
  if (box.bottom <= 0 || box.top >= document.defaultView.innerHeight) return "out of sight";
  const stays = bar => ["sticky", "fixed"].includes(getComputedStyle(bar).position) && !bar.contains(one);
  const over = [...document.querySelectorAll(".bar, #top, .config-do")].filter(stays).map(bar => bar.getBoundingClientRect());
  const under = bar => box.top >= bar.top && box.bottom <= bar.bottom;
  return over.some(under) && !one.closest(":popover-open") ? "under the bar" : "seen";
}"""


class Keyboard:
    """Presses keys, and looks where the focus goes."""

    def __init__(self, page: Page, app: Page | FrameLocator) -> None:
        self.page, self.app = page, app

    def to(self, control: Locator) -> None:
        """By Tab alone."""
        expect(control).to_be_visible()
        for _ in range(MANY):
            if control.evaluate("one => one === one.ownerDocument.activeElement && one.ownerDocument.hasFocus()"):
                assert control.evaluate(WHERE) == "seen", str(control)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {control}")

    def picture(self, name: str) -> Locator:
        """One of a strip, which is one stop of Tab."""
        wanted = self.app.get_by_role("button", name=name, exact=True)
        strip = self.app.get_by_role("toolbar").filter(has=wanted)
        self.to(strip.locator("button:not([tabindex='-1'])"))
        while not wanted.evaluate("one => one === one.ownerDocument.activeElement"):
            self.page.keyboard.press("ArrowRight")
        return wanted

    def press(self, control: Locator, key: str = "Enter") -> None:
        self.to(control)
        self.page.keyboard.press(key)

    def button(self, name: str, key: str = "Enter") -> None:
        self.press(self.app.get_by_role("button", name=name, exact=True), key)

    def announced(self, text: str | re.Pattern[str]) -> None:
        """Said by the live region, with the focus where it can go on."""
        announced(self.app, text)
        self.kept()

    def kept(self) -> None:
        body = self.app.locator("body")
        assert not body.evaluate(BODY), "the focus fell to the body"
        assert not body.evaluate(SIDEWAYS)


@pytest.fixture
def place(house):
    pictures = [asset(name, "a", at, metadata={"sequence": at}) for at, name in enumerate(["front", "side", "top"])]
    shelf = [product("a", title="Oak chair", pictures=1), product("b", title="Pine table")]
    return house(shelf, [*pictures, asset("other", "b", 8)], viewport=(1024, 700))


def heading(app, name: str) -> Locator:
    return app.get_by_role("heading", name=name, exact=True, level=1)


def launched_by_keys(place) -> Keyboard:
    page = place.page
    page.goto(f"{place.scene.url}/console/")
    console = Keyboard(page, page)
    console.to(page.get_by_role("combobox", name="Role"))
    page.keyboard.type(ROLE)
    console.press(page.get_by_role("button", name="Select all shown").first)
    console.press(page.get_by_role("button", name="More actions"))
    expect(page.get_by_role("menuitem", name="Shopify AssetLink")).to_be_focused()
    page.keyboard.press("Enter")
    expect(place.app.get_by_role("button", name="Link 4 assets in 2 groups to 2 products")).to_be_enabled()
    return Keyboard(page, place.app)


def test_the_whole_journey_by_keyboard_alone(place):
    keys, app = launched_by_keys(place), place.app
    keys.press(app.get_by_role("link", name="Skip to Dry run and Link"))
    expect(app.locator("#start")).to_be_focused()
    keys.button("Link Mode: Append")
    expect(app.get_by_role("radio", name="Append")).to_be_focused()
    place.page.keyboard.press("ArrowDown")
    expect(app.get_by_role("radio", name="Prepend")).to_be_checked()
    expect(app.get_by_role("button", name="Dry run")).to_be_enabled()
    expect(app.get_by_role("radio", name="Prepend")).to_be_focused()
    place.page.keyboard.press("Escape")
    expect(app.get_by_role("button", name="Link Mode: Prepend")).to_be_focused()
    keys.picture("Exclude side")
    place.page.keyboard.press("Enter")
    keys.announced("side is excluded.")
    expect(app.get_by_role("button", name="Include side")).to_be_focused()
    keys.button("Arrange a")
    expect(app.get_by_role("button", name="Close a")).to_be_focused()
    keys.press(app.get_by_role("textbox", name="Alt text of front"), "End")
    place.page.keyboard.type("A chair")
    keys.button("Move front to bottom")
    keys.announced("a: front moved to position 3 of 3.")
    expect(app.get_by_role("button", name="Move front to top")).to_be_focused()  # further down there is nothing
    keys.button("Exclude group b")
    keys.announced(re.compile("b.* excluded"))
    assert Selection.objects.get().assets.get(details__display_name="front").alt == "A chair"

    keys.button("Dry run")
    expect(heading(app, "Dry run")).to_be_visible()
    keys.button("Apply this plan")
    expect(heading(app, "Done")).to_be_visible()
    keys.press(app.get_by_role("link", name="Download report"))
    expect(heading(app, "Run report")).to_be_visible()  # the same button was on the page before
    keys.to(app.get_by_role("button", name="Download CSV"))
    with place.page.expect_download() as download:
        place.page.keyboard.press("Enter")
    keys.announced("CSV is ready. The download begins.")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"), newline="")))
    assert {(row["Asset"], row["Outcome"]) for row in rows} >= {("front", "Done"), ("top", "Done")}
    assert place.scene.assets_in("product-a") == ["top", "front", "product-a-0"]
    keys.press(app.get_by_role("link", name="Back to the run"))
    expect(heading(app, "Done")).to_be_visible()

    keys.button("Undo")
    expect(heading(app, "Undo: dry run")).to_be_visible()
    keys.press(app.get_by_role("checkbox", name="Remove 2 pictures"), "Space")
    keys.button("Apply this plan")
    expect(heading(app, "Undone")).to_be_visible()
    assert place.scene.assets_in("product-a") == ["product-a-0"]
    keys.press(app.get_by_role("link", name="History"))
    expect(heading(app, "History")).to_be_visible()


@pytest.mark.full
def test_the_end_of_a_run_takes_the_focus_to_its_result_and_says_it(place):
    keys, app = launched_by_keys(place), place.app
    place.scene.world.settings.change({"media_seconds": [4.0, 5.0]})  # longer than Tab takes to get to Abort
    keys.button("Link 4 assets in 2 groups to 2 products")
    keys.to(app.get_by_role("button", name="Abort"))
    expect(heading(app, "Done")).to_be_focused()
    keys.announced(re.compile(r"\[Done: "))


@pytest.mark.full
def test_the_whole_journey_by_clicks_without_dragging_or_typing(place):
    app = place.launch()
    click = lambda name, role="button": app.get_by_role(role, name=name, exact=True).click()  # noqa: E731
    click("Regular")
    expect(app.get_by_role("button", name="Regular", exact=True)).to_have_attribute("aria-pressed", "true")
    for name, position in [
        ("Move front to bottom", 3),
        ("Move up front", 2),
        ("Move front to top", 1),
        ("Move down front", 2),
    ]:
        click(name)
        announced(app, f"a: front moved to position {position} of 3.")
    click("Exclude top")
    announced(app, "top is excluded.")
    click("Undo")
    expect(app.get_by_role("button", name="Exclude top")).to_be_visible()
    click("Select several")
    click("Select top", "checkbox")
    app.get_by_role("group", name="Selected assets").get_by_role("button", name="Exclude").click()
    expect(app.get_by_role("button", name="Include top")).to_be_visible()
    click("Exclude group b")
    click("Link 2 assets in 1 group to 1 product")
    expect(heading(app, "Done")).to_be_visible()
    assert place.scene.assets_in("product-a") == ["product-a-0", "side", "front"]


def test_at_400_percent_every_control_is_reached_and_seen(place):
    app = place.launch()
    expect(app.get_by_role("button", name="Link 4 assets in 2 groups to 2 products")).to_be_enabled()
    page = place.page
    page.goto(str(app.locator("body").evaluate("() => location.href")))
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    page.get_by_role("button", name="Regular", exact=True).click()
    expect(page.get_by_role("button", name="Move up other")).to_be_visible()
    page.reload()  # begin at the top
    seen: set[str] = set()
    lost = []
    for _ in range(MANY):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused is not None
        name, where = focused.evaluate("one => one.id"), focused.evaluate(WHERE)
        if name in seen or where == "at the body":  # round once
            break
        seen.add(name)
        lost += [f"{name} is {where}"] if where != "seen" else []
        assert not page.evaluate(SIDEWAYS)
    assert lost == [], page.locator(".config-do").inner_text()
    assert {"part-mode", "part-stores", "part-match", "part-order", "part-more", "dry-run", "link-assets"} <= seen


@pytest.mark.full
def test_in_forced_colours_the_focus_and_what_is_pressed_can_be_reported(place):
    app = place.launch()
    expect(app.get_by_role("button", name="Link 4 assets in 2 groups to 2 products")).to_be_enabled()
    page = place.page
    page.goto(str(app.locator("body").evaluate("() => location.href")))
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    keys = Keyboard(page, page)
    keys.to(page.get_by_role("button", name="Exclude front"))
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    look = (
        "one => { const s = getComputedStyle(one); return [s.backgroundColor, s.borderColor, s.outlineStyle].join(); }"
    )
    pressed, other = (page.get_by_role("button", name=name, exact=True) for name in ("Compact", "Regular"))
    assert pressed.evaluate(look) != other.evaluate(look)
    keys.button("Exclude front")
    expect(page.get_by_role("button", name="Include front")).to_be_focused()
    assert (
        page.evaluate("[...document.getAnimations()].filter(one => one.effect.getTiming().duration > 10).length") == 0
    )
