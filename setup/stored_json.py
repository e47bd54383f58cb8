"""JSON columns that are read in one shape, whatever stands in them: of an older or a newer release, or damaged."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform

from setup.reasons import ReasonEncoder


class StoredJSON(models.JSONField):
    """`shape` makes what is stored into what everybody reads, and never raises. What is stored stays as it is until it is saved
    again. In the database, and for migrations, it is a JSONField like any other."""

    def __init__(self, *args: Any, shape: Callable[[object], Any] = lambda value: value, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = shape

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        if kwargs.get("encoder") is ReasonEncoder:
            del kwargs["encoder"]
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        try:
            known = super().from_db_value(value, expression, connection)
        except (RecursionError, ValueError):  # nested deeper, or numbers longer, than can be read; written past Django
            known = None
        return known if isinstance(expression, KeyTransform) else self.shape(known)


def texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def texts_or_none(value: object) -> list[str] | None:
    return None if value is None else texts(value)


def seen(value: object) -> dict[str, Any]:
    """{"fields": [{"id", "label", "type", "values": [[external ID, label], …]}, …], "transformations": [name, …], "presets":
    [name, …]}, or {} if nothing was."""
    if not isinstance(value, dict) or not value:
        return {}
    fields = value.get("fields")
    found = [field for one in fields if (field := _field(one))] if isinstance(fields, list) else []
    return {**value, "fields": found, **{name: texts(value.get(name)) for name in ("transformations", "presets")}}


def _field(one: Any) -> dict[str, Any] | None:
    match one:
        case {"id": str() as id}:
            label, kind = one.get("label"), one.get("type")
            known = {"label": label if isinstance(label, str) else id, "type": kind if isinstance(kind, str) else ""}
            return {**one, **known, "values": pairs(one.get("values"))}
        case _:
            return None


def pairs(value: object) -> list[list[str]]:
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, list) and len(row) == 2 and texts(row) == row]


def launch_roles(value: object) -> dict[str, dict[str, Any]]:
    """{slug: {"role", "stores"}}. What cannot be read makes a viewer: damage gives nobody more than they had."""
    found = value if isinstance(value, dict) else {}
    return {slug: _meaning(one) for slug, one in found.items()}


def _meaning(one: Any) -> dict[str, Any]:
    match one:
        case {"role": "member", "stores": None}:
            return {"role": "member", "stores": None}
        case {"role": "member", "stores": list() as stores}:
            return {"role": "member", "stores": [pk for pk in stores if isinstance(pk, int)]}
        case _:
            return {"role": "viewer", "stores": []}


def values(value: object) -> dict[str, Any]:
    """Of the audit log: {name: value}. What is no object is shown all the same."""
    if isinstance(value, dict):
        return value
    return {"value": value} if value else {}
