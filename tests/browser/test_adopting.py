"""What galleries have already, in a real browser and by keyboard: looked at in pairs, decided, applied, and given back."""

import pytest
from playwright.sync_api import Page, expect

from linking.models import Link, Sync
from tests import photos
from tests.linking.syncing.test_adopting import filled, shot
from tests.linking.visits import enter
from tests.scenes import asset


@pytest.fixture
def visit(house, client, live_server, settings):
    def build(*args, **known):
        place = house(*args, **known)
        enter(client, place.scene.member)
        name = settings.SESSION_COOKIE_NAME
        place.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return place, lambda sync: place.page.goto(f"{live_server.url}/syncs/{sync.key}/")

    return build


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def test_pictures_that_are_there_are_looked_at_adopted_and_given_back_in_two_stores(visit):
    theirs = filled("a", (photos.encoded_again(photos.photo(1)), "1.jpg"), (photos.photo(2), "2.jpg"))
    back = asset("back", "a", content=photos.faded(photos.photo(2)))
    place, go = visit([theirs], [shot("front", "a", 1), back], stores=2)
    page, scene = place.page, place.scene
    before = scene.gallery("product-a")
    go(scene.run(scene.select("front", "back"), dry_run=True))
    expect(page.get_by_role("heading", name="These 4 pictures seem to be there already")).to_be_visible()
    page.locator("#there-pairs > summary").focus()
    page.keyboard.press("Enter")
    likely = page.get_by_role("checkbox", name="Adopt back in Product a")
    expect(likely).to_have_count(2)
    for at in range(2):
        expect(likely.nth(at)).not_to_be_checked()
        likely.nth(at).focus()
        page.keyboard.press("Space")
    press(page, "Plan again as ticked")
    expect(page.locator("#result")).to_contain_text("Adopts 4 pictures that are there already", timeout=30_000)
    press(page, "Apply this plan")
    expect(page.locator("#result")).to_contain_text("dopted 4 pictures that stood there", timeout=30_000)
    assert scene.gallery("product-a") == before
    assert Link.objects.exclude(adopted="").count() == 4
    again = scene.run(scene.select("front", "back"))
    assert {row.state for part in again.parts.all() for row in part.products.all()} == {"unchanged"}
    press(page, "Undo")
    expect(page.get_by_role("button", name="Apply this plan")).to_be_visible(timeout=30_000)
    press(page, "Apply this plan")
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=30_000)
    expect(page.get_by_role("status").first).to_contain_text("Undone", timeout=30_000)
    assert not Link.objects.exists()
    assert scene.gallery("product-a") == before


@pytest.mark.full
def test_ticks_stay_while_the_filter_shows_other_pairs(visit):
    place, go = visit(
        [filled(sku, (photos.encoded_again(photos.photo(at)), "1.jpg")) for at, sku in enumerate("ab", 1)],
        [shot("front", "a", 1), shot("other", "b", 2)],
    )
    page, scene = place.page, place.scene
    go(scene.run(scene.select("front", "other"), dry_run=True))
    page.locator("#there-pairs > summary").click()
    front = page.get_by_role("checkbox", name="Adopt front in Product a")
    other = page.get_by_role("checkbox", name="Adopt other in Product b")
    search = page.get_by_role("searchbox", name="Find a product, key or asset")
    front.uncheck()
    search.fill("Product b")
    expect(front).to_have_count(0)
    expect(other).to_be_checked()
    search.fill("")
    expect(front).not_to_be_checked()
    search.fill("Product b")
    expect(front).to_have_count(0)
    press(page, "Plan again as ticked")
    expect(page.locator("#result")).to_contain_text("adopts 1 that is there already", timeout=30_000)
    planned = Sync.objects.latest("pk").parts.get().changes.exclude(asset_id="")
    assert dict(planned.values_list("name", "change")) == {"front": "add", "other": "keep"}
