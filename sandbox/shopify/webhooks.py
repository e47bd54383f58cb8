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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import urllib3

from sandbox.shopify.schema import API_VERSION

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(connect=1, read=5), retries=False)
PAUSES = (0.0, 1.0, 4.0)  # before each try; the real service tries for four hours
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


def headers_of(topic: str, domain: str, body: bytes, secret: str, at: float) -> dict[str, str]:
    """`at`: when it happened, seconds since 1970."""
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        "X-Shopify-Hmac-SHA256": signature,
    }


def send(shop: "Shop", topic: str, uri: str, secret: str) -> int:
    """One delivery, tried again if it fails; the last status, 0 for none."""
    body = json.dumps(body_of(topic, shop)).encode()
    headers = headers_of(topic, shop.domain, body, secret, shop.now())
    status = 0
    for pause in PAUSES:
        time.sleep(pause)
        try:
            status = HTTP.request("POST", uri, body=body, headers=headers).status
        except urllib3.exceptions.HTTPError:
            continue
        if 200 <= status < 300:
            break
    return status


def send_later(shop: "Shop", topic: str, uri: str, secret: str) -> None:
    threading.Thread(target=send, args=(shop, topic, uri, secret), daemon=True).start()
