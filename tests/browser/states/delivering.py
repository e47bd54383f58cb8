"""Delivery endpoints and channels: none yet, one with all that it has, what is tried, errors, and for other members."""

from playwright.sync_api import expect

from linking.delivery import asking, building
from linking.delivery import endpoints as delivery
from linking.domain.channels import PRESETS
from linking.models import Channel
from tests.browser.states.stage import Stage
from tests.linking.visits import ask_and_answer
from tests.scenes import asset, product


def endpoints(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a"), asset("side", "a")], role="master_admin")
    page = stage.shows("/setup/delivery/", "Delivery endpoints, none yet", "There is no delivery endpoint yet.")
    page.get_by_role("button", name="Add a delivery endpoint").click()
    expect(page.locator(".error").first).to_be_visible()
    stage.look(page, "A delivery endpoint that lacks something", by_address=False)
    selection = scene.select("front", "side")
    ask_and_answer(selection)
    stage.run(selection)
    one = delivery.add(scene.environment, scene.stores[0], "Shop front", who=None)
    stage.shows(f"/setup/delivery/{one.pk}/", "A delivery endpoint that is off", "Switch the endpoint on")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_role("heading", name="The new key")).to_be_visible()
    stage.look(page, "The key of a delivery endpoint", by_address=False)
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    asking.collect()
    building.build(one.pk)
    stage.shows(f"/setup/delivery/{one.pk}/?sku=a", "What a delivery endpoint answers", "side")
    stage.shows(f"/setup/delivery/{one.pk}/?sku=nothing", "A SKU that nothing is linked by", "Nothing is linked")
    stage.shows("/setup/delivery/", "Delivery endpoints", "Shop front")
    stage.shows(f"/setup/delivery/{one.pk}/remove/", "A delivery endpoint is to be removed", "Shop front")
    stage.enter("media_library_user")
    stage.shows("/setup/delivery/", "Delivery endpoints, for other members", "Shop front")
    stage.shows(f"/setup/delivery/{one.pk}/", "A delivery endpoint, for other members", "Shop front")


def channels(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a"), asset("side", "a")], role="master_admin")
    stage.shows("/setup/channels/", "Channels, none yet", "There is no channel yet.")
    board = stage.board("front", "side")
    stage.shows(f"{board}channels/", "An export without a channel", "There is no channel yet.")
    made = {
        code: Channel.objects.create(environment=scene.environment, name=str(label), settings=profile.kept())
        for code, (label, profile) in PRESETS.items()
    }
    stage.shows("/setup/channels/", "Channels", "Instagram, square")
    page = stage.shows(f"/setup/channels/{made['email'].pk}/", "A channel", "Another rendition")
    page.get_by_role("textbox", name="File names").fill("{colour}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error").first).to_be_visible()
    stage.look(page, "A channel that lacks something", by_address=False)
    stage.shows(f"{board}channels/?channel={made['email'].pk}", "An export to a channel", "Download as CSV")
    stage.shows(f"{board}channels/?channel={made['amazon'].pk}", "Assets that cannot go to a channel", "too small")
    stage.enter("media_library_user")
    stage.shows(f"/setup/channels/{made['email'].pk}/", "A channel, for other members", "Renditions")
