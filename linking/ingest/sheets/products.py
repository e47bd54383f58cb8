"""A source of rows: what products in Shopify say of the assets that the ledger has. Nothing is written here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from linking.domain.assets import Asset
from linking.domain.mappings import Mapped, Property
from linking.domain.sheet_columns import ASSET_ID, SheetField
from linking.domain.sheet_rows import Value, Wish
from linking.domain.write_back import Product, Said, reconciled, said
from linking.ingest.sheets.bases import bases_of, keep_bases
from linking.ingest.sheets.checking import current_of
from linking.ingest.sheets.fields import fields_of
from linking.models import Link
from linking.shopify import properties
from setup.models import Environment, Store
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.zones import zone_of

Place = tuple[int, str]  # pk of a store, and product id
LINKED, UNLINKED = "linked", "unlinked"


class Products:
    """By the mapping that it was begun with."""

    def __init__(self, environment: Environment, asked: Mapping[str, Any]) -> None:
        self._environment = environment
        self._mapped = Mapped.of(asked.get("mapping") or {})
        self.columns, self.replaces = self._mapped.columns, bool(asked.get("replaces"))
        self.additions: dict[str, dict[str, str]] = {}
        self._fields: Mapping[str, SheetField] | None = None

    def name(self, asset: Asset) -> str:
        return asset.name

    def rows(self, assets: Sequence[Asset]) -> Iterable[Wish | Reason]:
        """Raises ShopifyError of stores that may answer later, CloudinaryError."""
        if self._fields is None:
            self._fields = fields_of(self._environment)
        ids = [asset.asset_id for asset in assets]
        links: dict[str, list[Link]] = defaultdict(list)
        for link in Link.objects.in_galleries().in_stores(self._environment, ids).select_related("store"):
            links[link.asset_id].append(link)
        known, closed = self._read([link for some in links.values() for link in some])
        bases = bases_of(self._environment, ids)
        agreed: dict[str, dict[str, Value]] = {}
        for asset in assets:
            mine = links.get(asset.asset_id, [])
            if why := next((closed[link.store_id] for link in mine if link.store_id in closed), None):
                yield why
                continue
            found = said(self._mapped, list(self._products(mine, known)), self._fields)
            for field, entries in found.entries.items():
                self.additions.setdefault(field, {}).update(entries)
            base = bases.get(asset.asset_id, {})
            current = current_of(asset, found.values)
            agreed[asset.asset_id] = dict(reconciled(found.values, current, base, replaces=False).agreed)
            yield self._wish(asset, found, base)
        keep_bases(self._environment, agreed)

    def _wish(self, asset: Asset, found: Said, base: Mapping[str, Value]) -> Wish:
        return Wish(ASSET_ID, asset.asset_id, found.values, base, found.refused)

    def _read(self, links: Sequence[Link]) -> tuple[dict[Place, properties.Known], dict[int, Reason]]:
        """And why stores say nothing: then nobody knows what their products are like, and nothing is emptied. Raises
        ShopifyError."""
        stores: dict[int, Store] = {link.store_id: link.store for link in links if self._counts(link)}
        found: dict[Place, properties.Known] = {}
        closed: dict[int, Reason] = {}
        for pk, store in stores.items() if self._mapped.asks_stores else ():
            ids = list(dict.fromkeys(link.product_id for link in links if link.store_id == pk))
            try:
                read = properties.read(ShopifyClient(store), self._mapped, ids)
            except ShopifyError as error:
                if error.remedy in (Remedy.LATER, Remedy.LOOK):
                    raise
                closed[pk] = error.reason
                continue
            found |= {(pk, id): values for id, values in read.items()}
        return found, closed

    def _counts(self, link: Link) -> bool:
        return self._mapped.store in (None, link.store_id)

    def _products(self, links: Sequence[Link], known: Mapping[Place, properties.Known]) -> Iterator[Product]:
        """With what the ledger knows, as a product of its own."""
        of_ledger: dict[Any, Sequence[str]] = {Property.STATE: [LINKED if links else UNLINKED]}
        if links:
            day = max(link.linked for link in links).astimezone(zone_of(self._environment.time_zone)).date()
            of_ledger[Property.LINKED] = [day.isoformat()]
            of_ledger[Property.STORES] = [link.store.domain for link in links]
            of_ledger[Property.ADDRESS] = [link.store.product_admin_url(link.product_id) for link in links]
        yield Product(of_ledger)
        for link in links:
            if self._counts(link) and (one := known.get((link.store_id, link.product_id))):
                yield Product(one.of(link.variants or ()))
