"""A refresh token expires after 90 days in which nobody used its store. So it is used once in a while."""

import logging
import time
from datetime import datetime, timedelta

from django.utils import timezone

from setup.models import Store
from setup.shopify.auth import tokens
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
IN_GOOD_TIME = timedelta(days=30)
EVERY = 3600.0  # seconds
AT_A_TIME = 5  # stores; who calls has other things to do


def keep_alive(*, now: datetime) -> int:
    """Renew the access of stores that nobody has used for two months; how many. A store that refuses is marked so."""
    idle = Store.objects.filter(status__in=[Store.Status.CONNECTED, Store.Status.PAUSED])
    renewed = 0
    for store in idle.filter(refresh_expires__lt=now + IN_GOOD_TIME).order_by("refresh_expires")[:AT_A_TIME]:
        try:
            tokens.renew(store, pause=lambda seconds, reason: time.sleep(seconds))
            renewed += 1
        except ShopifyError as error:
            log.warning("%s: its access was not renewed: %s", store.domain, error)
            if error.remedy == Remedy.STOP_STORE:
                store.break_off(error.reason)
        except Exception:  # the stores behind it get their turn
            log.exception("%s: an error of ours while its access was renewed.", store.domain)
    return renewed


class Keeper:
    """Once an hour."""

    def __init__(self) -> None:
        self._next = 0.0

    def tidy(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            keep_alive(now=timezone.now())
