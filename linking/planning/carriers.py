"""Which variants a plan's assets are linked for, and their SKUs: for the ledger, which answers what a SKU has without a store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linking.models import LinkedVariant, ProductSync
from linking.shopify import variants
from setup.shopify.client import ShopifyClient

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
    linked: Mapping[str, Mapping[str, list[str]]],
) -> None:
    """`linked`: the same of the links that are there, by product. Only products whose keys no variant carries are asked for their
    variants, many in one call. Raises ShopifyError."""
    rows = [row for row in rows if row.state not in REFUSING and row.product_id in found]
    asked = [row.product_id for row in rows if found[row.product_id].unread]
    read = variants.skus(client, asked, LinkedVariant.MOST)
    for row in rows:
        of, all_of_them = found[row.product_id], read.get(row.product_id)
        known = of.skus if all_of_them is None else all_of_them
        row.carriers = {"variants": [[id, sku] for id, sku in known.items()], "assets": of.assets}
        row.carriers |= {"whole": all_of_them is not None, "before": dict(linked.get(row.product_id, {}))}
