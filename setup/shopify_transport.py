"""The wire to a store: the ShopifyAPI library's GraphQL class with timeouts, kept-alive connections and the answer's status.

The stock class has no timeout, opens a connection per call and shares headers between threads, so one store's token could
reach another's endpoint. Here every instance has its own endpoint and headers, and nothing is activated globally.
"""

import json
from dataclasses import dataclass

import shopify
import urllib3
from django.conf import settings

from setup.domains import is_shop

POOL = urllib3.PoolManager(num_pools=50, maxsize=16, timeout=urllib3.Timeout(connect=5, read=30), retries=False)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: urllib3.HTTPHeaderDict
    text: str

    def json(self) -> dict:
        """The body; an empty dict if it is no JSON object (proxies answer in HTML)."""
        try:
            body = json.loads(self.text)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


def address(domain: str, base_url: str, path: str) -> tuple[str, dict[str, str]]:
    """The URL of a store's path and the headers that go with it. `base_url`: of a sandbox, whose one port serves all
    stores, told apart by Host. Raises ValueError for anything but a Shopify store: no other host is ever asked."""
    if not is_shop(domain):
        raise ValueError(f"{domain!r} is no Shopify store.")
    headers = {"User-Agent": "AssetLink", "Accept-Encoding": "gzip"}
    return (f"{base_url}{path}", headers | {"Host": domain}) if base_url else (f"https://{domain}{path}", headers)


class StoreGraphQL(shopify.GraphQL):
    """GraphQL Admin API of one store, https://shopify.dev/docs/api/admin-graphql/2026-10."""

    def __init__(self, domain: str, base_url: str = "") -> None:
        site = shopify.Session(domain, settings.SHOPIFY_API_VERSION).site
        path = f"{site.removeprefix(f'https://{domain}')}/graphql.json"
        self.endpoint, self.headers = address(domain, base_url, path)

    def execute(
        self, query: str, variables: dict | None = None, operation_name: str | None = None, *, token: str = ""
    ) -> Reply:
        """Raises urllib3.exceptions.HTTPError when no answer came."""
        body = {"query": query, "variables": variables or {}, "operationName": operation_name}
        headers = {**self.headers, "Content-Type": "application/json", "Accept": "application/json"}
        headers["X-Shopify-Access-Token"] = token
        answer = POOL.request("POST", self.endpoint, body=json.dumps(body).encode(), headers=headers, redirect=False)
        return Reply(answer.status, answer.headers, answer.data.decode("utf-8", "replace"))
