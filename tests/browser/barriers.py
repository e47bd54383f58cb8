"""What axe finds on a page as it stands, in light and in dark."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# In dark only what a colour scheme can break: structure, names and roles have been looked at in light.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
RUN = """options => axe.run({resultTypes: ["violations"], ...options}).then(found =>
  found.violations.map(rule => `${rule.id}: ${rule.nodes[0].html.slice(0, 200)}`))"""
# What still fades in has not its colours yet; what never ends is not waited for.
STILL = """Promise.all(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime < 2000).map(one => one.finished.catch(() => null)))"""


def violations(page: Page, name: str) -> list[str]:
    """Each with the state's name, the colour scheme, and the rule. The page is light afterwards."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    schemes: dict[Any, dict] = {"light": {}, "dark": COLOURS}
    found = []
    for scheme, options in schemes.items():
        page.emulate_media(color_scheme=scheme)
        page.evaluate(STILL)
        found += [f"{name}, {scheme}: {broken}" for broken in page.evaluate(RUN, options)]
    page.emulate_media(color_scheme="light")
    return found
