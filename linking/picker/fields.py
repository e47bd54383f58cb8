"""The structured metadata fields that can be searched: as Cloudinary has them, asked for at most every ten minutes, and otherwise
as they were seen last."""

from typing import Any

from linking.cloudinary.assets import metadata_fields
from linking.picker.answers import SELDOM, keep, kept
from linking.picker.asking import asking
from setup.cloudinary.client import CloudinaryError
from setup.cloudinary.surroundings import field_row, remember_fields
from setup.models import Environment
from setup.stored_json import seen


def known(environment: Environment) -> list[dict[str, Any]]:
    """As `Environment.seen` has them, with all values of their lists where they were asked for lately. No call."""
    lately = kept(environment, "fields")
    return seen({"fields": lately})["fields"] if isinstance(lately, list) else environment.seen.get("fields", [])


def asked(environment: Environment) -> list[dict[str, Any]]:
    """The same by one call, unless it was made lately. Where Cloudinary does not answer, as they were seen."""
    if kept(environment, "fields") is None:
        try:
            with asking(environment) as client:
                fields = metadata_fields(client)
        except CloudinaryError:
            return known(environment)
        rows = [field_row(one.external_id, one.label, one.type, one.labels.items()) for one in fields]
        remember_fields(environment, rows)
        whole = [row | {"values": list(one.labels.items())} for row, one in zip(rows, fields, strict=True)]
        keep(environment, whole, SELDOM, "fields")
        return seen({"fields": [row | {"values": [list(pair) for pair in row["values"]]} for row in whole]})["fields"]
    return known(environment)
