"""What AssetLink brought to the files of stores."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from linking.api.auth import Caller, needing
from linking.api.endpoints.runs import Limit, stores_of
from linking.api.paging import page_of, shown
from linking.api.schemas import FilesOut, Text
from linking.models import StoreFile
from setup.models.api_keys import READ_LINKS

router = Router(tags=["Files"])
# Shopify was not asked for it yet: so far it is in plans only.
PLANNED = (StoreFile.State.PLANNED, StoreFile.State.UPLOADING, StoreFile.State.STAGED)


@router.get(
    "/files",
    response=FilesOut,
    summary="Files of stores that AssetLink brought, by store or asset",
    openapi_extra=needing([READ_LINKS]),
)
def list_files(
    request: HttpRequest, cursor: str = "", limit: Limit = 100, store: Text = "", asset_id: Text = ""
) -> Any:
    """Without files that were there before and that AssetLink links where it found them."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    stores = stores_of(caller, [store], "/store") if store else list(caller.stores)
    found = StoreFile.objects.for_galleries().filter(store__in=stores, adopted=False).exclude(state__in=PLANNED)
    if asset_id:
        found = found.filter(asset_id=asset_id)
    page, following = page_of(found.select_related("store"), cursor, limit)
    return shown(page, following, file_shown)


def file_shown(file: StoreFile) -> dict[str, Any]:
    return {
        "store": file.store.domain,
        "asset_id": file.asset_id,
        "version": file.version,
        "kind": file.kind,
        "name": file.file_name,
        "state": file.state,
        "file_id": file.file_id,
        "source_url": file.source_url,
        "alt": file.alt,
        "problem": str(file.problem),
        "problem_code": file.problem.code,
    }
