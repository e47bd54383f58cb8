"""What an admin does to connect stores, through the app's own pages and the sandbox's."""

import base64
import hashlib
import hmac
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3
from django.test import Client

from sandbox.shopify.shop import Shop
from setup.models import Store
from setup.shopify.auth import keys
from tests.scenes import Scene

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(10), retries=False)
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Rehearsal:
    place: Scene
    client: Client

    @property
    def shop(self) -> Shop:
        return next(iter(self.place.world.shops.values()))

    @property
    def app(self):
        return self.place.world.app

    @property
    def install(self):
        return self.shop.installs[self.app.client_id]

    @property
    def store(self) -> Store:
        return Store.objects.get()

    def name_app(self) -> None:
        keys.remember(self.place.environment, self.app.client_id, self.app.client_secret, installs=True)

    def merchant(self, path: str, body: dict | None = None) -> dict:
        """What the people who run the store do: app, uninstall, revoke, webhooks."""
        address = f"{self.place.url}/world/stores/{self.shop.domain}/{path}"
        answer = HTTP.request("POST", address, json=body or {})
        assert answer.status < 300, answer.data
        return answer.json() if answer.data else {}

    def fault(self, **known) -> None:
        answer = HTTP.request("POST", f"{self.place.url}/faults", json={"service": "shopify", **known})
        assert answer.status == 200, answer.data

    def by_credentials(self, **changed):
        known = {"client_id": self.app.client_id, "client_secret": self.app.client_secret}
        known |= {"domain": self.shop.domain}
        return self.client.post("/setup/connect/credentials/", known | changed)

    def by_token(self, **changed):
        known = {"domain": self.shop.domain, "token": self.shop.access_token}
        return self.client.post("/setup/connect/token/", known | changed)

    def begin(self, **changed) -> "Window":
        """The frame's page with the button, and the window that it opens."""
        page = self.client.post("/setup/connect/install/", {"domain": self.shop.domain} | changed)
        assert page.status_code == 200, page.content.decode()
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())[1]
        poll = re.search(r'hx-get="([^"]+)"', page.content.decode())[1]
        return Window(self, ticket, poll, Client())

    def by_installing(self) -> "Window":
        """All of it; the store is connected."""
        window = self.begin()
        window.open()
        window.agree()
        window.come_back()
        return window


@dataclass
class Window:
    """The window beside the Console: a browser jar of its own."""

    rehearsal: Rehearsal
    ticket: str
    poll: str
    client: Client
    page: str = ""
    callback: str = ""

    def open(self, **headers: str):
        answer = self.client.post("/setup/oauth/begin", {"ticket": self.ticket}, headers=headers or OURS)
        found = re.search(r'id="go"[^>]* href="([^"]+)"', answer.content.decode())
        self.page = found[1].replace("&amp;", "&") if found else ""
        return answer

    def agree(self) -> None:
        """Press Install on the merchant's page."""
        answer = HTTP.request("POST", self.page, redirect=False)
        assert answer.status == 302, answer.data
        self.callback = answer.headers["Location"]

    def come_back(self, **changed: str):
        """Along with whatever is changed in the query, signed as it was."""
        query = dict(parse_qsl(urlsplit(self.callback).query)) | changed
        return self.client.get(f"/setup/oauth/callback?{urlencode(query)}")

    def come_back_signed(self, secret: str = "", **changed: str):
        """The same, signed again."""
        query = dict(parse_qsl(urlsplit(self.callback).query)) | changed
        del query["hmac"]
        text = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
        key = (secret or self.rehearsal.app.client_secret).encode()
        return self.come_back(**changed, hmac=hmac.new(key, text.encode(), hashlib.sha256).hexdigest())

    def ask(self):
        """What the waiting frame asks."""
        return self.rehearsal.client.get(self.poll)


def body_of(topic: str, domain: str) -> dict:
    """https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance"""
    if topic == "app/uninstalled":
        return {"id": 1, "name": "North", "domain": "north.example", "myshopify_domain": domain}
    body = {"shop_id": 1, "shop_domain": domain}
    customer = body | {"customer": {"id": 7, "email": "john@example.com"}}
    if topic == "customers/data_request":
        return customer | {"orders_requested": [5], "data_request": {"id": 9}}
    return customer | {"orders_to_redact": [5]} if topic == "customers/redact" else body


def notice(client: Client, topic: str, domain: str, secret: str, *, at: datetime, **changed):
    """A webhook as Shopify sends it. `changed`: body, event (the id of the delivery), happening (of what happened), signature,
    header_domain; prefix: of the headers' names."""
    body = changed.get("body", json.dumps(body_of(topic, domain)).encode())
    made = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": changed.get("header_domain", domain),
        "X-Shopify-Hmac-SHA256": changed.get("signature", made),
        "X-Shopify-Webhook-Id": changed.get("event", str(uuid.uuid4())),
        "X-Shopify-Triggered-At": at.isoformat().replace("+00:00", "Z"),
    }
    if happening := changed.get("happening"):
        headers["X-Shopify-Event-Id"] = happening
    headers = {name.replace("X-", changed.get("prefix", "X-"), 1): value for name, value in headers.items()}
    return client.post("/webhooks/shopify", body, content_type="application/json", headers=headers)
