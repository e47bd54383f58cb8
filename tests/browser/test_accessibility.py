"""Focus that stays where it was."""

import pytest
from playwright.sync_api import expect

from tests.browser import bar
from tests.scenes import asset, product


@pytest.mark.full
def test_focus_stays_on_the_setting_that_was_changed_while_counts_fill_in_by_themselves(house):
    place = house([product("a", title="Oak chair")], [asset("front", "Oak chair")])
    app = place.launch()
    expect(app.get_by_text("No such SKU").first).to_be_visible()
    mirror = bar.opened(app, "mode").get_by_role("radio", name="Mirror")
    mirror.focus()
    mirror.press("Space")
    expect(bar.mode_of(app)).to_have_accessible_name("Link Mode: Mirror")
    expect(mirror).to_be_focused()
    bar.close(app)
    for name, label, reported in [
        ("Alt text of pictures already there", "Overwrite", "They get the asset’s alt text"),
        ("Shopify Field", "Title", "1 of 1 SKU matched"),
    ]:
        box = bar.control(app, "combobox", name)
        box.focus()
        box.select_option(label=label)
        expect(app.get_by_text(reported).first).to_be_attached()
        expect(box).to_be_focused()
        bar.close(app)
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
