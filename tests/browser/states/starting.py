"""Before anything can be linked: no store, no assets, a launch that is refused, assets that are being read."""

from playwright.sync_api import expect

from linking.models import SelectedAsset, Selection
from linking.models.jobs import JobState
from setup.models import Store
from setup.reasons import Reason
from tests.browser.states.stage import Stage
from tests.scenes import asset, product

NOWHERE = "redis://127.0.0.1:1/0"


def with_nothing_there(stage: Stage) -> None:
    scene = stage.furnish([], [asset("front", "a")], role="master_admin")
    selection = scene.select()
    Store.objects.all().delete()
    stage.shows("/setup/", "No store is connected, Setup", "Connect a store")
    stage.shows(f"/selections/{selection.key}/", "No store is connected, Link to Products", "Link to Products")
    stage.shows("/setup/connect/", "Connect the first store")
    empty = Selection.objects.create(environment=scene.environment, member=scene.member, state=JobState.DONE)
    stage.shows(f"/selections/{empty.key}/", "No assets were passed", "No assets were passed")
    stage.shows("/syncs/", "No run yet", "History")


def launches(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a")])
    stage.launched([f"id{at}" for at in range(10_001)])
    stage.look(stage.page, "More than 10,000 assets", by_address=False)
    scene.world.settings.change({"launch_age": 600.0})
    stage.launched(["id"])
    stage.look(stage.page, "A launch that is too old", by_address=False)
    scene.world.settings.change({"launch_age": 0.0})
    stage.launched(["id"], host="127.0.0.1")
    stage.look(stage.page, "A launch from elsewhere", by_address=False)
    stage.launched(["id"], hidden=True)
    expect(stage.page.get_by_role("button", name="Continue as Ada")).to_be_visible()
    stage.look(stage.page, "A launch that is to be confirmed", by_address=False)
    stage.page.route("**/launch/probe", lambda route: route.fulfill(status=401))
    stage.launched(["id"])
    expect(stage.page.get_by_role("button", name="Open in a new tab")).to_be_focused()
    stage.look(stage.page, "No cookie in the frame", by_address=False)
    stage.leave()
    stage.shows("/syncs/", "The session has ended", "Your session has ended")


def reading_the_assets(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a"), asset("side", "a", 1)])
    selection = scene.select()
    path = f"/selections/{selection.key}/"
    SelectedAsset.objects.filter(place=1).update(details={})
    Selection.objects.update(state=JobState.RUNNING)
    stage.shows(path, "The assets are being read", "1 of 2 read")
    reachable, stage.settings.REDIS_URL = stage.settings.REDIS_URL, NOWHERE
    stage.shows(path, "The queue is down", "The queue is down.")
    stage.settings.REDIS_URL = reachable
    Selection.objects.update(state=JobState.FAILED, problem=Reason("cloudinary.refused"))
    stage.shows(path, "The assets could not be read", "could not read the assets")
