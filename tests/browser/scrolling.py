"""Scrolling to what an answer may draw again in the same moment."""

from playwright.sync_api import Locator


def scroll_to(locator: Locator) -> None:
    """Waits until there is one, and scrolls in the same step: Playwright's own scrolling first waits for the element to keep
    still, and fails when it is replaced meanwhile."""
    locator.evaluate("one => one.scrollIntoViewIfNeeded()")
