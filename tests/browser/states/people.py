"""Setup for admins and for other members, and pages that nobody looks for."""

from playwright.sync_api import expect

from linking.models import Selection
from tests.browser.states.stage import Stage
from tests.scenes import asset, product


def pages_of_setup(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a")], role="master_admin", stores=2)
    store = scene.stores[0].pk
    page = stage.shows("/setup/", "Setup, for admins", "North")
    page.get_by_role("combobox", name="Link Mode").select_option(label="Prepend")
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    page.get_by_role("button", name="Try and save").click()
    expect(page.locator("#renditions-state")).to_have_text("Saved.")
    stage.look(page, "Setup, with sections that are saved", by_address=False)
    stage.shows(f"/setup/stores/{store}/", "A store", "North")
    stage.shows(f"/setup/stores/{store}/disconnect/", "A store is to be disconnected", "North")
    stage.shows("/setup/audit/", "The audit log", "Audit log")
    stage.shows("/setup/people/", "People", "People")
    stage.shows("/status/", "Status", "Versions")
    stage.enter("media_library_user")
    stage.shows("/setup/", "Setup, for other members", "You can see the setup.")


def other_pages(stage: Stage) -> None:
    stage.furnish([product("a")], [asset("front", "a")])
    stage.shows("/setup/connect/", "For admins only", "This is for admins")
    stage.shows("/nowhere/", "Not found", "Page not found")
    path = stage.board()
    page = stage.visit(path, "1 of 1 SKU matched")
    page.locator("[name=csrfmiddlewaretoken]").first.evaluate("one => { one.value = 'x'.repeat(64); }")
    page.get_by_role("button", name="Dry run").click()
    page.get_by_role("heading", name="earlier session").wait_for()
    stage.look(page, "A page of an earlier session", by_address=False)
    assert Selection.objects.get().syncs.count() == 0
