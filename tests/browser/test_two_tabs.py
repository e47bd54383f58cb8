"""Two tabs on one selection: the one that is behind is warned and shown the present state, and nobody's change is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from linking.models import Selection
from tests.browser import bar
from tests.browser.announcements import announced
from tests.scenes import asset, product

BEHIND = "changed in another tab or window"


@pytest.fixture
def tabs(house) -> tuple[Page, Page]:
    pictures = [asset(name, "a", at, metadata={"sequence": at}) for at, name in enumerate(["front", "side", "top"])]
    place = house([product("a", title="Oak chair")], pictures)
    app = place.launch()
    expect(app.get_by_role("button", name="Link 3 assets in 1 group to 1 product")).to_be_enabled()
    app.get_by_role("button", name="Regular", exact=True).click()
    expect(app.get_by_role("button", name="Move up top")).to_be_visible()
    address = str(app.locator("body").evaluate("() => location.href"))
    found = place.page, place.page.context.new_page()
    for page in found:
        page.goto(address)
        expect(page.get_by_role("button", name="Move up top")).to_be_visible()
    return found


def order(page: Page) -> list[str]:
    shown = page.locator("[data-a] .out-button").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    return [re.sub("^(Ex|In)clude ", "", name) for name in shown]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def learns_that_it_is_behind(page: Page) -> None:
    expect(page.get_by_text(BEHIND).first).to_be_visible()
    announced(page, re.compile(re.escape(BEHIND)))


def saved(page: Page, **known) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    kept = Selection.objects.get()
    assert {name: getattr(kept, name) for name in known} == known


def test_two_moves_of_one_group_are_both_kept(tabs):
    first, second = tabs
    errors = list[str]()
    second.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    press(first, "Move front to bottom")
    announced(first, "a: front moved to position 3 of 3.")
    press(second, "Move top to top")
    learns_that_it_is_behind(second)
    assert order(second) == ["side", "top", "front"]  # the other's move, and not this one's on the old order
    press(second, "Move top to top")
    announced(second, "a: top moved to position 1 of 3.")
    assert order(second) == ["top", "side", "front"]
    expect(second.get_by_text(BEHIND)).to_have_count(0)
    assert errors == []  # the page has said it
    first.reload()
    assert order(first) == ["top", "side", "front"]


@pytest.mark.full
def test_a_setting_that_was_chosen_on_an_older_state_overwrites_no_other(tabs):
    first, second = tabs
    bar.link_mode(first, "Prepend")
    expect(first.get_by_role("button", name="Dry run")).to_be_enabled()
    saved(first, link_mode="prepend")
    policy = bar.control(second, "combobox", "Alt text of pictures already there")
    policy.focus()
    policy.select_option(label="Overwrite")
    learns_that_it_is_behind(second)
    expect(bar.mode_of(second)).to_have_accessible_name("Link Mode: Prepend")
    expect(policy).to_have_value("keep")
    expect(policy).to_be_focused()
    policy.select_option(label="Overwrite")
    expect(second.get_by_text("They get the asset’s alt text")).to_be_visible()
    saved(second, link_mode="prepend", alt_policy="overwrite")


@pytest.mark.full
@pytest.mark.parametrize(("button", "kept"), [("Save mine", "An oak chair"), ("Keep that", "A chair")])
def test_of_two_alt_texts_for_one_asset_the_later_stays_beside_the_one_that_is_saved(tabs, button, kept):
    first, second = tabs
    for page, words in ((first, "A chair"), (second, "An oak chair")):
        page.get_by_role("textbox", name="Alt text of front").fill(words)
        page.get_by_role("textbox", name="Alt text of front").press("Tab")
        if page is first:
            announced(page, "Alt text of front changed.")
    learns_that_it_is_behind(second)
    assert Selection.objects.get().assets.get(details__display_name="front").alt == "A chair"
    field = second.get_by_role("textbox", name="Alt text of front")
    expect(field).to_have_value("An oak chair")
    expect(second.get_by_text("Not saved. The other tab saved “A chair”.")).to_be_visible()
    assert not second.evaluate("document.activeElement === document.body")
    press(second, button)
    expect(second.get_by_text("Not saved. The other tab")).to_have_count(0)
    expect(field).to_have_value(kept)
    assert not second.evaluate("document.activeElement === document.body")
    assert Selection.objects.get().assets.get(details__display_name="front").alt == kept


@pytest.mark.full
def test_what_was_pressed_in_a_row_on_an_older_state_is_not_applied_to_the_new_one(tabs):
    first, second = tabs
    press(first, "Exclude side")
    expect(first.get_by_role("button", name="Include side")).to_be_visible()
    second.evaluate(
        "for (const name of ['front', 'top']) document.querySelector(`[aria-label='Exclude ${name}']`).click()"
    )
    learns_that_it_is_behind(second)
    expect(second.get_by_role("button", name="Include side")).to_be_visible()
    kept = Selection.objects.get().assets.filter(excluded=True)
    assert [row.asset.name for row in kept] == ["side"]
    press(second, "Exclude top")
    expect(second.get_by_role("button", name="Link 1 asset in 1 group to 1 product")).to_be_visible()


@pytest.mark.full
def test_the_undo_of_a_tab_that_is_behind_takes_nothing_of_the_others_back(tabs):
    first, second = tabs
    press(first, "Exclude side")
    expect(first.get_by_role("button", name="Undo")).to_be_visible()
    second.reload()
    press(second, "Exclude front")
    expect(second.get_by_role("button", name="Include front")).to_be_visible()
    press(first, "Undo")
    learns_that_it_is_behind(first)
    kept = Selection.objects.get().assets.filter(excluded=True)
    assert sorted(row.asset.name for row in kept) == ["front", "side"]
