"""What a product environment has in Cloudinary, as far as Setup cares: looked at when asked, and kept."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import cloudinary.api
from django.db import transaction
from django.utils import timezone

from setup.cloudinary.client import CloudinaryClient, cursor_of, rows_of
from setup.models import Environment
from setup.shapes import listed, mapping, text

FRESH = timedelta(hours=1)
PAGES = 10
# Of a field's list; a longer one is not what tells kinds of assets apart, and the row of the environment is read with every page.
MOST_VALUES = 50


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
    learned = environment.seen.get("embedded")  # setup.cloudinary.embedded
    environment.seen = {
        **({"embedded": learned} if learned else {}),
        "fields": [
            field_row(id, text(field.get("label")) or id, text(field.get("type")), values_of(field))
            for field in fields
            if (id := text(field.get("external_id")))
        ],
        # Lists may carry the prefix with which a named transformation is used.
        "transformations": [name.removeprefix("t_") for known in named if (name := text(known.get("name")))],
        "presets": [name for known in presets if (name := text(known.get("name")))],
    }
    environment.seen_at = timezone.now()
    environment.save(update_fields=["seen", "seen_at"])


def field_row(id: str, label: str, type: str, values: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """A structured metadata field as `Environment.seen` has it. `values`: (external ID, label) of its list."""
    listed = [list(entry) for entry in values]
    return {"id": id, "label": label, "type": type, "values": listed if len(listed) <= MOST_VALUES else []}


def values_of(field: dict[str, Any]) -> list[tuple[str, str]]:
    rows = listed(mapping(field.get("datasource")).get("values"))
    return [(id, text(row.get("value")) or id) for row in rows if (id := text(row.get("external_id")))]


def remember_fields(environment: Environment, fields: list[dict[str, Any]]) -> None:
    """Keep the structured metadata fields that a selection was just fetched with: a swatch is known by them, also where no admin
    has had Cloudinary looked at since."""
    if environment.seen.get("fields") == fields:
        return
    with transaction.atomic():
        row = Environment.objects.select_for_update().only("seen").get(pk=environment.pk)
        row.seen = {**row.seen, "fields": fields}
        row.save(update_fields=["seen"])
    environment.seen = row.seen


def everything(client: CloudinaryClient, function: Any, name: str, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(PAGES):
        answer = client.call(function, max_results=500, **options)
        found += listed(rows_of(answer, name))
        if not (cursor := cursor_of(answer, options.get("next_cursor", ""))):
            break
        options["next_cursor"] = cursor
    return found
