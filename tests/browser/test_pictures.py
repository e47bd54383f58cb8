"""Pictures that cannot be loaded."""

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.scenes import asset, product


@pytest.mark.full
def test_a_picture_that_cannot_be_loaded_gives_way_to_a_placeholder_and_is_not_asked_for_again(house):
    place = house([product("a"), product("b")], [asset("front", "a"), asset("side", "b", 1)])
    asked = Counter()
    gone = place.scene.world.environments[0].assets
    [front] = [found.public_id for found in gone.values() if found.display_name == "front"]

    def refuse(route):
        asked[route.request.url] += 1
        route.fulfill(status=404)

    place.page.goto(f"{place.scene.url}/console/")
    place.page.route(f"**/upload/**{front}*", refuse)
    app = place.launch("front", "side")
    expect(app.locator("img.unavailable")).to_have_count(1)
    app.get_by_role("button", name="Exclude front", exact=True).click()
    app.get_by_role("button", name="Include front", exact=True).click()  # drawn again each time
    expect(app.get_by_role("button", name="Exclude front", exact=True)).to_be_visible()
    expect(app.locator("img.unavailable")).to_have_count(1)
    assert max(asked.values()) == 1, asked
