"""Grouping by a part of a name, and what a person decides where the match alone does not: in the Console's frame."""

import pytest
from playwright.sync_api import Route, expect

from linking.models import Selection, Sync
from tests.browser import bar
from tests.browser.held import Held
from tests.scenes import asset, product


@pytest.mark.full
def test_a_person_takes_the_key_out_of_file_names_and_watches_the_examples(house):
    names = ["ABC-1_front", "ABC-1_side", "ABC-2_front", "logo"]
    place = house([product("ABC-1"), product("ABC-2")], [asset(name, None, at) for at, name in enumerate(names)])
    app = place.launch()
    bar.control(app, "combobox", "Cloudinary Field").select_option("display_name")
    bar.close(app)
    expect(app.get_by_role("heading", name="4 groups by Display name")).to_be_visible()
    pattern = bar.control(app, "textbox", "Pattern")
    pattern.press_sequentially(r"^([A-Z]+-\d+)_")
    expect(app.get_by_text("1 of 4 assets has no key.")).to_be_visible()  # before anything is saved
    assert Selection.objects.get().pattern == ""
    pattern.press("Tab")
    expect(app.get_by_role("button", name="Link 3 assets in 2 groups to 2 products")).to_be_enabled()
    expect(app.get_by_role("textbox", name="Separator")).to_be_focused()

    pattern.fill("([A-Z]")
    pattern.press("Enter")
    expect(app.get_by_text("AssetLink cannot read the pattern")).to_be_visible()
    expect(pattern).to_have_value("([A-Z]")
    expect(pattern).to_be_focused()
    expect(app.get_by_role("heading", name="2 groups by Display name")).to_be_visible()  # the old one is in force


def test_what_is_chosen_before_the_scripts_of_the_page_are_there_is_saved(house):
    place = house([product("a"), product("b"), product("c")], [asset("a", "a"), asset("b", "b", 1)])
    scripts: list[Route] = []
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    place.page.route("**/js/settings*.js", lambda route: scripts.append(route))  # the last to arrive holds all back
    field = app.locator("#cloudinary-field")
    with place.page.expect_request("**/js/settings*.js"):
        app.get_by_role("link", name="Link to Products").click()
    bar.opened(app, "match")
    field.select_option("display_name")
    bar.close(app)
    app.get_by_role("searchbox", name="Find groups").fill("b")
    bar.opened(app, "stores").get_by_text("without assets in North").click()
    assert Selection.objects.get().cloudinary_field == "metadata:sku"
    with place.page.expect_request("**/unlinked/*"):  # the list that was opened
        scripts[0].continue_()
    expect(app.get_by_role("heading", name="2 groups by Display name")).to_be_visible()
    expect(app.locator("#found")).to_have_text("1 of 2 groups")
    assert Selection.objects.get().cloudinary_field == "display_name"


@pytest.mark.full
@pytest.mark.parametrize(
    ("button", "loaded"),
    [("Alt texts", "#alts-body .waiting"), ("Presets", "#presets-body .waiting")],
)
def test_what_is_opened_before_the_scripts_of_the_page_are_there_is_loaded(house, button, loaded):
    place = house([product("a")], [asset("a", "a")])
    scripts: list[Route] = []
    app = place.launch()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    place.page.route("**/js/settings*.js", lambda route: scripts.append(route))
    with place.page.expect_request("**/js/settings*.js"):
        app.get_by_role("link", name="Link to Products").click()
    app.get_by_role("button", name=button).first.click()
    expect(app.locator(loaded)).to_be_visible()
    scripts[0].continue_()
    expect(app.locator(loaded)).to_have_count(0)


