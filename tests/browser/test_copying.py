"""What is shown once is copied by a press of a button, and said to be."""

from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.scenes import asset, product

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


@pytest.mark.full
@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_new_key_is_copied_by_keyboard_and_that_is_said(house, has_clipboard):
    """Without a clipboard, as in a frame that forbids it, what is selected is copied."""
    place = house([product("a")], [asset("front", "a")])
    page, title = place.page, place.launch(role="Media Library admin").get_by_role("heading", name="Setup", exact=True)
    here = title.evaluate("one => one.ownerDocument.location.href")
    if not has_clipboard:
        page.add_init_script(NO_CLIPBOARD)
    page.goto(urljoin(here, "/setup/api-keys/"))
    label = page.get_by_role("textbox", name="What the key is for")
    label.fill("nightly job")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make a key").click()
    copy = page.get_by_role("button", name="Copy", exact=True)
    field = page.get_by_role("textbox", name="The new key")
    field.focus()
    page.keyboard.press("Tab")
    expect(copy).to_be_focused()
    page.keyboard.press("Enter")
    copied = page.get_by_role("button", name="Copied")
    expect(copied).to_be_focused()
    expect(page.locator("#live")).to_have_text("Copied")
    label.focus()
    page.keyboard.press("Control+V")
    expect(label).to_have_value(field.input_value())
