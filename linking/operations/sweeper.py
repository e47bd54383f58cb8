"""The sweeper: a loop of its own that looks every few seconds for what nobody works on.

Not RQ's cron: that puts its sweeps into Redis, where they are lost with it, and needs a free worker to do them, while the
sweep is there for the times when Redis or the workers are not. Several sweepers do no harm: a conditional update decides
which of them enqueues.
"""

import logging
import threading

import redis.exceptions
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from linking.delivery import asking
from linking.notices import passing_on, standing
from linking.operations import recovery, retention
from linking.operations.outages import Outage
from linking.rules import clock
from linking.rules.events import collecting
from linking.rules.products import collecting as products
from linking.runtime import counters, presence, readiness
from linking.webhooks import changes
from setup.redis_client import client, probe
from setup.shopify import subscriptions
from setup.shopify.auth import keeping

log = logging.getLogger(__name__)


def run(over: threading.Event) -> None:
    """Sweep until `over` is set, and keep the house; no trouble of database or Redis ends it."""
    keeper, access, notices = retention.Keeper(), keeping.Keeper(), subscriptions.Keeper()
    watch = standing.Watch()
    announcer = presence.Announcer("sweeper")
    queue = Outage("Redis", "Work waits in the database until it is back.")
    database = Outage("The database", "The sweep has to wait.")
    log.info("Sweeper of AssetLink %s has started; it looks every %g s.", settings.RELEASE, settings.SWEEP_SECONDS)
    while not over.is_set():
        close_old_connections()
        try:
            if takes_work(queue):
                recovery.sweep()
                announcer.announce()
                counters.beat()
                readiness.notify()
            clock.fire_due()
            collecting.collect()
            products.collect()
            watch.look()
            passing_on.turn()
            changes.report()
            asking.collect()
            keeper.tidy()
            access.tidy()
            notices.tidy()
            database.is_over()
        except DatabaseError as error:
            database.goes_on(error)
            connections.close_all()
        except Exception:
            log.exception("The sweep met an error of ours.")
        readiness.notify()  # what is away is waited for here
        over.wait(settings.SWEEP_SECONDS)
    leave(announcer)
    log.info("The sweeper was asked to end.")


def leave(announcer: presence.Announcer) -> None:
    """Who ends in order is missed at once, unless another sweeper is there."""
    announcer.leave()
    try:
        if not any(one.role == "sweeper" for one in presence.alive()):
            counters.stop_beating()
    except redis.exceptions.RedisError:
        return


def takes_work(outage: Outage) -> bool:
    """Whether anything can be enqueued; if not, nothing counts as enqueued and the next sweep looks again."""
    try:
        probe(client())
    except redis.exceptions.RedisError as error:
        outage.goes_on(error)
        return False
    outage.is_over()
    return True
