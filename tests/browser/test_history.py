"""History and Links in a real browser: found by keyboard, in both colour schemes, on a narrow screen."""

import re

import pytest
from playwright.sync_api import expect

from linking.models import Sync
from setup.models import Member
from tests.browser.barriers import violations
from tests.browser.scrolling import scroll_to
from tests.linking.visits import enter
from tests.scenes import asset, product

COLUMNS = "[...document.querySelectorAll('thead th')].map(cell => cell.getBoundingClientRect().left)"


@pytest.fixture
def opened(house, client, live_server, settings):
    """A house with linked products, whose page has a member's session."""
    place = house(
        [product("A-1", title="Oak chair"), product("B-2", title="Elm table")],
        [asset("front", "A-1", 1), asset("top", "B-2", 2)],
        stores=2,
    )
    scene = place.scene
    for name in ("front", "top"):
        scene.run(scene.select(name, stores=scene.stores[:1]))
    enter(client, scene.member)
    name = settings.SESSION_COOKIE_NAME
    place.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return place, live_server.url


def narrow(page) -> bool:
    """Nothing sticks out of a screen of 320 px."""
    page.set_viewport_size({"width": 320, "height": 700})
    fits = page.evaluate("document.documentElement.scrollWidth <= 320")
    page.set_viewport_size({"width": 1024, "height": 700})
    return fits


@pytest.mark.full
def test_a_run_is_found_by_keyboard_and_run_again(opened):
    place, url = opened
    page, scene = place.page, place.scene
    other = Member.objects.create(environment=scene.environment, external_id="u2", name="Bea")
    long = Member.objects.create(environment=scene.environment, external_id="u3", name="Bea " * 30)
    for at in range(40):  # the older they are, the wider
        who = long if at < 9 else other
        Sync.objects.create(environment=scene.environment, member=who, token=str(at), link_mode="append")
    page.goto(f"{url}/syncs/")
    assert violations(page, "History") == []
    assert narrow(page)
    expect(page.locator("tbody tr")).to_have_count(31)
    before = page.evaluate(COLUMNS)
    scroll_to(page.get_by_role("link", name="Older runs"))
    expect(page.locator("tbody tr")).to_have_count(42)
    assert page.evaluate(COLUMNS) == before  # nothing that is read moves
    page.locator("#filter-q").focus()
    page.keyboard.type("oak")
    expect(page.locator("#live")).to_have_text("1 run found")
    expect(page.locator("#filter-q")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=oak"))
    page.locator("#filter-kind").select_option(label="Undo")
    expect(page.get_by_text("No runs found.")).to_be_visible()
    assert violations(page, "History, nothing found") == []
    page.go_back()
    page.locator("tbody th a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    page.get_by_role("button", name="Run again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    expect(page.get_by_text("arranged as they were then")).to_be_visible()


def test_a_link_is_found_unlinked_and_checked_by_keyboard(opened):
    place, url = opened
    page, scene = place.page, place.scene
    page.goto(f"{url}/syncs/")
    page.get_by_role("link", name="Links").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert violations(page, "Links") == []
    assert narrow(page)
    page.locator("#filter-q").focus()
    page.keyboard.type("elm")
    expect(page.locator("#live")).to_have_text("1 link found")
    page.get_by_role("checkbox", name="top").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Unlink ticked").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Unlink: dry run")).to_be_visible()  # from its beginning on
    expect(page.get_by_role("button", name="Apply this plan")).to_be_visible()  # at its end the page was loaded again
    assert violations(page, "Unlink: dry run") == []
    assert scene.assets_in("product-b-2") == ["top"]
    page.get_by_role("checkbox", name="Remove 1 picture").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Apply this plan").click()
    expect(page.get_by_role("heading", name="Unlinked")).to_be_visible()
    assert scene.assets_in("product-b-2") == []
    scene.delete_product("product-a-1")
    page.goto(f"{url}/links/")
    page.get_by_role("button", name="Check links").click()
    expect(page.get_by_text("Product deleted")).to_be_visible()
    assert violations(page, "Links, gone") == []
    assert narrow(page)
    page.get_by_role("button", name="Remove broken links from the list").click()
    expect(page.get_by_text("No links.")).to_be_visible()
