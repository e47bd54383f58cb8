"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productDelete"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.unsupported import Unsupported


@mutation("productDelete", "write_products")
def product_delete(call: Call, input: dict[str, Any], synchronous: bool = True) -> dict[str, Any]:
    """The product and its variants go, its files stay."""
    if not synchronous:
        raise Unsupported("productDelete(synchronous: false)")
    product = call.product(input["id"])
    if product is None:
        return {"deletedProductId": None, "userErrors": [user_error(["id"], "Product does not exist")]}
    call.shop.remove_product(product)
    return {"deletedProductId": product.id, "userErrors": []}
