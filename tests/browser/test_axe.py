"""Every page and every state: without a violation that axe finds, in light and in dark, and without sideways scrolling.

script/screenshots makes the same walk and names a folder for pictures in SCREENSHOTS.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from tests.browser.camera import Camera
from tests.browser.states import ACTS
from tests.browser.states.stage import DIALOG, Stage

# Of all rules, those that a colour scheme can break.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
# 1,280 pixels at 400 %.
NARROW = 320
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def found() -> list[str]:
    return []


@pytest.fixture
def stage(house, client, live_server, settings, found) -> Stage:
    folder = os.environ.get("SCREENSHOTS")
    camera = Camera(Path(folder)) if folder else None

    def see(page: Page, name: str, at: Locator | None) -> None:
        found.extend(f"{name}: {trouble}" for trouble in troubles(page))
        if camera:
            camera.take(page, name, at)

    return Stage(house, client, live_server.url, settings, see)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__.replace("_", " "))
def test_no_state_violates_a_rule_of_axe_or_scrolls_sideways(act, stage, found):
    act(stage)
    assert found == []


def troubles(page: Page) -> list[str]:
    """Of the page as it stands; its scheme and size are as before afterwards."""
    page.set_viewport_size({"width": DIALOG[0], "height": DIALOG[1]})
    found = broken(page, "light") + sideways(page, DIALOG[0])
    page.emulate_media(color_scheme="dark")
    found += broken(page, "dark", COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": NARROW, "height": DIALOG[1]})
    found += sideways(page, NARROW)
    page.set_viewport_size({"width": DIALOG[0], "height": DIALOG[1]})
    return found


# What still fades in has not its colours yet; what never ends is not waited for.
STILL = """Promise.all(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime < 2000).map(one => one.finished.catch(() => null)))"""


def broken(page: Page, scheme: str, options: dict | None = None) -> list[str]:
    page.evaluate(STILL)
    told = Axe().run(page, options=options or {"resultTypes": ["violations"]}).response["violations"]
    return [f"{scheme}: {rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in told]


def sideways(page: Page, width: int) -> list[str]:
    return [f"scrolls sideways at {width}"] if page.evaluate(SIDEWAYS) else []
