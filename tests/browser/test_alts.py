"""Alt texts in the browser: typed beside the asset, filled from a field, proposed by AI and reviewed; by keyboard, too."""

import pytest
from playwright.sync_api import Route, expect

from linking.models import AssetJob
from setup.models import Environment
from tests.browser.announcements import announced
from tests.scenes import asset, product


@pytest.fixture
def place(house):
    assets = [
        asset("front", "a", 0, context={"alt": "Its own words"}),
        asset("side", "a", 1, context={"title": "A titled chair"}),
        asset("top", "a", 2),
    ]
    built = house([product("a")], assets)
    built.scene.world.settings.change({"caption_seconds": [0, 0.1]})
    Environment.objects.update(captions="on")
    return built


def at_shopify(place) -> dict[str, str]:
    files = place.scene.shop.files.values()
    return {file.filename.split("-al")[0]: file.alt for file in files if "-al" in file.filename}


def launched(place):
    """In front of the board with the answers of the stores, which replace it."""
    app = place.launch()
    expect(app.get_by_role("button", name="Link 3 assets in 1 group to 1 product")).to_be_enabled()
    return app


def opened(place):
    app = launched(place)
    app.locator("#alts-button").click()
    expect(app.get_by_role("button", name="Suggest alt texts for 2 images")).to_be_visible()
    return app


def linked(place, app) -> None:
    app.get_by_role("button", name="Link 3 assets in 1 group to 1 product").click()
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()


@pytest.mark.full
def test_a_text_is_typed_beside_its_asset_and_taken_back_with_its_length_and_origin_reported(place):
    app = launched(place)
    app.get_by_role("button", name="Regular", exact=True).click()
    front = app.get_by_role("textbox", name="Alt text of front")
    expect(front).to_have_value("Its own words")
    front.fill("x" * 130)
    expect(app.get_by_text("130 characters; at most 125 are best")).to_be_visible()
    place.page.keyboard.press("Tab")
    back = app.get_by_role("button", name="Use the asset’s own alt text of front")
    expect(back).to_be_visible()
    announced(app, "Alt text of front changed.")
    expect(app.locator("body")).not_to_be_focused()
    app.get_by_role("button", name="Undo").click()
    expect(front).to_have_value("Its own words")
    expect(back).not_to_be_visible()


@pytest.mark.full
def test_decorative_is_a_tick_of_its_own_by_keyboard_and_taken_back_like_any_change(place):
    app = launched(place)
    app.get_by_role("button", name="Regular", exact=True).click()
    tick = app.get_by_role("checkbox", name="Decorative front, no alt text")
    text = app.get_by_role("textbox", name="Alt text of front")
    expect(tick).not_to_be_checked()
    tick.focus()
    place.page.keyboard.press("Space")
    expect(text).to_have_value("")
    expect(tick).to_be_checked()
    expect(tick).to_be_focused()
    announced(app, "front is decorative: it gets no alt text.")
    expect(app.get_by_text("No alt text, on purpose")).to_be_visible()
    place.page.keyboard.press("Space")
    expect(text).to_have_value("Its own words")
    expect(tick).not_to_be_checked()
    expect(tick).to_be_focused()
    app.get_by_role("button", name="Undo").click()
    expect(tick).to_be_checked()
    text.fill("Words after all")
    text.blur()
    expect(tick).not_to_be_checked()
    expect(app.get_by_text("Typed", exact=True)).to_be_visible()


@pytest.mark.full
def test_an_empty_field_brings_the_assets_own_text_back_and_is_kept_apart_from_decorative(place):
    app = launched(place)
    app.get_by_role("button", name="Regular", exact=True).click()
    text = app.get_by_role("textbox", name="Alt text of front")
    text.fill("")
    text.blur()
    announced(app, "front has its own alt text again. For no alt text at all, tick Decorative.")
    expect(text).to_have_value("Its own words")
    app.get_by_role("checkbox", name="Decorative side, no alt text").check()
    expect(app.locator("#alts-count")).to_have_text("1 missing")


@pytest.mark.full
def test_one_picture_is_described_and_its_accepted_words_stand_beside_it(place):
    app = launched(place)
    app.get_by_role("button", name="Regular", exact=True).click()
    app.get_by_role("button", name="Suggest an alt text for top").click()
    expect(app.get_by_role("heading", name="1 suggestion to review")).to_be_visible()
    expect(app.get_by_role("link", name="Look at the suggestion for top")).to_be_visible()
    app.get_by_role("button", name="Accept the suggestion for top").click()
    expect(app.get_by_role("textbox", name="Alt text of top")).to_have_value("A mostly green picture of top")
    expect(app.get_by_role("textbox", name="Alt text of side")).to_have_value("")


