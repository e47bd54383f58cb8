"""Any changes, and any order, repetition and loss of their events: after one daily check the ledger is true, and all is quiet."""

import json
import random
from http.server import BaseHTTPRequestHandler

import cloudinary.api
import pytest
from django.test import Client
from django.utils import timezone

from linking.cloudinary.assets import present
from linking.cloudinary.prints import prints_of
from linking.domain.assets import Asset
from linking.models import EventWork, Firing, Link, SeenAsset, Sync
from linking.models.jobs import JobState
from linking.rules.events.looking import prints_before
from setup.cloudinary.client import CloudinaryClient
from setup.models import CloudinaryEvent, EventSecret
from tests.processes import wait_until
from tests.scenes import picture
from tests.servers import listening
from tests.tiers import drawn


def changed(found, dice: random.Random) -> list[dict]:
    """Something that people do in the Media Library, and the events of it."""
    world = found.world
    there, gone = sorted(world.assets), sorted(world.backups)
    id = dice.choice([*there, *gone])
    if id in gone:
        world.restore(world.backups[id])
        return [{"notification_type": "restore_asset_version", "resources": [{"asset_id": id}]}]
    one, what = world.assets[id], dice.randrange(5)
    if what == 0:
        world.overwrite(one, picture(dice.randrange(100)))
        return [{"notification_type": "upload", "asset_id": id}]
    if what == 1:
        world.rename(one, f"new/{dice.randrange(10**6)}", "upload")
        return [{"notification_type": "rename", "asset_id": id}]
    if what == 2:
        world.remove(one)
        return [{"notification_type": "delete", "resources": [{"asset_id": id}]}]
    with world.lock:
        if what == 3:
            one.metadata["sku"] = dice.choice("ab")
        else:
            one.display_name = f"Name {dice.randrange(100)}"
        world.touch(one)
    return [{"notification_type": "resource_metadata_changed", "resources": {one.public_id: {"asset_id": id}}}]


@pytest.mark.parametrize("seed", range(drawn(2, 40)))
def test_whatever_comes_the_ledger_is_true_after_one_check_and_then_all_is_quiet(followed, event_rule, seed):
    found, dice = followed(), random.Random(seed)
    event_rule(found)
    on_their_way: list[dict] = []
    for _ in range(8):
        on_their_way += changed(found, dice) * dice.choice([0, 1, 1, 2])  # lost, or twice
        if dice.random() < 0.4:
            dice.shuffle(on_their_way)
            for body in on_their_way[2:]:
                found.tell(body)
            del on_their_way[2:]
            found.deal()
    EventWork.objects.update(check_due=timezone.now(), walk_due=timezone.now())
    found.deal()
    is_true(found)
    for _ in range(2):  # a firing waits for the plans to unlink
        for plan in Sync.objects.filter(kind="unlink"):
            found.place.finish(plan)
        Firing.objects.update(not_before=None)
        found.fire()
    before = everything(found)
    for body in on_their_way:  # late ones
        found.tell(body)
    EventWork.objects.update(check_due=timezone.now(), walk_due=timezone.now())
    found.deal()
    assert everything(found) == before
    galleries = [found.place.gallery(f"product-{sku}") for sku in "ab"]
    assert all(len(set(names)) == len(names) for names in galleries)


def is_true(found) -> None:
    """The ledger says of each asset whether it is there, and what was seen of each is what it is."""
    environment = found.place.environment
    assert {(id, gone == "asset") for id, gone in Link.objects.values_list("asset_id", "gone")} == {
        (id, id not in found.world.assets) for id in Link.objects.values_list("asset_id", flat=True)
    }
    ids = [Asset(id, "") for id in Link.objects.values_list("asset_id", flat=True)]
    now = {id: one for some in present(CloudinaryClient(environment), ids) for id, one in some.items()}
    seen = {row.asset_id: prints_before(row) for row in SeenAsset.objects.filter(asset_id__in=now)}
    assert seen == {id: prints_of(one) for id, one in now.items()}


def everything(found) -> tuple[int, int, int]:
    return Firing.objects.count(), Sync.objects.count(), len(found.place.mutations())


def test_from_a_change_in_cloudinary_to_the_gallery(followed, event_rule, client):
    """The sandbox's own events, signed with its webhook key, doubled, late and in another order, through the receiver."""
    found = followed(linked=False)
    event_rule(found)
    address, own = found.place.environment.event_address, found.world.keys
    EventSecret.objects.create(environment=found.place.environment, secret=own.webhook_secret, hint="x")
    arrived: list[tuple[dict, bytes]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    with listening(Door) as door:
        known = {"cloud_name": found.world.cloud_name, "upload_prefix": found.place.url, "oauth_token": None}
        keys = {"api_key": own.api_key, "api_secret": own.api_secret}
        cloudinary.api.create_trigger(f"{door}/hook", "all", **known, **keys)
        faults = ["doubled", "late", "shuffled"]
        found.place.world.settings.change({"event_faults": faults, "event_share": 0.5, "event_late": 0.1})
        for name in ("a1", "a2", "b1"):
            found.world.overwrite(found.asset(name), picture(50))
        wait_until(lambda: {json.loads(body).get("asset_id") for _, body in arrived} >= set(found.world.assets))
    answers = [
        Client()
        .post(
            f"/webhooks/cloudinary/{address.token}",
            body,
            content_type="application/json",
            headers={name: headers[name] for name in ("X-Cld-Timestamp", "X-Cld-Signature")},
        )
        .status_code
        for headers, body in arrived
    ]
    assert set(answers) == {200}
    assert CloudinaryEvent.objects.count() <= len(arrived)
    found.deal()
    (firing,) = found.fire()
    assert firing.state == JobState.DONE
    assert sorted(found.place.assets_in("product-a")) == ["a1", "a2"]
    assert found.place.assets_in("product-b") == ["b1"]
