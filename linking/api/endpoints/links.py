"""What is in which gallery because of AssetLink, and taking it out."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from linking import runs
from linking.api import idempotency, rows
from linking.api.auth import Caller, needing
from linking.api.endpoints.runs import Limit, accepted, stores_of
from linking.api.ledger_schemas import LinksOut
from linking.api.paging import page_of, shown
from linking.api.problems import Problem
from linking.api.schemas import Asked, RunOut, Text
from linking.models import Link
from linking.reporting import ledger
from setup.models.api_keys import READ_LINKS, REMOVE_LINKS

LARGEST = 2**63 - 1  # of a row's number
router = Router(tags=["Links"])


class UnlinkIn(Asked):
    """Links by their ids, as GET /links shows them."""

    links: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=LARGEST)]], Field(min_length=1, max_length=1000)
    ] = Field(description="their ids")


@router.get("/links", response=LinksOut, summary="Links, by asset, product or SKU", openapi_extra=needing([READ_LINKS]))
def list_links(
    request: HttpRequest,
    cursor: str = "",
    limit: Limit = 100,
    store: Text = "",
    asset_id: Text = "",
    product: Text = "",
    sku: Text = "",
) -> Any:
    """`product` is a Shopify id (`gid://shopify/Product/…`) or a handle."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    stores = stores_of(caller, [store], "/store") if store else list(caller.stores)
    found = rows.links_of(caller, stores)
    if asset_id:
        found = found.filter(asset_id=asset_id)
    if product:
        found = found.filter(product_id=product) if product.startswith("gid://") else found.filter(handle=product)
    if sku:
        found = found.filter(pk__in=[link.pk for one in stores for link in Link.objects.of_sku(one, sku)])
    page, following = page_of(found, cursor, limit)
    known = ledger.known_of(page)
    return shown(page, following, lambda link: link_shown(link, known[link.pk]))


def link_shown(link: Link, known: ledger.Known) -> dict[str, Any]:
    return {
        "id": link.pk,
        "store": link.store.domain,
        "asset_id": link.asset_id,
        "public_id": known.public_id,
        "product_id": link.product_id,
        "product": link.title,
        "handle": link.handle,
        "media_id": link.medium_id,
        "position": known.position,
        "url": known.url,
        "skus": list(known.skus),
        "gone": link.gone,
        "linked": link.linked,
        "last_run": known.run or None,
    }


@router.post(
    "/links/unlink",
    response={202: RunOut},
    summary="Plan to unlink: take pictures out of their galleries",
    openapi_extra=needing([REMOVE_LINKS]),
)
def unlink(request: HttpRequest, asked: UnlinkIn, response: HttpResponse) -> Any:
    """The answer is a dry run: apply it with its number of `removals`. No file is deleted."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(REMOVE_LINKS)
    idempotency.begin(request, caller.key)
    found = list(rows.links_of(caller, list(caller.stores)).filter(pk__in=asked.links))
    known = {link.pk for link in found}
    if lost := [(f"/links/{at}", "There is no such link.") for at, pk in enumerate(asked.links) if pk not in known]:
        raise Problem("invalid-request", errors=lost)
    return accepted(response, runs.unlink(caller.actor, found, idempotency.token_of(request)))
