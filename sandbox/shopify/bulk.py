"""The life of a bulk query: CREATED, then RUNNING, then by the clock COMPLETED, FAILED or CANCELED, and a week later EXPIRED.

https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

import random
import uuid
from typing import TYPE_CHECKING

from sandbox.shopify.records import BulkOperation, Content

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

AT_A_TIME = 5  # queries, since 2026-01
KEPT_SECONDS = 604_800  # how long a result can be fetched
CANCELING_SECONDS = 0.2
STARTED = 0.25  # of the whole time, it is only CREATED
UNFINISHED = ("CREATED", "RUNNING", "CANCELING")


def start(shop: "Shop", query: str, grouped: bool, client_id: str = "") -> BulkOperation:
    now = shop.now()
    seconds = random.uniform(*shop.world.settings.bulk_seconds)
    operation = BulkOperation(
        id=shop.new_gid("BulkOperation"),
        query=query,
        grouped=grouped,
        token=uuid.uuid4().hex,
        created_at=now,
        starts=now + STARTED * seconds,
        ends=now + seconds,
        client_id=client_id,
    )
    shop.bulk_operations[operation.id] = operation
    shop.world.changed()
    return operation


def unfinished(shop: "Shop") -> list[BulkOperation]:
    return [operation for operation in shop.bulk_operations.values() if operation.status in UNFINISHED]


def cancel(shop: "Shop", operation: BulkOperation) -> None:
    now = shop.now()
    operation.objects = progress(operation, operation.objects, now)
    operation.roots = progress(operation, operation.roots, now)
    operation.status, operation.ends, operation.content = "CANCELING", now + CANCELING_SECONDS, None
    shop.world.changed()


def settle(shop: "Shop") -> int:
    """Lets every operation reach the state it has by now; how many changed."""
    return sum(_settle(shop, operation, shop.now()) for operation in shop.bulk_operations.values())


def _settle(shop: "Shop", operation: BulkOperation, now: float) -> bool:
    before = operation.status
    if operation.status == "CREATED" and operation.starts <= now:
        _run(shop, operation)
    if operation.status == "RUNNING" and operation.ends <= now:
        operation.status = "FAILED" if operation.error_code else "COMPLETED"
        operation.completed_at = None if operation.error_code else operation.ends
    if operation.status == "CANCELING" and operation.ends <= now:
        operation.status = "CANCELED"
    if operation.status == "COMPLETED" and operation.ends + KEPT_SECONDS <= now:
        operation.status = "EXPIRED"
    return operation.status != before


def _run(shop: "Shop", operation: BulkOperation) -> None:
    """Reads everything at once: the data are those of this moment. A scripted failure leaves half of them."""
    from sandbox.shopify import bulk_lines  # it needs the resolvers, which need this module

    operation.status = "RUNNING"
    scripted = shop.world.faults.take_bulk(store=shop.domain, query=operation.query)
    result = bulk_lines.read(shop, operation.query, operation.client_id)
    lines = result.lines[: len(result.lines) // 2] if scripted else result.lines
    operation.error_code = (scripted[0].code or "INTERNAL_SERVER_ERROR") if scripted else result.error_code
    operation.objects, operation.roots = len(lines), sum(line.is_root for line in lines)
    body = bulk_lines.text(lines, seed=operation.token, grouped=operation.grouped).encode()
    if body:
        operation.content = Content(shop.world.blobs.put(body), "application/jsonl", len(body))


def progress(operation: BulkOperation, count: int, now: float) -> int:
    """How many of `count` objects are counted so far."""
    if operation.status != "RUNNING":
        return count
    whole = max(operation.ends - operation.starts, 0.001)
    return int(count * min(1.0, max(0.0, (now - operation.starts) / whole)))


def address(shop: "Shop", operation: BulkOperation, now: float) -> str | None:
    """Where the whole or partial result is; None while there is none, without objects, and after a week."""
    if operation.status not in ("COMPLETED", "FAILED") or not operation.content or operation.ends + KEPT_SECONDS <= now:
        return None
    return f"{shop.world.base_url}/bulk/{operation.token}.jsonl"
