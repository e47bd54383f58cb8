"""Shop domains, as people type them. Only `*.myshopify.com` ever becomes part of a URL of ours."""

import re

from setup.words import _

SHOP = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\.myshopify\.com\Z")
ADMIN_PAGE = re.compile(r"admin\.shopify\.com/store/([a-z0-9-]+)(?:[/?#].*)?\Z", re.DOTALL)


def is_shop(text: str) -> bool:
    """Whether it is a store's own domain and nothing else."""
    return SHOP.fullmatch(text) is not None


class BadDomain(ValueError):
    """The text names no Shopify store; the message says what to write."""


def shop_domain(text: str) -> str:
    """`My-Shop`, `my-shop.myshopify.com`, its https URL or its admin URL -> `my-shop.myshopify.com`."""
    host = text.strip().lower().removeprefix("https://").removeprefix("http://")
    if page := ADMIN_PAGE.match(host):
        host = page[1]
    host = host.removesuffix("/admin").rstrip("/")
    if "." not in host:
        host += ".myshopify.com"
    if not SHOP.match(host):
        raise BadDomain(_("Enter the store’s myshopify.com domain, for example my-shop.myshopify.com."))
    return host
