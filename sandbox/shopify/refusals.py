"""Mutations that are refused because it is scripted: their payloads without a result, and the userError that says so."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandbox.shopify.ids import kind_of

if TYPE_CHECKING:
    from sandbox.shopify.call import Call
    from sandbox.shopify.shop import Shop

Payload = dict[str, Any]

# root field -> (its payload without a result, where its own refusals point to)
REFUSED: dict[str, tuple[Payload, list[str]]] = {
    "bulkOperationCancel": ({"bulkOperation": None}, ["id"]),
    "bulkOperationRunQuery": ({"bulkOperation": None}, ["query"]),
    "fileCreate": ({"files": []}, ["files"]),
    "fileDelete": ({"deletedFileIds": None}, ["fileIds"]),
    "fileUpdate": ({"files": []}, ["files"]),
    "metafieldDefinitionCreate": ({"createdDefinition": None}, ["definition"]),
    "metafieldsDelete": ({"deletedMetafields": None}, ["metafields"]),
    "metafieldsSet": ({"metafields": None}, ["metafields", "0", "value"]),
    "productDelete": ({"deletedProductId": None}, ["id"]),
    "productReorderMedia": ({"job": None}, ["id"]),
    "productSet": ({"product": None}, ["input"]),
    "productUpdate": ({"product": None}, ["media"]),
    "productVariantAppendMedia": ({"product": None, "productVariants": None}, ["variantMedia", "0", "mediaIds"]),
    "productVariantDetachMedia": ({"product": None, "productVariants": None}, ["variantMedia", "0", "mediaIds"]),
    "productVariantsBulkUpdate": ({"productVariants": None}, ["variants", "0", "mediaId"]),
    "stagedUploadsCreate": ({}, ["input", "0"]),
    "webhookSubscriptionCreate": ({"webhookSubscription": None}, ["topic"]),
    "webhookSubscriptionDelete": ({"deletedWebhookSubscriptionId": None}, ["id"]),
}
MESSAGES = {
    "MEDIA_CANNOT_BE_MODIFIED": "Media cannot be modified. It is currently being modified by another operation.",
    "FILE_LOCKED": "File has a pending operation.",
    "NON_READY_STATE": "Non-ready files cannot be updated.",
    "NON_READY_MEDIA": "Non-ready media cannot be attached to variants.",
    "MEDIA_DOES_NOT_EXIST_ON_PRODUCT": "Media does not exist on the specified product.",
    "FILE_DOES_NOT_EXIST": "File does not exist.",
    "STALE_OBJECT": "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.",
    "VIDEO_THROTTLE_EXCEEDED": "Video creation throttle was exceeded.",
    "MODEL3D_THROTTLE_EXCEEDED": "Model3d creation throttle was exceeded.",
}
OF_FILES = ("fileCreate", "fileUpdate", "fileDelete")
NO_TARGET: Payload = {"url": None, "resourceUrl": None, "parameters": []}


class ScriptedCode(str):
    """A code that a test asked for; the schema may not know it (see schema.py)."""

    __slots__ = ()


def scripted(call: "Call", name: str, arguments: dict[str, Any]) -> Payload | None:
    """The payload of a mutation that is not to run; None if it runs."""
    if is_locked(call, name, arguments):
        return refusal(call, name, arguments, "FILE_LOCKED" if name in OF_FILES else "MEDIA_CANNOT_BE_MODIFIED")
    fault = call.behaviours.first("refused", when=lambda fault: fault.operation in (None, name))
    return refusal(call, name, arguments, fault.code) if fault else None


def refusal(call: "Call", name: str, arguments: dict[str, Any], code: str) -> Payload:
    payload, field = REFUSED[name]
    if name == "productVariantsBulkUpdate":
        payload = payload | {"product": call.shop.products.get(arguments["productId"])}
    elif name == "stagedUploadsCreate":
        payload = {"stagedTargets": [NO_TARGET for _row in arguments["input"]]}
    elif code == "STALE_OBJECT" and name == "metafieldsSet":
        field = [*field[:-1], "compareDigest"]
    error = {"field": field, "message": MESSAGES.get(code, f"Refused: {code}."), "code": ScriptedCode(code)}
    return payload | {"mediaUserErrors" if name == "productReorderMedia" else "userErrors": [error]}


def is_locked(call: "Call", name: str, arguments: dict[str, Any]) -> bool:
    for fault in call.behaviours.scripted("locked"):
        if fault.operation not in (None, name):
            continue
        if touches(call.shop, arguments, fault.match) and call.behaviours.locks(fault, call.shop.now()):
            return True
    return False


def touches(shop: "Shop", arguments: dict[str, Any], wanted: str | None) -> bool:
    """Whether a mutation is about the product of this id or handle (None: about any product)."""
    products = [shop.products[found] for found in products_in(shop, arguments) if found in shop.products]
    return any(wanted in (None, product.id, product.handle) for product in products)


def products_in(shop: "Shop", given: Any, key: str = "") -> Iterator[str]:
    """The ids of the products that are named, whose variants are named, and in whose galleries files stand that are named.

    What a metafield is set to is not what the mutation is about.
    """
    if isinstance(given, dict):
        for name, inner in given.items():
            yield from products_in(shop, inner, name)
    elif isinstance(given, list):
        for inner in given:
            yield from products_in(shop, inner, key)
    elif isinstance(given, str) and key == "handle":
        yield from (product.id for product in shop.products.values() if product.handle == given)
    elif isinstance(given, str) and key != "value":
        yield from products_of(shop, given)


def products_of(shop: "Shop", known_as: str) -> Iterator[str]:
    kind = kind_of(known_as)
    if kind == "Product":
        yield known_as
    elif kind == "ProductVariant" and (found := shop.variant(known_as)):
        yield found[0].id
    elif kind in ("MediaImage", "Video", "GenericFile"):
        yield from (product.id for product in shop.products.values() if known_as in product.media)
