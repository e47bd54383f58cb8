"""From the Media Library to the product's page and back with a report, in a real browser."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from linking.models import Selection
from tests.browser import bar
from tests.browser.held import Held
from tests.scenes import asset, product


@pytest.mark.full
def test_a_person_links_assets_to_products_and_sees_them_on_the_products_page(house):
    shelf = [product("a", title="Oak chair", pictures=1), product("b", title="Pine table")]
    pictures = [
        asset(n, s, i, metadata={"sequence": i})
        for i, (n, s) in enumerate([("side", "a"), ("front", "a"), ("top", "b"), ("stray", "zz")])
    ]
    place = house(shelf, pictures)
    amiss: list[str] = []
    place.page.on(
        "console", lambda message: amiss.append(message.text) if message.type in ("error", "warning") else None
    )
    place.page.on("pageerror", lambda error: amiss.append(str(error)))
    app = place.launch()
    button = app.get_by_role("button", name="Link 3 assets in 2 groups to 2 products")
    expect(button).to_be_enabled()
    expect(app.get_by_text("Oak chair")).to_be_visible()
    why = app.get_by_role("button", name="No such SKU for zz in North")
    why.press("Enter")
    said = app.get_by_role("dialog", name="zz in North")
    expect(said).to_contain_text("No product has the SKU “zz”.")
    said.get_by_role("button", name="Close").press("Enter")
    expect(why).to_be_focused()
    bar.link_mode(app, "Prepend")
    expect(button).to_be_enabled()
    app.get_by_role("button", name="Dry run").click()
    expect(app.get_by_role("button", name="Apply this plan")).to_be_visible()
    assert place.scene.mutations() == []
    assert amiss == []  # htmx logs what it has no place for
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("link", name="Download report")).to_be_visible()
    expect(app.get_by_text(re.compile("3 (changes )?done", re.I)).or_(app.get_by_text("Done")).first).to_be_visible()
    with place.page.expect_download() as download:  # as soon as it is written, beside the link to all formats
        app.get_by_role("button", name="Download CSV").click()
    expect(app.get_by_role("link", name="Download CSV")).to_be_visible()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"), newline="")))
    assert {(row["Asset"], row["Outcome"]) for row in rows} == {
        ("side", "Done"),
        ("front", "Done"),
        ("top", "Done"),
        ("stray", "Skipped"),
    }
    store = place.scene.stores[0]
    place.page.goto(f"{place.scene.url}/store/{store.domain}/products/product-a")
    shown = place.page.locator("main img").evaluate_all("all => all.map(one => one.src.split('/').pop())")
    assert [name.split("-al")[0].split(".jpg")[0] for name in shown][:3] == ["side", "front", "product-a-0"]


@pytest.mark.full
def test_an_admin_lands_on_setup_and_finds_the_way_to_linking(house):
    place = house([product("a", title="Oak chair")], [asset("front", "a")])
    app = place.launch("front", role="Media Library admin")
    expect(app.get_by_role("heading", name="Stores")).to_be_visible()
    app.get_by_role("link", name="Link to Products").click()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()


def test_a_setting_that_is_changed_while_another_is_being_saved_is_not_lost(house):
    place = house([product("a", title="Oak chair")], [asset("front", "a")])
    app = place.launch()
    button = app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")
    expect(button).to_be_enabled()
    held = Held(place.page, "**/settings/")
    bar.link_mode(app, "Prepend")
    expect(button).to_be_disabled()  # nobody starts a run with settings that are not saved
    bar.control(app, "combobox", "Alt text of pictures already there").select_option(label="Overwrite")
    bar.control(app, "checkbox", "Use the first image").check()
    held.route.continue_()
    expect(app.get_by_text("They get the asset’s alt text")).to_be_visible()
    expect(button).to_be_enabled()
    kept = Selection.objects.get()
    assert (kept.link_mode, kept.alt_policy, kept.variant_pictures) == ("prepend", "overwrite", True)
    expect(app.get_by_role("checkbox", name="Use the first image")).to_be_checked()

    app.locator("#board").evaluate(CHANGE_AS_SOON_AS_THE_PAGE_HAS_FOLLOWED)
    bar.link_mode(app, "Append")
    bar.opened(app, "more")
    expect(app.get_by_text("Those without alt text get the asset’s.")).to_be_visible()


CHANGE_AS_SOON_AS_THE_PAGE_HAS_FOLLOWED = """() => document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
  const box = document.getElementById("alt-policy");
  box.value = "fill";
  box.dispatchEvent(new Event("change", {bubbles: true}));
}), {once: true})"""
