"""A rule is made with a look at what it would do, fires on time, and its plan waits for a person, who applies and undoes it."""

import pytest
from playwright.sync_api import expect

from linking.models import Rule, Sync
from linking.rules import clock
from tests.scenes import asset, product


@pytest.mark.full
def test_a_rule_fires_on_time_and_its_plan_waits_is_applied_and_undone(house):
    place = house([product("a", title="Oak chair", pictures=3)], [asset("front", "a"), asset("side", "a", 1)])
    place.launch(role="Media Library admin").get_by_role("heading", name="Setup", exact=True).wait_for()
    app = place.app
    app.get_by_role("link", name="Rules", exact=True).click()
    app.get_by_role("link", name="Make a rule").click()
    app.get_by_role("textbox", name="Name", exact=True).fill("Every morning")
    app.get_by_role("textbox", name="Search expression").fill("resource_type:image")
    app.get_by_role("combobox", name="How often").select_option(label="Once a week")
    app.get_by_role("combobox", name="Day of the week").select_option(label="Wednesday")
    app.get_by_role("combobox", name="Link Mode").select_option(label="In-Place Overwrite")
    app.get_by_role("radio", name="Apply if no picture leaves a gallery, otherwise wait").check()
    app.get_by_role("button", name="Preview", exact=True).click()
    expect(app.get_by_text("The search finds 2 assets now.")).to_be_visible()
    expect(app.get_by_text("It would link 2 assets to 1 product now.")).to_be_visible()
    expect(app.locator("#preview-changes")).to_contain_text("removes 2 pictures from 1 gallery")
    assert place.scene.mutations() == []

    app.get_by_role("button", name="Make the rule").click()
    expect(app.get_by_text("Wednesdays at 06:00")).to_be_visible()
    app.get_by_role("button", name="Switch on").press("Enter")
    expect(app.get_by_text("This rule is on.")).to_be_visible()
    rule = Rule.objects.get()
    assert clock.fire_due(rule.next_at) == 1
    app.get_by_role("link", name="All rules").click()
    app.get_by_role("link", name="Every morning").click()
    expect(app.get_by_role("heading", name="1 plan waits for a person")).to_be_visible()
    assert place.scene.mutations() == []

    app.get_by_role("link", name="Plan of").click()
    expect(app.get_by_text("The rule Every morning made this run.")).to_be_visible()
    app.get_by_role("checkbox", name="Remove 2 pictures").check()
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    assert place.scene.assets_in("product-a")[:2] == ["front", "side"]

    app.get_by_role("button", name="Undo", exact=True).click()
    expect(app.get_by_role("heading", name="Undo: dry run")).to_be_visible()
    app.get_by_role("checkbox", name="Remove 2 pictures").check()
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("heading", name="Undone")).to_be_visible()
    assert place.scene.assets_in("product-a") == [f"product-a-{at}" for at in range(3)]
    app.get_by_role("link", name="Rules", exact=True).click()
    expect(app.get_by_role("link", name="Every morning")).to_be_visible()
    expect(app.get_by_text("1 plan waits for a person")).to_have_count(0)
    assert Sync.objects.count() == 2
