"""The sweeper: a loop of its own that looks every few seconds for what nobody works on.

Not RQ's cron: that puts its sweeps into Redis, where they are lost with it, and needs a free worker to do them, while the
sweep is there for the times when Redis or the workers are not. Several sweepers do no harm: a conditional update decides
which of them enqueues.
"""

import logging
import threading

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from linking.operations import recovery, retention
from linking.runtime import counters
from setup.shopify import subscriptions
from setup.shopify.auth import keeping

log = logging.getLogger(__name__)


def run(over: threading.Event) -> None:
    """Sweep until `over` is set, and keep the house; no trouble of database or Redis ends it."""
    keeper, access, notices = retention.Keeper(), keeping.Keeper(), subscriptions.Keeper()
    while not over.is_set():
        close_old_connections()
        try:
            recovery.sweep()
            counters.beat()
            keeper.tidy()
            access.tidy()
            notices.tidy()
        except DatabaseError as error:
            log.warning("The sweep has to wait: %s", error)
            connections.close_all()
        except Exception:
            log.exception("The sweep met an error of ours.")
        over.wait(settings.SWEEP_SECONDS)
