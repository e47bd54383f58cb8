"""Rules: none yet, the form with its preview and its errors, one that waits, one that failed, many, and to be deleted."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from linking.models import Firing, Rule
from linking.models.jobs import JobState
from linking.rules import firing
from setup.reasons import Reason
from tests.browser.states.stage import Stage
from tests.linking.rules.conftest import SETTINGS, fired, run_of
from tests.scenes import asset, product

LONG = 'tags="spring-collection" AND metadata.status="metadata_complete" AND NOT asset_folder="drafts/*" AND resource_type:image'


def rules(stage: Stage) -> None:
    scene = stage.furnish([product("a", pictures=2)], [asset("front", "a")], role="master_admin", stores=2, workers=1)
    stage.shows("/rules/", "Rules, none yet", "There is no rule yet.")
    page = stage.shows("/rules/new/", "A rule is to be made", "A new rule is off")
    page.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_text("This field is required").first).to_be_visible()
    stage.look(page, "A rule that lacks something", by_address=False)
    page.get_by_role("textbox", name="Name", exact=True).fill("Every morning")
    page.get_by_role("textbox", name="Search expression").fill("resource_type:image")
    for box in page.get_by_role("group", name="Stores").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("combobox", name="How often").select_option(label="By a cron expression")
    page.get_by_role("textbox", name="Cron expression").fill("0 6 * * 1-5")
    page.get_by_role("combobox", name="Link Mode").select_option(label="In-Place Overwrite")
    page.get_by_role("radio", name="Apply if few pictures leave").check()
    page.get_by_role("spinbutton", name="Pictures at most").fill("1")
    page.get_by_text("More settings").click()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#preview-changes")).to_be_visible()
    stage.look(page, "What a rule would do", page.locator("#preview"), by_address=False)
    page.get_by_role("textbox", name="Search expression").fill("tags:nothing")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("does not exist")).to_be_visible()
    stage.look(page, "A search that finds nothing", page.locator("#preview"), by_address=False)
    page.get_by_role("combobox", name="Fires").select_option(label="When assets change in Cloudinary")
    page.get_by_text("What follows from a change").click()
    expect(page.get_by_role("combobox", name="Rejected in moderation")).to_be_visible()
    expect(page.get_by_role("textbox", name="Cron expression")).not_to_be_visible()
    stage.look(page, "What follows from changes", page.locator("#following"), by_address=False)
    waits, failed = (
        _made(scene, "Every morning", freedom="wait"),
        _made(scene, LONG[:90], freedom="keeping", search=LONG),
    )
    scene.finish(run_of(fired(waits)))
    now = timezone.now()
    Firing.objects.create(
        rule=failed,
        cause="schedule",
        due=now - timedelta(days=1),
        missed=3,
        state=JobState.FAILED,
        problem=Reason("rule.search_refused", said="Invalid query: unexpected token"),
    )
    Rule.objects.filter(pk=waits.pk).update(next_at=now + timedelta(hours=9))
    firing.request(failed, "person", by=scene.member)
    stage.shows("/rules/", "Rules", "1 plan waits for a person")
    stage.shows(f"/rules/{waits.key}/", "A rule whose plan waits", "1 plan waits for a person")
    stage.shows(f"/rules/{failed.key}/", "A rule that failed", "Invalid query")
    stage.shows(f"/rules/{waits.key}/edit/", "A rule is edited", "Changes apply from the next firing on.")
    stage.shows(f"/rules/{waits.key}/delete/", "A rule is to be deleted", "Keep it")
    stage.shows("/syncs/", "History with a run of a rule", "Every morning")
    stage.enter("media_library_user")
    stage.shows("/rules/", "Rules, for other members", "1 plan waits for a person")
    stage.shows(f"/rules/{waits.key}/", "A rule, for other members", "1 plan waits for a person")


def _made(scene, name: str, *, freedom: str, search: str = "resource_type:image") -> Rule:
    known = {"search": search, "settings": SETTINGS, "schedule": "0 6 * * 1-5", "on": True}
    made = Rule.objects.create(environment=scene.environment, name=name, policy={"freedom": freedom}, **known)
    made.stores.set(scene.stores)
    return made
