"""Products that a store starts with: complete at once, pictures READY, searches see them."""

import itertools
import mimetypes
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.shopify import filenames, pictures, videos
from sandbox.shopify.records import Content, File, Metafield, Product, Variant
from sandbox.shopify.search_index import tokens

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def product(shop: "Shop", *, handle: str, **fields: Any) -> Product:
    if shop.product_with(handle):
        raise ValueError(f"{shop.domain} already has a product with the handle {handle!r}")
    now = shop.now()
    made = Product(shop.new_gid("Product"), handle, created_at=now, updated_at=now, **fields)
    shop.products[made.id] = made
    return made


def fill(
    shop: "Shop",
    product: Product,
    variants: list[Mapping[str, Any]],
    metafields: Mapping[tuple[str, str], tuple[str, str]],
    gallery: list[Mapping[str, Any]],
    *,
    lag: bool = False,
) -> None:
    product.variants = [variant(shop, row) for row in variants]
    product.metafields = kept(shop, metafields)
    for row in gallery:
        file = ready_file(shop, row["content"], row["filename"], row.get("alt") or "")
        product.media.append(file.id)
        for index in row.get("variants") or ():
            product.variants[index].picture = file.id
    shop.touch(product, lag=lag)


def kept(shop: "Shop", metafields: Mapping[tuple[str, str], tuple[str, str]]) -> dict[str, Metafield]:
    return {
        f"{namespace}.{key}": Metafield(shop.new_gid("Metafield"), type_, value, namespace, key)
        for (namespace, key), (type_, value) in metafields.items()
    }


def free_handle(shop: "Shop", title: str) -> str:
    """The title in lower case with hyphens; a number is added if another product has it."""
    stem = "-".join(tokens(title)) or "product"
    candidates = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(1)))
    return next(handle for handle in candidates if not shop.product_with(handle))


def variant(shop: "Shop", row: Mapping[str, Any]) -> Variant:
    given = {key: row[key] for key in ("sku", "barcode") if row.get(key) is not None}
    return Variant(
        shop.new_gid("ProductVariant"),
        row.get("title") or "Default Title",
        price=str(row.get("price") or "0.00"),
        options=dict(row.get("options") or {}),
        metafields=kept(shop, row.get("metafields") or {}),
        **given,
    )


def ready_file(shop: "Shop", content: bytes, filename: str, alt: str) -> File:
    """A file whose bytes are at hand: no download, READY at once. A taken name gets a UUID, as uploads by hand do."""
    name, kind = filenames.free(shop, filename), filenames.kind_of(filename)
    now = shop.now()
    file = File(shop.new_gid(kind), kind, name, now, now, alt=alt, status="READY", version=int(now))
    file.content = measured(shop, content, name, kind)
    shop.files[file.id], shop.names[name] = file, file.id
    shop.touch(file, lag=False)
    return file


def measured(shop: "Shop", content: bytes, name: str, kind: str) -> Content:
    blob = shop.world.blobs.put(content)
    if kind == "MediaImage":
        mime, width, height = pictures.measure(content)
        return Content(blob, mime, len(content), width, height)
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind == "Video":
        try:
            known = videos.measure(shop.world.blobs.path(blob))
        except videos.RefusedVideo:  # a person's own catalog is shown as it is
            known = videos.Measured()
        poster = shop.world.blobs.put(known.poster) if known.poster else None
        return Content(blob, mime, len(content), known.width, known.height, known.duration, poster)
    return Content(blob, mime, len(content))
