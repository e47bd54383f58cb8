"""The bar of Link to Products as a person uses it: clicks that a link takes, shortcuts, popovers, hints, what is missing."""

import re

import pytest
from playwright.sync_api import Locator, expect

from linking.models import Selection, Sync
from tests.browser import bar
from tests.browser.announcements import announced
from tests.browser.held import Held
from tests.scenes import asset, product


class Clicks:
    """Presses, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Locator) -> None:
        expect(target).to_be_enabled()
        target.click()
        self.count += 1


@pytest.mark.full
def test_with_the_settings_of_last_time_two_clicks_link_and_three_make_a_dry_run_first(house):
    place = house([product("a")], [asset("front", "a"), asset("side", "a", 1), asset("top", "a", 2)])
    app = place.launch("front")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    bar.choose(app, "Alt text of pictures already there", "Fill empty")
    app.get_by_role("button", name="Link 1 asset").click()
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()

    app, hand = place.launch("side"), Clicks()
    hand.on(app.get_by_role("button", name="Use settings of last time"))
    hand.on(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product"))
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert hand.count == 2

    app, hand = place.launch("top"), Clicks()
    hand.on(app.get_by_role("button", name="Use settings of last time"))
    hand.on(app.get_by_role("button", name="Dry run"))
    hand.on(app.get_by_role("button", name="Apply this plan"))
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert hand.count == 3
    assert set(Sync.objects.values_list("alt_policy", flat=True)) == {"fill"}
    assert sorted(place.scene.assets_in("product-a")) == ["front", "side", "top"]


def test_a_run_is_started_by_keys_from_the_page_and_never_from_a_field_or_a_popover(house):
    place = house([product("a")], [asset("front", "a"), asset("side", "a", 1)])
    app, keys, errors = place.launch(), place.page.keyboard, list[str]()
    place.page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    expect(app.get_by_role("button", name="Link 2 assets in 1 group to 1 product")).to_be_enabled()
    tick = bar.control(app, "checkbox", "North")
    for label in ("Choose stores", "Link 2 assets in 1 group"):  # without buttons to start a run, and back
        tick.press("Space")
        expect(app.get_by_role("button", name=label)).to_be_enabled()
    keys.press("Control+Enter")  # closes it
    expect(app.locator("#part-stores")).to_be_focused()
    assert errors == []
    search = app.get_by_role("searchbox", name="Find groups by key")
    search.fill("front")
    search.press("Control+Shift+Enter")
    announced(app, "Not started: leave the field first.")
    search.fill("")
    app.get_by_role("button", name="Keyboard shortcuts").click()
    expect(app.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Ctrl Shift Enter")
    keys.press("Escape")
    bar.link_mode(app, "Specific Position")
    bar.control(app, "spinbutton", "Position").fill("7")
    keys.press("Control+Enter")
    announced(app, "Nothing started yet. Press again to start.")
    expect(bar.mode_of(app)).to_contain_text("7")  # what was being written is saved
    assert Sync.objects.count() == 0
    keys.press("Control+Enter")
    expect(app.get_by_role("heading", name="Dry run")).to_be_visible()
    assert (Selection.objects.get().position, Sync.objects.get().position) == (7, 7)
    assert place.scene.mutations() == []
    app.get_by_role("link", name="Link to Products", exact=True).click()
    expect(app.get_by_role("button", name="Dry run")).to_be_enabled()
    app.locator("#groups-title").focus()
    keys.press("Meta+Shift+Enter")
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert sorted(place.scene.assets_in("product-a")) == ["front", "side"]


def test_a_first_visit_from_hints_to_stores_that_match_by_keyboard(house):
    place = house([product("a")], [asset("front", "a"), asset("lost", "zz", 1)], stores=4)
    app, keys = place.launch(), place.page.keyboard
    expect(app.get_by_text(re.compile(r"Products found in \d of \d stores?\."))).to_be_visible()
    expect(app.get_by_role("button", name="Dry run")).to_have_count(0)
    held = Held(place.page, "**/hints/")
    app.get_by_role("button", name="Dismiss hint 2").press("Enter")
    assert held.route
    with place.page.expect_response("**/actions/*"):  # an answer that still has the hint
        app.locator("body").evaluate("body => body.dispatchEvent(new Event('matches-changed'))")
    expect(app.get_by_text("Assets go to the products with the same value.")).to_have_count(0)
    held.route.continue_()
    expect(app.get_by_role("button", name="Dismiss hint 1")).to_be_focused()
    stores = app.get_by_role("button", name="Choose stores")
    stores.press("Enter")
    search = app.get_by_role("searchbox", name="Find a store")
    expect(search).to_be_focused()
    keys.type("south")
    expect(app.get_by_role("checkbox", name="South", exact=True)).to_be_visible()
    expect(app.get_by_role("checkbox", name="North", exact=True)).to_be_hidden()
    tick = app.get_by_role("checkbox", name="South", exact=True)
    tick.press("Space")
    expect(app.get_by_role("button", name="Stores: South")).to_be_visible()
    expect(tick).to_be_focused()  # and its popover is open
    expect(app.get_by_role("checkbox", name="North", exact=True)).to_be_hidden()
    search.fill("")
    tick.press("Space")
    expect(app.get_by_role("button", name="Choose stores")).to_be_visible()
    keys.press("Escape")
    expect(app.get_by_role("button", name="Choose stores")).to_be_focused()
    app.get_by_role("button", name="Tick all that match").last.press("Enter")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to")).to_be_enabled()
    parts = ["Link Mode: Append", "Stores: ", "Matched by: SKU = SKU", "Ordered by: "]
    for name in parts:
        expect(app.get_by_role("button", name=name)).to_be_visible()


@pytest.mark.full
def test_a_setting_that_is_not_saved_says_so_and_no_run_starts_without_it(house):
    place = house([product("a")], [asset("front", "a")], stores=2)
    app, context = place.launch(), place.page.context
    north, south = (bar.control(app, "checkbox", name) for name in ("North", "South"))
    north.press("Space")
    saved, link, dry = app.locator("#saved-text"), app.locator("#link-assets"), app.locator("#dry-run")
    expect(link).to_have_text("Link 1 asset in 1 group to 1 product")
    expect(link).to_be_enabled()

    context.set_offline(True)
    south.press("Space")
    expect(saved).to_have_text("Not saved: you are offline. Still to be saved: South.")
    for button in (link, dry):
        expect(button).to_be_disabled()
    expect(app.locator("#trouble")).not_to_contain_text("tried again")
    bar.close(app)
    place.page.keyboard.press("Control+Shift+Enter")
    expect(app.get_by_role("button", name="Try again")).to_be_focused()
    app.get_by_role("button", name="Discard").click()
    expect(saved).to_have_text("Saved")
    expect(link).to_be_enabled()
    bar.opened(app, "stores")
    expect(south).not_to_be_checked()  # as it is saved
    south.press("Space")
    expect(saved).to_contain_text("Not saved")
    context.set_offline(False)
    expect(link).to_have_text("Link 1 asset in 1 group to 2 products")  # without a click
    expect(saved).to_have_text("Saved")

    place.page.route("**/settings/", lambda route: route.fulfill(status=500))
    for box in (south, north):
        with place.page.expect_response("**/settings/"):
            box.press("Space")
    expect(saved).to_contain_text("AssetLink met an error of its own")
    place.page.unroute("**/settings/")
    bar.close(app)
    app.get_by_role("button", name="Try again").click()
    expect(app.get_by_role("button", name="Choose stores")).to_be_visible()
    bar.opened(app, "stores")
    north.press("Space")
    expect(link).to_be_enabled()

    context.clear_cookies()
    south.press("Space")
    expect(app.get_by_role("region", name="Your session has ended")).to_be_focused()
    expect(saved).to_contain_text("Not saved: your session has ended.")
    expect(link).to_be_disabled()
    expect(app.locator("#trouble")).to_be_hidden()
    assert Sync.objects.count() == 0
    kept = Selection.objects.get().store_choices()
    assert [str(store) for store, chosen in kept.items() if chosen] == ["North"]
