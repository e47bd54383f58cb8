"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productSet

Lists given are exact, keys left out are left alone.
"""

from typing import TYPE_CHECKING, Any

from sandbox.shopify import galleries, media, seeding
from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.mutations import new_files, product_fields
from sandbox.shopify.queries import identified
from sandbox.shopify.records import Product
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

Payload = dict[str, Any]
Rows = list[dict[str, Any]]


@mutation("productSet", "write_products")
def product_set(
    call: Call, input: dict[str, Any], identifier: dict[str, Any] | None = None, synchronous: bool = True
) -> Payload:
    """An identifier by handle or customId that finds nothing makes a product, and so does none."""
    product_fields.check(input, besides={"files", "id"}, mutation="productSet")
    if not synchronous:
        raise Unsupported("productSet(synchronous: false)")
    if identifier and input.get("id"):
        return refused(["input"], "The id field is not allowed if identifier is provided.", "ID_NOT_ALLOWED")
    rows = input.get("files") or []
    new_files.check_sources(rows)
    wanted = identifier or ({"id": input["id"]} if input.get("id") else None)
    product = identified(call, wanted) if wanted else None
    if product is None and wanted and "id" in wanted:
        where = ["input", "id"] if input.get("id") else ["identifier", "id"]
        return refused(where, "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
    if error := field_error(call.shop, input, product) or rows_error(call, rows):
        return refused(*error)
    product = product or created(call.shop, input, identifier)
    product_fields.apply(product, input)
    if "files" in input:
        galleries.replace(call.shop, product.id, [placed(call, row) for row in rows])
    call.shop.touch(product)
    return {"product": product, "userErrors": []}


def refused(field: list[str], message: str, code: str) -> Payload:
    return {"product": None, "userErrors": [user_error(field, message, code)]}


def field_error(shop: "Shop", given: dict[str, Any], product: Product | None) -> tuple[list[str], str, str] | None:
    if product is None and not given.get("title"):
        return ["input", "title"], "Title can't be blank", "INVALID_INPUT"
    wrong = product_fields.wrong_field(shop, given, product)
    return (["input", wrong[0]], wrong[1], wrong[2]) if wrong else None


def rows_error(call: Call, rows: Rows) -> tuple[list[str], str, str] | None:
    """productSet has no codes of its own for media. One bad row refuses the whole call."""
    for index, row in enumerate(rows):
        if error := row_error(call, row):
            return ["input", "files", str(index), error[0]], error[1], "INVALID_INPUT"
    return None


def row_error(call: Call, row: dict[str, Any]) -> tuple[str, str] | None:
    """(key, message)"""
    if row.get("id"):
        if row.get("originalSource") or row.get("filename"):
            raise Unsupported("a row of productSet.files with an id and a source or filename")
        file = call.shop.files.get(row["id"])
        if file is None or not media.is_media(file):
            return "id", "File does not exist"
        return ("alt", new_files.ALT_TOO_LONG) if len(row.get("alt") or "") > new_files.LONGEST_ALT else None
    if not row.get("originalSource"):
        return "originalSource", "Original source can't be blank"
    if new_files.kind_of(row) == "GenericFile":
        return "originalSource", "Generic files cannot be added to products."
    refusal = new_files.refusal(call, row)
    return (refusal.key, refusal.message) if refusal else None


def placed(call: Call, row: dict[str, Any]) -> str:
    """The id of the row's file: the one named, with its alt text set, or a new one."""
    if not row.get("id"):
        return new_files.make(call, row).id
    file = call.shop.files[row["id"]]
    if row.get("alt") is not None and row["alt"] != file.alt:
        file.alt = row["alt"]
        call.shop.touch(file)
    return file.id


def created(shop: "Shop", given: dict[str, Any], identifier: dict[str, Any] | None) -> Product:
    handle = given.get("handle") or (identifier or {}).get("handle") or seeding.free_handle(shop, given["title"])
    product = seeding.product(shop, handle=handle, title=given["title"])
    seeding.fill(shop, product, [{"title": "Default Title"}], {}, [], lag=True)
    return product