@pytest.mark.full
@pytest.mark.parametrize("button", ["Tick all that match", "Refresh matches"])
def test_what_is_pressed_before_the_scripts_of_the_page_are_there_is_done_once(house, button):
    place = house([product("a")], [asset("a", "a")], stores=2)
    scripts: list[Route] = []
    posts: list[str] = []
    app = place.launch()
    expect(app.get_by_text("Products found in 2 of 2 stores.")).to_be_visible()
    place.page.route("**/js/arrange*.js", lambda route: scripts.append(route))
    with place.page.expect_request("**/js/arrange*.js"):
        app.get_by_role("link", name="Link to Products").click()
    if button == "Refresh matches":
        bar.opened(app, "stores")
    pressed = app.get_by_role("button", name=button, exact=True).last
    expect(pressed).to_be_enabled()
    place.page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    for _press in range(2):
        pressed.press("Enter")
    assert posts == []
    with place.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        scripts[0].continue_()
    assert answer.value.ok
    if button == "Tick all that match":
        expect(app.locator("#link-assets")).to_be_enabled()
    else:
        expect(app.locator(".store-pending, .refreshing")).to_have_count(0)
    assert len(posts) == 1


@pytest.mark.full
def test_a_run_that_is_started_before_the_scripts_of_the_page_are_there_waits_for_what_was_done_before(house):
    place = house([product("a"), product("b"), product("c")], [asset("a", "a"), asset("b", "b", 1)])
    scripts: list[Route] = []
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    place.page.route("**/js/arrange*.js", lambda route: scripts.append(route))
    with place.page.expect_request("**/js/arrange*.js"):
        app.get_by_role("link", name="Link to Products").click()
    app.get_by_role("button", name="Exclude group b").press("Enter")
    app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products").press("Enter")
    assert not Sync.objects.exists()
    scripts[0].continue_()
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert (place.scene.assets_in("product-a"), place.scene.assets_in("product-b")) == (["a"], [])


@pytest.mark.full
def test_a_menu_that_is_opened_before_the_scripts_of_the_page_are_there_is_filled(house):
    place = house([product("a")], [asset("a", "a")])
    scripts: list[Route] = []
    app = place.launch()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    place.page.route("**/js/menus*.js", lambda route: scripts.append(route))
    with place.page.expect_request("**/js/menus*.js"):
        app.get_by_role("link", name="Link to Products").click()
    app.get_by_role("button", name="More for a", exact=True).click()
    scripts[0].continue_()
    expect(app.get_by_role("button", name="Choose products …")).to_be_visible()


def test_a_person_decides_what_an_ambiguous_key_means_by_keyboard(house):
    shelf = [product("twin", handle="t1", title="Oak"), product("twin", handle="t2", title="Elm")]
    place = house(shelf, [asset("front", "twin")])
    app = place.launch()
    expect(app.locator(".store-count").first).to_contain_text("1 ambiguous")
    expect(app.locator(".store-pending, .refreshing")).to_have_count(0)  # else the button is drawn again under the key
    app.get_by_role("button", name="Choose products … for twin in North").press("Enter")
    expect(app.get_by_text("None gets the assets until you choose.")).to_be_visible()
    every = app.get_by_role("button", name="Link to all 2 for twin")
    every.focus()
    every.press("Enter")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 2 products")).to_be_enabled()
    expect(app.get_by_role("button", name="Leave out all for twin")).to_be_focused()
    expect(app.get_by_role("status").filter(has_text="twin: linked to 2 products.")).to_have_count(1)
    app.get_by_role("button", name="Leave out: Elm for twin").click()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    app.get_by_role("button", name="Link 1 asset in 1 group to 1 product").click()
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert (place.scene.assets_in("t1"), place.scene.assets_in("t2")) == (["front"], [])


@pytest.mark.full
def test_a_person_uses_the_nearest_value_of_an_unmatched_key_and_takes_it_back(house):
    place = house(
        [product("SKU-0012", title="Oak chair"), product("b")], [asset("front", "SKU-012"), asset("s", "b", 1)]
    )
    app = place.launch()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    app.get_by_role("button", name="Use SKU-0012").click()
    expect(app.get_by_role("button", name="Link 2 assets in 2 groups to 2 products")).to_be_enabled()
    app.get_by_role("button", name="Suggestion used for SKU-012 in North").click()
    app.get_by_role("button", name="Do not use: Oak chair").click()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()


