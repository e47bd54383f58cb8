"""Every page without a violation that axe can find, in light and in dark; and focus that stays where it was."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.scenes import asset, product


def violations(page: Page, name: str) -> list[str]:
    """Of the page as it stands, in both colour schemes."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        broken = Axe().run(page).response["violations"]
        found += [f"{name}, {scheme}: {rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in broken]
    return found


def test_no_page_has_a_violation_that_axe_finds_in_light_or_dark(house):
    """The pages on their own: within the Console's frame they are the same."""
    shelf = [product("a", title="Oak chair", pictures=3), product("twin", handle="t1"), product("twin", handle="t2")]
    pictures = [asset("front", "a"), asset("side", "a", 1), asset("t", "twin", 2), asset("stray", "zz", 3)]
    place = house(shelf, pictures)
    app, page = place.launch(role="Media Library admin"), place.page
    expect(app.get_by_role("heading", name="Stores")).to_be_visible()
    page.goto(app.get_by_role("heading", name="Setup").evaluate("one => one.ownerDocument.location.href"))
    found = violations(page, "Setup")
    page.get_by_role("link", name="Link to Products").click()
    expect(page.get_by_role("button", name="Link 2 assets in 1 group to 1 product")).to_be_enabled()
    page.get_by_role("combobox", name="Link Mode").select_option(label="Reset")
    expect(page.get_by_text("It is shown first")).to_be_visible()
    found += violations(page, "Link to Products")
    page.get_by_role("button", name="Dry run").click()
    page.get_by_role("checkbox", name="Unlink 3 media").check()
    found += violations(page, "Dry run")
    page.get_by_role("button", name="Apply this plan").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    found += violations(page, "Result")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    found += violations(page, "History")
    assert found == []


def test_focus_stays_on_the_setting_that_was_changed_while_counts_fill_in_by_themselves(house):
    place = house([product("a", title="Oak chair")], [asset("front", "Oak chair")])
    app = place.launch()
    expect(app.get_by_text("No product has the SKU “Oak chair”").first).to_be_visible()
    for name, label, told in [
        ("Link Mode", "Mirror", "What this app linked"),
        ("Alt text of pictures already there", "Overwrite", "They get the asset’s alt text"),
        ("Shopify Field", "Title", "1 product matched"),
    ]:
        box = app.get_by_role("combobox", name=name)
        box.focus()
        box.select_option(label=label)
        expect(app.get_by_text(told).first).to_be_visible()
        expect(box).to_be_focused()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
