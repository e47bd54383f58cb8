"""The fields of a BulkOperation, https://shopify.dev/docs/api/admin-graphql/2026-10/objects/BulkOperation; and its file."""

from typing import TYPE_CHECKING, Any

from flask import Response, abort

from sandbox.shopify import bulk
from sandbox.shopify.call import Call, field_of
from sandbox.shopify.records import BulkOperation
from sandbox.shopify.search_index import iso

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


@field_of("BulkOperation", "type")
def type_of(operation: BulkOperation, call: Call) -> str:
    return "QUERY"


@field_of("BulkOperation", "createdAt")
def created_at(operation: BulkOperation, call: Call) -> str:
    return iso(operation.created_at)


@field_of("BulkOperation", "completedAt")
def completed_at(operation: BulkOperation, call: Call) -> str | None:
    return iso(operation.completed_at) if operation.completed_at else None


@field_of("BulkOperation", "errorCode")
def error_code(operation: BulkOperation, call: Call) -> str | None:
    return operation.error_code if operation.status == "FAILED" else None


@field_of("BulkOperation", "objectCount")
def object_count(operation: BulkOperation, call: Call) -> str:
    """Grows while it runs; a string, as every UnsignedInt64."""
    return str(bulk.progress(operation, operation.objects, call.shop.now()))


@field_of("BulkOperation", "rootObjectCount")
def root_object_count(operation: BulkOperation, call: Call) -> str:
    return str(bulk.progress(operation, operation.roots, call.shop.now()))


@field_of("BulkOperation", "fileSize")
def file_size(operation: BulkOperation, call: Call) -> str | None:
    return str(operation.content.size) if operation.content and url(operation, call) else None


@field_of("BulkOperation", "url")
def url(operation: BulkOperation, call: Call) -> str | None:
    return bulk.address(call.shop, operation, call.shop.now()) if operation.status == "COMPLETED" else None


@field_of("BulkOperation", "partialDataUrl")
def partial_data_url(operation: BulkOperation, call: Call) -> str | None:
    return bulk.address(call.shop, operation, call.shop.now()) if operation.status == "FAILED" else None


def download(world: Any, token: str) -> Response:
    """The JSONL; 404 when it is over, or not there yet."""
    found = next((body for shop in world.shops.values() if (body := result(shop, token)) is not None), None)
    if found is None:
        abort(404)
    return Response(found, mimetype="application/jsonl")


def result(shop: "Shop", token: str) -> bytes | None:
    with shop.lock:
        shop.settle()
        found = next((o for o in shop.bulk_operations.values() if o.token == token), None)
        if found is None or found.content is None or bulk.address(shop, found, shop.now()) is None:
            return None
        body: bytes = shop.world.blobs.get(found.content.blob)
        return body
