"""Which variants a plan's assets are linked for, and their SKUs: for the ledger, which answers what a SKU has without a store."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from linking.models import LinkedVariant, ProductSync
from linking.shopify import variants
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
REFUSING = (ProductSync.State.FAILED, ProductSync.State.REFUSED)


@dataclass
class Carriers:
    """Of one product: what its groups' keys were found on."""

    # Asset id -> variant ids; of an asset that a key of the product brings, none: it stands for all of them.
    assets: dict[str, list[str]] = field(default_factory=dict)
    skus: dict[str, str] = field(default_factory=dict)
    # The key is the product's, or the store was asked by a release that kept no SKUs: then they are read.
    unread: bool = False

    def take(self, asset_ids: Sequence[str], product: Mapping) -> None:
        """A group enters the product, as the store answered for its key (linking.models.KeyMatch)."""
        ids = product.get("variants") or []
        known = {id: sku for id, sku in (product.get("skus") or {}).items() if id in ids}
        self.skus |= known
        self.unread |= len(known) < len(ids) or not ids
        for asset_id in asset_ids:
            before = self.assets.get(asset_id)
            both = list(dict.fromkeys([*(before or []), *ids]))
            whole = not ids or before == [] or len(both) > LinkedVariant.MOST_CARRIERS
            self.assets[asset_id] = [] if whole else both


def fill_in(
    client: ShopifyClient,
    rows: Sequence[ProductSync],
    found: Mapping[str, Carriers],
    linked: Mapping[str, Mapping[str, list[str] | None]],
    answered: datetime,
) -> None:
    """`linked`: the same of the links that are there, by product; `answered`: when the store was asked for the keys. Variants are
    read only of products whose keys no variant carries, many in one call. Raises ShopifyError for a store that is shut."""
    rows = [row for row in rows if row.state not in REFUSING and row.product_id in found]
    asked, now = [row.product_id for row in rows if found[row.product_id].unread], timezone.now()
    read = _read(client, asked)
    for row in rows:
        of, all_of_them = found[row.product_id], read.get(row.product_id)
        known, seen = (of.skus, answered) if all_of_them is None else (all_of_them, now)
        row.carriers = {"variants": [[id, sku] for id, sku in known.items()], "assets": of.assets}
        row.carriers |= {"whole": all_of_them is not None, "seen": seen.isoformat()}
        row.carriers |= {"before": dict(linked.get(row.product_id, {}))}


def _read(client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """As far as the store answers: nothing is linked by these SKUs, and the next run over a product asks again."""
    found: dict[str, dict[str, str]] = {}
    try:
        found.update(variants.skus(client, product_ids, LinkedVariant.MOST))
    except ShopifyError as error:
        if error.remedy == Remedy.STOP_STORE:
            raise
        missing = len(product_ids) - len(found)
        log.info("SKUs of %s products of %s stay unread: %s", missing, client.store.domain, error)
    return found
