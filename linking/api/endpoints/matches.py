"""What keys mean in a store, before anything is linked by them."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from linking.api.auth import Caller, needing
from linking.api.endpoints.runs import stores_of
from linking.api.problems import Problem
from linking.api.schemas import MatchesOut
from linking.asked_runs import SHOPIFY_FIELDS, unusable
from linking.domain.fields import BadField, ShopifyField
from linking.matching.looking import Meaning, NeedsCatalog, meanings
from setup.models.api_keys import READ_LINKS
from setup.shopify.errors import ShopifyError

router = Router(tags=["Matches"])
Keys = Annotated[list[Annotated[str, Field(min_length=1, max_length=255)]], Query(..., min_length=1, max_length=50)]
Code = Annotated[str, Field(min_length=1, max_length=400)]


@router.get("/matches", response=MatchesOut, summary="What keys mean in a store", openapi_extra=needing([READ_LINKS]))
def list_matches(request: HttpRequest, store: Code, shopify_field: Code, key: Keys) -> Any:
    """Up to 50 keys, asked of the store now. `key` may come several times. 409 where no search can answer: a dry run does."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    [place] = stores_of(caller, [store], "/store")
    if wrong := unusable(place, "/store"):
        raise Problem("invalid-request", errors=wrong)
    if lost := [("/key", "A key is more than blanks.") for one in key if not one.strip()]:
        raise Problem("invalid-request", errors=lost[:1])
    caller.actor.spend("search")
    try:
        found = meanings(place, ShopifyField.parse(shopify_field), key)
    except BadField as error:
        raise Problem("invalid-request", errors=[("/shopify_field", f"{error} {SHOPIFY_FIELDS}")]) from None
    except NeedsCatalog as why:
        said = "A search of the store is no answer to this. Begin a dry run: it reads the whole catalog."
        raise Problem("conflict", f"{said} {why}".strip()) from None
    except ShopifyError as error:
        if error.code == "no_definition":
            raise Problem("invalid-request", errors=[("/shopify_field", str(error.reason))]) from None
        raise
    return {"items": [shown(one) for one in found]}


def shown(one: Meaning) -> dict[str, Any]:
    return {
        "key": one.key,
        "verdict": one.match.verdict.value,
        "reason": str(one.match.reason),
        "reason_code": one.match.reason.code,
        "count": len(one.match.product_ids),
        "products": [
            {"id": card.id, "title": card.title, "handle": card.handle, "status": card.status, "skus": one.skus(card)}
            for card in one.cards
        ],
    }
