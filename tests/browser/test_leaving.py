"""Leaving: a click that leads to another page gets there, and a session that ends takes nothing along."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Frame, Request, Response, expect

from linking import jobs
from linking.models import Selection, StoreMatch, Sync
from setup.security.session_store import SessionStore
from tests.browser.held import Held
from tests.conftest import PATIENCE
from tests.scenes import asset, product

# Two announcements in one frame, as an edit's answer and the estimate that follows it may come: milliseconds between them.
TWO = """live => new Promise(done => {
  const at = {};
  new MutationObserver(() => {
    at[live.textContent] ??= performance.now();
    if (at["Two."]) done(at["Two."] - at["One."]);
  }).observe(live, { childList: true });
  for (const detail of ["One.", "Two."]) document.dispatchEvent(new CustomEvent("announce", { detail }));
})"""


def asks_to_load_again(response: Response) -> bool:
    return "hx-refresh" in response.headers


def estimates(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/estimate/")


@pytest.mark.full
def test_who_leaves_a_page_that_is_about_to_load_again_gets_where_they_go(house):
    place = house([product("a")], [asset("front", "a", 1)], workers=0)
    app = place.launch("front")
    expect(app.locator("#fetching")).to_be_visible()
    jobs.fetch(Selection.objects.get().pk)
    jobs.match(StoreMatch.objects.get().pk)
    app.get_by_role("button", name="Link 1 asset").click()
    link = app.get_by_role("link", name="Upload to Store Files")
    expect(app.get_by_role("progressbar").first).to_be_visible()
    held = Held(place.page, "**/uploads/")  # the answer to the click takes its time
    link.click(no_wait_after=True)
    with place.page.expect_response(asks_to_load_again):
        place.scene.finish(Sync.objects.get())
    with place.page.expect_response(asks_to_load_again):  # the page goes on asking, should nothing come of the click
        pass
    held.route.continue_()
    expect(app.get_by_role("heading", name="Upload to Store Files")).to_be_visible()


@pytest.mark.full
def test_the_page_of_uploads_is_whole_while_details_come_in(house):
    place = house([], [asset("front", "a", 1)], workers=0)
    app, errors = place.launch("front"), []
    place.page.on("pageerror", lambda error: errors.append(str(error)))
    app.get_by_role("link", name="Upload to Store Files").click()
    expect(app.get_by_role("heading", name="Upload to Store Files")).to_be_visible()
    jobs.fetch(Selection.objects.get().pk)
    expect(app.get_by_role("button", name="Exclude front")).to_be_visible()
    assert errors == []


def test_a_person_is_asked_before_the_session_ends_and_loses_nothing_when_it_has(house):
    place = house([product("a")], [asset("fa", "a")])
    with place.page.expect_request(estimates) as asked:
        app = place.launch()
    assert asked.value.headers.get("assetlink-unattended"), "what the page asks by itself is no use of the session"
    expect(app.get_by_role("heading", name="Link Configuration")).to_be_visible()
    # What comes once the stores have answered is asked for by the page, and would be a use of the session in the midst of this.
    expect(app.locator("#estimate")).to_contain_text("Adds 1 picture")
    notice = app.locator("#session")
    expect(notice).to_be_empty()
    frame = place.page.frame(url=re.compile("/selections/"))
    assert frame is not None
    assert app.locator("#live").evaluate(TWO) >= 900, "a screen reader drops what is gone before its turn"
    app.get_by_role("searchbox").first.fill("half a word")
    # Else its question, which is a use of the session, comes later.
    expect(app.get_by_text("No groups found.")).to_be_visible()
    for minutes, said in ((119, "Your session ends at"), (121, "Your session has ended.")):
        comes_back(frame, minutes, said)
        if minutes == 119:
            app.get_by_role("button", name="Stay signed in").click()
            expect(notice).to_be_empty()
            expect(app.get_by_role("searchbox").first).to_be_focused()
    expect(app.get_by_role("searchbox").first).to_have_value("half a word")


def comes_back(frame: Frame, minutes: float, said: str) -> None:
    """One comes back to the tab, until htmx listens to what has come in place of the last notice. The session was unused so
    long each time: what the page asked before may be answered late, and is a use."""
    until = time.monotonic() + PATIENCE / 1000
    unused(minutes)
    while not frame.evaluate(NOTICED, said):
        assert time.monotonic() < until, f"The page never said: {said}"
        time.sleep(0.2)
        unused(minutes)


NOTICED = """said => {
  document.dispatchEvent(new Event("visibilitychange"));
  return Boolean(document.getElementById("session")?.textContent.includes(said));
}"""


def unused(minutes: float) -> None:
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session["seen"] = time.time() - minutes * 60
        session.save()
