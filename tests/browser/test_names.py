"""SKU from names in a real browser, by keyboard: tried while it is typed, previewed, written and undone."""

import pytest
from playwright.sync_api import expect

from setup.cloudinary import surroundings
from tests.browser.barriers import violations
from tests.browser.test_choose import opened
from tests.browser.test_sheets import pressed
from tests.scenes import asset


@pytest.mark.full
def test_a_pattern_is_tried_while_it_is_typed_and_fills_in_skus(house):
    place = house([], [asset("B-1-2", sku=""), asset("B-1-3", sku=""), asset("L-1-1", sku="OLD"), asset("bed", sku="")])
    surroundings.look(place.scene.environment)
    place.scene.world.settings.change({"index_lag": 0})
    page = opened(place)
    page.get_by_role("button", name="Bring in assets").click()
    page.get_by_role("link", name="Read the SKU from names").click()
    counted = page.locator("#names-counted")
    expect(counted).to_have_text("0 names fit and 3 do not.")
    page.get_by_role("textbox", name="Pattern").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("{sku}-{sequence}")
    page.get_by_label("Only assets without a SKU").focus()
    page.keyboard.press("Space")
    expect(counted).to_have_text("3 names fit, 1 does not and 2 SKUs were read.")
    assert violations(page, "names") == []
    pressed(page, "Preview all of them")
    expect(page.get_by_text("3 rows to write and 1 name does not fit.")).to_be_visible()
    assert violations(page, "preview") == []
    pressed(page, "Write 3 rows to Cloudinary")
    expect(page.get_by_text("3 rows written and 1 name does not fit.")).to_be_visible()
    assets = place.scene.world.environments[0].assets.values()
    assert sorted(one.metadata.get("sku", "") for one in assets) == ["", "B-1", "B-1", "OLD"], "what was there is kept"
    pressed(page, "Undo what was written")
    expect(page.get_by_text("3 rows undone and 1 name does not fit.")).to_be_visible()
    assert sorted(one.metadata.get("sku", "") for one in assets) == ["", "", "", "OLD"]
