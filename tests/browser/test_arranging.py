"""Arranging groups in a real browser: by mouse, by keyboard, in two tabs, and when the network or the session is gone."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import FrameLocator, Locator, Page, expect

from linking.models import Selection
from tests.browser import bar
from tests.browser.announcements import announced
from tests.browser.barriers import violations
from tests.browser.held import Held
from tests.browser.scrolling import scroll_to
from tests.scenes import asset, product

NAMES = ["front", "side", "top", "back"]


@pytest.fixture
def place(house):
    pictures = [asset(name, "a", at, metadata={"sequence": at}) for at, name in enumerate(NAMES)]
    return house([product("a", title="Oak chair"), product("b")], [*pictures, asset("other", "b", 8)])


@pytest.fixture
def app(place) -> FrameLocator:
    found = place.launch()
    expect(found.get_by_role("button", name="Link 5 assets in 2 groups to 2 products")).to_be_enabled()
    expect(found.locator("#estimate")).to_contain_text("Adds 5 pictures")  # nothing is drawn again after it
    return found


def button(app, name: str) -> Locator:
    return app.get_by_role("button", name=name, exact=True)


def group(app) -> Locator:
    return app.get_by_role("article", name="a", exact=True)


def order(app) -> list[str]:
    shown = (
        group(app)
        .locator("[data-a] [data-do$=clude]")
        .evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    )
    return [re.sub("^(Ex|In)clude ", "", name) for name in shown]


def in_rows(app) -> None:
    button(app, "Regular").click()
    expect(button(app, "Regular")).to_have_attribute("aria-pressed", "true")


def address(app) -> str:
    return str(app.locator("body").evaluate("() => location.href"))


def kept() -> Selection:
    return Selection.objects.get()


@pytest.mark.full
def test_a_click_on_a_picture_excludes_it_and_the_toast_takes_that_back(app):
    button(app, "Exclude side").click()
    expect(app.get_by_role("button", name="Link 4 assets in 2 groups to 2 products")).to_be_visible()
    expect(button(app, "Include side")).to_be_focused()
    announced(app, "side is excluded.")
    toast = app.get_by_role("group", name="Last change")
    expect(toast).to_contain_text("side is excluded.")
    assert toast.evaluate("one => one.matches(':popover-open')"), "a popover would cover it"
    toast.get_by_role("button", name="Undo").focus()
    app.locator("body").press("Enter")
    expect(button(app, "Exclude side")).to_be_visible()
    expect(toast.get_by_role("button", name="Undo")).to_have_count(0)
    assert app.locator("body").evaluate("() => document.activeElement !== document.body")
    button(app, "Exclude group a").click()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_visible()
    expect(button(app, "Include group a")).to_be_focused()
    app.locator("body").press("Control+z")
    expect(app.get_by_role("button", name="Link 5 assets in 2 groups to 2 products")).to_be_visible()
    assert not kept().assets.filter(excluded=True).exists()


def test_by_keyboard_an_asset_moves_and_the_focus_stays_with_it(app):
    in_rows(app)
    down = button(app, "Move down top")
    down.focus()
    down.press("Enter")
    announced(app, "a: top moved to position 4 of 4.")
    assert order(app) == ["front", "side", "back", "top"]
    expect(button(app, "Move up top")).to_be_focused()  # it is the last: further down there is nothing
    button(app, "Move up top").press("Enter")
    announced(app, "a: top moved to position 3 of 4.")
    expect(button(app, "Move up top")).to_be_focused()
    button(app, "Move back to top").press("Enter")
    announced(app, "a: back moved to position 1 of 4.")
    number = app.get_by_role("spinbutton", name="Move back to position")
    expect(number).to_have_value("1")
    number.fill("3")
    number.press("Enter")
    announced(app, "a: back moved to position 3 of 4.")
    assert order(app) == ["front", "side", "back", "top"]
    expect(number).to_be_focused()
    back = app.get_by_role("button", name="Back to order by Sequence")
    back.press("Enter")
    expect(back).to_have_count(0)
    assert order(app) == NAMES
    assert app.locator("body").evaluate("() => document.activeElement !== document.body")
    button(app, "Exclude group a").click()
    expect(button(app, "Include group a")).to_be_focused()
    expect(button(app, "Exclude back")).to_have_count(0)
    expect(number).to_have_count(0)


def picture(app, name: str) -> Locator:
    """In Compact it is the switch, in a row it stands beside it."""
    return app.locator("[data-a]").filter(has=button(app, f"Exclude {name}")).locator(".pic, .shot")


def drag(page: Page, app, name: str, over: str) -> None:
    scroll_to(picture(app, over))
    start, end = picture(app, name).bounding_box(), picture(app, over).bounding_box()
    page.mouse.move(start["x"] + 22, start["y"] + 22)
    page.mouse.down()
    page.mouse.move(start["x"] + 34, start["y"] + 24, steps=3)
    page.mouse.move(end["x"] + end["width"] - 4, end["y"] + end["height"] - 4, steps=6)
    page.mouse.up()


@pytest.mark.full
def test_pictures_are_dragged_to_their_place_and_stay_there_after_reload(place, app):
    drag(place.page, app, "front", over="top")
    announced(app, "a: front moved to position 3 of 4.")
    assert order(app) == ["side", "top", "front", "back"]
    assert not kept().assets.filter(excluded=True).exists()  # the drag is no click
    place.page.goto(address(app))
    assert order(place.page) == ["side", "top", "front", "back"]
    in_rows(place.page)
    drag(place.page, place.page, "front", over="back")
    announced(place.page, "a: front moved to position 4 of 4.")
    start = picture(place.page, "side").bounding_box()
    place.page.mouse.move(start["x"] + 22, start["y"] + 22)
    place.page.mouse.down()
    place.page.mouse.move(start["x"] + 22, start["y"] + 200, steps=5)
    place.page.keyboard.press("Escape")
    place.page.mouse.up()
    assert order(place.page) == ["side", "top", "back", "front"]


@pytest.mark.full
def test_a_group_opens_as_rows_in_the_compact_view_and_closes_again(app):
    opening = button(app, "Arrange a")
    opening.press("Enter")
    expect(button(app, "Close a")).to_be_focused()
    expect(button(app, "Close a")).to_have_attribute("aria-expanded", "true")
    text = app.get_by_role("textbox", name="Alt text of side")
    text.fill("A chair from the side")
    button(app, "Move side to bottom").click()
    announced(app, "a: side moved to position 4 of 4.")
    expect(text).to_have_value("A chair from the side")
    button(app, "Exclude side").click()
    expect(app.get_by_role("row", name=re.compile("side excluded"))).to_be_visible()
    expect(button(app, "Move up side")).to_be_visible()  # still a row
    assert kept().assets.get(details__display_name="side").alt == "A chair from the side"
    button(app, "Close a").press("Enter")
    expect(button(app, "Arrange a")).to_be_focused()


@pytest.mark.full
def test_several_assets_are_picked_from_here_to_there_and_excluded_together(place, app):
    button(app, "Select several").press("Enter")
    app.get_by_role("checkbox", name="Select front").check()
    app.get_by_role("checkbox", name="Select top").click(modifiers=["Shift"])
    expect(app.get_by_text("3 selected").first).to_be_visible()
    announced(app, "3 selected")
    expect(app.get_by_role("checkbox", name="Select side")).to_be_checked()
    bar = app.get_by_role("group", name="Selected assets")
    bar.get_by_role("button", name="Exclude").press("Enter")
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_visible()
    expect(bar.get_by_role("button", name="Exclude")).to_be_focused()
    app.get_by_role("checkbox", name="Select all of a").check()
    expect(app.get_by_text("4 selected").first).to_be_visible()
    bar.get_by_role("button", name="Include").click()
    expect(app.get_by_role("button", name="Link 5 assets in 2 groups to 2 products")).to_be_visible()
    place.page.goto(address(app))
    assert violations(place.page, "Compact") == []
    button(place.page, "Select several").click()
    place.page.get_by_role("checkbox", name="Select front").check()
    in_rows(place.page)
    expect(place.page.get_by_role("checkbox", name="Select front")).to_be_visible()
    expect(place.page.get_by_role("checkbox", name="Select front")).to_be_checked()
    assert violations(place.page, "Regular, several") == []


@pytest.mark.full
def test_all_that_a_filter_shows_are_picked_loaded_or_not(house):
    pictures = [asset(f"p{at:03}", f"k{at:03}", at) for at in range(90)]
    place = house([product(f"k{at:03}") for at in range(90)], pictures)
    app = place.launch()
    expect(app.get_by_role("button", name="Link 90 assets in 90 groups to 90 products")).to_be_enabled()
    assert app.locator(".group").count() < 90
    app.get_by_role("searchbox").fill("p08")
    expect(app.locator("#found")).to_have_text("10 of 90 groups")
    announced(app, "10 of 90 groups")
    expect(app.get_by_role("searchbox")).to_be_focused()
    button(app, "Clear filters").click()
    expect(app.locator("#found")).to_have_count(0)
    expect(app.get_by_role("searchbox")).to_be_focused()
    button(app, "Select several").click()
    button(app, "Select all 90").click()
    app.get_by_role("checkbox", name="Select p089").uncheck()
    app.get_by_role("group", name="Selected assets").get_by_role("button", name="Exclude").click()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_visible()
    button(app, "Done").click()  # the filters come back
    app.get_by_role("radio", name="89 excluded").check()
    expect(app.locator("#found")).to_have_text("89 of 90 groups")
    app.get_by_role("searchbox").fill("p089")
    expect(app.get_by_text("No groups found.")).to_be_visible()


@pytest.mark.full
def test_a_second_tab_that_is_behind_gets_the_present_state_and_nothing_is_lost(place, app):
    other = place.page.context.new_page()
    other.goto(address(app))
    button(app, "Exclude side").click()
    expect(button(app, "Include side")).to_be_visible()
    button(other, "Exclude front").click()
    expect(other.get_by_text("changed in another tab or window").first).to_be_visible()
    announced(other, re.compile("changed in another tab or window"))
    expect(button(other, "Include side")).to_be_visible()
    expect(button(other, "Exclude front")).to_be_focused()
    button(other, "Exclude front").click()
    expect(button(other, "Include front")).to_be_visible()
    assert {row.place for row in kept().assets.filter(excluded=True)} == {
        row.place for row in kept().assets.all() if row.asset.name in ("front", "side")
    }


@pytest.mark.full
def test_what_could_not_be_sent_is_shown_as_not_saved_and_is_sent_again(place, app):
    in_rows(app)
    place.page.route("**/arrange/", lambda route: route.abort())
    button(app, "Exclude side").click()
    expect(app.get_by_text("Not saved: you are offline. Still to be saved: Exclude side.").first).to_be_visible()
    button(app, "Move front to bottom").click()
    expect(app.get_by_text("Exclude side and 1 more").first).to_be_visible()
    expect(app.get_by_role("button", name="Dry run")).to_be_disabled()  # no run starts without them
    place.page.unroute("**/arrange/")
    button(app, "Try again").click()
    expect(button(app, "Include side")).to_be_visible()
    expect(app.get_by_text("Saved", exact=True)).to_be_visible()
    assert order(app) == ["side", "top", "back", "front"]


@pytest.mark.full
def test_when_the_session_has_ended_the_page_stays_and_says_how_to_go_on(app):
    button(app, "Exclude side").click()
    expect(button(app, "Include side")).to_be_visible()
    Session.objects.all().delete()
    button(app, "Exclude front").click()
    notice = app.get_by_role("region", name="Your session has ended")
    expect(notice).to_be_visible()
    expect(notice).to_be_focused()
    expect(notice).to_contain_text("continue where you stopped")
    expect(app.get_by_text("Still to be saved: Exclude front").first).to_be_visible()
    assert [row.asset.name for row in kept().assets.filter(excluded=True)] == ["side"]


@pytest.mark.full
def test_an_edit_and_a_setting_at_once_are_both_kept(place, app):
    events: list[str] = []
    place.page.on("response", lambda response: events.append(f"answered {response.url.split('/')[-2]}"))
    place.page.on("request", lambda request: events.append(f"sent {request.url.split('/')[-2]}"))
    held = Held(place.page, "**/arrange/")
    button(app, "Exclude side").click()
    bar.link_mode(app, "Prepend")
    app.get_by_role("button", name="Dry run").click()
    held.route.continue_()
    expect(app.get_by_role("button", name="Apply this plan")).to_be_visible()  # the run was started after both
    assert events.index("answered arrange") < events.index("sent settings")  # it waits for its turn
    assert kept().link_mode == "prepend"
    assert [row.asset.name for row in kept().assets.filter(excluded=True)] == ["side"]
    assert kept().syncs.get().link_mode == "prepend"
