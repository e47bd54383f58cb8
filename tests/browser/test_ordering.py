"""The order of a list, chosen by keyboard: what the choice says, the dry run, what it is applied to, and the second run."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox.catalog.records import MetadataField, Variant
from tests.browser.test_keyboard import Keyboard, heading
from tests.scenes import FIELDS, asset, product

KIND = MetadataField("kind", "Asset type", "enum", {"f": "Front", "b": "Back", "d": "Detail"})
KINDS = [("detail", "d", None), ("back2", "b", 2), ("none", None, 1), ("back1", "b", 1), ("front", "f", 9)]


def pictures() -> list:
    rows = [(name, {"kind": kind} if kind else {}, {"sequence": at} if at else {}) for name, kind, at in KINDS]
    return [asset(name, "a-L", at, metadata=kind | place) for at, (name, kind, place) in enumerate(rows)]


@pytest.mark.full
def test_by_keyboard_the_order_of_a_list_and_of_the_products_variants(house):
    shelf = [product("a", title="Oak chair", variants=(Variant(sku="a-S", title="S"), Variant(sku="a-L", title="L")))]
    assets = [*pictures(), asset("small", "a-S", 8, metadata={"kind": "b"})]
    place = house(shelf, assets, fields=[*FIELDS, KIND], viewport=(1024, 700))
    app = place.launch()
    expect(app.get_by_role("button", name="Link 6 assets in 2 groups to 1 product")).to_be_enabled()
    keys, words = Keyboard(place.page, app), app.locator("#order-words")
    app.get_by_role("link", name="Skip to Dry run and Link").focus()
    keys.press(app.locator("#part-order"))
    keys.to(app.get_by_role("combobox", name="Order product assets by"))
    # A letter at a time: a browser that is kept waiting for a second takes the next one for the first of another word.
    place.page.keyboard.press("a")
    expect(words).to_have_text(
        re.compile("^Front, Back, Detail as in Asset type. 1 of [0-9]+ assets that can be linked has no")
    )
    keys.to(app.get_by_role("combobox", name="Then by"))
    for _ in ("SKU", "Sequence"):
        place.page.keyboard.press("s")
    expect(words).to_contain_text("Front, Back, Detail as in Asset type; then Sequence, lowest first.")
    keys.to(app.get_by_role("combobox", name="Direction of the second field"))
    place.page.keyboard.press("End")
    expect(words).to_contain_text("then Sequence, highest first.")
    if folder := os.environ.get("LOOK"):
        for scheme, (width, height) in (("light", (1024, 700)), ("dark", (1280, 800)), ("light", (375, 700))):
            place.page.emulate_media(color_scheme=scheme)
            place.page.set_viewport_size({"width": width, "height": height})
            place.page.screenshot(path=Path(folder) / f"order-{width}.png")
        place.page.set_viewport_size({"width": 1024, "height": 700})
    place.page.keyboard.press("Escape")
    expect(app.locator("#part-order")).to_be_focused()
    expect(app.locator("#part-order")).to_contain_text("Asset type, then Sequence, highest first")
    keys.button("Dry run")
    expect(heading(app, "Dry run")).to_be_visible()
    keys.button("Apply this plan")
    expect(heading(app, "Done")).to_be_visible()
    assert place.scene.assets_in("product-a") == ["small", "front", "back2", "back1", "detail", "none"]
