"""From the Media Library to the product's page and back with a report, in a real browser."""

import csv
import io
import re

from playwright.sync_api import expect

from tests.scenes import asset, product


def test_a_person_links_assets_to_products_and_sees_them_on_the_products_page(house):
    shelf = [product("a", title="Oak chair", pictures=1), product("b", title="Pine table")]
    pictures = [
        asset(n, s, i, metadata={"sequence": i})
        for i, (n, s) in enumerate([("side", "a"), ("front", "a"), ("top", "b"), ("stray", "zz")])
    ]
    place = house(shelf, pictures)
    app = place.launch()
    button = app.get_by_role("button", name="Link 3 assets in 2 groups to 2 products")
    expect(button).to_be_enabled()
    expect(app.get_by_text("Oak chair")).to_be_visible()
    expect(app.get_by_text("No product has the sku “zz”").first).to_be_visible()
    app.get_by_role("combobox", name="Link Mode").select_option(label="Prepend")
    expect(button).to_be_enabled()
    app.get_by_role("button", name="Dry run").click()
    expect(app.get_by_role("button", name="Apply this plan")).to_be_visible()
    assert place.scene.mutations() == []
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("link", name="Download report")).to_be_visible()
    expect(app.get_by_text(re.compile("3 (changes )?done", re.I)).or_(app.get_by_text("Done")).first).to_be_visible()
    with place.page.expect_download() as download:
        app.get_by_role("link", name="Download report").click()
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


def test_an_admin_lands_on_setup_and_finds_the_way_to_linking(house):
    place = house([product("a", title="Oak chair")], [asset("front", "a")])
    app = place.launch("front", role="Media Library admin")
    expect(app.get_by_role("heading", name="Stores")).to_be_visible()
    app.get_by_role("link", name="Link to Products").click()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()


def test_counts_fill_in_by_themselves_when_another_field_is_chosen(house):
    place = house([product("a", title="Oak chair")], [asset("front", "Oak chair")])
    app = place.launch()
    expect(app.get_by_text("No product has the sku “Oak chair”").first).to_be_visible()
    app.get_by_role("combobox", name="Shopify Field").select_option(label="Title")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
