"""The mapping of Shopify's values to Cloudinary as its page shows it: a row for each line, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from linking.domain import statuses
from linking.domain.fields import BadField
from linking.domain.mappings import METAFIELDS, MOST_LINES, Line, Mapped, Property, split
from linking.domain.sheet_columns import CONTEXT, FIELD, TAGS, SheetField
from linking.ingest.mapping import owners_of, refused, write_back_of
from linking.ingest.sheets.fields import fields_of
from linking.pages.names import fields_seen
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.models import Environment
from setup.words import _, gettext_lazy

EMPTY = 3  # rows for more
SECONDS = 8.0  # so long a person waits for Cloudinary's fields
PROPERTIES: Mapping[str, Any] = {
    Property.TITLE: gettext_lazy("Title"),
    Property.DESCRIPTION: gettext_lazy("Description, as text"),
    Property.HANDLE: gettext_lazy("Handle"),
    Property.STATUS: gettext_lazy("Status"),
    Property.VENDOR: gettext_lazy("Vendor"),
    Property.PRODUCT_TYPE: gettext_lazy("Product type"),
    Property.TAGS: gettext_lazy("Tags"),
    Property.COLLECTIONS: gettext_lazy("Collections"),
    Property.SKU: gettext_lazy("SKUs"),
    Property.PRICE: gettext_lazy("Prices"),
    Property.METAFIELD: gettext_lazy("Product metafield"),
    Property.VARIANT_METAFIELD: gettext_lazy("Variant metafield"),
    Property.ADDRESS: gettext_lazy("Address in the store’s admin"),
    Property.STORES: gettext_lazy("Linked stores"),
    Property.STATE: gettext_lazy("Link state"),
    Property.LINKED: gettext_lazy("Day of the latest link"),
}


def property_label(line: Line) -> str:
    name = str(PROPERTIES[line.what])
    return f"{name} {line.key}" if line.what in METAFIELDS else name


def target_label(target: str, fields: Mapping[str, SheetField]) -> str:
    kind, name = split(target)
    if kind == CONTEXT:
        return _("Context {key}").format(key=name)
    if kind == TAGS:
        return _("Tags with {prefix}").format(prefix=name)
    return fields[name].label if name in fields else name


def known_fields(environment: Environment) -> tuple[dict[str, SheetField], str]:
    """And why they may be old."""
    try:
        return fields_of(environment, CloudinaryClient(environment, SECONDS)), ""
    except CloudinaryError as error:
        return {one.id: one for one in fields_seen(environment)}, error.text


def asked_of(sent: QueryDict) -> tuple[list[dict[str, str]], dict[int, str], list[Line]]:
    """Rows as they were sent, without empty ones; place -> what is wrong; and lines, in the order of the rows that have one."""
    rows: list[dict[str, str]] = []
    wrong: dict[int, str] = {}
    lines: list[Line] = []
    for at in range(MOST_LINES + EMPTY):
        row = {name: sent.get(f"{name}-{at}", "").strip() for name in ("property", "key", "place", "name")}
        if not row["property"]:
            continue
        target = row["place"] if row["place"].startswith(FIELD) else f"{row['place']}{row['name']}"
        try:
            lines.append(Line.of({"property": row["property"], "key": row["key"], "target": target}))
        except BadField as error:
            wrong[len(rows)] = str(error)
        rows.append(row)
    return rows, wrong, lines


def row_of(line: Line) -> dict[str, str]:
    kind, name = split(line.target)
    place, named = (line.target, "") if kind == FIELD else (kind, name)
    return {"property": line.what.value, "key": line.key, "place": place, "name": named}


def mapping_context(
    environment: Environment,
    rows: Sequence[dict[str, str]] | None = None,
    wrong: Mapping[int, str] | None = None,
    store: int | None = None,
) -> dict[str, Any]:
    """`rows`: as a person sent them, with what is wrong; else as they are kept."""
    known = write_back_of(environment)
    fields, trouble = known_fields(environment)
    mapped: Mapped = known.mapped
    if rows is None:
        rows, store = [row_of(line) for line in mapped.lines], mapped.store
        wrong = {at: str(why) for at, why in refused(environment, mapped.lines, fields).items()} if fields else {}
    owners = owners_of(environment, fields)
    free = [one for one in fields.values() if owners.of_target(one.code) is None]
    filled = {split(line.target)[1] for line in mapped.lines if line.target.startswith(FIELD)}
    mine = [fields[id] for id in filled if id in fields]
    return {
        "mapping": known,
        "lines": [
            (property_label(line), target_label(line.target, fields), wrong.get(at, "") if wrong else "")
            for at, line in enumerate(mapped.lines)
        ],
        "rows": [
            {"at": at, **row, "wrong": (wrong or {}).get(at, "")}
            for at, row in enumerate([*rows, *[dict.fromkeys(("property", "key", "place", "name"), "")] * EMPTY])
        ],
        "properties": list(PROPERTIES.items()),
        "fields": [(one.code, one.label) for one in free],
        "stores": [(one.pk, str(one)) for one in environment.stores.all()],
        "store": store,
        "trouble": trouble,
        "status_ready": statuses.is_ready(fields),
        "expression": statuses.EXPRESSION,
        "requirable": [(one.id, one.label) for one in fields.values() if one.id != statuses.STATUS],
        "required_labels": [fields[id].label for id in known.required if id in fields],
        "open": sorted((one for one in mine if not one.locked), key=lambda one: one.label),
        "locked": sorted((one for one in mine if one.locked), key=lambda one: one.label),
    }
