"""An environment is prepared by keyboard: everything that is missing at once, then one part by choice, tried on a picture."""

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import violations
from tests.scenes import asset, product


@pytest.mark.full
def test_parts_are_created_and_one_is_updated_after_a_look_by_keyboard(house):
    place = house([product("a", pictures=1)], [asset("front", "a")])
    here = place.scene.world.environments[0]
    here.fields.clear()
    app = place.launch(role="Media Library admin")
    page = place.page
    page.goto(app.get_by_role("heading", name="Setup", exact=True).evaluate("one => one.ownerDocument.location.href"))
    page.get_by_role("link", name="Open Prepare").press("Enter")
    expect(page.get_by_text("12 parts are missing")).to_be_visible()
    assert violations(page, "prepare") == []
    page.get_by_role("button", name="Create all that is missing").press("Enter")
    expect(page.get_by_text("Created: SKU")).to_be_visible()
    expect(page.get_by_text("Missing", exact=True)).to_have_count(0)
    assert (len(here.fields), len(here.transformations), len(here.presets)) == (5, 6, 1)

    page.get_by_role("link", name="product_list").press("Enter")
    expect(page.get_by_text("It is as you want it.")).to_be_visible()
    page.get_by_role("checkbox", name="Shadow").press("Space")
    expect(page.locator("#part-state")).to_have_text("Differs")
    expect(page.locator("#live")).to_have_text("product_list: Differs")
    expect(page.get_by_role("checkbox", name="Shadow")).to_be_focused()
    assert "e_shadow" not in here.transformations["product_list"]
    picture = page.locator(".trial img").nth(1)
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 0
    assert violations(page, "a part of prepare") == []
    page.get_by_role("button", name="Update").press("Enter")
    expect(page.get_by_text("product_list was updated.")).to_be_visible()
    expect(page.get_by_text("It is as you want it.")).to_be_visible()
    assert here.transformations["product_list"].startswith("e_shadow/")
