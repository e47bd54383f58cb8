"""The Setup page as people use it: sections save themselves, and what is typed stays."""

import pytest
from playwright.sync_api import Page, expect

from setup.models import Environment, Member
from tests.browser.held import Held
from tests.browser.scrolling import scroll_to
from tests.scenes import asset, product

# Set once htmx has put the next answer in its place, and what listens to that has run.
SETTLED = (
    """() => addEventListener("htmx:afterSettle", () => setTimeout(() => { window.settled = true; }), {once: true})"""
)


@pytest.fixture
def setup(house):
    """setup(role) opens the page by itself: within the Console's frame it is the same."""

    def opened(role: str = "Media Library admin", **how) -> tuple[Page, object]:
        place = house([product("a", pictures=1)], [asset("front", "a")], **how)
        place.scene.world.environments[0].transformations["small"] = "c_fit,w_10"
        app = place.launch(role=role)
        if role == "Media Library user":
            app.get_by_role("link", name="Setup").click()
        title = app.get_by_role("heading", name="Setup", exact=True)
        place.page.goto(title.evaluate("one => one.ownerDocument.location.href"))
        expect(place.page.locator("#prepare[hx-trigger]")).to_have_count(0)
        expect(place.page.get_by_role("combobox", name="Cloudinary Field")).to_contain_text("SKU")
        return place.page, place

    return opened


@pytest.mark.full
def test_a_default_that_is_changed_while_cloudinary_is_looked_at_stays_as_it_was_changed(setup):
    page, _ = setup()
    held = Held(page, "**/setup/sections/")
    page.get_by_role("button", name="Check Cloudinary again").click()
    answer = held.route.fetch()  # from before the change
    mode = page.get_by_role("combobox", name="Link Mode")
    mode.select_option(label="Prepend")
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    page.evaluate(SETTLED)
    held.route.fulfill(response=answer)
    page.wait_for_function("window.settled")
    expect(mode).to_have_value("prepend")
    expect(page.locator("#matching-state")).to_have_text("Saved.")


@pytest.mark.full
def test_a_default_saves_itself_says_so_and_keeps_the_focus(setup):
    page, _ = setup()
    mode = page.get_by_role("combobox", name="Link Mode")
    mode.focus()
    mode.select_option(label="Prepend")
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    expect(page.locator("#live")).to_have_text("Saved.")
    expect(mode).to_be_focused()
    page.get_by_role("combobox", name="Shopify Field").select_option(label="Metafield …")
    expect(page.get_by_text("Write a metafield as namespace.key")).to_be_visible()
    page.get_by_role("textbox", name="Metafield").fill("custom.no")
    page.get_by_role("textbox", name="Metafield").press("Enter")
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    assert Environment.objects.get().default_shopify_field == "metafield:custom.no"
    page.reload()
    expect(page.get_by_role("textbox", name="Metafield")).to_have_value("custom.no")


@pytest.mark.full
def test_who_changes_a_default_twice_while_it_is_saved_does_not_overtake_themselves(setup):
    page, _ = setup()
    held = Held(page, "**/setup/matching/")
    mode = page.get_by_role("combobox", name="Link Mode")
    mode.select_option(label="Prepend")
    answer = held.route.fetch()
    mode.select_option(label="In-Place Overwrite")
    held.route.fulfill(response=answer)
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    expect(mode).to_have_value("in_place")
    assert Environment.objects.get().default_link_mode == "in_place"


def test_what_is_typed_and_not_saved_is_reported_and_survives_what_happens_beside_it(setup):
    page, place = setup()
    field = page.get_by_role("textbox", name="Default image transformation", exact=True)
    field.fill("c_limit,w_801")
    expect(page.locator("#renditions-state")).to_have_text("Not saved yet.")
    place.scene.world.environments[0].transformations["product_images"] = "w_9"
    page.get_by_role("button", name="Check Cloudinary again").click()
    expect(page.get_by_role("checkbox", name="product_images")).to_be_visible()
    expect(field).to_have_value("c_limit,w_801")
    page.get_by_role("checkbox", name="product_images").check()
    page.get_by_role("button", name="Try and save").click()
    expect(page.locator("#renditions-state")).to_have_text("Saved.")
    kept = Environment.objects.get()
    assert (kept.image_transformation, kept.allowed_transformations) == ("c_limit,w_801", ["product_images"])


