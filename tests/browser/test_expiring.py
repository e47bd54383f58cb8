"""The last day of an asset passes: its picture waits to be taken out, a person does it, and a later day brings it back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linking.models import EventWork, Rule, StoreSync
from sandbox.catalog.records import MetadataField
from setup.models import Environment
from tests.linking.rules.conftest import SETTINGS
from tests.linking.rules.events.conftest import Followed
from tests.processes import wait_until
from tests.scenes import FIELDS, asset, product

LAST_DAY = "expiration"


@pytest.mark.full
def test_a_picture_whose_time_is_over_is_taken_out_and_comes_back(house):
    fields = [*FIELDS, MetadataField(LAST_DAY, "Expiration", "date")]
    place = house([product("a", title="Oak chair")], [asset("front", "a"), asset("side", "a", 1)], fields=fields)
    scene = place.scene
    Environment.objects.update(expiration_field=f"metadata:{LAST_DAY}")
    scene.environment.refresh_from_db()
    scene.run(scene.select("front", "side"))
    known = {"search": "resource_type:image", "on": True, "trigger": "event", "policy": {"freedom": "keeping"}}
    rule = Rule.objects.create(
        environment=scene.environment, name="Follow", settings=SETTINGS | {"link_mode": "append"}, **known
    )
    rule.stores.set(scene.stores)
    found = Followed(scene)

    def moved(last: date) -> None:
        found.asset("front").metadata[LAST_DAY] = last.isoformat()
        EventWork.objects.update(walk_due=None)
        found.hear("front")
        found.deal()

    moved(timezone.now().date() + timedelta(days=9))
    moved(timezone.now().date() - timedelta(days=2))
    wait_until(lambda: StoreSync.objects.filter(sync__kind="unlink", state=StoreSync.State.PLANNED).exists())
    place.launch(role="Media Library admin").get_by_role("heading", name="Setup", exact=True).wait_for()
    app = place.app
    app.get_by_role("link", name="Rules", exact=True).click()
    app.get_by_role("link", name="Follow", exact=True).click()
    expect(app.get_by_role("heading", name="1 plan waits for a person")).to_be_visible()
    assert scene.assets_in("product-a") == ["front", "side"]
    app.get_by_role("link", name="Plan of").click()
    app.get_by_role("checkbox", name="Remove 1 picture").check()
    app.get_by_role("button", name="Apply this plan").click()
    wait_until(lambda: scene.assets_in("product-a") == ["side"])
    wait_until(
        lambda: not StoreSync.objects.busy().exists()
    )  # the rule waits for its runs, and asks again by the sweeper

    moved(timezone.now().date() + timedelta(days=9))
    wait_until(lambda: sorted(scene.assets_in("product-a")) == ["front", "side"])
    app.get_by_role("link", name="Rules", exact=True).click()
    app.get_by_role("link", name="Follow", exact=True).click()
    expect(app.get_by_role("heading", name="1 plan waits for a person")).to_have_count(0)
