"""Connecting a store: asking it who it is and what we may do there, and keeping what was found."""

import logging
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from setup.models import Environment, Member, Store
from setup.reasons import NONE, Reason
from setup.security import audit
from setup.shapes import listed, mapping, text
from setup.shopify import subscriptions
from setup.shopify.auth import grants, keys, tokens
from setup.shopify.auth.grants import Grant
from setup.shopify.auth.keys import Keys
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load

log = logging.getLogger(__name__)
DOCUMENTS = Path(__file__).parent / "documents"
CONNECTION = load(DOCUMENTS, "Connection")
# https://shopify.dev/docs/api/usage/access-scopes; a write scope implies the read scope.
NEEDED = ("write_files", "write_products")
FOUND = ["name", "plan", "rate", "scopes", "storefront_url", "status", "problem", "checked"]
ACCESS = ["api_base", "access_token", "refresh_token", "token_granted", "token_renew", "token_expires"]
ACCESS += ["refresh_expires", "way", "app"]
# What a store says to a pasted token, for who has just pasted it.
WRONG = {"http_401": "connect.wrong_token", "http_404": "connect.no_store"}
MISSING = {
    Store.Way.TOKEN: "connect.lacks_scopes_token",
    Store.Way.CREDENTIALS: "connect.lacks_scopes_credentials",
    Store.Way.INSTALL: "connect.lacks_scopes_install",
}


def check(store: Store) -> Store:
    """Fill in name, plan, rate, scopes and addresses of an unsaved or saved store. Raises ShopifyError with what to do."""
    client = ShopifyClient(store)
    data = client.run(CONNECTION)
    shop = mapping(data.get("shop"))
    scopes, domain = _scopes(data), text(shop.get("myshopifyDomain"))
    if scopes is None or not domain:
        raise ShopifyError(Remedy.LATER, grants.UNREADABLE, "no_data")
    require_scopes(store, scopes)
    if domain != store.domain:
        wrong = Reason("connect.token_of_other_store", domain=domain[:255])
        raise ShopifyError(Remedy.STOP_STORE, wrong, "other_shop")
    store.scopes, store.rate = scopes, client.pace.rate
    store.name = text(shop.get("name"))[:255]
    store.plan = text(mapping(shop.get("plan")).get("publicDisplayName"))[:100]
    store.storefront_url = store.storefront_url or _web_address(mapping(shop.get("primaryDomain")).get("url"))
    store.status = Store.Status.PAUSED if store.status == Store.Status.PAUSED else Store.Status.CONNECTED
    store.problem, store.checked = NONE, timezone.now()
    return store


def _scopes(data: dict) -> list[str] | None:
    """None for a list that cannot be read: what is not seen in it is not missing."""
    rows = mapping(data.get("currentAppInstallation")).get("accessScopes")
    handles = [text(row.get("handle")) for row in listed(rows)]
    return sorted(handles) if isinstance(rows, list) and len(handles) == len(rows) and all(handles) else None


def _web_address(url: object) -> str:
    """It becomes a link; empty for what may not be one."""
    found = text(url)
    return found if found.startswith(("https://", "http://")) and len(found) <= 200 else ""


def require_scopes(store: Store, granted: Sequence[str]) -> None:
    """Raises ShopifyError that names what is missing."""
    if missing := [scope for scope in NEEDED if scope not in granted]:
        raise ShopifyError(Remedy.STOP_STORE, Reason(MISSING[Store.Way(store.way)], scopes=missing), "missing_scope")


def look_again(store: Store) -> None:
    """Check a connected store, and keep what was found; a store that refuses is marked so. What admins decided while it was
    asked, as to pause it, stays. Raises ShopifyError."""
    try:
        check(store).save(update_fields=[name for name in FOUND if name not in ("status", "problem")])
        store.answered()
    except ShopifyError as error:
        if error.remedy == Remedy.STOP_STORE:
            store.break_off(error.reason)
        raise


def by_token(environment: Environment, domain: str, token: str) -> Store:
    """Connect with an access token that a person pasted. Raises ShopifyError."""
    try:
        return _connect(environment, domain, Grant(token, ()), Store.Way.TOKEN)
    except ShopifyError as error:
        if reason := WRONG.get(error.code):
            raise ShopifyError(error.remedy, Reason(reason, domain=domain), error.code) from None
        raise


def by_credentials(environment: Environment, domain: str, client_id: str, secret: str) -> Store:
    """Connect with an app of the store's own organization. Raises ShopifyError; then nothing is kept."""
    trial = Keys(client_id, secret)
    grant = grants.by_credentials(domain, settings.SHOPIFY_BASE_URL, trial)
    return _connect(environment, domain, grant, Store.Way.CREDENTIALS, trial)


def by_code(environment: Environment, domain: str, known: Keys, code: str) -> Store:
    """Connect with what Shopify's install page handed over. Raises ShopifyError."""
    grant = grants.by_code(domain, settings.SHOPIFY_BASE_URL, known, code)
    return _connect(environment, domain, grant, Store.Way.INSTALL, known)


def _connect(environment: Environment, domain: str, grant: Grant, way: Store.Way, known: Keys | None = None) -> Store:
    """Nothing of a store that is connected already changes before the new access is known to work."""
    candidate = Store(environment=environment, domain=domain, way=way, api_base=settings.SHOPIFY_BASE_URL)
    tokens.hold(candidate, grant, now=timezone.now())
    if grant.scopes:
        require_scopes(candidate, grant.scopes)
    check(candidate)
    with transaction.atomic():
        if way == Store.Way.CREDENTIALS and known:
            candidate.app = keys.remember(environment, known.client_id, known.client_secret)
        elif known:
            candidate.app = known.app
        store = _keep(candidate)
        keys.drop_unused(environment)
    if known:
        subscriptions.begin(store, now=timezone.now())
    return store


def _keep(candidate: Store) -> Store:
    """The row of this store with the new access; one that was disconnected is revived, a paused one stays paused."""
    rows = Store.objects.select_for_update()
    row, _ = rows.get_or_create(environment=candidate.environment, domain=candidate.domain)
    paused = row.status == Store.Status.PAUSED
    storefront = row.storefront_url or candidate.storefront_url
    for name in (*FOUND, *ACCESS):
        setattr(row, name, getattr(candidate, name))
    row.status = Store.Status.PAUSED if paused else Store.Status.CONNECTED
    row.storefront_url, row.connected = storefront, timezone.now()
    row.token_serial, row.renewing_by, row.renewing_until = row.token_serial + 1, "", None
    row.subscriptions_due = None
    row.save()
    return row


def disconnect(store: Store) -> None:
    """Tokens are wiped and runs stop; the row stays, because history refers to it."""
    store.forget_tokens(Store.Status.DISCONNECTED, NONE)
    if store.way == Store.Way.CREDENTIALS:
        Store.objects.filter(pk=store.pk).update(app=None)
    keys.drop_unused(store.environment)


def note(who: HttpRequest | Member, store: Store) -> None:
    """Into the audit log: the store was connected."""
    audit.record(who, "store.connect", store.domain, {}, {"way": store.way, "scopes": store.scopes})
