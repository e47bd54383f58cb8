"""Assets that a program hands over to a person."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from linking.api import idempotency
from linking.api.auth import Caller, needing
from linking.api.endpoints.runs import named
from linking.api.schemas import SelectionIn, SelectionOut
from linking.selection import addresses
from linking.selection.named_assets import ids_of
from setup.models.api_keys import WRITE_SELECTIONS

router = Router(tags=["Selections"])


@router.post(
    "/selections",
    response={201: SelectionOut},
    summary="Hand over assets for a person to link",
    openapi_extra=needing([WRITE_SELECTIONS]),
)
def hand_over(request: HttpRequest, asked: SelectionIn) -> Any:
    """The address opens the assets in AssetLink, once, within a day, for a member of the environment. It signs nobody in. Of an
    asset ID that Cloudinary does not know, the page says that the asset is not there."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(WRITE_SELECTIONS)
    idempotency.begin(request, caller.key)
    ids = ids_of(caller.environment, named(asked.assets), asked.search)
    caller.actor.spend("dry_run")
    row, address = addresses.hand_over(
        caller.environment, ids, said_by=str(caller.key), note=asked.note, now=timezone.now(), who=request
    )
    return Status(201, {"address": address, "expires": row.expires, "assets": len(ids)})
