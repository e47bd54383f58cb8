"""From the Media Library to the Files of two stores, in a real browser: by hand, by keyboard alone, and for everybody."""

import re

import pytest
from playwright.sync_api import expect

from linking.models import SelectedAsset
from tests.browser.barriers import violations
from tests.scenes import asset, picture, product

NAMES = ["front", "banner", "logo"]


def things():
    return [
        asset(name, "a" if name == "front" else None, shade, context={"alt": f"The {name}"})
        for shade, name in enumerate(NAMES)
    ]


def files_of(place, at: int = 0) -> list[str]:
    shop = place.scene.world.shops[place.scene.stores[at].domain]
    return sorted(file.filename.partition("-al")[0] for file in shop.files.values())


def new_version(place, name: str) -> None:
    environment = place.scene.world.environments[0]
    environment.overwrite(next(row for row in environment.assets.values() if row.display_name == name), picture(99))


def opened(place):
    app = place.launch(*NAMES)
    app.get_by_role("link", name="Upload to Store Files").click()
    expect(app.get_by_role("heading", name="Upload to Store Files")).to_be_visible()
    return app


@pytest.mark.full
def test_a_person_uploads_to_two_stores_and_finds_the_files_there(house):
    place = house([], things(), stores=2)
    app = opened(place)
    button = app.get_by_role("button", name="Upload to Shopify Files")
    expect(button).to_be_disabled()
    for store in ("North", "South"):
        app.get_by_role("checkbox", name=store).check()
    app.get_by_role("button", name="Exclude logo").click()
    expect(app.get_by_role("button", name="Upload 2 assets to 2 stores")).to_be_enabled()
    app.get_by_role("button", name="Undo").click()
    expect(app.get_by_role("button", name="Upload 3 assets to 2 stores")).to_be_enabled()
    app.get_by_role("button", name="Exclude logo").click()
    alt = app.get_by_role("textbox", name="Alt text of banner")
    alt.fill("A wide banner")
    alt.blur()
    expect(app.get_by_text("Typed", exact=True)).to_be_visible()
    app.get_by_role("button", name="Dry run").click()
    expect(app.get_by_role("button", name="Apply this plan")).to_be_visible()
    assert place.scene.mutations() == []
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("heading", name="Uploaded")).to_be_visible()
    expect(app.get_by_role("link", name="Download report")).to_be_visible()
    expect(app.get_by_role("button", name="Undo")).to_have_count(0)
    assert [files_of(place, at) for at in (0, 1)] == [["banner", "front"]] * 2
    assert {file.alt for shop in place.scene.world.shops.values() for file in shop.files.values()} == {
        "The front",
        "A wide banner",
    }
    app.get_by_role("link", name="Back to Upload to Store Files").click()
    expect(app.get_by_text("2 of 2 are there already").first).to_be_visible()


def test_a_new_version_is_replaced_by_keyboard_alone_after_it_was_shown(house):
    place = house([product("a", title="Oak chair")], things())
    place.scene.run(place.scene.select())
    new_version(place, "front")
    app, page = opened(place), place.page
    versions = app.get_by_role("group", name="New versions")
    expect(versions).to_contain_text("1 file in these stores shows an older version")
    app.get_by_text("Where these files are used").focus()
    page.keyboard.press("Enter")
    expect(app.get_by_text("In the gallery of Oak chair")).to_be_visible()
    app.get_by_role("radio", name="Add as new").focus()
    page.keyboard.press("ArrowDown")
    expect(app.get_by_role("radio", name="Replace the file")).to_be_checked()
    app.get_by_role("button", name="Upload to Shopify Files").focus()
    page.keyboard.press("Enter")
    confirm = app.get_by_role("checkbox", name="Replace the content of 1 file")
    expect(confirm).to_be_visible()
    confirm.focus()
    page.keyboard.press("Space")
    app.get_by_role("button", name="Apply this plan").focus()
    page.keyboard.press("Enter")
    expect(app.get_by_role("heading", name="Uploaded")).to_be_visible()
    assert files_of(place).count("front") == 1


