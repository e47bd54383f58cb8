"""Notices that a store sends to an app: signed, tried again, sometimes sent twice.

https://shopify.dev/docs/apps/build/webhooks
"""

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import urllib3

from sandbox.shopify.installs import Install, Subscription
from sandbox.shopify.schema import API_VERSION

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(connect=1, read=5), retries=False)
RETRIES = 8  # within four hours; here each comes after a pause twice as long as the one before (settings.notice_pause)
# After so many failures in a row a subscription that was made by API is deleted, and nothing says so.
MOST_FAILURES = 8
SOON = 2  # retries of a notice that somebody waits for
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
COMPLIANCE_PATH = "/webhooks/shopify"  # the address that the app's configuration names for them


def body_of(topic: str, shop: "Shop") -> dict[str, Any]:
    number = int(shop.first_gid.rsplit("/", 1)[-1])
    if topic == "app/uninstalled":
        return {"id": number, "name": shop.name, "myshopify_domain": shop.domain}
    customer = {"id": 191167, "email": "john@example.com", "phone": "555-625-1199"}
    known: dict[str, Any] = {"shop_id": number, "shop_domain": shop.domain}
    if topic == "customers/data_request":
        return known | {"orders_requested": [299938], "customer": customer, "data_request": {"id": 9999}}
    if topic == "customers/redact":
        return known | {"customer": customer, "orders_to_redact": [299938]}
    return known


def headers_of(topic: str, domain: str, body: bytes, secret: str, at: float, event: str) -> dict[str, str]:
    """`at`: when it happened, seconds since 1970; `event`: its id, which all deliveries of it have."""
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": event,
        "X-Shopify-Triggered-At": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        "X-Shopify-Hmac-SHA256": signature,
    }


def deliveries(shop: "Shop", topic: str, uri: str, secret: str, event: str, retries: int) -> Iterator[int]:
    """The status of each try, 0 for none, until one succeeds: the same body and the same headers each time."""
    body = json.dumps(body_of(topic, shop)).encode()
    headers = headers_of(topic, shop.domain, body, secret, shop.now(), event)
    for at in range(1 + retries):
        time.sleep(shop.world.settings.notice_pause * 2 ** (at - 1) if at else 0)
        try:
            status = HTTP.request("POST", uri, body=body, headers=headers).status
        except urllib3.exceptions.HTTPError:
            status = 0
        yield status
        if 200 <= status < 300:
            return


def send(shop: "Shop", topic: str, uri: str, secret: str) -> int:
    """A notice that the app's configuration names an address for, while somebody waits; the last status."""
    return list(deliveries(shop, topic, uri, secret, str(uuid.uuid4()), SOON))[-1]


def announce(shop: "Shop", install: Install, topic: str, secret: str) -> int:
    """What happened, to each subscription of the app; the last status, 0 without any. Who fails too often is unsubscribed."""
    event, status = str(uuid.uuid4()), 0
    for one in [known for known in install.subscriptions if topic_of(known) == topic]:
        for status in deliveries(shop, topic, one.uri, secret, event, RETRIES):
            with shop.lock:
                one.failures = 0 if 200 <= status < 300 else one.failures + 1
                given_up = one.failures >= MOST_FAILURES
                if given_up and one in install.subscriptions:
                    install.subscriptions.remove(one)
            shop.world.changed()
            if given_up:
                break
    return status


def topic_of(subscription: Subscription) -> str:
    """As headers call it: APP_UNINSTALLED is app/uninstalled."""
    return subscription.topic.lower().replace("_", "/", 1)


def announce_later(shop: "Shop", install: Install, topic: str, secret: str) -> None:
    threading.Thread(target=announce, args=(shop, install, topic, secret), daemon=True).start()
