"""How many groups of Link to Products are in sight, and how little a row is."""

import pytest
from playwright.sync_api import Page, expect

from setup.models.members import HINTS
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import asset, product

# Whole, below what stays at the top.
IN_SIGHT = """() => {
  const from = document.getElementById("top").getBoundingClientRect().bottom;
  return [...document.querySelectorAll(".group")].map(one => one.getBoundingClientRect())
    .filter(box => box.top >= from - 1 && box.bottom <= innerHeight).length;
}"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
GROUPS, EACH = 24, 6


@pytest.mark.full
def test_ten_groups_are_in_sight_and_six_in_a_dialog(house, client, live_server, settings):
    pictures = [asset(f"p{at}-{n}", f"FF-{1000 + at}", at * 9 + n) for at in range(GROUPS) for n in range(EACH)]
    place = house([product(f"FF-{1000 + at}") for at in range(0, GROUPS, 2)], pictures, stores=2, workers=0)
    selection = place.scene.select()
    ask_and_answer(selection)
    selection.member.hints_dismissed = list(HINTS)
    selection.member.save()
    enter(client, place.scene.member, selection)
    page: Page = place.page
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    answer = page.goto(f"{live_server.url}/selections/{selection.key}/")
    assert answer is not None
    assert len(answer.body()) <= 100 * 1024
    found = {}
    for size in ((1280, 800), (1024, 700), (375, 800), (320, 640)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(page.locator(".group").first).to_be_visible()
        found[size[0]] = page.evaluate(IN_SIGHT)
        assert not page.evaluate(SIDEWAYS)
    assert (found[1280] >= 10, found[1024] >= 6) == (True, True), found
    row = page.locator(".group").nth(1).evaluate("one => new TextEncoder().encode(one.outerHTML).length")
    assert row <= 4 * 1024
