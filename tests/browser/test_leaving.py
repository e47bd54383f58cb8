"""A click that leads to another page is never taken back by what the page was waiting for."""

from playwright.sync_api import Response, expect

from linking import jobs
from linking.models import Selection
from tests.browser.held import Held
from tests.scenes import asset, product


def asks_to_load_again(response: Response) -> bool:
    return "hx-refresh" in response.headers


def test_who_leaves_a_page_that_is_about_to_load_again_gets_where_they_go(house):
    place = house([product("a")], [asset("front", "a", 1)], workers=0)
    app = place.launch("front")
    link = app.get_by_role("link", name="Upload to Store Files")
    expect(link).to_be_visible()
    held = Held(place.page, "**/uploads/")  # the answer to the click takes its time
    link.click(no_wait_after=True)
    with place.page.expect_response(asks_to_load_again):
        jobs.fetch(Selection.objects.get().pk)
    with place.page.expect_response(asks_to_load_again):  # the page goes on asking, should nothing come of the click
        pass
    held.route.continue_()
    expect(app.get_by_role("heading", name="Upload to Store Files")).to_be_visible()


def test_the_page_of_uploads_is_whole_while_details_come_in(house):
    place = house([], [asset("front", "a", 1)], workers=0)
    app, errors = place.launch("front"), []
    place.page.on("pageerror", lambda error: errors.append(str(error)))
    app.get_by_role("link", name="Upload to Store Files").click()
    expect(app.get_by_role("heading", name="Upload to Store Files")).to_be_visible()
    jobs.fetch(Selection.objects.get().pk)
    expect(app.get_by_role("button", name="Exclude front")).to_be_visible()
    assert errors == []
