"""More assets than one page takes: parts of one selection, one run for all of them, by keyboard alone."""

import csv
import io
import re

import pytest
from playwright.sync_api import Locator, expect

from linking.models import Sync
from tests.browser.test_keyboard import Keyboard
from tests.scenes import asset, product

SKUS = "abcd"  # the first store has no d, the second no b
ALL = "Link 12 assets in 4 groups to 6 products"


@pytest.fixture
def place(house, settings):
    settings.SELECTION_MAX_ASSETS = 6
    pictures = [asset(f"p{at:02}", SKUS[at % 4], at) for at in range(12)]
    return house([product(sku, pictures=1) for sku in SKUS], pictures, stores=2, viewport=(1024, 700))


def heading(app, name: str) -> Locator:
    return app.get_by_role("heading", name=name, exact=True, level=1)


@pytest.fixture
def keys(place) -> Keyboard:
    """With all stores ticked."""
    place.launch()
    keys = Keyboard(place.page, place.app)
    ticks = place.app.get_by_role("button", name="Tick all that match")
    expect(ticks).to_be_enabled()
    keys.press(ticks)
    expect(place.app.get_by_role("button", name=ALL)).to_be_enabled()
    return keys


def there_and_back(keys: Keyboard, app) -> None:
    for part in (2, 1):
        keys.press(app.get_by_role("link", name=f"Part {part}, 6 assets"))
        expect(app.get_by_role("navigation", name="Parts of the selection")).to_contain_text(f"Part {part} of 2")
        expect(app.get_by_role("button", name=ALL)).to_be_enabled()


def apply_the_dry_run(keys: Keyboard, place) -> None:
    keys.button("Dry run")
    expect(heading(place.app, "Dry run")).to_be_visible()
    assert place.scene.mutations() == []
    keys.button("Apply this plan")
    expect(heading(place.app, "Done")).to_be_visible()
    assert Sync.objects.count() == 1


@pytest.mark.full
def test_all_parts_are_linked_by_keyboard_alone(place, keys):
    app = place.app
    there_and_back(keys, app)
    keys.button("Exclude group d")
    expect(app.get_by_role("button", name="Link 9 assets in 3 groups to 5 products")).to_be_enabled()
    keys.button("Include group d")
    expect(app.get_by_role("button", name=ALL)).to_be_enabled()
    apply_the_dry_run(keys, place)
    linked = [name for sku in "abc" for name in place.scene.assets_in(f"product-{sku}") if name.startswith("p0")]
    assert len(linked) >= 6


@pytest.mark.full
def test_all_parts_are_reported_and_undone_by_keyboard_alone(place, keys):
    app = place.app
    apply_the_dry_run(keys, place)
    with place.page.expect_download() as download:
        keys.button("Download CSV")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"), newline="")))
    assert len([row for row in rows if row["Outcome"] == "Done"]) == 18
    assert {row["Asset"] for row in rows} == {f"p{at:02}" for at in range(12)}

    keys.button("Undo")
    expect(heading(app, "Undo: dry run")).to_be_visible()
    keys.press(app.get_by_role("checkbox", name=re.compile(r"Remove 18\spictures")), "Space")
    keys.button("Apply this plan")
    expect(heading(app, "Undone")).to_be_visible()
    assert [len(place.scene.gallery(f"product-{sku}")) for sku in "abc"] == [1, 1, 1]
