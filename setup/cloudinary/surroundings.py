"""What a product environment has in Cloudinary, as far as Setup cares: looked at when asked, and kept."""

from datetime import timedelta
from typing import Any

import cloudinary.api
from django.utils import timezone

from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.models import Environment
from setup.shapes import listed, text

FRESH = timedelta(hours=1)
PAGES = 10


def is_fresh(environment: Environment) -> bool:
    return environment.seen_at is not None and timezone.now() - environment.seen_at < FRESH


def look(environment: Environment) -> None:
    """Three calls or a few more. Raises CloudinaryError; then what was seen before stays.

    https://cloudinary.com/documentation/admin_api, under Metadata fields, Transformations and Upload presets.
    """
    client = CloudinaryClient(environment)
    fields = listed(rows_of(client.call(cloudinary.api.list_metadata_fields), "metadata_fields"))
    named = everything(client, cloudinary.api.transformations, "transformations", named=True)
    presets = everything(client, cloudinary.api.upload_presets, "presets")
    environment.seen = {
        "fields": [
            {"id": id, "label": text(field.get("label")) or id, "type": text(field.get("type"))}
            for field in fields
            if (id := text(field.get("external_id")))
        ],
        # Lists may carry the prefix with which a named transformation is used.
        "transformations": [name.removeprefix("t_") for known in named if (name := text(known.get("name")))],
        "presets": [name for known in presets if (name := text(known.get("name")))],
    }
    environment.seen_at = timezone.now()
    environment.save(update_fields=["seen", "seen_at"])


def everything(client: CloudinaryClient, function: Any, name: str, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(PAGES):
        answer = client.call(function, max_results=500, **options)
        found += listed(rows_of(answer, name))
        if not (cursor := text(answer.get("next_cursor"))):
            break
        options["next_cursor"] = cursor
    return found
