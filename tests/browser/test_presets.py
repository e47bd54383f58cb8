"""A store that differs and settings under a name, all of it by keyboard: set, kept, used, taken back, shown first and applied."""

import re

import pytest
from playwright.sync_api import Locator, expect

from linking.models import Preset, Sync
from tests.scenes import asset, product


def galleries(place) -> list[int]:
    shops = (place.scene.world.shops[store.domain] for store in place.scene.stores)
    return [len(shop.product_with("product-a").media) for shop in shops]


def reset_in_the_south(app, keys) -> Locator:
    """South shall have these pictures only. Its field with the mode."""
    stores = app.locator("#part-stores")
    stores.press("Enter")
    south = app.locator(".store", has=app.get_by_role("checkbox", name="South", exact=True))
    south.locator("summary", has_text="Use other settings here").press("Enter")
    mode = south.get_by_role("combobox", name="Link Mode here")
    expect(mode).to_have_value("all")
    mode.focus()
    mode.select_option(label="Reset")
    expect(app.get_by_role("button", name="Link Mode: Append, 1 store differs")).to_be_visible()
    expect(mode).to_be_focused()
    expect(mode).to_have_value("reset")
    expect(south.locator("summary.takes")).to_have_text(re.compile("Here: Reset"))
    keys.press("Escape")
    expect(stores).to_be_focused()
    expect(app.locator("#heads")).to_contain_text("Here: Reset")
    return mode


def keep_as_preset(app, keys, called: str) -> Locator:
    """The button that uses it."""
    part = app.locator("#part-presets")
    part.press("Enter")
    new = app.get_by_role("button", name="Save as preset …")
    expect(new).to_be_focused()
    new.press("Enter")
    name = app.get_by_role("textbox", name="Name of the preset")
    expect(name).to_be_focused()
    keys.type(called)
    keys.press("Enter")
    row = app.locator(".preset-use", has_text=called)
    expect(row).to_contain_text("In use: it changes nothing here.")
    assert Preset.objects.get().name == called
    keys.press("Escape")
    expect(part).to_be_focused()
    return row


def use_and_take_back(app, keys, mode: Locator, row: Locator) -> None:
    stores, part = app.locator("#part-stores"), app.locator("#part-presets")
    stores.press("Enter")
    mode.focus()
    mode.select_option(value="all")
    expect(app.get_by_role("button", name="Link Mode: Append", exact=True)).to_be_visible()
    keys.press("Escape")
    part.press("Enter")
    expect(row).to_contain_text("South only: as everywhere → Reset")
    expect(row).to_be_focused()
    row.press("Enter")
    expect(app.get_by_role("button", name="Link Mode: Append, 1 store differs")).to_be_visible()
    expect(app.locator("#toast")).to_contain_text("Replace in the south is in use.")
    expect(part).to_be_focused()
    keys.press("Control+z")
    expect(app.get_by_role("button", name="Link Mode: Append", exact=True)).to_be_visible()
    part.press("Enter")
    expect(row).to_be_focused()
    row.press("Enter")
    expect(app.get_by_role("button", name="Link Mode: Append, 1 store differs")).to_be_visible()
    expect(app.locator("#estimate")).to_contain_text("Adds up to 2 pictures, removes 2 pictures")


@pytest.mark.full
def test_a_store_differs_and_a_preset_keeps_it_by_keyboard(house):
    place = house([product("a", pictures=2)], [asset("front", "a", 1)], stores=2)
    app, keys = place.launch(), place.page.keyboard
    app.locator("#tick-all").dispatch_event("click")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 2 products")).to_be_enabled()

    mode = reset_in_the_south(app, keys)
    row = keep_as_preset(app, keys, "Replace in the south")
    use_and_take_back(app, keys, mode, row)

    # Shown first, though most stores are only added to; then each gets what it was said to get.
    app.locator("#link-assets").press("Enter")
    expect(app.get_by_role("heading", name="Dry run")).to_be_visible()
    expect(app.get_by_text("Append, 1 store differs")).to_be_visible()
    assert galleries(place) == [2, 2]
    app.get_by_role("checkbox", name="Remove 2 pictures").press("Space")
    app.locator("#apply").press("Enter")
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert galleries(place) == [3, 1]
    assert Sync.objects.get().store_settings
