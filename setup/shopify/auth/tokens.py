"""A store's token over time: renewed before it expires, by one process at a time, and exchanged when it is refused.

A renewal is claimed by a conditional update and carried out outside any transaction. If its answer is lost, nothing has
changed here, and Shopify answers the old refresh token again.
"""

import random
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from setup.models import Store
from setup.models.stores import OBSTACLES
from setup.reasons import Reason
from setup.shopify.auth import grants, keys
from setup.shopify.auth.grants import Grant
from setup.shopify.errors import Remedy, ShopifyError, ShutOut

EARLY = timedelta(minutes=5)
CLAIM = timedelta(seconds=90)  # longer than two requests may take
PATIENCE = 45.0  # seconds to wait for somebody else's renewal
AGAIN = timedelta(minutes=1)  # a token this young that is refused will not get better by another
TOKENS = ["access_token", "refresh_token", "token_serial", "token_granted", "token_renew", "token_expires"]
TOKENS += ["refresh_expires"]
HELD = [*TOKENS, "status", "problem", "way", "app"]
SECOND_LOOK = Reason("connect.asked_again")
BUSY = Reason("connect.renewing")
NO_APP = Reason("connect.no_app")

Pause = Callable[[float, Reason], None]


def hold(store: Store, grant: Grant, *, now: datetime) -> None:
    """Give a store, in memory, the tokens of a grant. A token of one hour is renewed five minutes before it expires."""
    store.access_token, store.refresh_token = grant.access_token, grant.refresh_token
    store.token_granted, store.token_renew, store.token_expires = now, None, None
    if grant.expires_in:
        life = timedelta(seconds=grant.expires_in)
        store.token_renew, store.token_expires = now + max(life - EARLY, life / 2), now + life
    lasting = grant.refresh_expires_in
    store.refresh_expires = now + timedelta(seconds=lasting) if grant.refresh_token and lasting else None


def renew(store: Store, *, pause: Pause) -> None:
    """Give `store` a newer token than it has: another process's, or one of our own asking. Raises ShopifyError."""
    owner, until = uuid.uuid4().hex, time.monotonic() + PATIENCE
    while True:
        seen = store.token_serial
        refresh(store)
        if store.token_serial != seen:
            return
        if _claim(store, owner, now=timezone.now()):
            break
        if time.monotonic() > until:
            raise ShopifyError(Remedy.LATER, BUSY, "renewing")
        pause(0.2, BUSY)
    try:
        _keep(store, _asked_twice(store, pause))
    finally:
        Store.objects.filter(pk=store.pk, renewing_by=owner).update(renewing_by="", renewing_until=None)


def refresh(store: Store) -> None:
    """What the database knows of the store's access by now. Raises ShopifyError if there is none any more."""
    row = Store.objects.select_related("app").filter(pk=store.pk).first()
    if row is None:
        raise ShopifyError(Remedy.STOP_STORE, OBSTACLES[Store.Status.DISCONNECTED], "disconnected")
    for name in HELD:
        setattr(store, name, getattr(row, name))
    usable(store)


def usable(store: Store) -> None:
    if not store.access_token:
        raise ShopifyError(Remedy.STOP_STORE, store.problem or OBSTACLES[Store.Status.DISCONNECTED], "disconnected")


def _asked_twice(store: Store, pause: Pause) -> Grant:
    """A status alone is no reason to give a store up, unless the second answer is of the same kind."""
    try:
        return ask(store)
    except ShutOut:
        pause(random.uniform(1.0, 1.5), SECOND_LOOK)
    try:
        return ask(store)
    except ShutOut as error:
        raise ShopifyError(Remedy.STOP_STORE, error.reason, error.code) from None


def ask(store: Store) -> Grant:
    """The next token. Raises ShopifyError."""
    known = keys.of_store(store)
    if known is None:
        raise ShopifyError(Remedy.STOP_STORE, NO_APP, "no_app")
    if store.way == Store.Way.CREDENTIALS:
        return grants.by_credentials(store.domain, store.api_base, known)
    return grants.by_refresh_token(store.domain, store.api_base, known, store.refresh_token)


def _claim(store: Store, owner: str, *, now: datetime) -> bool:
    free = Q(renewing_until=None) | Q(renewing_until__lt=now)
    rows = Store.objects.filter(free, pk=store.pk, token_serial=store.token_serial)
    return bool(rows.update(renewing_by=owner, renewing_until=now + CLAIM))


def _keep(store: Store, grant: Grant) -> None:
    """Both tokens at once, unless the store was disconnected or connected again meanwhile: then those count."""
    with transaction.atomic():
        row = Store.objects.select_for_update().filter(pk=store.pk, token_serial=store.token_serial).first()
        if row is not None:
            hold(row, grant, now=timezone.now())
            row.token_serial += 1
            row.save(update_fields=TOKENS)
    refresh(store)


def admit(store: Store) -> None:
    """At the start of work on a store. Raises ShopifyError: `paused` is for waiting, everything else for stopping."""
    if store.status == Store.Status.PAUSED:
        raise ShopifyError(Remedy.LATER, store.obstacle, "paused")
    if store.status != Store.Status.CONNECTED:
        raise ShopifyError(Remedy.STOP_STORE, store.obstacle, store.status)


class Access:
    """The token of one store as a client sends it."""

    def __init__(self, store: Store, pause: Pause) -> None:
        self.store, self._pause = store, pause
        self._not_before = 0.0

    def token(self) -> str:
        """To send with the next request. Raises ShopifyError."""
        store, now = self.store, timezone.now()
        usable(store)
        if store.pk and store.token_renew and store.token_renew <= now and time.monotonic() >= self._not_before:
            self._renew_in_time(expired=store.token_expires is not None and store.token_expires <= now)
        return store.access_token

    def _renew_in_time(self, *, expired: bool) -> None:
        """Trouble on the way is no trouble as long as the old token is good."""
        try:
            renew(self.store, pause=self._pause)
        except ShopifyError as error:
            if expired or error.remedy != Remedy.LATER:
                raise
            self._not_before = time.monotonic() + 20

    def another(self) -> bool:
        """After a refusal: whether there is another token to try, of somebody else's renewal or reconnecting, or of ours.

        Raises ShopifyError.
        """
        store = self.store
        if not store.pk:
            return False
        seen = store.token_serial
        refresh(store)
        if store.token_serial != seen:
            return True
        young = store.token_granted is not None and timezone.now() - store.token_granted < AGAIN
        if not store.renewable or young:
            return False
        renew(store, pause=self._pause)
        return True

    def may_write(self) -> None:
        """Right before a write: an admin may have paused or disconnected the store since. Raises ShopifyError."""
        if not self.store.pk:
            return
        row = Store.objects.filter(pk=self.store.pk).values_list("status", "token_serial").first()
        if row is None or row[1] != self.store.token_serial:
            refresh(self.store)
        if row and row[0] == Store.Status.PAUSED:
            raise ShopifyError(Remedy.LATER, OBSTACLES[Store.Status.PAUSED], "paused")
