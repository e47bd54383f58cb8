"""Every page and every state: without a violation that axe finds, in light and in dark, and without sideways scrolling. In the
full tier in German, too, as far as an address leads to the state.

script/screenshots makes the same walk and names a folder for pictures in SCREENSHOTS; EVERY_SHOT is its --every.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.barriers import violations
from tests.browser.camera import Camera
from tests.browser.states import ACTS, arranging, linking, people, telling
from tests.browser.states.german import german
from tests.browser.states.stage import DIALOG, Again, Stage
from tests.tiers import FULL, landing

# 1,280 pixels at 400 %.
NARROW = 320
# The pages that people work with, once each, with as many of their states as an act has.
LANDING = (arranging.a_board, linking.plans, telling.uploading, people.pages_of_setup)
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def found() -> list[str]:
    return []


@pytest.fixture
def stage(house, client, live_server, settings, found) -> Stage:
    folder = os.environ.get("SCREENSHOTS")
    camera = Camera(Path(folder), every="EVERY_SHOT" in os.environ) if folder else None

    def see(page: Page, name: str, at: Locator | None, by_address: bool, again: Again | None) -> None:
        found.extend(troubles(page, name))
        if camera:
            camera.take(page, name, at, "en")
        if FULL and by_address:
            with german(page, again) as tab:
                found.extend(troubles(tab, f"{name}, German"))
                if camera:
                    camera.take(tab, name, None, "de")

    return Stage(house, client, live_server.url, settings, see)


@pytest.mark.parametrize("act", landing(ACTS, LANDING), ids=lambda act: act.__name__.replace("_", " "))
def test_no_state_violates_a_rule_of_axe_or_scrolls_sideways(act, stage, found):
    act(stage)
    assert found == []


def troubles(page: Page, name: str) -> list[str]:
    """Of the page as it stands; its scheme and size are as before afterwards."""
    page.set_viewport_size({"width": DIALOG[0], "height": DIALOG[1]})
    found = violations(page, name) + sideways(page, name, DIALOG[0])
    page.set_viewport_size({"width": NARROW, "height": DIALOG[1]})
    found += sideways(page, name, NARROW)
    page.set_viewport_size({"width": DIALOG[0], "height": DIALOG[1]})
    return found


def sideways(page: Page, name: str, width: int) -> list[str]:
    return [f"{name} scrolls sideways at {width}"] if page.evaluate(SIDEWAYS) else []
