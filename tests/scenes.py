"""A small pretend world over real HTTP, connected to the app's database."""

import io
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import urllib3
from PIL import Image

from linking.models import SelectedAsset, Selection, StoreSync, Sync
from linking.selection.fetching import fetch_selection
from linking.syncing.work import Next, work
from sandbox import app as sandbox_app
from sandbox.building import build
from sandbox.catalog.records import Asset, Catalog, MetadataField, Metafield, Picture, Product, Variant
from sandbox.server import listening
from sandbox.world import World
from setup.models import Environment, Member, Store
from setup.shopify.client import ShopifyClient
from setup.shopify.connection import check
from setup.shopify.graphql_documents import load
from tests import pressing

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(10), retries=False)
DOCUMENTS = Path(__file__).parents[1] / "linking" / "shopify" / "documents"
REHEARSALS = Path(__file__).parents[1] / "sandbox" / "shopify" / "documents"
FIELDS = [MetadataField("sku", "SKU"), MetadataField("sequence", "Sequence", "integer")]


@cache
def picture(shade: int = 0, size: tuple[int, int] = (40, 50), format: str = "JPEG") -> bytes:
    """A real picture, of another colour for every shade."""
    colour = (shade * 37 % 256, shade * 91 % 256, shade * 53 % 256)
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, format)
    return kept.getvalue()


def asset(name: str, sku: str | None = None, shade: int = 0, **known) -> Asset:
    metadata = {"sku": sku} if sku is not None else {}
    metadata |= known.pop("metadata", {})
    content = known.pop("content", picture(shade))
    return Asset(
        content=content, public_id=known.pop("public_id", f"shop/{name}"), display_name=name, metadata=metadata, **known
    )


def product(sku: str | None = None, pictures: int = 0, **known) -> Product:
    handle = known.pop("handle", f"product-{sku}".lower().replace(" ", "-"))
    there = [Picture(picture(200 + at), f"{handle}-{at}.jpg", f"Old {at}") for at in range(pictures)]
    variants = known.pop("variants", (Variant(sku=sku),))
    return Product(
        handle=handle, title=known.pop("title", f"Product {sku}"), variants=variants, pictures=there, **known
    )


@dataclass
class Scene:
    """The world, its address, and what the app knows of it."""

    world: World
    url: str
    environment: Environment
    stores: list[Store]
    member: Member
    clicks: int = field(default=0)

    @property
    def shop(self):
        return self.world.shops[self.stores[0].domain]

    def select(self, *names: str, **chosen) -> Selection:
        """A fetched selection of these assets (all of them without names), for all stores."""
        known = self.world.environments[0].assets.values()
        picked = [found for found in known if not names or found.display_name in names]
        ordered = sorted(picked, key=lambda found: names.index(found.display_name) if names else 0)
        stores = chosen.pop("stores", self.stores)
        selection = Selection.objects.create(environment=self.environment, member=self.member, **chosen)
        SelectedAsset.objects.bulk_create(
            SelectedAsset(selection=selection, place=place, asset_id=found.asset_id)
            for place, found in enumerate(ordered)
        )
        selection.stores.set(stores)
        fetch_selection(selection.pk)
        selection.refresh_from_db()
        for name, value in chosen.items():
            setattr(selection, name, value)
        selection.save()
        return selection

    def run(self, selection: Selection, *, dry_run: bool = False) -> Sync:
        """What the button does, worked off in this process. A plan that asks is confirmed, unless a dry run was wanted."""
        self.clicks += 1
        sync = self.finish(pressing.link(selection, f"{selection.key}-{self.clicks}", dry_run=dry_run))
        return sync if dry_run or not sync.dry_run else self.apply(sync)

    def apply(self, sync: Sync) -> Sync:
        """What `Apply this plan` does."""
        pressing.apply(sync)
        return self.finish(sync)

    def undo(self, sync: Sync, **chosen) -> Sync:
        """Shown, then applied."""
        self.clicks += 1
        return self.apply(self.finish(pressing.undo(sync, self.member, f"undo-{self.clicks}", **chosen)))

    def retry(self, sync: Sync) -> Sync:
        self.clicks += 1
        return self.finish(pressing.retry(sync, self.member, f"retry-{self.clicks}"))

    def finish(self, sync: Sync) -> Sync:
        """Worked off; then once more, for stores that waited until the others were planned."""
        for parts in (sync.parts.all(), sync.parts.at_gate()):
            for part in parts:
                for _ in range(30):
                    if work(part.pk) in (Next.NOTHING, Next.WAIT) and not taken(part):
                        break
        return Sync.objects.get(pk=sync.pk)

    def gallery(self, handle: str) -> list[str]:
        """The file names of a product's gallery in the first store, in order."""
        shop = self.shop
        found = shop.product_with(handle)
        return [shop.files[id].filename for id in found.media]

    def assets_in(self, handle: str) -> list[str]:
        """The gallery as names: display names of our assets, and file names of other pictures."""
        return [re.sub(r"(-\d)?-al.*|\.jpg$", "", name) for name in self.gallery(handle)]

    def delete_file(self, file_id: str) -> None:
        """Somebody deletes a file in the Shopify admin."""
        self.elsewhere("FileDelete", fileIds=[file_id])

    def delete_product(self, handle: str) -> None:
        self.elsewhere("ProductDelete", id=self.shop.product_with(handle).id)

    def elsewhere(self, document: str, **variables) -> dict:
        """What another app or a person does in the first store; it is in the journal, too."""
        return ShopifyClient(self.stores[0]).run(load(REHEARSALS, document), **variables)

    def elsewhere_app(self, document: str, **variables) -> dict:
        """The same with a document of the app."""
        return ShopifyClient(self.stores[0]).run(load(DOCUMENTS, document), **variables)

    def meddle(self, method: str, path: str, body: dict | None = None) -> None:
        """What other people do in Cloudinary meanwhile (sandbox.control)."""
        answer = HTTP.request(method, f"{self.url}{path}", json=body or {})
        assert answer.status < 300, answer.data

    def mutations(self) -> list[dict]:
        return self.world.journal.as_json()["entries"]


