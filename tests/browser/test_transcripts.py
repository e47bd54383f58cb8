"""Transcripts of videos that are there, asked for by keyboard from Prepare, with what they cost beside the button."""

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import violations
from tests.films import clip
from tests.scenes import asset, product


@pytest.mark.full
def test_a_video_without_a_transcript_is_ticked_and_asked_for_by_keyboard(house):
    films = [asset("walk", content=clip(12)), asset("turn", content=clip(13))]
    place = house([product("a", pictures=1)], films)
    world = place.scene.world
    world.settings.change({"add_ons": ["transcription"], "add_on_seconds": 60})
    app = place.launch(role="Media Library admin")
    page = place.page
    origin = app.get_by_role("heading", name="Setup", exact=True).evaluate("one => one.ownerDocument.location.origin")
    page.goto(f"{origin}/setup/prepare/?look=1")
    page.get_by_role("link", name="Transcripts").press("Enter")
    expect(page.get_by_text("50 of 50 calls of the add-on")).to_be_visible()
    assert violations(page, "transcripts") == []
    page.get_by_role("checkbox", name="walk").press("Space")
    page.get_by_label("Translate transcripts to").fill("de")
    page.get_by_role("button", name="Ask for the ticked ones").press("Enter")
    expect(page.get_by_text("Cloudinary was asked for 1 transcript.")).to_be_visible()
    expect(page.get_by_text("In progress")).to_be_visible()
    expect(page.get_by_role("checkbox", name="walk")).to_be_disabled()
    world.forward += 61
    page.get_by_role("link", name="Check Cloudinary again").press("Enter")
    expect(page.get_by_text(".de.transcript")).to_be_visible()
