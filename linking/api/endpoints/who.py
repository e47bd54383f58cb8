"""Whose key it is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from linking.api.schemas import WhoOut

router = Router(tags=["Key"])


@router.get("/key", response=WhoOut, summary="Whose key this is, and its stores")
def get_key(request: HttpRequest) -> dict[str, Any]:
    caller = request.auth  # type: ignore[attr-defined]
    member = caller.key.member
    return {
        "environment": caller.environment.cloud_name,
        "key": str(caller.key),
        "scopes": caller.key.scopes,
        "expires": caller.key.expires,
        "stores": [
            {
                "domain": store.domain,
                "name": str(store),
                "status": store.status,
                "writable": member.may_write_to(store) and not member.is_viewer,
                "problem": str(store.problem),
            }
            for store in caller.stores.in_order()
        ],
        "limits": {
            "requests_per_minute": settings.LIMITS["api"],
            "runs_per_hour": settings.LIMITS["sync"],
            "dry_runs_per_hour": settings.LIMITS["dry_run"],
        },
    }
