"""The line under the buttons says what a link would do, a moment after the person has stopped changing things."""

import re

import pytest
from playwright.sync_api import expect

from linking.models import Estimate, Sync
from tests.browser import bar
from tests.browser.held import Held
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import asset, product

WATCH = """
window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
window.rests = [];  // milliseconds that each question's line had been there when it was sent
const since = new WeakMap();
const note = () => {
  const line = document.getElementById("estimate");
  if (line && !since.has(line)) since.set(line, performance.now());
};
new MutationObserver(note).observe(document, {childList: true, subtree: true});
document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
  if (target.id === "estimate" && detail.requestConfig.verb === "post") rests.push(performance.now() - since.get(target));
});
"""
# In a frame Chromium also counts what moves before its first paint, while style sheets are still coming: nobody sees that.
SHIFTED = """() => {
  const [{ startTime: painted }] = performance.getEntriesByName("first-paint");
  return shifts.filter(one => one.startTime >= painted).reduce((sum, one) => sum + one.value, 0);
}"""
# What is wrong with the bar: parts of it that are cut off, out of it, or over one another. The stores give way first.
CRUSHED = """() => {
  const box = one => one.getBoundingClientRect(), bar = box(document.getElementById("configuration"));
  // Line by line: a text that breaks has what follows it at its end. Lines touch, by the height of their letters.
  const lines = one => [...one.getClientRects()];
  const meet = (one, other) => one.left < other.right && other.left < one.right
    && one.top < other.bottom - 2 && other.top < one.bottom - 2;
  const over = (one, other) => lines(one).some(line => lines(other).some(under => meet(line, under)));
  const seen = [...document.querySelectorAll(".config-head > *, .sentence > *, .do-buttons > *, .effect > *")]
    .filter(one => one.checkVisibility());
  const name = one => one.id || one.textContent.trim();
  const least = one => Math.min(one.scrollWidth, one.closest("#part-stores") ? 40 : Infinity);
  return [
    ...seen.filter(one => !(box(one).left >= bar.left && box(one).right <= bar.right && box(one).bottom <= bar.bottom))
      .map(one => `${name(one)} is out of the bar`),
    ...[...document.querySelectorAll(".part-text")].filter(one => one.checkVisibility() && one.clientWidth < least(one))
      .map(one => `${name(one)} is cut off`),
    ...seen.flatMap((one, at) => seen.slice(at + 1).filter(other => over(one, other))
      .map(other => `${name(one)} is over ${name(other)}`)),
  ];
}"""
MANY = {
    "galleries": 12345,
    "losing": 11234,
    "taken": 123456,
    "added": 98765,
    "replaced": 3456,
    "moved": 45678,
    "swatches": 1234,
}
BACKGROUND = "one => getComputedStyle(one).backgroundColor"


@pytest.mark.full
def test_what_takes_pictures_out_is_said_in_red_before_the_button_is_pressed(house):
    place = house([product("a", pictures=3), product("b", pictures=1)], [asset("fa", "a"), asset("fb", "b", 1)])
    place.page.add_init_script(WATCH)
    asked: list[str] = []
    place.page.on("request", lambda request: asked.append(request.method) if "/estimate/" in request.url else None)
    app = place.launch()
    line, button = app.locator("#estimate"), app.locator("#link-assets")
    expect(line).to_have_text("Adds up to 2 pictures, removes none")
    calm = button.evaluate(BACKGROUND)
    assert place.scene.mutations() == []
    assert not Sync.objects.exists()

    asked.clear()
    frame = place.page.frame(url=re.compile("/selections/"))
    assert frame is not None
    frame.evaluate("rests.length = 0")
    for label in ("Prepend", "Mirror", "Reset", "Append", "In-Place Overwrite"):
        bar.opened(app, "mode").get_by_role("radio", name=label, exact=True).check()
        may_take = label not in ("Prepend", "Append")
        expect(line).to_have_text("May remove picturesCounting …" if may_take else "Counting …")
    red = frame.evaluate("getComputedStyle(document.querySelector('#part-mode')).borderColor")
    assert red == frame.evaluate("getComputedStyle(document.querySelector('.effect-takes')).color"), (
        "before it is counted"
    )
    bar.close(app)
    expect(line).to_have_text("Adds up to 2 pictures, removes 2 pictures from 2 galleries, variant pictures may change")
    assert asked.count("POST") >= 1
    rests = frame.evaluate("rests")
    assert len(rests) == asked.count("POST")
    assert min(rests) >= 900, f"a question was sent before its line had rested for a second: {rests}"
    assert button.evaluate(BACKGROUND) != calm
    expect(app.locator("#live")).to_contain_text(
        "Adds up to 2 pictures, removes 2 pictures from 2 galleries, variant pictures may change."
    )
    before = len(asked)
    app.get_by_role("button", name="Details").click()
    details = app.get_by_role("dialog", name="What this will do")
    expect(details).to_contain_text("They stay in Shopify Files.")
    expect(details).to_contain_text(
        re.compile(r"About \d+ API points, \d+ requests and \d+ mutations\. Counting took no points")
    )
    place.page.wait_for_timeout(1500)
    assert len(asked) == before, "it looks no more"
    assert Estimate.objects.get().points == 0
    more = bar.opened(app, "more").bounding_box()
    for covered in ("#part-order", "#part-stores", "#dry-run", "#estimate"):
        box = app.locator(covered).bounding_box()
        assert more["y"] >= box["y"] + box["height"] or more["x"] + more["width"] <= box["x"], f"{covered} is covered"
    assert frame.evaluate(SHIFTED) <= 0.02


@pytest.mark.full
def test_however_much_it_is_the_sentence_and_the_buttons_keep_their_room(house, client, live_server, settings):
    shelf = [product(f"k{at}", pictures=2) for at in range(6)]
    pictures = [asset(f"k{at}-{side}", f"k{at}", at) for at in range(8) for side in (1, 2)]
    place = house(shelf, pictures, stores=4)
    selection = place.scene.select(link_mode="in_place")
    ask_and_answer(selection)
    enter(client, place.scene.member, selection)
    page, name = place.page, settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/selections/{selection.key}/")
    expect(page.locator("#estimate")).to_contain_text(re.compile("removes"))
    row = Estimate.objects.get()
    row.result["counted"] |= MANY
    row.save()
    page.reload()
    expect(page.locator("#estimate")).to_contain_text(", removes 123,456 pictures from 11,234 of 12,345 galleries")
    found = {}
    for width in (1600, 1280, 1201, 1200, 1024, 768):
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(CRUSHED)
    assert not any(found.values()), found


@pytest.mark.full
def test_an_answer_for_a_line_that_is_gone_is_not_shown(house):
    """It brings the sums beside the line: both go where the question came from, which is no part of the page any more."""
    place = house([product("a")], [asset("front", "a")])
    errors = list[str]()
    place.page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    asked = Held(place.page, "**/estimate/")
    app = place.launch()
    answer = asked.route.fetch()
    tick = bar.control(app, "checkbox", "North")
    tick.uncheck()
    expect(app.locator("#estimate")).to_have_count(0)
    asked.route.fulfill(response=answer)
    tick.check()
    expect(app.locator("#estimate")).to_have_text("Adds 1 picture, removes none")
    assert errors == []
