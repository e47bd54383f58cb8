"""What the storefront's pages show, as plain values."""

from typing import Any

from sandbox.shopify import cdn
from sandbox.shopify.ids import number_of
from sandbox.shopify.records import File, Product
from sandbox.shopify.shop import Shop

SWATCH = "cloudinary.swatch"  # the metafield that themes show beside a variant
ORDER = {"ACTIVE": 0, "DRAFT": 1, "ARCHIVED": 2}


def products(shop: Shop) -> list[dict[str, Any]]:
    with shop.lock:
        shop.settle()
        known = sorted(shop.products.values(), key=lambda product: (ORDER.get(product.status, 3), product.title))
        return [card(shop, product) for product in known]


def card(shop: Shop, product: Product) -> dict[str, Any]:
    first = next((shop.files[one] for one in product.media if shop.files[one].kind == "MediaImage"), None)
    return {
        "handle": product.handle,
        "title": product.title,
        "type": product.product_type,
        "status": product.status,
        "price": product.variants[0].price if product.variants else "",
        "media": len(product.media),
        "picture": first and medium(shop, first, width=500),
    }


def product(shop: Shop, handle: str) -> dict[str, Any] | None:
    with shop.lock:
        shop.settle()
        found = shop.product_with(handle)
        if found is None:
            return None
        return {
            **card(shop, found),
            "id": number_of(found.id),
            "vendor": found.vendor,
            "tags": found.tags,
            "description": found.description_html,
            "gallery": [medium(shop, shop.files[one], width=1200) for one in found.media],
            "variants": [variant(shop, one) for one in found.variants],
            "metafields": {name: metafield(shop, known.value) for name, known in found.metafields.items()},
        }


def variant(shop: Shop, known: Any) -> dict[str, Any]:
    file = shop.files.get(known.picture or "")
    return {
        "title": known.title,
        "sku": known.sku,
        "barcode": known.barcode,
        "price": known.price,
        "picture": file and medium(shop, file, width=160),
        "swatch": metafield(shop, swatch.value) if (swatch := known.metafields.get(SWATCH)) else None,
        "metafields": {name: metafield(shop, one.value) for name, one in known.metafields.items() if name != SWATCH},
    }


def metafield(shop: Shop, value: str) -> dict[str, Any]:
    """A reference to a file is shown as its picture."""
    file = shop.files.get(value)
    return {"text": value, "picture": file and medium(shop, file, width=160)}


def medium(shop: Shop, file: File, *, width: int) -> dict[str, Any]:
    scaled = width if file.kind == "MediaImage" else None
    return {
        "id": number_of(file.id),
        "kind": file.kind,
        "name": file.filename,
        "alt": file.alt,
        "status": file.status,
        "problem": file.problem and file.problem["message"],
        "url": cdn.url(shop, file, width=scaled) if file.content else None,
        "size": f"{file.content.width} × {file.content.height}" if file.content and file.content.width else "",
        "bytes": file.content.size if file.content else 0,
    }


def files(shop: Shop) -> list[dict[str, Any]]:
    """Newest first, with the products that show them."""
    with shop.lock:
        shop.settle()
        shown_by: dict[str, list[Product]] = {}
        for known in shop.products.values():
            for one in known.media:
                shown_by.setdefault(one, []).append(known)
        newest = sorted(shop.files.values(), key=lambda file: (-file.created_at, -number_of(file.id)))
        return [
            {
                **medium(shop, file, width=160),
                "products": [{"handle": known.handle, "title": known.title} for known in shown_by.get(file.id, ())],
            }
            for file in newest
        ]
