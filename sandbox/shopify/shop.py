"""One pretend Shopify store: its products, galleries and files, and what is under way in it."""

import threading
import uuid
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.shopify import bulk, media, reorders, seeding
from sandbox.shopify.bucket import Bucket
from sandbox.shopify.history import History
from sandbox.shopify.ids import gid
from sandbox.shopify.installs import Install
from sandbox.shopify.product_events import ProductEvents
from sandbox.shopify.records import BulkOperation, Collection, Definition, File, Product, Reorder, Target, Variant, dump
from sandbox.shopify.search_index import SearchIndex, documents_of, tokens

SCOPES = ("read_products", "write_products", "read_files", "write_files")


class Shop:
    """State is changed under `lock` only. `world` gives clock(), blobs, faults, journal, settings, base_url, changed()."""

    def __init__(self, *, domain: str, name: str, access_token: str, plan: str, world: Any) -> None:
        self.domain, self.name, self.access_token, self.plan, self.world = domain, name, access_token, plan, world
        self.scopes = set(SCOPES)  # of `access_token`, a custom app's, which never expires
        self.installs: dict[str, Install] = {}  # by client id
        self.grantable = set(SCOPES)  # what the merchant agrees to on the install page
        self.organisation = "own"  # or "foreign": not the one that the app belongs to
        self.closed: int | None = None  # the HTTP status of a store that is frozen, locked or shut to apps
        self.products: dict[str, Product] = {}
        self.files: dict[str, File] = {}
        self.collections: dict[str, Collection] = {}
        self.definitions: dict[str, Definition] = {}  # of products, by "namespace.key"
        self.variant_definitions: dict[str, Definition] = {}
        self.staged: dict[str, Target] = {}  # by key
        self.bulk_operations: dict[str, BulkOperation] = {}
        self.names: dict[str, str] = {}  # file name -> id of the file that holds it
        self.under_way: dict[str, File] = {}  # files with a download
        self.to_start: list[str] = []  # files whose download has not been started in this process
        self.reorders: list[Reorder] = []
        self.finished_jobs: list[str] = []
        self.index = SearchIndex()
        self.history, self.events = History(), ProductEvents(self)
        self.bucket = Bucket(plan, world.clock)
        self.lock = threading.RLock()
        self._last_number = 1_000_000_000 * (1 + zlib.crc32(domain.encode()) % 9000)
        self.first_gid = gid("Shop", self._last_number)

    def install_of(self, token: str) -> Install | None:
        """The installed app that this token belongs to, while it lives."""
        now = self.now()
        return next((one for one in self.installs.values() if token and one.alive(token, now)), None)

    def new_gid(self, kind: str) -> str:
        self._last_number += 7
        return gid(kind, self._last_number)

    def new_job(self) -> str:
        return gid("Job", uuid.uuid4())

    def add_product(
        self,
        *,
        handle: str,
        title: str,
        vendor: str = "",
        product_type: str = "",
        tags: Iterable[str] = (),
        status: str = "ACTIVE",
        description_html: str = "",
        variants: Iterable[Mapping[str, Any]] = ({"title": "Default Title"},),
        metafields: Mapping[tuple[str, str], tuple[str, str]] | None = None,
        pictures: Iterable[Mapping[str, Any]] = (),
    ) -> str:
        """The new product's id. It and its pictures are there at once, in order, also for searches.

        variants: {title, sku, barcode, price, options}; metafields: {(namespace, key): (type, value)};
        pictures: {content: bytes, filename, alt, variants: [indexes into variants]}. Raises ValueError for a taken handle.
        """
        with self.lock:
            product = seeding.product(
                self,
                handle=handle,
                title=title,
                vendor=vendor,
                product_type=product_type,
                tags=list(tags),
                status=status,
                description_html=description_html,
            )
            seeding.fill(self, product, list(variants), metafields or {}, list(pictures))
            return product.id

    def collect(self, title: str, product_ids: Iterable[str]) -> str:
        """Products into the collection of this title, which is made if it is not there: its id."""
        with self.lock:
            found = next((one for one in self.collections.values() if one.title == title), None)
            if found is None:
                handle = "-".join(tokens(title))
                found = Collection(self.new_gid("Collection"), handle, title, self.now())
                self.collections[found.id] = found
            found.products += [id for id in product_ids if id not in found.products]
            self.touch(found, lag=False)
            return found.id

    def define_metafield(
        self, namespace: str, key: str, type: str, admin_filterable: bool, owner_type: str = "PRODUCT"
    ) -> None:
        """A metafield definition; searches see a product's metafield only if it is admin filterable."""
        with self.lock:
            name = key.replace("_", " ").capitalize()  # as the Shopify admin proposes
            gid = self.new_gid("MetafieldDefinition")
            self.define(Definition(gid, namespace, key, type, admin_filterable, owner_type, name))

    def define(self, definition: Definition) -> None:
        self.definitions_of(definition.owner_type)[definition.full_name] = definition

    def definitions_of(self, owner_type: str) -> dict[str, Definition]:
        """By "namespace.key"; of PRODUCT or PRODUCTVARIANT."""
        return {"PRODUCT": self.definitions, "PRODUCTVARIANT": self.variant_definitions}[owner_type]

    def product_with(self, handle: str) -> Product | None:
        return next((p for p in self.products.values() if p.handle == handle), None)

    def variant(self, variant_id: str) -> tuple[Product, Variant] | None:
        pairs = ((p, v) for p in self.products.values() for v in p.variants)
        return next((pair for pair in pairs if pair[1].id == variant_id), None)

    def now(self) -> float:
        return self.world.clock()

    def settle(self) -> None:
        """Lets everything that is due by now take effect. Called before anything is read."""
        with self.lock:
            self.history.follow(self)
            changed = sum(self._settle(moment) for moment in (*self._moments(), self.now())) + bulk.settle(self)
            if changed:
                self.world.changed()

    def _settle(self, moment: float) -> int:
        changed = media.settle(self, moment) + reorders.settle(self, moment)
        self.history.note(self, moment)
        return changed

    def _moments(self) -> list[float]:
        """When something took effect since the last look; they only matter to those who look back."""
        if not self.history.kept:
            return []
        now = self.now()
        return sorted({due for due in (*media.dues(self), *(r.due for r in self.reorders)) if due < now})

    def touch(self, record: Product | File | Collection, *, lag: bool = True) -> None:
        """`record` is new or has changed: searches see it after the index lag, reads by id at once."""
        record.updated_at = self.now()
        if isinstance(record, Product):
            self.events.touched(record)
        due = record.updated_at + (self.world.settings.index_lag if lag else 0)
        for record_id, document in documents_of(self, record).items():
            self.index.put(record_id, document, due=due, now=record.updated_at)
        self.world.changed()

    def remove_product(self, product: Product) -> None:
        """The product and its variants; its files stay."""
        with self.lock:
            del self.products[product.id]
            for record_id in (product.id, *(v.id for v in product.variants)):
                self.index.remove(record_id)
            self.events.removed(product)
            self.world.changed()

    def resume(self) -> None:
        """After a restart: goes on with the downloads that were under way. Needs the server to be listening."""
        with self.lock:
            media.resume(self)

    def dump(self) -> dict[str, Any]:
        """The whole state, JSON-serialisable; the bytes stay in the world's blobs."""
        with self.lock:
            return {
                "domain": self.domain,
                "name": self.name,
                "access_token": self.access_token,
                "plan": self.plan,
                "scopes": sorted(self.scopes),
                "installs": [install.dump() for install in self.installs.values()],
                "grantable": sorted(self.grantable),
                "organisation": self.organisation,
                "closed": self.closed,
                "last_number": self._last_number,
                "bucket": self.bucket.dump(),
                "products": [dump(p) for p in self.products.values()],
                "files": [dump(f) for f in self.files.values()],
                "collections": [dump(c) for c in self.collections.values()],
                "definitions": [dump(d) for d in (*self.definitions.values(), *self.variant_definitions.values())],
                "staged": [dump(t) for t in self.staged.values()],
                "bulk_operations": [dump(b) for b in self.bulk_operations.values()],
                "reorders": [dump(r) for r in self.reorders],
                "finished_jobs": self.finished_jobs,
                "index": self.index.dump(self.now()),
            }

    @classmethod
    def load(cls, data: dict[str, Any], world: Any) -> "Shop":
        """The shop that dump() wrote down. Downloads go on with the first request, or with resume()."""
        shop = cls(**{key: data[key] for key in ("domain", "name", "access_token", "plan")}, world=world)
        shop.scopes = set(data["scopes"])
        shop.installs = {row["client_id"]: Install.load(row) for row in data.get("installs", ())}
        shop.grantable = set(data.get("grantable", SCOPES))
        shop.organisation, shop.closed = data.get("organisation", "own"), data.get("closed")
        shop._last_number = data["last_number"]
        shop.bucket.load(data["bucket"])
        shop.products = {row["id"]: Product.load(row) for row in data["products"]}
        shop.events.known = set(shop.products)
        shop.files = {row["id"]: File.load(row) for row in data["files"]}
        shop.collections = {row["id"]: Collection(**row) for row in data.get("collections", ())}
        for row in data["definitions"]:
            shop.define(Definition(**row))
        shop.staged = {row["key"]: Target.load(row) for row in data.get("staged", ())}
        shop.bulk_operations = {row["id"]: BulkOperation.load(row) for row in data.get("bulk_operations", ())}
        shop.reorders = [Reorder(**row) for row in data["reorders"]]
        shop.finished_jobs = data["finished_jobs"]
        shop._rebuild()
        shop.index.load(data["index"])
        return shop

    def _rebuild(self) -> None:
        """Everything that follows from products, files and collections."""
        self.under_way = {f.id: f for f in self.files.values() if f.download}
        self.to_start = list(self.under_way)
        self.names = {f.filename: f.id for f in self.files.values() if f.holds_name}
        records: list[Product | File | Collection] = [
            *self.products.values(),
            *self.files.values(),
            *self.collections.values(),
        ]
        for record in records:
            for record_id, document in documents_of(self, record).items():
                self.index.put(record_id, document, due=0, now=0)
