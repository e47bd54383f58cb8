"""From an empty product environment to galleries: prepared, a folder dropped, linked, and looked at in the store."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_bringing import folder_of
from tests.browser.test_undoing import on_the_storefront
from tests.films import clip
from tests.scenes import asset, picture, product

SKUS = [f"CH-{at:02}" for at in range(1, 11)]


@pytest.mark.full
def test_an_empty_environment_is_prepared_and_a_folder_of_pictures_and_videos_is_linked(house, tmp_path):
    """Ten products with six pictures each, two of them with a video as well; every name says the SKU and the place."""
    place = house([product(sku) for sku in SKUS], [asset("first", None)], fields=())
    page, here = place.page, place.scene.world.environments[0]
    app = place.launch(role="Media Library admin")
    origin = app.get_by_role("heading", name="Setup", exact=True).evaluate("one => one.ownerDocument.location.origin")
    page.goto(f"{origin}/setup/prepare/")
    page.get_by_role("button", name="Create all that is missing").click()
    expect(page.get_by_text("Created: SKU")).to_be_visible()

    files = {f"{sku}_{at}__jpg": picture(at + 6 * number) for number, sku in enumerate(SKUS) for at in range(1, 7)}
    files |= {f"{sku}_7__mp4": clip(12 + number) for number, sku in enumerate(SKUS[:2])}
    page.goto(f"{origin}/assets/?order=name")
    page.get_by_role("button", name="Bring in assets").click()
    dialog = page.get_by_role("dialog", name="Bring in assets")
    dialog.locator("#bring-input-folder").set_input_files(folder_of(tmp_path, **files))
    expect(dialog.locator("#bring-names")).to_have_text("62 names have a SKU, 10 SKUs in all.")
    dialog.get_by_label("Upload preset").select_option("product_assets")
    dialog.get_by_role("button", name="Upload to Cloudinary").click()
    expect(dialog.get_by_role("status")).to_have_text("Uploaded 62 of 62.")
    assert len(here.assets) == 63
    dialog.get_by_role("button", name="Link to Products").click()
    link = page.get_by_role("button", name="Link 62 assets in 10 groups to 10 products")
    expect(link).to_be_enabled()
    link.click()
    expect(page.locator("#run-heading")).to_have_text("Done")
    shown = on_the_storefront(place, f"product-{SKUS[0].lower()}")
    assert [name.partition("-al")[0] for name in shown] == [f"ch-01-{at}" for at in range(1, 7)]
    assert [len(place.scene.gallery(f"product-{sku.lower()}")) for sku in SKUS] == [7, 7, *[6] * 8]
