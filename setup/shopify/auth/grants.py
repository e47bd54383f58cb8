"""Asking a store for tokens: the three grants of its token endpoint.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import logging
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard
from urllib.parse import urlencode

import urllib3

from setup.reasons import Reason
from setup.shapes import number, text
from setup.shopify.auth.keys import Keys
from setup.shopify.errors import HTTP_STOPS, Remedy, ShopifyError, ShutOut
from setup.shopify.transport import Reply, address, post

log = logging.getLogger(__name__)
TIMEOUT, DEADLINE, MOST = urllib3.Timeout(connect=5, read=15), 20.0, 2**20
NO_ANSWER, UNREADABLE = Reason("connect.no_answer"), Reason("shopify.unreadable_try_again")
# What ends our access to a store, in Shopify's own words. Nothing else does, apart from the statuses of HTTP_STOPS.
ENDS = (
    "application_cannot_be_found",
    "invalid_client",
    "shop_not_permitted",
    "app_not_installed",
    "invalid_request",
    "invalid_grant",
)
REASONS = {code: Reason(f"connect.{code}") for code in ENDS}
STOPS = HTTP_STOPS | {401: REASONS["invalid_client"]}


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
    if certain and code in REASONS:
        return ShopifyError(Remedy.STOP_STORE, REASONS[code], code)
    if status == 404:
        return ShutOut(Reason("connect.no_store", domain=domain), "http_404")
    if status in STOPS:
        return ShutOut(STOPS[status], f"http_{status}")
    reason = Reason("connect.no_access", code=code or status) if certain else NO_ANSWER
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
