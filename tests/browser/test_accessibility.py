"""Focus that stays where it was."""

from playwright.sync_api import expect

from tests.scenes import asset, product


def test_focus_stays_on_the_setting_that_was_changed_while_counts_fill_in_by_themselves(house):
    place = house([product("a", title="Oak chair")], [asset("front", "Oak chair")])
    app = place.launch()
    expect(app.get_by_text("No product has the SKU “Oak chair”").first).to_be_visible()
    for name, label, reported in [
        ("Link Mode", "Mirror", "What this app linked"),
        ("Alt text of pictures already there", "Overwrite", "They get the asset’s alt text"),
        ("Shopify Field", "Title", "1 product matched"),
    ]:
        box = app.get_by_role("combobox", name=name)
        box.focus()
        box.select_option(label=label)
        expect(app.get_by_text(reported).first).to_be_visible()
        expect(box).to_be_focused()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
