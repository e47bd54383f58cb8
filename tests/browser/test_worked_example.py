"""Cloudinary's worked example for product assets, set up by clicks alone, as docs/admin.md says point by point."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from setup.preparing.uploading import later
from tests.scenes import asset, picture, product

SKUS = ["CH-01", "CH-02"]


@pytest.mark.full
def test_fields_presets_folders_skus_status_and_expiration_are_set_up_by_clicks(house, tmp_path):
    place = house([product(sku) for sku in SKUS], [asset("first", None)], fields=())
    place.scene.world.settings.change({"index_lag": 0})
    page, here = place.page, place.scene.world.environments[0]
    app = place.launch(role="Media Library admin")
    origin = app.get_by_role("heading", name="Setup", exact=True).evaluate("one => one.ownerDocument.location.origin")

    def open_part(name: str) -> None:
        page.goto(f"{origin}/setup/prepare/")
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("#part-state")).to_be_visible()

    def press(button: str, said: str) -> None:
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(said)).to_be_visible()

    open_part("SKU")
    page.get_by_label("Several per asset").check()
    page.get_by_label("First values").fill("CH-01")
    page.get_by_role("button", name="Preview").click()
    press("Create", "SKU was created.")
    page.goto(f"{origin}/setup/prepare/")
    press("Create all that is missing", "Created: Asset type")

    open_part("Expiration")
    page.get_by_label("Months until assets expire").fill("2")
    page.get_by_role("button", name="Preview").click()
    press("Save", "Expiration is as you want it.")

    open_part("product_images")
    page.get_by_label("Padding in percent").fill("8")
    for tick in ("Remove the background", "Trim plain edges", "Shadow"):
        page.get_by_label(tick).check()
    expect(page.locator("#part-state")).to_have_text("Differs")
    press("Update", "product_images was updated.")
    expect(page.locator(".trial img").nth(1)).to_have_js_property("complete", True)

    open_part("product_assets")
    page.get_by_label("Folder", exact=True).fill("products")
    page.get_by_label("Asset type").select_option("gallery")
    page.get_by_label("Normalize with product_images when uploaded").check()
    page.get_by_role("button", name="Preview").click()
    press("Update", "product_assets was updated.")

    folder = tmp_path / "spring"
    for number, sku in enumerate(SKUS):
        (folder / sku).mkdir(parents=True)
        for at in range(2):
            (folder / sku / f"view{number}{at}.jpg").write_bytes(picture(10 + 4 * number + at))
    page.goto(f"{origin}/assets/?order=name")
    page.get_by_role("button", name="Bring in assets").click()
    dialog = page.get_by_role("dialog", name="Bring in assets")
    dialog.get_by_label("What file names say").fill("{sku}/{any}")
    dialog.locator("#bring-input-folder").set_input_files(folder)
    expect(dialog.locator("#bring-names")).to_have_text("4 names have a SKU, 2 SKUs in all.")
    dialog.get_by_label("Upload preset").select_option("product_assets")
    dialog.get_by_role("button", name="Upload to Cloudinary").click()
    expect(dialog.get_by_role("status")).to_have_text("Uploaded 4 of 4.")

    come = {one.public_id: one for one in here.assets.values() if one.display_name != "first"}
    assert len(come) == 4
    day = later(datetime.now(UTC).date(), 2).isoformat()
    for sku, one in zip([SKUS[0], SKUS[0], SKUS[1], SKUS[1]], [come[name] for name in sorted(come)], strict=True):
        assert one.metadata == {"sku": [sku], "asset_type": "gallery", "status": "requires_data", "expiration": day}
        assert one.width == one.height == 2048
        assert one.asset_folder == f"products/spring/{sku}"
    page.goto(f"{origin}/assets/")
    page.get_by_role("link", name="Requires data").click()
    expect(page.get_by_text("view00")).to_be_visible()
