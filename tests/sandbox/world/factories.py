"""Small pretend worlds, and real servers in front of them. They know nothing of the app."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import urllib3
from PIL import Image

from sandbox.app import create
from sandbox.building import build
from sandbox.catalog.drawing.clips import clip
from sandbox.catalog.records import Asset, Catalog, MetadataField, Metafield, Product, Variant
from sandbox.server import listening
from sandbox.world import World

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(10), retries=False)
FIELDS = (
    MetadataField("sku", "SKU"),
    MetadataField("sequence", "Sequence", "integer"),
    MetadataField("launched", "Launched", "date"),
    MetadataField("color", "Color", "enum", {"red_1": "Red", "blue_1": "Blue"}),
    MetadataField("channels", "Channels", "set", {"web": "Web shop", "print": "Print"}),
)


@cache
def picture(size: tuple[int, int] = (80, 100), color: str = "#c06030", form: str = "JPEG", mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, form)
    return out.getvalue()


@cache
def film() -> bytes:
    return clip("mug", "clay", 0)


def asset(public_id: str, **known: Any) -> Asset:
    return Asset(content=known.pop("content", picture()), public_id=public_id, **known)


def product(handle: str, sku: str | None = None, **known: Any) -> Product:
    return Product(handle=handle, title=known.pop("title", handle.title()), variants=[Variant(sku=sku)], **known)


def catalog(*, assets: Any = (), products: Any = (), **known: Any) -> Catalog:
    metafields = (Metafield("custom", "material", "single_line_text_field", True),)
    return Catalog(
        products=products, assets=assets, metadata_fields=known.pop("fields", FIELDS), metafields=metafields, **known
    )


def world(folder: Path, *, stores: int = 1, **known: Any) -> World:
    return build(catalog(**known), folder=folder, base_url="http://localhost:8001", stores=stores)


@contextmanager
def serving(known: World) -> Iterator[str]:
    """The world behind a real server on a free port; its address."""
    server = listening(create(known), "127.0.0.1", 0)
    known.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known.base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
