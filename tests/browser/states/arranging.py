"""The board in both views, its settings, what is being saved, and alt texts."""

from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from linking.models import Selection
from linking.selection.alt_texts.asking import suggest, suggestible
from linking.selection.alt_texts.working import work_on_assets
from setup.models import Environment
from tests.browser import bar
from tests.browser.states.stage import Stage
from tests.films import clip
from tests.scenes import Scene, asset, product

NAMES = ["front", "side", "top", "back"]


def furnished(stage: Stage) -> Scene:
    pictures = [asset(name, "a", at, metadata={"sequence": at}) for at, name in enumerate(NAMES)]
    others = [
        asset("walk", "a", content=clip()),
        asset("colour", "a", 6, tags=["swatch"]),
        asset("other", "b", 8, context={"alt": "A table"}),
        asset("logo", None, 9),
    ]
    scene = stage.furnish(
        [product("a", title="Oak chair", pictures=1), product("b", title="Pine table")], pictures + others
    )
    scene.environment.swatch_field, scene.environment.swatch_value = "tags", "swatch"
    scene.environment.save()
    return scene


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def group_opened(tab: Page) -> None:
    """The first one."""
    tab.locator("[data-rows]").first.click()
    expect(tab.locator(".group-rows, .assets").first).to_be_visible()


def as_selected_asked(tab: Page) -> None:
    """In the popover of the order, which is open."""
    tab.locator("#order-field").select_option(value="")
    expect(tab.locator("#confirm-order")).to_be_visible()


def a_board(stage: Stage) -> None:
    furnished(stage)
    path = stage.board(order_field="metadata:sequence")
    page = stage.shows(path, "The board, compact, with mixed types and a swatch", "Oak chair")
    press(page, "Exclude side")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    press(page, "Arrange a")
    expect(page.get_by_role("button", name="Close a")).to_be_visible()
    stage.look(page, "An asset is excluded, its group is opened", again=group_opened)
    press(page, "Move top to top")
    expect(page.locator("#live")).to_contain_text("moved to position 1")
    bar.control(page, "combobox", "Order product assets by").select_option(label="As selected")
    expect(page.get_by_text("1 group has a manual order.")).to_be_visible()
    stage.look(
        page,
        "Another order would discard the manual one",
        page.get_by_text("1 group has a manual order."),
        again=as_selected_asked,
    )
    press(page, "Keep it")
    press(page, "Regular")
    expect(page.get_by_role("button", name="Regular", exact=True)).to_have_attribute("aria-pressed", "true")
    press(page, "Exclude group b")
    expect(page.get_by_role("button", name="Include group b")).to_be_visible()
    stage.look(page, "The board, regular, with a group excluded", page.get_by_role("button", name="Include group b"))
    page = stage.visit(path)
    for part, what in (("stores", "Stores"), ("match", "Matched by")):
        bar.opened(page, part)
        stage.look(page, f"{what}, open")
        bar.close(page)


def a_board_in_other_states(stage: Stage) -> None:
    furnished(stage)
    path = stage.board(order_field="metadata:sequence")
    page = stage.visit(path, "Oak chair")
    press(page, "Regular")
    expect(page.get_by_role("button", name="Regular", exact=True)).to_have_attribute("aria-pressed", "true")
    press(page, "Select several")
    page.get_by_role("checkbox", name="Select front").check()
    stage.look(page, "Several are selected", page.get_by_role("checkbox", name="Select front"), by_address=False)
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No groups found.")).to_be_visible()
    stage.look(page, "No group fits the filter", by_address=False)
    page = stage.visit(path)
    bar.opened(page, "mode").get_by_role("radio", name="Reset").check()
    expect(page.get_by_text("You see the plan first")).to_be_visible()
    stage.look(page, "A mode that takes media away")
    for part, what in (("more", "More options"), ("keys", "Shortcuts")):
        bar.close(page)
        bar.opened(page, part)
        stage.look(page, f"{what}, open")
    page = stage.visit(path)
    bar.opened(page, "mode").get_by_role("radio", name="Specific Position").check()
    bar.close(page)
    bar.control(page, "textbox", "Pattern").fill("([A-Z]")
    bar.control(page, "textbox", "Pattern").press("Enter")
    expect(page.get_by_text("AssetLink cannot read the pattern").first).to_be_visible()
    stage.look(page, "A pattern that cannot be read", by_address=False)


def saving(stage: Stage) -> None:
    scene = furnished(stage)
    path = stage.board()
    page = stage.visit(path, "Oak chair")
    Selection.objects.update(version=9)
    press(page, "Exclude side")
    expect(page.get_by_text("changed in another tab or window").first).to_be_visible()
    stage.look(page, "Changed in another tab", by_address=False)
    page.context.set_offline(True)
    press(page, "Exclude top")
    expect(page.get_by_text("Not saved: you are offline").first).to_be_visible()
    stage.look(page, "Offline", by_address=False)
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Include top")).to_be_visible()
    Session.objects.all().delete()
    press(page, "Exclude front")
    ended = page.get_by_role("region", name="Your session has ended")
    expect(ended).to_be_visible()
    stage.look(page, "The session has ended, the page stays", ended, by_address=False)
    assert scene.member.selections.get().assets.filter(excluded=True).count() == 1
    stage.enter("media_library_user")


def alt_texts(stage: Stage) -> None:
    scene = furnished(stage)
    scene.world.settings.change({"caption_seconds": [0, 0]})
    Environment.objects.update(captions="on")
    path = stage.board()
    selection = Selection.objects.get()
    page = stage.visit(path)
    page.locator("#alts-button").click()
    expect(page.get_by_role("button", name="Suggest alt texts for")).to_be_visible()
    stage.look(page, "Alt texts, before any is proposed")
    describe(selection)
    page = stage.visit(path, "to review")
    page.locator("#alts-button").click()
    expect(page.get_by_role("heading", name="suggestions to review")).to_be_visible()
    stage.look(page, "Alt texts are proposed")
    press(page, "Close alt texts")
    press(page, "Regular")
    expect(page.get_by_role("textbox", name="Alt text of front")).to_be_visible()
    page.locator("#alts-button").click()
    expect(page.get_by_role("heading", name="suggestions to review")).to_be_visible()
    stage.look(page, "Alt texts are proposed, the board is regular")
    scene.world.settings.change({"captions": "absent"})
    selection.assets.update(caption="", caption_state="")
    describe(selection)
    page = stage.visit(path)
    page.locator("#alts-button").click()
    expect(page.locator("#alts-work")).to_contain_text("An account admin can register")
    stage.look(page, "Captioning is not subscribed")


def describe(selection: Selection) -> None:
    job, _ = suggest(selection, suggestible(selection.assets.all()), now=timezone.now())
    assert job is not None
    while work_on_assets(job.pk):
        pass
