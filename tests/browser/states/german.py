"""The same state in German: another tab at the page's address, whose browser asks for German, with the same things opened, and
with what else makes the state."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

OPENED = """() => ({
  popovers: [...document.querySelectorAll("[popover]:popover-open")].map(one => one.id).filter(id => id
    && document.querySelector(`[popovertarget="${CSS.escape(id)}"]`)),
  details: [...document.querySelectorAll("details[open]")].map(one => one.querySelector("summary")?.id).filter(Boolean),
})"""


@contextmanager
def german(page: Page, again: Callable[[Page], object] | None = None) -> Iterator[Page]:
    opened = page.evaluate(OPENED)
    tab = page.context.new_page()
    tab.set_extra_http_headers({"Accept-Language": "de"})
    tab.set_viewport_size(page.viewport_size)  # type: ignore[arg-type]
    try:
        tab.goto(page.url)
        expect(tab.locator("html")).to_have_attribute("lang", "de")
        for name in opened["popovers"]:
            tab.locator(f'[popovertarget="{name}"]').first.click()
            expect(tab.locator(f"#{name}:popover-open")).to_have_count(1)
        for name in opened["details"]:
            if not tab.locator(f"details[open] > #{name}").count():
                tab.locator(f"#{name}").click()
        if again:
            again(tab)
        expect(tab.locator(".htmx-request")).to_have_count(0)
        yield tab
    finally:
        tab.close()
