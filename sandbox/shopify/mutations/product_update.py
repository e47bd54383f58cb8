"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productUpdate: plain fields, and media appended."""

from typing import TYPE_CHECKING, Any

from sandbox.shopify import filenames, galleries, media
from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.mutations import new_files, product_fields
from sandbox.shopify.queries import identified
from sandbox.shopify.records import Product
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


@mutation("productUpdate", "write_products")
def product_update(
    call: Call,
    product: dict[str, Any] | None = None,
    identifier: dict[str, Any] | None = None,
    media: list[dict[str, Any]] | None = None,
    input: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One bad row refuses all. Its userErrors have no code."""
    given, rows = product or input or {}, media or []
    product_fields.check(given, besides={"id"}, mutation="productUpdate")
    new_files.check_sources(rows)
    found = identified(call, identifier or {"id": given.get("id") or ""})
    if found is None:
        return refused(["id"], "Product does not exist")
    if error := media_error(call.shop, found, rows):
        return refused(*error)
    if wrong := product_fields.wrong_field(call.shop, given, found):
        return refused([wrong[0]], wrong[1])
    product_fields.apply(found, given)
    append_media(call.shop, found, rows)
    call.shop.touch(found)
    return {"product": found, "userErrors": []}


def refused(field: list[str], message: str) -> dict[str, Any]:
    return {"product": None, "userErrors": [user_error(field, message)]}


def media_error(shop: "Shop", product: Product, rows: list[dict[str, Any]]) -> tuple[list[str], str] | None:
    for index, row in enumerate(rows):
        if row["mediaContentType"] == "EXTERNAL_VIDEO":
            raise Unsupported("external videos")
        if row["mediaContentType"] == "VIDEO" and not new_files.is_staged_video(shop, row["originalSource"]):
            return ["media", str(index), "originalSource"], "Video URL is invalid"
        if row["mediaContentType"] == "MODEL_3D":
            raise Unsupported("3D models")
        if not new_files.is_web_address(row["originalSource"]):
            return ["media", str(index), "originalSource"], "Image URL is invalid"
        if len(row.get("alt") or "") > new_files.LONGEST_ALT:
            return ["media", str(index), "alt"], new_files.ALT_TOO_LONG
    if len(product.media) + len(rows) > galleries.LONGEST:
        return ["media"], galleries.TOO_LONG
    return None


def append_media(shop: "Shop", product: Product, rows: list[dict[str, Any]]) -> None:
    """New files each time, in the order of the rows; the gallery does not wait for READY."""
    for row in rows:
        kind = "Video" if row["mediaContentType"] == "VIDEO" else "MediaImage"
        name = filenames.free(shop, new_files.name_of(shop, row))
        file = media.create(shop, row["originalSource"], kind=kind, filename=name, alt=row.get("alt") or "")
        product.media.append(file.id)
