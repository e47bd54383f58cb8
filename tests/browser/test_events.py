"""Cloudinary's events, set up by the keyboard: from the page to the first one that arrives."""

import pytest
from playwright.sync_api import expect

from setup.models import CloudinaryEvent
from tests.processes import wait_until
from tests.scenes import asset, product


@pytest.mark.full
def test_an_admin_has_events_sent_and_sees_the_first_one_come(house, live_server, settings):
    settings.APP_URL = live_server.url
    place = house([product("a", pictures=1)], [asset("front", "a")])
    title = place.launch(role="Media Library admin").get_by_role("heading", name="Setup", exact=True)
    page, world = place.page, place.scene.world.environments[0]
    page.goto(title.evaluate("one => one.ownerDocument.location.href"))
    page.get_by_role("link", name="Cloudinary events").press("Enter")
    page.get_by_role("button", name="Make an address").press("Enter")
    expect(page.get_by_text("Cloudinary has no trigger that sends events here.")).to_be_visible()
    page.get_by_role("button", name="Have Cloudinary send events").press("Enter")
    expect(page.get_by_text("Cloudinary has a trigger that sends all events here.")).to_be_visible()
    secret = page.get_by_label("API secret that Cloudinary signs with")
    secret.fill(world.keys.webhook_secret)
    secret.press("Enter")
    expect(page.get_by_text("Events that this secret signed are taken from now on.")).to_be_visible()
    expect(page.get_by_text("None yet")).to_be_visible()
    world.overwrite(next(iter(world.assets.values())))
    wait_until(lambda: CloudinaryEvent.objects.exists())
    page.reload()
    expect(page.get_by_text("None yet")).to_have_count(0)
    page.get_by_role("button", name="Remove the trigger").press("Enter")
    expect(page.get_by_text("Cloudinary sends no more events to AssetLink.")).to_be_visible()
    assert world.triggers == {}