@pytest.mark.full
def test_another_tab_that_is_behind_is_shown_the_present_state(house):
    place = house([], things())
    app = opened(place)
    expect(app.get_by_role("button", name="Upload 3 assets to 1 store")).to_be_enabled()
    SelectedAsset.objects.filter(place=0).update(excluded=True)
    selection = SelectedAsset.objects.first().selection
    selection.version += 1
    selection.save(update_fields=["version"])
    app.get_by_role("button", name=re.compile("^Exclude")).last.click()
    expect(app.get_by_text("changed in another tab or window").first).to_be_visible()
    expect(app.get_by_role("button", name="Upload 2 assets to 1 store")).to_be_enabled()


@pytest.mark.full
def test_no_upload_page_has_a_violation_that_axe_finds_or_is_wider_than_a_narrow_screen(house):
    place = house([product("a", title="Oak chair")], things(), stores=2)
    place.scene.run(place.scene.select())
    new_version(place, "front")
    app, page = opened(place), place.page
    page.goto(
        app.get_by_role("heading", name="Upload to Store Files").evaluate("one => one.ownerDocument.location.href")
    )
    page.get_by_role("checkbox", name="North").check()
    page.get_by_text("Where these files are used").click()
    page.get_by_role("button", name="Exclude logo").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    found = violations(page, "Upload to Store Files") + wide(page)
    page.get_by_role("radio", name="Replace the file").check()
    page.get_by_role("button", name="Upload to Shopify Files").click()
    expect(page.get_by_role("button", name="Apply this plan")).to_be_visible()
    found += violations(page, "Upload: dry run") + wide(page)
    page.get_by_role("checkbox", name="Replace the content").check()
    page.get_by_role("button", name="Apply this plan").click()
    expect(page.get_by_role("heading", name="Uploaded")).to_be_visible()
    assert found + violations(page, "Uploaded") + wide(page) == []


def wide(page) -> list[str]:
    shape = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(shape)
    return [f"{width} px at 320"] if width > 320 else []


@pytest.mark.full
def test_a_filter_tells_how_many_assets_it_leaves(house):
    app = opened(house([], things(), stores=1))
    box = app.get_by_role("searchbox", name="Find assets by name or tag")
    box.press_sequentially("logo")
    expect(app.locator("#live")).to_have_text("1 asset shown")
    expect(app.locator(".file-row")).to_have_count(1)
    expect(box).to_be_focused()


@pytest.mark.full
def test_another_rendition_is_chosen_for_a_batch_by_keyboard_and_each_asset_says_what_it_becomes(house):
    place = house([], things())
    environment = place.scene.environment
    environment.allowed_transformations, environment.files_transformation = ["square"], "c_limit,w_30"
    environment.save()
    place.scene.world.environments[0].transformations["square"] = "c_fill,w_20,h_20"
    app, keys = opened(place), place.page.keyboard
    row = app.get_by_role("listitem").filter(has_text="shop/front")
    expect(row).to_contain_text("Becomes JPG, 30 × 38 px, c_limit,w_30")
    app.get_by_role("combobox", name="Rendition of pictures").focus()
    keys.press("ArrowDown")
    keys.press("Tab")
    expect(row).to_contain_text("Becomes JPG, in the size that t_square makes")
    app.get_by_role("button", name="Upload 3 assets to 1 store").press("Enter")
    expect(app.get_by_role("heading", name="Uploaded")).to_be_visible()
    assert {file.content.width for file in place.scene.shop.files.values()} == {20}
    app.get_by_role("link", name="Back to Upload to Store Files").press("Enter")
    expect(app.get_by_role("button", name="Nothing to upload")).to_be_disabled()
    expect(app.get_by_text("3 files are there already and stay unchanged.")).to_be_visible()
