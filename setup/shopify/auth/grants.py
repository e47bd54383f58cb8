"""Asking a store for tokens: the three grants of its token endpoint.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import logging
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard
from urllib.parse import urlencode

import urllib3

from setup.shopify.auth.keys import Keys
from setup.shopify.errors import HTTP_STOPS, Remedy, ShopifyError, ShutOut
from setup.shopify.shapes import number, text
from setup.shopify.transport import Reply, address, post

log = logging.getLogger(__name__)
TIMEOUT, DEADLINE, MOST = urllib3.Timeout(connect=5, read=15), 20.0, 2**20
NO_ANSWER = "Shopify does not answer. Nothing was changed; try again in a minute."
UNREADABLE = "Shopify's answer could not be read. Nothing was changed; try again in a minute."
NO_STORE = "There is no Shopify store at {domain}. Check its name: it is in the address of the Shopify admin."
REFUSED = (
    "Shopify gave no access to this store ({code}). Nothing was changed; try again in a minute, and if it stays so, "
    "check the app in the Dev Dashboard."
)
# What ends our access to a store, in Shopify's own words. Nothing else does, apart from the statuses of HTTP_STOPS.
TEXTS = {
    "application_cannot_be_found": "Shopify knows no app with this client ID. "
    "Copy the client ID again from the app's settings in the Dev Dashboard.",
    "invalid_client": "Shopify refuses the client secret. "
    "Copy it again from the app's settings in the Dev Dashboard; it may have been rotated.",
    "shop_not_permitted": "The app and this store belong to different Shopify organizations. "
    "Use an app of the store's own organization, or install AssetLink from Shopify instead.",
    "app_not_installed": "The app is not installed in this store. "
    "Install it from the Dev Dashboard, then connect again.",
    "invalid_request": "Shopify's permission was used already or is too old. Start again.",
    "invalid_grant": "Shopify no longer lets AssetLink renew its access to this store: the app was uninstalled, "
    "or the store was not used for 90 days. Connect the store again.",
}
STOPS = HTTP_STOPS | {401: TEXTS["invalid_client"]}


@dataclass(frozen=True)
class Grant:
    """Seconds from now; None: for good."""

    access_token: str = field(repr=False)
    scopes: tuple[str, ...]
    expires_in: int | None = None
    refresh_token: str = field(default="", repr=False)
    refresh_expires_in: int | None = None


def by_credentials(domain: str, base: str, keys: Keys) -> Grant:
    """For a store of the app's own organization; good for 24 hours. Raises ShopifyError."""
    return _ask(domain, base, keys, grant_type="client_credentials")


def by_code(domain: str, base: str, keys: Keys, code: str) -> Grant:
    """For the code that the install page hands over, once: an expiring token and its refresh token. Raises ShopifyError."""
    return _ask(domain, base, keys, code=code, expiring="1")


def by_refresh_token(domain: str, base: str, keys: Keys, refresh_token: str) -> Grant:
    """The next pair. Shopify answers again to a token that was used, until its successor is; so it stays if none comes. Raises
    ShopifyError."""
    grant = _ask(domain, base, keys, grant_type="refresh_token", refresh_token=refresh_token)
    return replace(grant, refresh_token=grant.refresh_token or refresh_token)


def _ask(domain: str, base: str, keys: Keys, **form: str) -> Grant:
    reply = _post(domain, base, {"client_id": keys.client_id, "client_secret": keys.client_secret, **form})
    if reply.status == 200:
        return _read(reply)
    code = text(reply.json().get("error"))[:60]
    log.warning("%s: no token (%s %s)", domain, reply.status, code)
    raise _refusal(reply.status, code, domain)


def _post(domain: str, base: str, form: dict[str, str]) -> Reply:
    url, headers = address(domain, base, "/admin/oauth/access_token")
    headers |= {"Accept": "application/json"}  # otherwise a refusal comes as a page
    headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        return post(url, urlencode(form).encode(), headers, timeout=TIMEOUT, deadline=DEADLINE, most=MOST)
    except urllib3.exceptions.HTTPError:
        raise ShopifyError(Remedy.LATER, NO_ANSWER, "no_answer") from None


def _refusal(status: int, code: str, domain: str) -> ShopifyError:
    """ShutOut for a status alone: a second answer has to say the same before a store is given up."""
    certain = 400 <= status < 500 and status not in (408, 429, 430)
    if certain and code in TEXTS:
        return ShopifyError(Remedy.STOP_STORE, TEXTS[code], code)
    if status == 404:
        return ShutOut(NO_STORE.format(domain=domain), "http_404")
    if status in STOPS:
        return ShutOut(STOPS[status], f"http_{status}")
    reason = REFUSED.format(code=code or status) if certain else NO_ANSWER
    return ShopifyError(Remedy.LATER, reason, code if certain and code else f"http_{status}")


def _read(reply: Reply) -> Grant:
    body = reply.json()
    token, refresh = body.get("access_token"), body.get("refresh_token") or ""
    if not _is_token(token) or (refresh and not _is_token(refresh)):
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
    return Grant(
        access_token=token,
        scopes=tuple(sorted(filter(None, text(body.get("scope")).split(",")))),
        expires_in=_seconds(body.get("expires_in")),
        refresh_token=refresh,
        refresh_expires_in=_seconds(body.get("refresh_token_expires_in")),
    )


def _is_token(value: Any) -> TypeGuard[str]:
    """What may become a header."""
    return isinstance(value, str) and 0 < len(value) <= 1000 and value.isascii() and value.isprintable()


def _seconds(value: object) -> int | None:
    """Ten years at most, so that no date overflows; less than a second is no time at all."""
    return int(min(number(value, 0.0), 315_360_000)) or None if number(value, 0.0) > 0 else None
