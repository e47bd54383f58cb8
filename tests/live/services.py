"""The real services, or a sandbox, as the suite speaks to them: raw, so that an answer is seen as it came."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudinary.api
import cloudinary.uploader

from setup.models import Environment, Store
from setup.shopify.auth import grants
from setup.shopify.auth.keys import Keys as AppKeys
from setup.shopify.connection import check
from setup.shopify.graphql_documents import Document, load
from setup.shopify.transport import StoreGraphQL
from tests.live.keys import Keys
from tests.live.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
OURS, APPS = ROOT / "linking/shopify/documents", ROOT / "sandbox/shopify/documents"
PLAN, MADE = (load(Path(__file__).parent / "documents", name) for name in ("ShopPlan", "ProductMade"))
PATIENCE = 300.0  # seconds until what is waited for is given up


class NotForThis(Exception):
    """The store or the cloud is not one to try things in."""


@dataclass
class Services:
    """`secrets`: what recordings may not hold."""

    keys: Keys
    token: str = field(repr=False)
    secrets: dict[str, str] = field(repr=False)

    @classmethod
    def open(cls, keys: Keys) -> "Services":
        """Raises NotForThis before anything is written; ShopifyError and the SDK's errors for keys that are refused."""
        token = keys.token
        if not token:
            app = AppKeys(keys.client_id, keys.client_secret)
            token = grants.by_credentials(keys.shop, keys.shopify_base, app).access_token
        found = cls(keys, token, keys.secrets() | {token: "TOKEN"})
        answer = found.ask(PLAN)["answer"]
        shop = ((answer.get("data") or {}).get("shop")) or {}
        if not is_development(shop.get("plan") or {}):
            raise NotForThis(f"{keys.shop} does not say that it is a development store: nothing is tried in it.")
        if shop.get("name"):
            found.secrets[shop["name"]] = "SHOP"
        cloudinary.api.ping(**found.credentials)
        return found

    @property
    def credentials(self) -> dict[str, Any]:
        keys = self.keys
        known = {"cloud_name": keys.cloud, "api_key": keys.api_key, "api_secret": keys.api_secret}
        return known | {"upload_prefix": keys.upload_prefix, "oauth_token": None, "timeout": 60}

    def ask(self, document: Document, **variables: object) -> dict[str, Any]:
        """{asked, answer: {http, data, errors, extensions}}; throttling is waited out."""
        wire = StoreGraphQL(self.keys.shop, self.keys.shopify_base)
        until = time.monotonic() + PATIENCE
        while True:
            reply = wire.execute(document.text, dict(variables), document.name, token=self.token)
            answer = {"http": reply.status} | reply.json()
            codes = {(error.get("extensions") or {}).get("code") for error in answer.get("errors") or ()}
            if not ("THROTTLED" in codes or reply.status == 429) or time.monotonic() > until:
                return {"asked": document.name, "answer": answer}
            time.sleep(2)

    def call(self, function: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """{asked, answer}: what the SDK makes of an answer, or its error in words."""
        asked = function.__name__
        try:
            answer = dict(function(*args, **options, **self.credentials))
        except Exception as error:  # the SDK raises Exception itself for statuses that it does not know
            return {"asked": asked, "answer": {"code": type(error).__name__, "message": str(error)}}
        return {"asked": asked, "answer": answer}

    def rows(self) -> tuple[Environment, Store]:
        """As an admin would have set them up; the store is asked who it is."""
        keys = self.keys
        environment = Environment.objects.create(
            cloud_name=keys.cloud,
            api_key=keys.api_key,
            api_secret=keys.api_secret,
            upload_prefix=keys.upload_prefix,
            delivery_base=keys.delivery_base,
            launch_issuer="live-suite",
            launch_secret="only-for-the-live-suite-of-tests!",
        )
        store = Store(environment=environment, domain=keys.shop, access_token=self.token, api_base=keys.shopify_base)
        check(store).save()
        return environment, store


def is_development(plan: Mapping[str, Any]) -> bool:
    """https://shopify.dev/docs/api/admin-graphql/2026-10/objects/ShopPlan"""
    return plan.get("partnerDevelopment") is True or plan.get("publicDisplayName") == "Development"


@dataclass
class World:
    """What a run has made for its questions: `assets` by their last name (a picture, another, a film, a text), and `products`
    by theirs."""

    services: Services
    ledger: Ledger
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)

    def upload(self, last: str, content: bytes, resource_type: str = "image", **options: Any) -> dict[str, Any]:
        public_id = self.ledger.name(last)
        name = self.ledger.intend("asset", f"{resource_type}/{public_id}")
        options = {"public_id": public_id, "resource_type": resource_type, "tags": [self.ledger.beginning], **options}
        answer = cloudinary.uploader.upload(content, **options, **self.services.credentials)
        self.ledger.made("asset", name, answer["asset_id"])
        self.assets[last] = dict(answer)
        return self.assets[last]

    def product(self, last: str) -> str:
        """A draft, with one variant whose SKU is the product's handle."""
        handle = self.ledger.intend("product", self.ledger.name(last))
        given = {"handle": handle, "title": handle, "status": "DRAFT", "tags": [self.ledger.beginning]}
        answer = self.services.ask(MADE, input=given)["answer"]
        made = ((answer.get("data") or {}).get("productSet") or {}).get("product")
        assert made, answer
        id = self.ledger.made("product", handle, made["id"])
        rows = [{"id": node["id"], "inventoryItem": {"sku": handle}} for node in made["variants"]["nodes"]]
        answer = self.services.ask(load(APPS, "VariantsBulkUpdate"), productId=id, variants=rows)["answer"]
        assert not answer["data"]["productVariantsBulkUpdate"]["userErrors"], answer
        self.products[last] = id
        return id

    def file(self, last: str) -> str:
        """A name for a file that is about to be asked for."""
        return self.ledger.intend("file", self.ledger.name(last))

    def address(self, last: str, extension: str = "jpg") -> str:
        """Where Shopify fetches the asset, as that extension."""
        url = self.assets[last]["secure_url"]
        return f"{url.rpartition('.')[0]}.{extension}"

    def ready(self, *names: str, source: str = "red") -> list[str]:
        """Ids of new files of these names that are READY."""
        rows = [{"originalSource": self.address(source), "filename": self.file(name), "alt": name} for name in names]
        answer = self.services.ask(load(APPS, "FileCreate"), files=rows)["answer"]["data"]["fileCreate"]
        ids = [file["id"] for file in answer["files"]]
        assert len(ids) == len(rows), answer
        for name, id in zip(names, ids, strict=True):
            self.ledger.made("file", self.ledger.name(name), id)
        settled(self.services, ids)
        return ids


def settled(services: Services, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The files once each is READY or FAILED. Raises AssertionError if they never are."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        nodes = services.ask(load(OURS, "FilesStatus"), ids=list(ids))["answer"]["data"]["nodes"]
        if all(node and node["fileStatus"] in ("READY", "FAILED") for node in nodes):
            return nodes
        time.sleep(0.3)
    raise AssertionError(f"still under way: {nodes}")
