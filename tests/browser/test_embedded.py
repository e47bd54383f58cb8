"""Grouping by metadata in the files, by keyboard: what it costs, the wait, the groups, and a run."""

import pytest
from playwright.sync_api import expect

from sandbox.catalog.inscribed import inscribed
from tests.scenes import asset, picture, product


def carrying(sku: str, shade: int) -> bytes:
    return inscribed(picture(shade), iptc={25: [sku, "studio"], 103: [sku]}, xmp={"subject": [sku]}, exif={0x010E: sku})


@pytest.mark.full
def test_assets_are_grouped_by_the_sku_in_their_files(house):
    assets = [asset("front", content=carrying("A-1", 1)), asset("side", content=carrying("A-1", 2)), asset("bare")]
    place = house([product("A-1")], assets)
    app, keys = place.launch(), place.page.keyboard
    app.locator("#part-match").press("Enter")
    app.get_by_role("button", name="Metadata in the files (IPTC, XMP, EXIF) …").press("Enter")
    name = app.get_by_role("combobox", name="Name of the metadata")
    expect(name).to_be_focused()
    expect(app.locator("#embedded-price")).to_contain_text("To read 3 assets, AssetLink uses about 1 call")
    keys.type("OriginalTransmissionReference")
    keys.press("Enter")
    expect(app.get_by_role("heading", name="A-1")).to_be_visible()
    expect(app.locator("#part-match")).to_contain_text("OriginalTransmissionReference (in the file) = SKU")
    app.locator("#link-assets").press("Enter")
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert sorted(place.scene.assets_in("product-a-1")) == ["front", "side"]
