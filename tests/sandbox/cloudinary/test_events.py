"""Whatever changes in an environment is sent to its triggers, signed."""

import hashlib
import json
import queue
from http.server import BaseHTTPRequestHandler

import cloudinary.api
import cloudinary.uploader
import pytest

from sandbox.cloudinary.event_bodies import by_public_id
from tests.processes import wait_until
from tests.sandbox.world import factories
from tests.servers import listening


@pytest.fixture
def heard():
    """What a receiver was sent: (headers, body as text). Its `status` is what it answers."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            arrived.put((dict(self.headers), body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    arrived, statuses = queue.Queue(), []
    with listening(Receiver) as address:
        arrived.address, arrived.statuses = address, statuses
        yield arrived


@pytest.fixture
def place(served, keys, heard):
    world = served(factories.asset("shop/a", metadata={"sku": "1"}), factories.asset("shop/b"))
    cloudinary.api.create_trigger(f"{heard.address}/hook", "all", **keys(world))
    world.next = lambda: json.loads(heard.get(timeout=10)[1])
    world.known = keys(world)
    return world


def test_each_kind_of_change_is_an_event_of_its_own(place, found):
    known, asset = place.known, found(place, "shop/a")
    cloudinary.uploader.add_tag("new", ["shop/a", "shop/b"], **known)
    tags = place.next()
    assert tags["notification_type"] == "resource_tags_changed"
    assert {row["public_id"] for row in tags["resources"]} == {"shop/a", "shop/b"}
    assert tags["resources"][0]["added"] == ["new"]
    cloudinary.uploader.update_metadata({"sku": "2"}, ["shop/a"], **known)
    row = place.next()["resources"]["shop/a"]
    assert (row["previous_metadata"], row["new_metadata"]) == ({"sku": "1"}, {"sku": "2"})
    cloudinary.uploader.add_context({"alt": "A shoe"}, ["shop/a"], **known)
    assert place.next()["resources"]["shop/a"]["added"] == [{"name": "alt", "value": "A shoe"}]
    cloudinary.uploader.rename("shop/a", "shop/c", **known)
    renamed = place.next()
    assert (renamed["from_public_id"], renamed["to_public_id"]) == ("shop/a", "shop/c")
    assert renamed["asset_id"] == asset.asset_id
    place.environments[0].overwrite(asset)
    again = place.next()
    assert (again["notification_type"], again["version"], again["overwritten"]) == ("upload", asset.version, True)
    cloudinary.uploader.destroy("shop/c", **known)
    gone = place.next()
    assert (gone["notification_type"], gone["resources"][0]["asset_id"]) == ("delete", asset.asset_id)
    assert "timestamp" not in gone
    cloudinary.api.restore(["shop/c"], **known)
    assert place.next()["notification_type"] == "restore_asset_version"


@pytest.mark.parametrize(
    ("changed", "type"),
    [
        ({"asset_folder": "spring"}, "move"),
        ({"display_name": "Shoe"}, "resource_display_name_changed"),
        ({"moderation": [{"kind": "manual", "status": "rejected"}]}, "moderation"),
        ({"access_control": [{"access_type": "token"}]}, "access_control_changed"),
    ],
)
def test_what_is_done_in_the_media_library_is_an_event_too(place, found, changed, type):
    asset = found(place, "shop/a")
    with place.environments[0].lock:
        for name, value in changed.items():
            setattr(asset, name, value)
        place.environments[0].touch(asset)
    assert place.next()["notification_type"] == type


def test_events_are_signed_with_a_key_that_no_call_knows(place, heard):
    place.environments[0].overwrite(next(iter(place.environments[0].assets.values())))
    headers, body = heard.get(timeout=10)
    own = place.environments[0].keys
    signed = body + headers["X-Cld-Timestamp"] + own.webhook_secret
    assert headers["X-Cld-Signature"] == hashlib.sha1(signed.encode()).hexdigest()
    assert json.loads(body)["signature_key"] == own.webhook_key != own.api_key
    place.settings.change({"event_key": "api", "event_signature": "sha256"})
    place.environments[0].overwrite(next(iter(place.environments[0].assets.values())))
    headers, body = heard.get(timeout=10)
    signed = body + headers["X-Cld-Timestamp"] + own.api_secret
    assert headers["X-Cld-Signature"] == hashlib.sha256(signed.encode()).hexdigest()


def test_a_trigger_gets_the_events_of_its_type_and_none_when_it_is_gone(place, heard):
    here = place.environments[0]
    for id in list(here.triggers):
        cloudinary.api.delete_trigger(id, **place.known)
    here.overwrite(next(iter(here.assets.values())))
    cloudinary.api.create_trigger(f"{heard.address}/hook", "delete", **place.known)
    here.overwrite(next(iter(here.assets.values())))
    here.remove(next(iter(here.assets.values())))
    assert place.next()["notification_type"] == "delete"
    assert heard.empty()


def test_an_event_that_is_not_taken_comes_again_three_times(place, heard):
    place.settings.change({"notice_pause": 0.01})
    heard.statuses.extend([503, 500, 503, 503, 200])
    here = place.environments[0]
    here.overwrite(next(iter(here.assets.values())))
    assert len({heard.get(timeout=10)[1] for _ in range(4)}) == 1
    here.remove(next(iter(here.assets.values())))
    assert place.next()["notification_type"] == "delete"
    assert [row["tries"] for row in list(here.events.sent)[:4]] == [1, 2, 3, 4]


@pytest.mark.parametrize(("fault", "times"), [("doubled", 2), ("lost", 0), ("late", 1), ("shuffled", 1)])
def test_events_come_twice_late_in_another_order_or_not_at_all_by_switch(place, heard, fault, times):
    here, asset = place.environments[0], next(iter(place.environments[0].assets.values()))
    place.settings.change({"event_faults": [fault], "event_late": 0.01})
    here.overwrite(asset)
    arrived = [place.next()["notification_type"] for _ in range(times)]
    assert arrived == ["upload"] * times
    wait_until(lambda: here.events.known[asset.asset_id]["version"] == asset.version)
    place.settings.change({"event_faults": []})
    here.remove(asset)
    assert place.next()["notification_type"] == "delete"


def test_an_image_and_a_video_of_one_name_do_not_hide_each_other():
    rows = [({"public_id": "a"}, {"resource_type": kind}) for kind in ("image", "video", "raw")]
    made = list(by_public_id("move", rows))
    assert [body["resources"]["a"]["resource_type"] for body in made] == ["image", "video", "raw"]


def test_settings_of_events_are_checked(served):
    settings = served().settings
    for wrong in ({"event_faults": ["sad"]}, {"event_key": "x"}, {"event_signature": "md5"}):
        with pytest.raises(ValueError, match="event_"):
            settings.change(wrong)


def test_an_add_on_that_is_ready_is_an_event(place):
    cloudinary.uploader.explicit("shop/a", type="upload", categorization="google_tagging", **place.known)
    place.forward += 60
    cloudinary.api.ping(**place.known)
    body = place.next()
    assert (body["notification_type"], body["info_kind"], body["info_status"]) == ("info", "google_tagging", "complete")
    assert (body["public_id"], "signature_key" in body) == ("shop/a", True)