@pytest.mark.full
def test_a_press_of_refresh_is_not_lost_while_the_page_polls_or_saves(house):
    place = house([product("a"), product("b")], [asset("front", "a")], workers=1)
    place.scene.world.settings.change({"index_lag": 0.0})
    app = place.launch()
    button = app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")
    expect(button).to_be_enabled()
    place.scene.world.faults.add(service="shopify", kind="slow", operation="productVariants", seconds=3.0, times=None)
    bar.control(app, "button", "Refresh matches").click()
    expect(app.get_by_text("Asking again")).to_be_visible()
    expect(app.locator(".store-count", has_text="1 of 1 SKU matched")).to_be_visible()  # what is known stays
    expect(button).to_be_enabled()
    polls: list[Route] = []
    place.page.route("**/stores/?*", lambda route: route.continue_() if polls else polls.append(route))
    with place.page.expect_request("**/stores/?*"):
        pass
    with place.page.expect_request("**/refresh/"):
        bar.control(app, "button", "Refresh matches").click()
    saves: list[Route] = []
    place.page.route("**/settings/", lambda route: route.continue_() if saves else saves.append(route))
    with place.page.expect_request("**/settings/"):
        bar.link_mode(app, "Prepend")
    with place.page.expect_request("**/refresh/"):
        bar.control(app, "button", "Refresh matches").click()
        saves[0].continue_()
    expect(bar.mode_of(app)).to_have_accessible_name("Link Mode: Prepend")


@pytest.mark.full
def test_products_that_get_no_asset_are_listed_when_one_asks(house):
    place = house([product("a"), product("b", title="Elm table")], [asset("front", "a")])
    app = place.launch()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    bar.opened(app, "stores").get_by_text("without assets in North").click()
    expect(app.get_by_role("link", name="Elm table")).to_be_visible()
    expect(app.get_by_text("1 of 2 products in North.")).to_be_visible()


@pytest.mark.full
def test_another_ordering_field_asks_before_it_discards_a_manual_order(house):
    pictures = [asset(f"a{at}", "a", at, metadata={"sequence": at}) for at in range(2)]
    place = house([product("a")], pictures)
    app = place.launch()
    expect(app.get_by_role("button", name="Link 2 assets in 1 group to 1 product")).to_be_enabled()
    chosen = Selection.objects.get()
    order = list(chosen.assets.values_list("asset_id", flat=True))
    chosen.arrangements.create(keying=str(chosen.keying), key="a", order=order)
    field = bar.control(app, "combobox", "Order product assets by")
    field.select_option(label="As selected")
    expect(app.get_by_text("1 group has a manual order.")).to_be_visible()
    expect(field).to_have_value("metadata:sequence")
    app.get_by_role("button", name="Keep it").click()
    expect(app.get_by_text("1 group has a manual order.")).to_have_count(0)
    expect(field).to_be_focused()
    field.select_option(label="As selected")
    app.get_by_role("button", name="Discard manual order").click()
    expect(field).to_have_value("")


@pytest.mark.full
def test_the_settings_of_last_time_are_taken_over_with_one_press(house):
    place = house([product("a")], [asset("front", "a"), asset("side", "a", 1)])
    app = place.launch("front")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    bar.link_mode(app, "Prepend")
    app.get_by_role("button", name="Dry run").click()
    expect(app.get_by_role("heading", name="Dry run")).to_be_visible()
    app = place.launch()  # with other assets: the same ones would go on as they were left
    app.get_by_role("button", name="Use settings of last time").click()
    expect(bar.mode_of(app)).to_have_accessible_name("Link Mode: Prepend")
    expect(app.get_by_role("button", name="Use settings of last time")).to_have_count(0)


@pytest.mark.full
def test_what_is_being_written_stays_when_an_earlier_choice_is_answered(house):
    place = house([product("a")], [asset("a_1", "a")])
    app = place.launch()
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    held = Held(place.page, "**/settings/")
    bar.control(app, "combobox", "Cloudinary Field").select_option("display_name")
    bar.close(app)
    pattern = bar.control(app, "textbox", "Pattern")
    pattern.press_sequentially("^(a)")
    held.route.continue_()
    expect(app.get_by_role("heading", name="1 group by Display name")).to_be_visible()
    expect(pattern).to_have_value("^(a)")
    expect(pattern).to_be_focused()
    place.page.keyboard.type("_")  # the hand has not left the keys
    expect(pattern).to_have_value("^(a)_")
    place.page.keyboard.press("Tab")
    expect(app.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_enabled()
    assert Selection.objects.get().pattern == "^(a)_"
