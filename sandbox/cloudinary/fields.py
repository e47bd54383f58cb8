"""Structured metadata fields: made, and values checked, https://cloudinary.com/documentation/metadata_api."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sandbox.catalog.records import MetadataField as CatalogField
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import MetadataField

TYPES = ("string", "integer", "date", "enum", "set")


def built(field: CatalogField) -> MetadataField:
    return MetadataField(field.external_id, field.label, field.type, values=datasource(field.values))


def datasource(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """{external_id: label} -> the entries as the API shows them."""
    return [
        {"external_id": key, "value": label, "state": "active", "position": at}
        for at, (key, label) in enumerate(values.items())
    ]


def checked_values(fields: Mapping[str, MetadataField], given: Mapping[str, str]) -> dict[str, Any]:
    """Texts of a call -> values as they are kept. Raises Refused; then nothing may be written."""
    if unknown := [name for name in given if name not in fields]:
        raise Refused(400, f"Metadata External IDs do not exist: {json.dumps(unknown)}")
    return {name: checked(fields[name], text) for name, text in given.items()}


def checked(field: MetadataField, text: Any) -> Any:
    """Enums and sets take datasource ids, not labels. Raises Refused."""
    if text in ("", [], "[]"):
        if field.mandatory:
            raise Refused(400, f"'' is not valid for field '{field.label}'")
        return [] if field.type == "set" else ""
    try:
        value = READERS[field.type](field, text)
        if not fits(field.validation or {}, value):
            raise ValueError(text)
    except (ValueError, TypeError, LookupError):
        raise Refused(400, f"'{text}' is not valid for field '{field.label}'") from None
    return value


def fits(rule: Mapping[str, Any], value: Any) -> bool:
    """https://cloudinary.com/documentation/metadata_api#validating_data. A rule that is not known here refuses nothing."""
    match rule.get("type"):
        case "and":
            return all(fits(inner, value) for inner in rule.get("rules", []))
        case "greater_than":
            return bool(value > rule["value"] or (rule.get("equals") and value == rule["value"]))
        case "less_than":
            return bool(value < rule["value"] or (rule.get("equals") and value == rule["value"]))
        case "strlen":
            least, most = rule.get("min") or 0, rule.get("max")
            return bool(least <= len(value) and (most is None or len(value) <= most))
        case _:
            return True


def check_validation(type: str, rule: Any) -> None:
    """Of a field of this type. Raises Refused for one that no value could be checked by."""
    match rule:
        case None:
            return
        case {"type": "and", "rules": [_, *_] as rules}:
            for inner in rules:
                check_validation(type, inner)
            return
        case {"type": "strlen"} if type == "string":
            bounds = [rule[name] for name in ("min", "max") if rule.get(name) is not None]
            if bounds and all(isinstance(one, int) and one >= 0 for one in bounds) and bounds == sorted(bounds):
                return
        case {"type": "greater_than" | "less_than", "value": value} if type in ("integer", "date"):
            try:
                known = value if type == "integer" else date.fromisoformat(value)
            except (TypeError, ValueError):
                known = None
            if known is not None and (type == "date" or isinstance(known, int)):
                return
    raise Refused(400, f"Invalid validation: {json.dumps(rule)}")


def read_date(field: MetadataField, text: Any) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(text)):  # Python reads other forms, too
        raise ValueError(text)
    return date.fromisoformat(str(text)).isoformat()


def read_integer(field: MetadataField, text: Any) -> int:
    if not re.fullmatch(r"-?\d+", str(text)):
        raise ValueError(text)
    return int(text)


def read_enum(field: MetadataField, text: Any) -> str:
    if (
        field.allow_dynamic_list_values
        and isinstance(text, str)
        and all(text != one["external_id"] for one in field.values)
    ):
        field.values.append({"external_id": text, "value": text, "state": "active", "position": len(field.values)})
    if not any(entry["external_id"] == text and entry["state"] == "active" for entry in field.values):
        raise ValueError(text)
    return str(text)


def read_set(field: MetadataField, text: Any) -> list[str]:
    values = json.loads(text) if isinstance(text, str) and text.startswith("[") else text
    if not isinstance(values, list):
        values = [values]
    return [read_enum(field, value) for value in values]


READERS = {
    "string": lambda field, text: str(text),
    "integer": read_integer,
    "date": read_date,
    "enum": read_enum,
    "set": read_set,
}
