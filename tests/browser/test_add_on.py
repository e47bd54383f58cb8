"""AI captions from Setup to the asset: the add-on is asked by itself, by keyboard again, and decides on what is offered."""

import pytest
from playwright.sync_api import expect

from linking.models import AssetJob
from setup.models import Environment
from tests.scenes import asset, product

NAME = "Cloudinary AI Content Analysis"


@pytest.mark.full
def test_an_add_on_that_is_registered_for_later_is_asked_again_and_its_captions_are_offered(house):
    place = house([product("a")], [asset("front", "a", 0), asset("side", "a", 1)])
    settings = place.scene.world.settings
    settings.change({"caption_seconds": [0, 0], "captions": "absent", "caption_quota": 48})
    app = place.launch(role="Media Library admin")
    state = app.locator("#add-on-state")
    expect(state).to_contain_text(f"The add-on {NAME} is missing")
    assert not Environment.objects.get().offers_captions

    settings.change({"captions": "subscribed"})
    app.get_by_role("button", name="Ask again").focus()
    place.page.keyboard.press("Enter")
    expect(state).to_contain_text(f"The add-on {NAME} answers. 48 of 48 AI captions left this month.")
    expect(app.locator("#live")).to_have_text(f"The add-on {NAME} answers.")
    expect(app.get_by_role("button", name="Ask again")).to_be_focused()

    app.get_by_role("link", name="Link to Products", exact=True).click()
    expect(app.get_by_text("Adds 2 pictures", exact=True)).to_be_visible()  # what listens is there
    app.locator("#alts-button").click()
    expect(app.locator("#alts-cost")).to_contain_text("48 of 48 AI captions left this month.")
    app.get_by_role("button", name="Suggest alt texts for 2 images").focus()
    place.page.keyboard.press("Enter")
    expect(app.get_by_role("heading", name="2 suggestions to review")).to_be_visible()
    while AssetJob.objects.get().busy:
        place.page.wait_for_timeout(50)

    app.get_by_role("link", name="Setup", exact=True).click()
    expect(state).to_contain_text("46 of 48 AI captions left this month.")
    app.get_by_role("combobox", name="Offer AI captions").select_option(label="Never")
    expect(app.locator("#alt-texts-state")).to_have_text("Saved.")
    assert not Environment.objects.get().offers_captions
