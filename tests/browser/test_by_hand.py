"""Choosing a product for a group by hand, and leaving one out: by keyboard, in the Console's frame."""

import pytest
from playwright.sync_api import expect

from tests.browser import bar
from tests.scenes import asset, product

UNCOVERED = """(one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === one;
}"""


def test_a_person_chooses_a_product_by_keyboard_and_runs(house):
    shelf = [product("oak", title="Oak chair", pictures=2), product("elm", title="Elm table", pictures=1)]
    place = house(shelf, [asset("front", "lost"), asset("side", "oak", 1)])
    app = place.launch()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    app.get_by_role("button", name="Choose products … for lost in North").press("Enter")
    search = app.get_by_role("searchbox", name="Find a product for lost in North")
    expect(search).to_be_focused()
    asked: list[str] = []
    place.page.on("request", lambda request: asked.append(request.url) if "/find/" in request.url else None)
    search.press_sequentially("elm ta", delay=40)
    link = app.get_by_role("button", name="Link to this (Elm table)")
    expect(link).to_be_visible()
    assert len(asked) == 1  # for one pause in typing
    expect(app.get_by_role("status").filter(has_text="1 product found")).to_have_count(1)
    search.press("ArrowDown")
    expect(link).to_be_focused()
    link.press("Enter")
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    expect(app.get_by_role("status").filter(has_text="lost: linked to Elm table.")).to_have_count(1)
    expect(search).to_have_value("elm ta")  # what was typed and found stays
    expect(link).to_be_hidden()
    expect(search).to_be_focused()
    expect(app.get_by_text("gets the assets")).to_be_visible()
    expect(app.get_by_role("button", name="Leave out: Elm table for lost")).to_be_visible()
    expect(app.locator("#toast:popover-open")).to_have_count(1)
    assert app.locator("#undo").evaluate(UNCOVERED)  # it lies over what was opened again
    search.press("Escape")  # empties the field
    search.press("Escape")
    expect(search).to_be_hidden()
    expect(app.get_by_role("button", name="Chosen by hand for lost in North")).to_be_focused()
    app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products").press("Enter")
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert place.scene.assets_in("product-elm") == ["product-elm-0", "front"]


@pytest.mark.full
def test_a_person_leaves_one_of_many_out_and_takes_that_back(house):
    shelf = [product(f"p{at}", tags=["oak"], title=f"Chair {at}") for at in range(30)]
    place = house(shelf, [asset("front", tags=["oak"])])
    app = place.launch()

    bar.control(app, "combobox", "Cloudinary Field").select_option("tags")
    bar.control(app, "combobox", "Shopify Field").select_option("tag")
    bar.close(app)
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 30 products")).to_be_enabled()
    app.get_by_role("button", name="More for oak").click()
    app.get_by_role("button", name="Choose products …", exact=True).click()
    expect(app.get_by_role("searchbox", name="Find a product for oak in North")).to_be_focused()
    app.get_by_role("button", name="18 more").press("Enter")
    expect(app.get_by_role("link", name="Chair 12 in Shopify")).to_be_focused()
    app.get_by_role("button", name="Exclude: Chair 20 for oak").press("Enter")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 29 products")).to_be_enabled()
    expect(app.get_by_role("button", name="Include: Chair 20 for oak")).to_be_focused()  # and as many are listed
    app.get_by_role("button", name="Include: Chair 20 for oak").press("Enter")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 30 products")).to_be_enabled()
    app.get_by_role("searchbox", name="Find a product for oak in North").fill("Chair 7")
    app.get_by_role("button", name="Exclude (Chair 7)").press("Enter")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 29 products")).to_be_enabled()
    expect(app.get_by_role("button", name="Include (Chair 7)")).to_be_focused()
