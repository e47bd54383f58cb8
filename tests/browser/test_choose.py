"""Choose Assets in a real browser: by keyboard alone to linked products, and what only a browser tells."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, expect

from linking.models import Selection, Ticked
from tests.browser.barriers import violations
from tests.browser.held import Held
from tests.scenes import asset, product

NAMES = ["bed", "chair", "desk", "lamp"]
FIND = "Find a name, tag, SKU or product"


def things(count: int = 0):
    named = [asset(name, f"sku-{name}", at, tags=["oak"]) for at, name in enumerate(NAMES)]
    shut = asset("secret", "sku-x", 5, access_control=[{"access_type": "token"}])
    return [*named, shut, *(asset(f"more-{at:04}", None, at % 5) for at in range(count))]


def opened(place, query: str = "order=name"):
    """The page at top level, by a launch of one asset."""
    app = place.launch("bed")
    expect(app.get_by_role("heading", name="Link Configuration")).to_be_visible()
    address = app.locator("body").evaluate("one => one.ownerDocument.location.origin")
    place.page.goto(f"{address}/assets/?{query}")
    expect(place.page.locator("#found")).not_to_have_attribute("aria-busy", "true")
    return place.page


def option(page, name: str):
    return page.get_by_role("listbox", name="Assets that match").get_by_role("option", name=re.compile(f"^{name}"))


def choose_videos(page) -> None:
    page.get_by_role("button", name="Type: Images, Videos").click()
    page.get_by_role("checkbox", name="Images").uncheck()
    page.keyboard.press("Escape")


def spent(place) -> int:
    return place.scene.world.environments[0].spending.remaining


def test_assets_are_searched_chosen_and_linked_by_keyboard_alone(house):
    page = opened(house([product("sku-chair"), product("sku-desk"), product("sku-lamp")], things()))
    keys = page.keyboard
    find = page.get_by_role("searchbox", name=FIND)
    find.focus()
    keys.type("oak")
    keys.press("Enter")
    expect(page.locator("#bar-count")).to_have_text("4 assets match")
    expect(page).to_have_url(re.compile(r"\?q=oak&order=name$"))
    option(page, "bed").focus()
    keys.press("ArrowRight")
    expect(option(page, "chair")).to_be_focused()
    keys.press("Space")
    expect(option(page, "chair")).to_have_attribute("aria-selected", "true")
    keys.press("Shift+ArrowRight")
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Preview")).to_contain_text("shop/desk")
    keys.press("Escape")
    expect(option(page, "desk")).to_be_focused()
    expect(page.locator("#selection")).to_contain_text("2 selected")
    page.reload()
    expect(option(page, "desk")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Link to Products").press("Enter")
    expect(page.get_by_role("heading", name="Link Configuration")).to_be_visible()
    expect(page.get_by_role("heading", name="sku-desk")).to_be_visible()
    assert Selection.objects.latest("pk").assets.count() == 2


@pytest.mark.full
def test_nothing_is_asked_while_somebody_types_and_a_search_is_one_call(house):
    place = house([], things())
    page = opened(place)
    before, keys = spent(place), page.keyboard
    page.get_by_role("searchbox", name=FIND).focus()
    keys.type("lamp")
    keys.press("Enter")
    expect(page.locator("#bar-count")).to_have_text("1 asset matches")
    page.get_by_role("button", name="Type: Images, Videos").click()
    page.get_by_role("checkbox", name="Videos").uncheck()
    keys.press("Escape")
    expect(page.get_by_role("button", name="Type: Images", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("type=image"))
    assert before - spent(place) == 2


@pytest.mark.full
def test_what_is_restricted_cannot_be_selected_by_any_way(house):
    page = opened(house([], things()))
    option(page, "secret").click(force=True)
    option(page, "bed").focus()
    page.keyboard.press("Control+a")
    expect(page.locator("#selection")).to_contain_text("4 selected")
    expect(option(page, "secret")).to_have_attribute("aria-selected", "false")


@pytest.mark.full
def test_a_filter_that_is_chosen_before_the_scripts_of_the_page_are_there_is_searched_for(house):
    page = opened(house([], things()))
    held = Held(page, "**/js/choose-filters*.js")
    page.reload(wait_until="commit")
    choose_videos(page)
    held.route.continue_()
    expect(page.get_by_role("button", name="Type: Videos", exact=True)).to_be_visible()
    expect(page.locator("#grid > [role=option]")).to_have_count(0)


@pytest.mark.full
def test_a_filter_that_is_chosen_while_the_first_search_is_under_way_is_searched_for(house):
    page = opened(house([], things()))
    first, second = Held(page, "**/found/?order=name"), Held(page, "**/found/?*type*")
    page.reload()
    answer = first.route.fetch()
    choose_videos(page)
    late = second.route
    with contextlib.suppress(Error):  # nobody waits for it any more
        first.route.fulfill(response=answer)
    late.continue_()
    expect(page.get_by_role("button", name="Type: Videos", exact=True)).to_be_visible()
    expect(page.locator("#grid > [role=option]")).to_have_count(0)


@pytest.mark.full
def test_what_is_opened_while_the_first_search_is_under_way_stays_open(house):
    page = opened(house([], things()))
    first = Held(page, "**/found/?order=name")
    page.reload()
    held = first.route
    page.get_by_role("button", name="Add a filter").press("Enter")
    expect(page.get_by_role("button", name="SKU Text")).to_be_visible()
    page.get_by_role("button", name="SKU Text").focus()
    held.continue_()
    expect(page.locator("#bar-count")).to_have_text("5 assets match")
    expect(page.get_by_role("button", name="SKU Text")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Is exactly").fill("sku-lamp")
    page.keyboard.press("Enter")
    expect(page.locator("#bar-count")).to_have_text("1 asset matches")


@pytest.mark.full
def test_a_filter_is_added_in_the_sentence_and_removed_again(house):
    page = opened(house([], things()))
    page.get_by_role("button", name="Add a filter").click()
    page.get_by_role("button", name="SKU Text").click()
    page.get_by_role("textbox", name="Is exactly").fill("sku-lamp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="SKU = sku-lamp", exact=True)).to_be_visible()
    expect(page.locator("#bar-count")).to_have_text("1 asset matches")
    page.get_by_role("link", name="Clear SKU = sku-lamp").click()
    expect(page.locator("#bar-count")).to_have_text("5 assets match")


@pytest.mark.full
def test_many_are_selected_and_taken_back_in_sight_and_out_of_it(house):
    """What is out of sight is drawn in parts, after what is in sight; a press meanwhile counts. It is one request."""
    page = opened(house([], things(295)), "order=name")
    sent = []
    page.on("request", lambda asked: sent.append(asked.post_data) if asked.url.endswith("/assets/ticks/") else None)
    options = page.get_by_role("listbox", name="Assets that match").get_by_role("option")
    for shown in (200, 300):
        page.locator("#more").click()
        expect(options).to_have_count(shown)
    option(page, "bed").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Space")  # before the parts are through
    page.keyboard.press("End")
    expect(page.locator("#selection")).to_contain_text("298 selected")
    expect(page.locator("#grid > [aria-selected=true]")).to_have_count(298)
    expect(option(page, "bed")).to_have_attribute("aria-selected", "false")
    assert sum("add=" in one for one in sent) == 1
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#grid > [aria-selected=true]")).to_have_count(0)


@pytest.mark.full
def test_the_bar_says_how_many_are_found_so_far_until_all_is_searched(house, monkeypatch):
    monkeypatch.setattr("linking.picker.walking.MOST", 2)  # five calls see ten
    page = opened(house([], things(10)), "order=name&linked=not")
    expect(page.locator("#bar-count")).to_have_text("Found so far: 10")
    page.get_by_role("button", name="Search on").click()
    expect(page.locator("#bar-count")).to_have_text("Found: 15")
    expect(page.locator("#more")).to_have_count(0)


@pytest.mark.full
def test_on_a_phone_what_a_part_opens_is_within_the_window(house):
    page = opened(house([], things()), "order=name&type=image&tag=none-has-it")
    page.set_viewport_size({"width": 375, "height": 667})
    for part in ("part-type", "part-tags", "part-add"):
        page.locator(f"#{part}").evaluate("one => one.click()")  # where it is, without scrolling to it
        pop = page.locator(".pop:popover-open")
        expect(pop).to_have_count(1)
        expect(page.locator(f"#{part}")).to_be_in_viewport(ratio=1)
        box = pop.bounding_box()
        assert (box["x"] >= 0, box["x"] + box["width"] <= 375) == (True, True), part
        assert (box["y"] >= 0, box["y"] + box["height"] <= 667) == (True, True), part
        page.keyboard.press("Escape")
    bar = page.locator("#selection").bounding_box()
    assert round(bar["y"] + bar["height"]) == 667  # at the foot, though nothing is found


@pytest.mark.full
def test_on_a_phone_a_list_shows_whole_names(house):
    long = "desk-" + "WithoutAnyBlank" * 13
    page = opened(house([], [asset(long, "sku-1"), *things()]), "order=name")
    page.set_viewport_size({"width": 375, "height": 812})
    page.get_by_role("button", name="List", exact=True).click()
    one = option(page, long)
    parts = one.locator(".asset-name > span")
    shown = "one => [one.getClientRects().length > 0, one.scrollWidth <= one.clientWidth || one.clientWidth === 0]"
    assert [parts.nth(at).evaluate(shown) for at in (0, 1)] == [[True, True], [True, True]]
    name, box = one.locator(".asset-name").bounding_box(), one.bounding_box()
    assert name["height"] > 60
    assert name["x"] + name["width"] <= box["x"] + box["width"]
    assert name["y"] + name["height"] <= one.locator(".asset-state").bounding_box()["y"] + 1
    assert option(page, "bed").bounding_box()["height"] < 90  # others are as they were
    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.full
def test_a_tick_that_could_not_be_sent_is_sent_again(house):
    page = opened(house([], things()))
    page.route("**/assets/ticks/", lambda route: route.abort())
    option(page, "bed").click()
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute("**/assets/ticks/")
    expect(page.locator("#selection")).to_contain_text("1 selected")
    assert len(Ticked.objects.get().assets) == 1


@pytest.mark.full
def test_no_state_has_a_violation_that_axe_finds_or_is_wider_than_a_narrow_screen(house):
    page = opened(house([], things()))
    found = violations(page, "Choose Assets")
    option(page, "bed").click()
    expect(page.locator("#selection")).to_contain_text("1 selected")
    found += violations(page, "Choose Assets, one selected")
    page.get_by_role("button", name="Add a filter").click()
    expect(page.get_by_role("button", name="SKU Text")).to_be_visible()
    found += violations(page, "Choose Assets, fields")
    page.keyboard.press("Escape")
    option(page, "bed").press("Enter")
    expect(page.get_by_role("dialog", name="Preview")).to_contain_text("shop/bed")
    found += violations(page, "Choose Assets, preview")
    page.keyboard.press("Escape")
    for width in (375, 320):
        page.set_viewport_size({"width": width, "height": 812})
        shown = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{shown} px at {width}"] if shown > width else []
    found += violations(page, "Choose Assets on a phone")
    assert found == []
