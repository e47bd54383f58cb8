"""A product that is made, changed or deleted is reported to the apps that have subscribed, signed."""

import base64
import hashlib
import hmac
import json
import queue
from http.server import BaseHTTPRequestHandler

import pytest

from sandbox.shopify.installs import App, Install, Subscription
from sandbox.shopify.product_events import CREATED, DELETED, UPDATED, included
from tests.processes import wait_until
from tests.servers import listening

TOPICS = ("PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE")


@pytest.fixture
def heard():
    """(headers, body) of what arrived. Its `statuses` are what is answered first."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(arrived.statuses.pop(0) if arrived.statuses else 200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    arrived = queue.Queue()
    arrived.statuses = []
    with listening(Receiver) as address:
        arrived.address = address
        yield arrived


@pytest.fixture
def reported(shop, heard):
    """Call it: the next event as (topic, event id, body)."""
    shop.world.app = App.draw()
    shop.world.settings.notice_pause = 0.0
    subscriptions = [Subscription(topic, topic, f"{heard.address}/hook") for topic in TOPICS]
    shop.installs["app"] = Install("app", [], subscriptions=subscriptions)

    def receive() -> tuple[str, str, dict]:
        headers, body = heard.get(timeout=10)
        signature = hmac.new(shop.world.app.client_secret.encode(), body, hashlib.sha256).digest()
        assert headers["X-Shopify-Hmac-SHA256"] == base64.b64encode(signature).decode()
        assert headers["X-Shopify-Shop-Domain"] == shop.domain
        return headers["X-Shopify-Topic"], headers["X-Shopify-Event-Id"], json.loads(body)

    return receive


def change(shop, id: str, title: str) -> None:
    with shop.lock:
        shop.products[id].title = title
        shop.touch(shop.products[id])


def test_what_happens_to_a_product_is_reported_once_with_what_it_is_then(shop, reported):
    id = shop.add_product(handle="mug", title="Mug", variants=[{"title": "Red", "sku": "M1"}])
    topic, _event, body = reported()
    assert (topic, body["admin_graphql_api_id"], body["variants"][0]["sku"]) == (CREATED, id, "M1")
    change(shop, id, "Cup")
    topic, _event, body = reported()
    assert (topic, body["title"]) == (UPDATED, "Cup")
    shop.remove_product(shop.products[id])
    assert reported()[::2] == (DELETED, {"id": int(id.rsplit("/", 1)[-1])})


def test_a_subscription_may_ask_for_some_fields_only(shop, reported):
    for one in shop.installs["app"].subscriptions:
        one.include_fields = ["id", "variants.sku", "nothing"]
    id = shop.add_product(handle="mug", title="Mug", variants=[{"title": "Red", "sku": "M1"}])
    assert reported()[2] == {"id": int(id.rsplit("/", 1)[-1]), "variants": [{"sku": "M1"}]}
    assert included({"id": 1, "title": "Mug"}, None) == {"id": 1, "title": "Mug"}


def test_only_topics_that_are_subscribed_to_are_reported(shop, reported, heard):
    install = shop.installs["app"]
    install.subscriptions = [one for one in install.subscriptions if one.topic == "PRODUCTS_DELETE"]
    shop.remove_product(shop.products[shop.add_product(handle="mug", title="Mug")])
    assert reported()[0] == DELETED
    assert heard.empty()


def test_a_doubled_event_has_the_same_id_and_a_lost_one_never_comes(shop, reported, heard):
    shop.world.settings.event_faults = ("doubled",)
    id = shop.add_product(handle="mug", title="Mug")
    assert reported() == reported()
    shop.world.settings.event_faults = ("lost",)
    change(shop, id, "Cup")
    wait_until(lambda: not shop.events._working)
    shop.world.settings.event_faults = ("late", "shuffled")
    shop.world.settings.event_late = 0.0
    change(shop, id, "Bowl")
    assert reported()[2]["title"] == "Bowl"
    assert heard.empty()


def test_who_fails_is_reported_again_and_after_eight_failures_in_a_row_unsubscribed(shop, reported, heard):
    heard.statuses += [503] * 7
    id = shop.add_product(handle="mug", title="Mug")
    assert len({reported()[1] for _ in range(8)}) == 1
    wait_until(lambda: not shop.events._working)
    assert len(shop.installs["app"].subscriptions) == 3
    heard.statuses += [503] * 8
    change(shop, id, "Cup")
    wait_until(lambda: len(shop.installs["app"].subscriptions) == 2)
