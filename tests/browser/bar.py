"""Link Configuration as a person uses it: each part of the sentence opens a popover with the control that changes it."""

from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page

App = Page | FrameLocator
# Control, by its label -> the part that opens its popover.
PARTS = {
    "Cloudinary Field": "match",
    "Shopify Field": "match",
    "Metafield (namespace.key)": "match",
    "Order product assets by": "order",
    "Position": "mode",
    "Pattern": "more",
    "Separator": "more",
    "Ignore case and spaces": "more",
    "Rendition of pictures": "more",
    "Alt text of pictures already there": "more",
    "Use the first image": "more",
    "Refresh matches": "stores",
    "Tick all that match": "stores",
}
OPEN = "one => one.matches(':popover-open')"


def opened(app: App, part: str) -> Locator:
    """The popover of a part (mode, stores, match, order, more), which is open."""
    found = app.locator(f"#pop-{part}")
    if not found.evaluate(OPEN):
        app.locator(f"#part-{part}").click()
    return found


def close(app: App) -> None:
    """Whatever is open."""
    for found in app.locator(".pop:popover-open").all():
        found.get_by_role("button", name="Close", exact=True).click()


def control(app: App, role: Any, name: str) -> Locator:
    """A control of the configuration, in its popover, which is open. What is not in PARTS is a store."""
    return opened(app, PARTS.get(name, "stores")).get_by_role(role, name=name)


def choose(app: App, name: str, label: str) -> None:
    """In a combobox, and the popover is closed again."""
    control(app, "combobox", name).select_option(label=label)
    close(app)


def link_mode(app: App, label: str) -> None:
    """As `choose`, for the radio group."""
    opened(app, "mode").get_by_role("radio", name=label, exact=True).check()
    close(app)


def mode_of(app: App) -> Locator:
    """The part of the sentence that says the link mode."""
    return app.get_by_role("button", name="Link Mode:")
