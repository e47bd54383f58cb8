"""Which products a run is for, chosen by keys alone."""

import pytest
from playwright.sync_api import expect

from linking.models import Selection
from tests.browser import bar
from tests.scenes import asset, product


@pytest.mark.full
def test_a_run_is_bounded_by_keys_and_says_what_it_leaves_out_until_it_is_undone(house):
    place = house(
        [product("a", vendor="Acme"), product("b", status="DRAFT", vendor="Acme"), product("c", vendor="Other")],
        [asset("one", "a"), asset("two", "b", 1), asset("three", "c", 2)],
    )
    app, keys = place.launch(), place.page.keyboard
    expect(app.get_by_role("button", name="Link 3 assets in 3 groups to 3 products")).to_be_enabled()
    app.locator("#part-match").press("Enter")
    app.get_by_role("checkbox", name="Active", exact=True).press("Space")
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    app.get_by_text("Vendor, product type, tag or collection").press("Enter")
    vendor = app.get_by_role("combobox", name="Vendor")
    vendor.press_sequentially("acme")
    expect(app.locator("#bound-vendor-like option")).to_have_attribute("value", "Acme")
    keys.press("Enter")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    expect(app.get_by_role("checkbox", name="acme")).to_be_checked()
    expect(vendor).to_have_value("")
    keys.press("Escape")
    expect(app.locator("#part-match")).to_contain_text("only Active · acme")
    app.get_by_role("radio", name="2 matched products are outside of Active · acme").press("Space")
    expect(app.locator("article.group")).to_have_count(2)
    expect(app.locator("article.group").first).to_contain_text("Not in this run")
    expect(app.locator("article.group").first).to_contain_text("Vendor: Other · Product c")
    assert Selection.objects.get().bound == {"status": ["ACTIVE"], "vendor": ["acme"]}
    bar.close(app)
    app.get_by_role("button", name="Dry run").press("Enter")
    app.get_by_role("button", name="2 assets not linked").press("Enter")
    expect(app.get_by_role("dialog")).to_contain_text(
        "“Product b” is outside of the chosen products: its status is Draft."
    )
    keys.press("Escape")
    app.get_by_role("button", name="Apply this plan").press("Enter")
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert [len(place.scene.gallery(f"product-{sku}")) for sku in "abc"] == [1, 0, 0]
    app.get_by_role("button", name="Undo", exact=True).press("Enter")
    app.get_by_role("checkbox", name="Remove 1 picture").press("Space")
    app.get_by_role("button", name="Apply this plan").press("Enter")
    expect(app.get_by_role("heading", name="Undone")).to_be_visible()
    assert place.scene.gallery("product-a") == []


@pytest.mark.full
def test_a_value_is_added_when_it_is_whole_however_often_the_form_is_drawn_again_meanwhile(house):
    place = house(
        [product("a", vendor="Acme"), product("b", vendor="Other")], [asset("one", "a"), asset("two", "b", 1)]
    )
    app, keys = place.launch(), place.page.keyboard
    app.locator("#part-match").press("Enter")
    app.get_by_text("Vendor, product type, tag or collection").press("Enter")
    vendor = app.get_by_role("combobox", name="Vendor")
    vendor.press_sequentially("Ac")
    for status in ("ACTIVE", "DRAFT", "ARCHIVED"):
        # Saved as by a click, while the caret stays where somebody writes.
        with place.page.expect_response(lambda answer: answer.url.endswith("/settings/")):
            app.locator(f"#bound-{status}").evaluate("box => box.click()")
        expect(app.locator(f"#bound-{status}")).to_be_checked()
        expect(vendor).to_be_focused()
        expect(vendor).to_have_value("Ac")
    assert "vendor" not in Selection.objects.get().bound
    keys.type("me")
    keys.press("Enter")
    expect(app.get_by_role("checkbox", name="Acme", exact=True)).to_be_checked()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    assert Selection.objects.get().bound["vendor"] == ["Acme"]
