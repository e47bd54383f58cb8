"""The metadata fields of an environment, as cells are checked against them."""

from collections.abc import Iterable, Mapping
from typing import Any

import cloudinary.api

from linking.domain.sheet_columns import FIELD, SheetField
from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.models import Environment
from setup.shapes import listed, mapping, text


def fields_of(environment: Environment, client: CloudinaryClient | None = None) -> dict[str, SheetField]:
    """By external ID. Entries of lists that are not active any more are refused by Cloudinary, so they are not among those
    that may be written. Raises CloudinaryError.

    https://cloudinary.com/documentation/admin_api#get_metadata_fields
    """
    answer = (client or CloudinaryClient(environment)).read(cloudinary.api.list_metadata_fields)
    rows = listed(rows_of(answer, "metadata_fields"))
    return {id: _field(id, row) for row in rows if (id := text(row.get("external_id")))}


def _field(id: str, row: dict) -> SheetField:
    entries = listed(mapping(row.get("datasource")).get("values"))
    named = [
        (entry, text(one.get("value")) or entry, one) for one in entries if (entry := text(one.get("external_id")))
    ]
    return SheetField(
        id,
        text(row.get("label")) or id,
        text(row.get("type")),
        {entry: label for entry, label, one in named if one.get("state", "active") == "active"},
        {entry: label for entry, label, one in named if one.get("state", "active") != "active"},
        grows=row.get("allow_dynamic_list_values") is True,
        mandatory=row.get("mandatory") is True,
        rules=mapping(row.get("validation")),
        locked=mapping(row.get("restrictions")).get("readonly_ui") is True,
    )


def entries_of(fields: Mapping[str, SheetField], columns: Iterable[str]) -> dict[str, Any]:
    """Of the lists among these columns: what a report names their entries by."""
    ids = [code.removeprefix(FIELD) for code in columns if code.startswith(FIELD)]
    lists = [field for id in ids if (field := fields.get(id)) is not None and (field.labels or field.gone)]
    return {one.id: {"labels": dict(one.labels), "gone": dict(one.gone), "grows": one.grows} for one in lists}
