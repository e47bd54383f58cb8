"""Asking a store while a person waits: some seconds at most, and a clear word instead of a longer wait."""

import time
from collections.abc import Callable

import urllib3

from setup.models import Store
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError

BUSY = Reason("match.busy")
# Seconds, for the whole of an answer, and of all waits together.
TIMEOUT = urllib3.Timeout(connect=2, read=5, total=5)
PATIENCE = 3.0


def impatient(patience: float = PATIENCE) -> Callable[[float, Reason], None]:
    """A pause for a person who waits: none that would take them longer than some seconds in all."""
    until = time.monotonic() + patience

    def pause(seconds: float, reason: Reason) -> None:
        if time.monotonic() + seconds > until:
            raise ShopifyError(Remedy.GIVE_UP, BUSY, "busy")
        time.sleep(seconds)

    return pause


def client_of(store: Store) -> ShopifyClient:
    """Raises ShopifyError for a store that nobody can use now."""
    if obstacle := store.obstacle:
        raise ShopifyError(Remedy.GIVE_UP, obstacle, "obstacle")
    return ShopifyClient(store, pause=impatient(), timeout=TIMEOUT)
