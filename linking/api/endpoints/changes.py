"""Which products' media changed, for who shows them elsewhere and missed what webhooks reported."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from linking.api import paging
from linking.api.auth import Caller, needing
from linking.api.endpoints.runs import Limit, stores_of
from linking.api.ledger_schemas import ChangedProductsOut
from linking.api.schemas import Text
from linking.domain import cursors
from linking.models import ChangedProduct
from linking.webhooks import changes
from setup.models.api_keys import READ_LINKS

router = Router(tags=["Links"])


@router.get(
    "/changed-products",
    response=ChangedProductsOut,
    summary="Products whose media changed since a cursor",
    openapi_extra=needing([READ_LINKS]),
)
def list_changed_products(request: HttpRequest, cursor: str = "", limit: Limit = 100, store: Text = "") -> Any:
    """Each product once, by its latest change. Keep `cursor`, and ask with it next time. The webhook events `media.changed` and
    `media.summary` have cursors of the same kind."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    stores = stores_of(caller, [store], "/store") if store else list(caller.stores)
    since = paging.read(cursor) if cursor else 0
    feed = changes.feed_of(caller.environment)
    rows = changes.since(feed, since).filter(store__in=stores)
    found = list(rows.select_related("store")[: limit + 1])
    more = len(found) > limit
    reached = cursors.written(found[limit - 1].number or 0 if more else max(since, feed.last))
    return {
        "items": [shown(row) for row in found[:limit]],
        "next_cursor": reached if more else None,
        "cursor": reached,
        "complete": since >= feed.forgotten,
    }


def shown(row: ChangedProduct) -> dict[str, Any]:
    return {
        "store": row.store.domain,
        "product_id": row.product_id,
        "product": row.title,
        "handle": row.handle,
        "changed": row.changed,
        "links": {"self": changes.links_address(row)},
    }
