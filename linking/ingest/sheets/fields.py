"""The metadata fields of an environment, as cells are checked against them."""

import cloudinary.api

from linking.domain.sheet_columns import SheetField
from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.models import Environment
from setup.shapes import listed, mapping, text


def fields_of(environment: Environment) -> dict[str, SheetField]:
    """By external ID. Entries of lists that are not active any more are refused by Cloudinary, so they are not here. Raises
    CloudinaryError.

    https://cloudinary.com/documentation/admin_api#get_metadata_fields
    """
    answer = CloudinaryClient(environment).read(cloudinary.api.list_metadata_fields)
    rows = listed(rows_of(answer, "metadata_fields"))
    return {id: _field(id, row) for row in rows if (id := text(row.get("external_id")))}


def _field(id: str, row: dict) -> SheetField:
    entries = listed(mapping(row.get("datasource")).get("values"))
    labels = {
        entry: text(one.get("value")) or entry
        for one in entries
        if (entry := text(one.get("external_id"))) and one.get("state", "active") == "active"
    }
    return SheetField(id, text(row.get("label")) or id, text(row.get("type")), labels)
