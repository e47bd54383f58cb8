"""Whether a store has really uninstalled the app.

A notice proves who signed its body; its headers, its time and its id are anybody's. Anybody who has seen one notice can send it
again under other headers, so the store itself is asked before its tokens are dropped.
"""

import logging
import threading

from django.conf import settings

from setup.models import Store
from setup.security import limits
from setup.shopify import connection
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
# Something else is wrong, which the store would report only to a client that it let in.
LET_IN = {"missing_scope", "other_shop"}
LATER = 60  # seconds after which Shopify may send the notice again
WAIT = 3.0  # Shopify gives up after five seconds

# A store that hangs keeps a thread for minutes: of a process's threads, one at most.
_asking = threading.BoundedSemaphore(1)


class Unclear(Exception):
    """The store gave no clear answer, or may not be asked so often; `seconds` until it is worth asking again."""

    def __init__(self, seconds: int = LATER) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def is_gone(store: Store) -> bool:
    """Whether the store refuses us as it does after an uninstalling. Raises Unclear."""
    try:
        limits.spend_as("uninstalling", f"s{store.pk}", settings.LIMITS["uninstalling"])
    except limits.TooMany as refusal:
        raise Unclear(refusal.seconds) from None
    if not _asking.acquire(timeout=WAIT):
        raise Unclear
    try:
        return _refuses(store)
    finally:
        _asking.release()


def _refuses(store: Store) -> bool:
    try:
        connection.check(store)
    except ShopifyError as error:
        if error.uninstalled or (error.remedy == Remedy.STOP_STORE and error.code in LET_IN):
            return error.uninstalled
        log.warning("%s: whether the app was uninstalled is not clear: %s", store.domain, error)
        raise Unclear from None
    return False
