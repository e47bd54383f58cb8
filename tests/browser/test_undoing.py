"""What takes media away is confirmed, can be undone, and can be stopped."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import bar
from tests.scenes import asset, product


def on_the_storefront(place, handle: str) -> list[str]:
    """The file names of the pictures on a product's page."""
    url = f"{place.scene.url}/store/{place.scene.stores[0].domain}/products/{handle}"
    main = re.search(r"<main.*</main>", place.page.request.get(url).text(), re.DOTALL)[0]
    return [found.split("/")[-1].split("?")[0] for found in re.findall(r'<img[^>]*\ssrc="([^"]+)"', main)]


@pytest.mark.full
def test_a_reset_is_confirmed_and_undone_and_the_products_page_is_as_it_was(house):
    place = house([product("a", title="Oak chair", pictures=3)], [asset("front", "a"), asset("side", "a", 1)])
    before = on_the_storefront(place, "product-a")
    assert len(before) == 3
    app = place.launch()
    bar.opened(app, "mode").get_by_role("radio", name="Reset").check()
    expect(app.get_by_text("You see the plan first")).to_be_visible()
    bar.close(app)
    app.get_by_role("button", name="Link 2 assets in 1 group to 1 product").click()

    apply = app.get_by_role("button", name="Apply this plan")
    apply.click()  # without the tick the browser does not send it
    expect(app.get_by_role("heading", name="Dry run")).to_be_visible()
    assert place.scene.mutations() == []
    app.get_by_role("checkbox", name="Remove 3 pictures").check()
    apply.click()
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    after = on_the_storefront(place, "product-a")
    assert {name.split("-al")[0] for name in after} == {"front", "side"}

    app.get_by_role("button", name="Undo", exact=True).click()
    expect(app.get_by_role("heading", name="Undo: dry run")).to_be_visible()
    assert on_the_storefront(place, "product-a") == after
    app.get_by_role("checkbox", name="Remove 2 pictures").check()
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("heading", name="Undone")).to_be_visible()
    assert on_the_storefront(place, "product-a") == before
    app.get_by_role("link", name="the run of").click()
    expect(app.get_by_text("Undone by")).to_be_visible()


@pytest.mark.full
def test_overwriting_in_place_stops_at_its_plan_and_asks_by_keyboard_too(house):
    place = house([product("a", title="Oak chair", pictures=3)], [asset("front", "a"), asset("side", "a", 1)])
    before = on_the_storefront(place, "product-a")
    app = place.launch()
    bar.opened(app, "mode").get_by_role("radio", name="In-Place Overwrite").check()
    expect(app.get_by_text("If it removes pictures, you see the plan first and confirm how many.")).to_be_visible()
    bar.close(app)
    app.get_by_role("button", name="Link 2 assets in 1 group to 1 product").click()
    expect(app.get_by_role("heading", name="Dry run")).to_be_visible()
    expect(app.locator("#live")).to_contain_text("removes 2 pictures from 1 gallery")
    apply = app.get_by_role("button", name="Apply this plan")
    apply.click()  # without the tick the browser does not send it
    assert on_the_storefront(place, "product-a") == before
    app.get_by_role("checkbox", name="Remove 2 pictures").focus()
    place.page.keyboard.press("Space")
    place.page.keyboard.press("Tab")
    expect(apply).to_be_focused()
    place.page.keyboard.press("Enter")
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    after = on_the_storefront(place, "product-a")
    assert ({name.split("-al")[0] for name in after[:2]}, after[2:]) == ({"front", "side"}, before[2:])


@pytest.mark.full
def test_a_slow_run_is_aborted_and_says_what_is_not_done(house):
    place = house([product("a", title="Oak chair"), product("b")], [asset("front", "a"), asset("top", "b", 1)])
    place.scene.world.settings.change({"media_seconds": [60.0, 60.0]})
    app = place.launch()
    app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products").click()
    expect(app.get_by_role("progressbar")).to_be_visible()
    app.get_by_role("button", name="Abort").click()
    expect(app.get_by_role("link", name="Download report")).to_be_visible()
    expect(app.get_by_role("progressbar")).to_have_count(0)
    expect(app.get_by_text("2 galleries need your attention")).to_be_visible()
    expect(app.get_by_role("button", name="Retry failed")).to_be_visible()
