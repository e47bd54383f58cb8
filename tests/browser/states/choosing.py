"""What people choose by hand: products, presets, settings of one store, only some products, pictures that are there already."""

from playwright.sync_api import expect

from linking.models import Preset
from tests import photos
from tests.browser import bar
from tests.browser.states.stage import Stage
from tests.linking.syncing.test_adopting import filled, shot
from tests.scenes import asset, product


def choices(stage: Stage) -> None:
    shelf = [product("a", title="Oak chair", pictures=1), product("b", title="Oak table", pictures=3)]
    pictures = [asset("front", "a", metadata={"sequence": 2}), asset("side", "a", 1), asset("lost", "zz", 2)]
    scene = stage.furnish([*shelf, product("c", title="Oak stool")], pictures, stores=2, role="master_admin")
    known = {"environment": scene.environment, "settings": {"link_mode": "prepend"}}
    Preset.objects.create(name="Launch", owner=scene.member, **known)
    Preset.objects.create(name="Europe", **known)
    page = stage.visit(stage.board(order_field="metadata:sequence"), "Oak chair")
    page.get_by_role("button", name="Choose products …").first.click()
    field = page.get_by_role("searchbox", name="Find a product for zz in North")
    field.fill("oak")
    expect(page.get_by_text("3 products found").first).to_be_visible()
    stage.look(page, "Products are found by hand", by_address=False)
    page.get_by_role("button", name="Link to this (Oak table)").first.click()
    expect(page.get_by_text("chosen by hand").first).to_be_visible()
    stage.look(page, "A product is chosen by hand", by_address=False)
    bar.close(page)
    page.locator("#part-presets").click()
    expect(page.locator(".preset-use", has_text="Europe")).to_be_visible()
    stage.look(page, "Presets", by_address=False)
    bar.close(page)
    bar.opened(page, "stores").get_by_text("Use other settings here").first.click()
    expect(page.get_by_role("combobox", name="Link Mode here").first).to_be_visible()
    stage.look(page, "Settings of one store", by_address=False)
    bar.close(page)
    bar.opened(page, "match").get_by_text("Only products").first.click()
    stage.look(page, "Only some products", by_address=False)
    bar.close(page)
    bar.opened(page, "order")
    stage.look(page, "Ordered by", by_address=False)


def what_is_there(stage: Stage) -> None:
    theirs = filled("a", (photos.encoded_again(photos.photo(1)), "1.jpg"), (photos.photo(2), "2.jpg"))
    back = asset("back", "a", content=photos.faded(photos.photo(2)))
    scene = stage.furnish([theirs], [shot("front", "a", 1), back])
    page = stage.visit(stage.run(scene.select("front", "back"), dry_run=True), "seem to be there already")
    page.locator("#there-pairs > summary").click()
    expect(page.get_by_role("checkbox", name="Adopt back in Product a")).to_be_visible()
    stage.look(page, "Pictures that are there already")
