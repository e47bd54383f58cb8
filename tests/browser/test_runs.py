"""A run in a real browser: the plan is filtered by keyboard, progress is reported, and its end is seen wherever it is watched."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from linking.models import ProductSync, StoreSync, Sync
from setup.reasons import said as in_words
from tests.linking.visits import enter
from tests.scenes import asset, product


@pytest.fixture
def opened(house, client, live_server, settings):
    """A house whose page has a member's session: what a launch ends in."""

    def build(*args, **known):
        place = house(*args, **known)
        enter(client, place.scene.member)
        name = settings.SESSION_COOKIE_NAME
        place.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return place, lambda sync, page=None: (page or place.page).goto(f"{live_server.url}/syncs/{sync.key}/")

    return build


def busy(sync: Sync, **known) -> StoreSync:
    """The run as rows, in the hands of a worker with a heartbeat."""
    part = sync.parts.get()
    later = timezone.now() + timedelta(minutes=5)
    part.rows().update(**{"state": "applying", "owner": "w", "lease_until": later, "finished": None} | known)
    return part


def chairs(count: int) -> tuple[list, list]:
    shelf = [product(str(at), title=f"Oak chair {at}", pictures=1) for at in range(count)]
    return shelf, [asset(f"front-{at}", str(at), at, context={"alt": f"Chair {at}"}) for at in range(count)]


KEPT = """() => {
  const live = document.getElementById("live");
  window.said = [];
  new MutationObserver(() => window.said.push(live.textContent)).observe(live, {childList: true});
}"""


SHIFTS = """window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});"""


def said(page: Page) -> list[str]:
    return [text for text in page.evaluate("window.said") if text]