@pytest.mark.full
def test_an_answer_that_comes_while_the_part_for_alt_texts_is_being_opened_is_shown_beside_its_asset(place):
    place.scene.world.settings.change({"caption_seconds": [1.5, 1.5]})
    app = launched(place)
    app.get_by_role("button", name="Regular", exact=True).click()
    opening: list[Route] = []
    place.page.route("**/alts/work/?*", lambda route: None)  # what polls is replaced before it gets an answer
    place.page.route("**/alts/?*", lambda route: opening.append(route))
    with place.page.expect_request("**/alts/?*"):
        app.get_by_role("button", name="Suggest an alt text for top").click()
    expect(app.get_by_text("Asking AI …")).to_be_visible()
    while AssetJob.objects.get().busy:
        place.page.wait_for_timeout(50)
    opening[0].continue_()
    expect(app.get_by_role("heading", name="1 suggestion to review")).to_be_visible()
    expect(app.get_by_role("link", name="Look at the suggestion for top")).to_be_visible()


@pytest.mark.full
def test_texts_filled_from_a_field_and_proposals_reviewed_one_by_one_reach_the_store(place):
    app = opened(place)
    app.get_by_role("combobox", name="Field for assets without alt text").select_option(
        label="title (context) · fills 1 of 2"
    )
    app.get_by_role("button", name="Fill empty from field").click()
    expect(app.locator("#alts-count")).to_have_text("1 missing")
    app.get_by_role("button", name="Suggest alt texts for 1 image").click()
    expect(app.get_by_role("heading", name="1 suggestion to review")).to_be_visible()
    app.get_by_role("textbox", name="Suggestion for top").fill("A chair from above")
    app.get_by_role("button", name="Accept the suggestion for top").click()
    expect(app.locator("#alts-count")).to_be_empty()
    announced(app, "Alt text of top accepted.")
    linked(place, app)
    assert at_shopify(place) == {"front": "Its own words", "side": "A titled chair", "top": "A chair from above"}


def test_proposals_are_asked_for_and_decided_on_by_keyboard_alone_and_a_rejected_one_reaches_no_store(place):
    app = launched(place)
    page = place.page
    app.locator("#alts-button").focus()
    page.keyboard.press("Enter")
    button = app.get_by_role("button", name="Suggest alt texts for 2 images")
    expect(button).to_be_visible()
    while not button.evaluate("one => one === one.ownerDocument.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(app.get_by_role("heading", name="2 suggestions to review")).to_be_visible()
    app.get_by_role("button", name="Reject the suggestion for side").focus()
    page.keyboard.press("Enter")
    expect(app.get_by_role("button", name="Reject the suggestion for top")).to_be_focused()
    page.keyboard.press("Enter")
    expect(app.locator("#captions-title")).to_be_focused()
    linked(place, app)
    assert at_shopify(place) == {"front": "Its own words", "side": "", "top": ""}


@pytest.mark.full
def test_a_proposal_that_is_being_edited_keeps_its_words_while_others_are_decided_on(place):
    app = opened(place)
    app.get_by_role("button", name="Suggest alt texts for 2 images").click()
    box = app.get_by_role("textbox", name="Suggestion for side")
    expect(app.get_by_role("heading", name="2 suggestions to review")).to_be_visible()
    box.fill("Half a sent")
    app.get_by_role("button", name="Accept the suggestion for top").click()
    expect(app.get_by_role("heading", name="1 suggestion to review")).to_be_visible()
    expect(box).to_have_value("Half a sent")


@pytest.mark.full
def test_a_missing_subscription_is_reported_with_who_can_help(place):
    place.scene.world.settings.change({"captions": "absent"})
    app = opened(place)
    app.get_by_role("button", name="Suggest alt texts for 2 images").click()
    expect(app.locator("#alts-work")).to_contain_text("An account admin can register")


@pytest.mark.full
def test_pictures_that_were_selected_are_described_together(place):
    app = launched(place)
    app.get_by_role("button", name="Select several").click()
    for name in ("front", "top"):
        app.get_by_role("checkbox", name=f"Select {name}", exact=True).check()
    app.get_by_role("button", name="Suggest alt texts", exact=True).click()
    expect(app.get_by_role("heading", name="2 suggestions to review")).to_be_visible()
    expect(app.get_by_text("Now: Its own words")).to_be_visible()