def taken(part: StoreSync) -> bool:
    """Whether a real worker was quicker and has this very part; comes back when it has let go of it, or after half a minute."""
    row, until = part.rows().exclude(owner=""), time.monotonic() + 30
    was = row.exists()
    while row.exists() and time.monotonic() < until:
        time.sleep(0.05)
    return was


def part_of(sync: Sync) -> StoreSync:
    return sync.parts.get()


@contextmanager
def served(
    catalog: Catalog, folder: Path, *, stores: int = 1, plan: str = "plus", host: str = "127.0.0.1"
) -> Iterator[tuple[World, str]]:
    """The world behind a real server on a free port of this machine."""
    world = build(catalog, folder=folder, base_url="http://127.0.0.1:0", stores=stores, plan=plan)
    server = listening(sandbox_app.create(world), "127.0.0.1", 0)
    world.base_url = f"http://{host}:{server.server_port}"
    world.settings.change({"media_seconds": [0.0, 0.05], "reorder_seconds": 0.05, "index_lag": 0.3})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield world, world.base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def connected(world: World, url: str) -> Scene:
    """What an admin would have set up: the environment with its keys, and every store, checked."""
    known = world.as_json()
    row = known["environments"][0]
    names = (
        "name",
        "cloud_name",
        "api_key",
        "api_secret",
        "upload_prefix",
        "delivery_base",
        "launch_issuer",
        "launch_secret",
    )
    if Environment.objects.exists():  # a test may build several worlds, one after another
        Environment.objects.all().delete()
    environment = Environment.objects.create(**{name: row[name] for name in names})
    stores = []
    for reported in known["stores"]:
        values = {name: reported[name] for name in ("domain", "name", "access_token", "storefront_url", "admin_url")}
        store = check(Store(environment=environment, api_base=url, **values))
        store.save()
        stores.append(store)
    member = Member.objects.create(environment=environment, external_id="u1", name="Ada", roles=["media_library_user"])
    return Scene(world, url, environment, stores, member)


def catalog(products=(), assets=(), metafields=(), fields=FIELDS) -> Catalog:
    return Catalog(
        products=products, assets=assets, metadata_fields=fields, metafields=metafields, store_names=["North", "South"]
    )


__all__ = [
    "FIELDS",
    "Metafield",
    "Product",
    "Scene",
    "Variant",
    "asset",
    "catalog",
    "connected",
    "part_of",
    "picture",
    "product",
    "served",
]