def test_a_plan_is_filtered_by_keyboard_and_focus_stays(opened):
    place, visit = opened(*chairs(3))
    visit(place.scene.run(place.scene.select("front-0", "front-1", link_mode="append"), dry_run=True))
    page = place.page
    page.locator("#kind-all").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text("2 galleries shown")
    expect(page.locator("#kind-add")).to_be_focused()
    expect(page.locator("#kind-add")).to_be_checked()
    expect(page).to_have_url(re.compile(r"\?kind=add$"))
    page.locator("#filter-q").press_sequentially("chair 1")
    expect(page.locator("#live")).to_have_text("1 gallery shown")
    expect(page.locator("#filter-q")).to_be_focused()
    expect(page.locator("#filter-q")).to_have_value("chair 1")
    expect(page.get_by_role("heading", name="Oak chair")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("heading", name="Oak chair")).to_have_count(1)
    page.locator("summary[id^=l]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".line-name", has_text="front-1")).to_be_visible()
    page.locator("#filter-q").fill("no such thing")
    expect(page.get_by_text("No galleries found.")).to_be_visible()


IN_SIGHT = """() => [...document.querySelectorAll(".gallery")].filter(one => {
  const { top, bottom } = one.getBoundingClientRect();
  return top >= document.querySelector(".stick").getBoundingClientRect().bottom && bottom <= innerHeight;
}).length"""


@pytest.mark.full
def test_a_plan_shows_eight_galleries_at_once_and_one_product_whole_without_scrolling(opened):
    place, visit = opened(*chairs(12), viewport=(1280, 800))
    page = place.page
    visit(place.scene.run(place.scene.select(variant_pictures=True), dry_run=True))
    assert page.evaluate(IN_SIGHT) >= 8
    page.set_viewport_size({"width": 1024, "height": 700})
    assert page.evaluate(IN_SIGHT) >= 6
    page.mouse.wheel(0, 300)
    expect(page.locator(".gallery").nth(8)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Apply this plan")).to_be_in_viewport()
    visit(place.scene.run(place.scene.select("front-3", link_mode="reset"), dry_run=True))
    assert page.evaluate(IN_SIGHT) == 1
    apply = page.get_by_role("button", name="Apply this plan")
    expect(apply).to_have_accessible_description(re.compile(r"^Tick to confirm: 1\spicture leaves 1\sgallery"))


@pytest.mark.full
def test_many_galleries_of_a_run_that_is_over_are_unfolded_and_take_the_room_that_was_kept(opened):
    place, visit = opened(*chairs(12), viewport=(1280, 800))
    page = place.page
    page.add_init_script(SHIFTS)
    visit(place.scene.run(place.scene.select()))
    expect(page.get_by_role("heading", name="Oak chair")).to_have_count(12)
    expect(page.get_by_role("heading", name="Oak chair 5")).to_be_in_viewport()
    assert page.evaluate("shifts.reduce((sum, one) => sum + one.value, 0)") <= 0.02


def test_progress_is_reported_at_quarters_at_the_first_failure_and_at_the_end_and_not_at_every_tick(opened):
    place, visit = opened(*chairs(4))
    sync = place.scene.run(place.scene.select())
    part = busy(sync, doing=in_words("Linking galleries."))
    part.products.update(state=ProductSync.State.WORKING)
    page = place.page
    page.add_init_script(SHIFTS)
    visit(sync)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    page.evaluate(KEPT)
    chair, other = part.products.all()[:2]
    part.rows().update(doing=in_words("Something else."))
    expect(page.get_by_text("Something else.")).to_be_visible()
    with transaction.atomic():  # in one answer: on a busy machine the second may come when the first has been read out
        chair.changes.update(outcome="failed", reason=in_words("Shopify could not process the picture."))
        ProductSync.objects.filter(pk=chair.pk).update(state="failed")
        ProductSync.objects.filter(pk=other.pk).update(state="done")
    expect(page.get_by_text("Problems so far")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "75")
    both = "1 failed so far. The run goes on. 2 of 4 galleries finished."
    expect(page.locator("#live")).to_have_text(both)
    assert said(page) == [both]  # one line, five seconds after the first
    assert page.evaluate("shifts.reduce((sum, one) => sum + one.value, 0)") <= 0.02
    page.get_by_role("button", name="Abort").focus()
    part.products.filter(state="working").update(state="done")
    part.rows().update(state="done")
    expect(page.get_by_role("heading", name="Done in part", exact=True)).to_be_focused()
    expect(page.locator("#live")).to_have_text(re.compile("^Done in part: Added"))
    assert page.evaluate("document.querySelectorAll('[hx-trigger=poll]').length") == 0


@pytest.mark.full
def test_what_is_unconfirmed_is_reported_when_it_is_first_seen_and_after_failures(opened):
    place, visit = opened(*chairs(4))
    sync = place.scene.run(place.scene.select())
    part = busy(sync, doing=in_words("Linking galleries."))
    part.products.update(state=ProductSync.State.WORKING)
    visit(sync)
    page = place.page
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    page.evaluate(KEPT)
    lines = list(part.changes.filter(change="add"))
    for line, outcome, reported in (
        (lines[0], "failed", "1 failed so far. The run goes on."),
        (lines[1], "unknown", "1 failed, 1 unconfirmed so far. The run goes on."),
    ):
        part.changes.filter(pk=line.pk).update(outcome=outcome, reason=in_words("Why not."))
        expect(page.locator("#live")).to_have_text(reported)
    part.changes.filter(pk=lines[2].pk).update(outcome="unknown", reason=in_words("Why not."))
    expect(page.locator(".trouble-n", has_text="2 unconfirmed")).to_be_visible()
    assert said(page) == ["1 failed so far. The run goes on.", "1 failed, 1 unconfirmed so far. The run goes on."]
    part.products.update(state="partial")
    part.rows().update(state="done")
    expect(page.locator("#live")).to_have_text(re.compile(r"^Done in part: Added 1\sof 4\spictures."))


@pytest.mark.full
def test_a_second_tab_and_coming_back_show_the_same_run_to_its_end(opened):
    place, visit = opened(*chairs(2))
    sync = place.scene.run(place.scene.select())
    part = busy(sync, doing=in_words("Bringing files into the store: 1 of 2."))
    part.products.update(state=ProductSync.State.WORKING)
    second = place.page.context.new_page()
    for page in (place.page, second):
        visit(sync, page)
        expect(page.get_by_text("Bringing files into the store: 1 of 2.")).to_be_visible()
    place.page.goto("about:blank")
    part.rows().update(doing=in_words("Linking galleries: 1 of 2 done."))
    visit(sync)
    for page in (place.page, second):
        expect(page.get_by_text("Linking galleries: 1 of 2 done.")).to_be_visible()
    part.products.update(state="done")
    part.rows().update(state="done")
    for page in (place.page, second):
        expect(page.get_by_role("heading", name="Done", exact=True)).to_be_visible()


@pytest.mark.full
def test_a_run_is_asked_for_every_second_at_first_then_every_two_and_in_the_background_every_five(opened):
    place, visit = opened(*chairs(1))
    sync = place.scene.run(place.scene.select())
    busy(sync, doing=in_words("Linking galleries."))
    page = place.page
    page.clock.install(time=1_000_000)
    visit(sync)
    page.clock.pause_at(1_600_000)  # the time is ours from here; what was due is asked for once
    page.reload()
    page.evaluate("window.asked = 0; document.addEventListener('poll', () => { window.asked += 1; }, true)")

    def polls(seconds: int) -> int:
        before = page.evaluate("window.asked")
        page.clock.run_for(seconds * 1000)
        return page.evaluate("window.asked") - before

    assert polls(6) == 6
    polls(6)
    assert polls(10) == 5
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert polls(20) == 4
