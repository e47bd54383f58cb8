"""The metafields that people choose from: read from a store after it was asked for matches, and again after a while."""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from linking.domain.metafields import Definition, Offered, offered
from linking.models import StoreMatch, StoreMetafields
from linking.shopify.catalog import OWNER_TYPES
from linking.shopify.metafields import definitions
from setup.models import Store
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError

log = logging.getLogger(__name__)
FRESH = timedelta(minutes=10)


def keep(match_pk: int) -> None:
    """Read what the store of this match defines, unless that was done a short while ago. A call for 250 definitions of
    products, and one for those of variants; what goes wrong is for the log, as people can still write a name."""
    match = StoreMatch.objects.select_related("store").filter(pk=match_pk).first()
    if match is None or match.store.status != Store.Status.CONNECTED:
        return
    now = timezone.now()
    if StoreMetafields.objects.filter(store=match.store, read_at__gt=now - FRESH).exists():
        return
    try:
        client = ShopifyClient(match.store)
        known = [asdict(one) for owner_type in OWNER_TYPES for one in definitions(client, owner_type)]
    except ShopifyError as error:
        log.info("The metafields of %s were not read: %s", match.store, error)
        return
    StoreMetafields.objects.update_or_create(store=match.store, defaults={"known": known, "read_at": now})


def offered_by(stores: Iterable[Store], *, of_variants: bool = False) -> list[Offered]:
    """Of all these stores together. One query."""
    rows, owner = StoreMetafields.objects.filter(store__in=list(stores)), OWNER_TYPES[of_variants]
    return offered([Definition(**one) for one in row.known if one["owner"] == owner] for row in rows)
