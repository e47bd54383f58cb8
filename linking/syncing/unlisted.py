"""What stands in galleries as it shall, and is not in the ledger: a backup was brought back that does not know it, or a link was
lost in another way. A gallery that is written to has its kept assets listed as well (settling.links_of)."""

from collections.abc import Iterator

from django.db.models import Prefetch

from linking.models import ChangeRow, Link, ProductSync, StoreSync
from linking.planning.rows import Fenced
from linking.syncing.settling import links_for, record_changed, record_links

PRODUCTS = 50


def list_again(part: StoreSync, fenced: Fenced) -> None:
    """Links of assets that this run found where it wanted them, in galleries that it had not to write to. Raises LeaseLost."""
    if part.sync.kind != "link":
        return
    rows = part.products.filter(state=ProductSync.State.UNCHANGED).order_by("pk")
    pks = list(rows.values_list("pk", flat=True))
    for at in range(0, len(pks), PRODUCTS):
        products = list(rows.filter(pk__in=pks[at : at + PRODUCTS]).defer("before", "variants", "carriers"))
        ids = [product.product_id for product in products]
        known = Link.objects.in_galleries().filter(store=part.store_id, product_id__in=ids)
        listed = set(known.values_list("product_id", "asset_id"))
        short = [product for product in products if any(unlisted(product, listed))]
        if short:
            _write(part, [product.pk for product in short], listed, fenced)


def unlisted(product: ProductSync, listed: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(asset, medium). Only what was selected for this product: what else is there is nobody's word for being ours."""
    incoming = {asset for asset, _ in product.incoming}
    for slot in product.after:
        asset, medium = slot.get("asset"), slot.get("medium")
        if asset in incoming and medium and (product.product_id, asset) not in listed:
            yield asset, medium


def _write(part: StoreSync, pks: list[int], listed: set[tuple[str, str]], fenced: Fenced) -> None:
    lines = Prefetch("changes", ChangeRow.objects.filter(owner_id=""))
    products = list(part.products.filter(pk__in=pks).prefetch_related(lines))
    links = []
    for product in products:
        by_asset = {line.asset_id: line for line in product.changes.all() if line.asset_id and line.name}
        shown = ((asset, id, by_asset.get(asset)) for asset, id in unlisted(product, listed))
        links += links_for(part, product, shown)
    with fenced():
        record_links(part, links, [], products)
        record_changed(part, products)
