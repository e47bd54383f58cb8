"""Names without a blank, of as many characters as their columns hold: no page scrolls sideways on a phone."""

import pytest
from playwright.sync_api import Page

from setup.models import Environment, Member, Store
from setup.reasons import said
from setup.security import audit
from tests.browser.states.stage import Stage
from tests.scenes import asset, product

LONG = "N" + "orthern" * 28 + "end"
WIDTHS = (320, 375, 800, 1024)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What a person cannot read: text of the app that sticks out of its box, and is neither scrolled nor cut with dots.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter(one => {
  const style = getComputedStyle(one);
  return style.overflowX === "visible" && style.display !== "inline" && one.clientWidth > 1
    && one.scrollWidth > one.clientWidth + 1 && !one.closest("table, .visually-hidden");
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def stage(house, client, live_server, settings) -> Stage:
    settings.LIMITS = {**settings.LIMITS, "request": 10_000, "look": 1000}
    return Stage(house, client, live_server.url, settings, lambda page, name, at, by_address, again: None)


def wrong(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        if page.evaluate(TOO_WIDE):
            found.append(f"{page.url} scrolls sideways at {width}")
        found += [f"{page.url} at {width}: {one}" for one in page.evaluate(CUT_OFF)]
    return found


@pytest.mark.full
def test_no_page_of_setup_scrolls_sideways_whatever_things_are_called(stage):
    scene = stage.furnish([product("a")], [asset("front", "a")], role="master_admin", stores=2)
    store, other = scene.stores
    Store.objects.filter(pk=store.pk).update(label=LONG[:100], name=LONG, plan=LONG[:100], scopes=[LONG])
    store.refresh_from_db()
    other.break_off(said(f"{LONG} refuses."))
    Environment.objects.update(name=LONG, default_cloudinary_field=f"metadata:{LONG}", image_transformation=f"t_{LONG}")
    Member.objects.update(name=LONG, email=f"{LONG}@example.com", roles=["master_admin", LONG])
    scene.member.refresh_from_db()
    audit.record(scene.member, "store.rename", LONG, {"name": LONG}, {"name": LONG})
    audit.record(scene.member, f"other.{LONG[:90]}", scene.member, {LONG: LONG}, {LONG: [LONG]})
    one = f"/setup/stores/{store.pk}/"
    pages = (
        "/setup/",
        one,
        f"{one}disconnect/",
        f"/setup/connect/?store={store.pk}",
        "/setup/people/",
        "/setup/audit/",
    )
    found = []
    for path in (*pages, "/setup/audit/?action=store.rename", "/status/", f"/nowhere/{LONG}"):
        found += wrong(stage.visit(path))
    stage.leave()
    found += wrong(stage.visit("/setup/"))
    assert found == []