def test_a_typo_is_reported_at_its_field_and_the_preview_shows_the_rest(setup):
    page, _ = setup()
    field = page.get_by_role("textbox", name="Default image transformation", exact=True)
    field.fill("c_limit,w_wide")
    page.get_by_role("button", name="Try and save").click()
    expect(page.locator("#renditions-state")).to_contain_text("Not saved")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "Cloudinary does not deliver it: Invalid width in transformation: wide."
    )
    field.fill("c_limit,w_20/e_grayscale")
    page.get_by_role("button", name="Try and save").click()
    expect(page.get_by_role("heading", name="Default image transformation")).to_be_visible()
    pictures = page.locator(".trial img")
    expect(page.locator('.trial img[src*="e_grayscale"]')).to_have_count(1)  # the answer is drawn
    scroll_to(pictures.first)
    for at in range(pictures.count()):
        expect(pictures.nth(at)).to_have_js_property("complete", True)
        assert pictures.nth(at).evaluate("one => one.naturalWidth") > 0


@pytest.mark.full
def test_a_member_reads_all_and_can_touch_nothing(setup):
    page, _ = setup("Media Library user")
    expect(page.get_by_text("You can see the setup.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Link Mode")).to_be_disabled()
    expect(page.get_by_role("textbox", name="Default image transformation", exact=True)).to_be_disabled()
    expect(page.locator("#sections button")).to_have_count(0)


@pytest.mark.full
def test_a_rule_for_swatches_is_tried_while_it_is_chosen_and_saved_by_its_button(setup):
    page, _ = setup()
    section = page.locator("#swatches")
    scroll_to(section)
    expect(section.get_by_text("No asset matches at the moment.")).to_be_visible()
    expect(section.get_by_label("Value")).to_have_count(0)
    section.get_by_label("Swatches are recognized by").select_option(label="Tag")
    value = section.get_by_label("Value")
    value.fill("Chip")
    value.press("Tab")
    expect(section.get_by_text("No asset matches at the moment.")).to_be_visible()
    expect(page.locator("#swatches-state")).to_have_text("Not saved yet.")  # trying saves nothing
    section.get_by_role("button", name="Save").click()
    expect(page.locator("#swatches-state")).to_have_text("Saved.")
    expect(value).to_have_value("Chip")
    assert Environment.objects.get().swatch_value == "Chip"


def test_a_language_is_chosen_in_the_head_of_every_page(setup):
    page, _ = setup()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#language").select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert Member.objects.filter(language="de").count() == 1
    page.locator("#language").select_option("")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_another_language_loses_nothing_that_was_typed_and_sends_no_form_again(setup):
    """The page stays as it is, and says so; the next one is in the other language."""
    page, _ = setup()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("link", name="Connect a store").first.click()
    page.get_by_text("Access token", exact=True).click()
    domain = page.locator("#connect-token input[name=domain]")
    domain.fill("no domain")
    page.locator("#language").select_option("de")
    later = page.locator("#language-later", has_text="The next page that you open is in this language.")
    expect(later).to_be_visible()
    expect(domain).to_have_value("no domain")
    page.locator("#connect-by-token").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#language-later")).to_be_hidden()
    page.locator("#language").select_option("en")
    expect(page.locator("#language-later")).to_be_visible()
    assert [url.partition("/setup")[2] or url[-10:] for url in sent] == ["/language/", "/connect/token/", "/language/"]
    page.locator("#back").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.full
def test_by_keyboard_a_file_name_is_shown_while_it_is_written_and_saved_with_the_next_tab(setup):
    page, _ = setup()
    field, shown = page.get_by_role("textbox", name="File name"), page.locator("#file-name-example")
    field.focus()
    expect(shown).to_contain_text("front-al")
    page.keyboard.type("{product.title} {position}")
    expect(shown).to_contain_text("oak-chair-1-al")
    page.keyboard.type(" {sku}")
    expect(shown).to_contain_text("There is no “{sku}”.")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("{product.title}")
    page.keyboard.press("Tab")
    expect(page.locator("#file-names-state")).to_have_text("Saved.")
    assert Environment.objects.get().file_name_template == "{product.title}"
