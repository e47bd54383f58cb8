"""An admin posts notices in a chat, tries it, and chooses what comes by e-mail: all of it with the keyboard's own controls."""

import pytest
from playwright.sync_api import expect

from linking.models import NoticeChoice, NoticeLetter
from linking.notices import sending
from tests.receiver import receiving
from tests.scenes import asset, product


@pytest.mark.full
def test_an_admin_has_notices_posted_in_a_chat_and_chooses_their_own(house, settings):
    settings.EMAIL_HOST = "mail.example.com"
    place = house([product("a")], [asset("front", "a")])
    place.launch(role="Media Library admin").get_by_role("heading", name="Setup", exact=True).wait_for()
    app = place.app
    with receiving() as receiver:
        app.get_by_role("link", name="Notices", exact=True).click()
        expect(app.get_by_text("No chat is set up for notices.")).to_be_visible()
        app.get_by_role("textbox", name="Address of the chat").fill(f"{receiver.url}/services/x")
        app.get_by_role("combobox", name="Kind of chat").select_option(label="Microsoft Teams")
        app.get_by_role("checkbox", name="A run has ended with problems").check()
        app.get_by_role("button", name="Save").press("Enter")
        app.get_by_role("button", name="Send a test").press("Enter")
        expect(app.get_by_text("A test is on its way.")).to_be_visible()
        sending.send(NoticeLetter.objects.get().pk)
        app.get_by_role("link", name="Back to Setup").click()
        app.get_by_role("link", name="Notices", exact=True).click()
        expect(app.locator("dd").nth(1)).not_to_contain_text("None yet")
        assert b"AdaptiveCard" in receiver.got[0].body
    app.get_by_role("link", name="My notices").click()
    app.get_by_role("checkbox", name="A rule fails").uncheck()
    app.get_by_role("combobox", name="How often").select_option(label="Once a day at most")
    app.get_by_role("button", name="Save").press("Enter")
    expect(app.get_by_text("Saved: AssetLink notifies you so from now on.")).to_be_visible()
    expect(app.get_by_role("checkbox", name="A rule fails")).not_to_be_checked()
    choice = NoticeChoice.objects.get()
    assert (choice.causes, choice.often, choice.by_mail) == (["plan", "store"], "day", True)
