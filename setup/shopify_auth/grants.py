"""Asking a store for tokens: the three grants of its token endpoint.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import logging
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from urllib.parse import urlencode

import urllib3

from setup.shopify_auth.keys import Keys
from setup.shopify_errors import HTTP_STOPS, Remedy, ShopifyError
from setup.shopify_transport import POOL, Reply, address

log = logging.getLogger(__name__)
TIMEOUT = urllib3.Timeout(connect=5, read=15)
NO_ANSWER = "Shopify does not answer. Nothing was changed; try again in a minute."
UNREADABLE = "Shopify's answer could not be read. Nothing was changed; try again in a minute."
REFUSED = "Shopify refuses the app in this store ({code}). Check the app in the Dev Dashboard, then connect again."
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
CODE_OF_STATUS = {401: "invalid_client"}


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
    """The next pair. Shopify answers again to a token that was used, until its successor is. Raises ShopifyError."""
    return _ask(domain, base, keys, grant_type="refresh_token", refresh_token=refresh_token)


def _ask(domain: str, base: str, keys: Keys, **form: str) -> Grant:
    reply = _post(domain, base, {"client_id": keys.client_id, "client_secret": keys.client_secret, **form})
    if reply.status == 200:
        return _read(reply)
    told = str(reply.json().get("error", ""))
    log.warning("%s: no token (%s %s)", domain, reply.status, told[:60])
    raise _refusal(reply.status, told, domain)


def _post(domain: str, base: str, form: dict[str, str]) -> Reply:
    url, headers = address(domain, base, "/admin/oauth/access_token")
    headers |= {"Accept": "application/json"}  # otherwise a refusal comes as a page
    headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        body = urlencode(form).encode()
        answer = POOL.request("POST", url, body=body, headers=headers, redirect=False, timeout=TIMEOUT)
    except urllib3.exceptions.HTTPError:
        raise ShopifyError(Remedy.LATER, NO_ANSWER, "no_answer") from None
    return Reply(answer.status, answer.headers, answer.data.decode("utf-8", "replace"))


def _refusal(status: int, told: str, domain: str) -> ShopifyError:
    if status >= 500 or status in (429, 430):
        return ShopifyError(Remedy.LATER, NO_ANSWER, f"http_{status}")
    if status == 404:
        text = f"There is no Shopify store at {domain}. Check its name: it is in the address of the Shopify admin."
        return ShopifyError(Remedy.STOP_STORE, text, "http_404")
    if status in (402, 403, 423) and told not in TEXTS:
        return ShopifyError(Remedy.STOP_STORE, HTTP_STOPS[status], f"http_{status}")
    code = told or CODE_OF_STATUS.get(status, "")
    text = TEXTS.get(code) or REFUSED.format(code=code[:60] or status)
    return ShopifyError(Remedy.STOP_STORE, text, code)


def _read(reply: Reply) -> Grant:
    body = reply.json()
    token, refresh = body.get("access_token"), body.get("refresh_token", "")
    if not _is_token(token) or (refresh and not _is_token(refresh)):
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
    return Grant(
        access_token=token,
        scopes=tuple(sorted(filter(None, str(body.get("scope", "")).split(",")))),
        expires_in=_seconds(body.get("expires_in")),
        refresh_token=refresh,
        refresh_expires_in=_seconds(body.get("refresh_token_expires_in")),
    )


def _is_token(value: Any) -> TypeGuard[str]:
    """What may become a header."""
    return isinstance(value, str) and 0 < len(value) <= 1000 and value.isascii() and value.isprintable()


def _seconds(value: object) -> int | None:
    """Ten years at most, so that no date overflows."""
    return min(int(value), 315_360_000) if isinstance(value, int | float) and value > 0 else None
