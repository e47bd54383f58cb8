"""Asking a store who it is and what we may do there."""

from pathlib import Path

from django.utils import timezone

from setup.graphql_documents import load
from setup.models import Store
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError

CONNECTION = load(Path(__file__).parent / "documents", "Connection")
# https://shopify.dev/docs/api/usage/access-scopes; a write scope implies the read scope.
NEEDED = {"write_products", "write_files"}


def check(store: Store) -> Store:
    """Fill in name, plan, scopes and addresses of an unsaved or saved store. Raises ShopifyError with what to do."""
    data = ShopifyClient(store).run(CONNECTION)
    shop = data["shop"]
    store.scopes = sorted(scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"])
    if missing := NEEDED - set(store.scopes):
        text = f"The app lacks {' and '.join(sorted(missing))} in this store. Grant it in Shopify and connect again."
        raise ShopifyError(Remedy.STOP_STORE, text, "missing_scope")
    if shop["myshopifyDomain"] != store.domain:
        raise ShopifyError(Remedy.STOP_STORE, f"The token belongs to {shop['myshopifyDomain']}.", "other_shop")
    store.name, store.plan = shop["name"], shop["plan"]["publicDisplayName"]
    store.storefront_url = store.storefront_url or shop["primaryDomain"]["url"]
    store.status, store.problem, store.checked = Store.Status.CONNECTED, "", timezone.now()
    return store
