"""Types of metafields: which values fit, https://shopify.dev/docs/apps/build/metafields/list-of-data-types.

And the limits: https://shopify.dev/docs/apps/build/metafields/metafield-limits.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.shopify.records import Definition

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

MOST_IN_LIST = 128  # list.file_reference and the like
LONGEST, LONGEST_JSON = 64 * 1024, 128 * 1024  # bytes
FILE_TYPES = {"Image": "MediaImage", "Video": "Video"}  # of the validation file_type_options -> File type
UNCHECKED = {"money", "rating", "dimension", "volume", "weight", "rich_text_field", "link", "language"}
UNCHECKED |= {f"{kind}_reference" for kind in ("collection", "page", "metaobject", "mixed", "customer", "company")}


class Misfit(Exception):
    """The value does not fit its type; `element` is the index in a list."""

    def __init__(self, message: str, element: int | None = None) -> None:
        super().__init__(message)
        self.message, self.element = message, element


def text(value: str) -> None:
    if "\n" in value:
        raise Misfit("Value must be a single line text string.")


def whole_number(value: str) -> None:
    if not re.fullmatch(r"-?\d+", value) or abs(int(value)) > 2**53 - 1:
        raise Misfit("Value must be an integer.")


def decimal_number(value: str) -> None:
    if not re.fullmatch(r"-?\d{1,13}(\.\d{1,9})?", value):
        raise Misfit("Value must be a decimal.")


def boolean(value: str) -> None:
    if value not in ("true", "false"):
        raise Misfit("Value must be true or false.")


def day(value: str) -> None:
    parsed(date.fromisoformat, value, "Value must be in YYYY-MM-DD format.")


def moment(value: str) -> None:
    parsed(datetime.fromisoformat, value, "Value must be in “YYYY-MM-DDTHH:MM:SS” format.")


def anything_json(value: str) -> None:
    parsed(json.loads, value, "Value is invalid JSON.")


def web_address(value: str) -> None:
    parts = parsed(urlsplit, value, "Value is not a valid URL.")
    if getattr(parts, "scheme", "") not in ("http", "https", "mailto", "sms", "tel"):
        raise Misfit("Value must have one of the following URL schemes: http, https, mailto, sms, tel.")


def color(value: str) -> None:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise Misfit("Value must be a hex color (# followed by 6 hex digits).")


def parsed(read: Callable[[str], object], value: str, otherwise: str) -> object:
    try:
        return read(value)
    except ValueError as error:
        raise Misfit(otherwise) from error


PLAIN: dict[str, Callable[[str], None]] = {
    "single_line_text_field": text,
    "multi_line_text_field": lambda value: None,
    "id": text,
    "number_integer": whole_number,
    "number_decimal": decimal_number,
    "boolean": boolean,
    "date": day,
    "date_time": moment,
    "json": anything_json,
    "url": web_address,
    "color": color,
}
REFERENCES = ("file_reference", "product_reference", "variant_reference")
NOT_IN_LISTS = {"multi_line_text_field", "id", "boolean", "json"}
IN_LISTS = [name for name in (*PLAIN, *REFERENCES) if name not in NOT_IN_LISTS]
KNOWN = {*PLAIN, *REFERENCES, *(f"list.{name}" for name in IN_LISTS)}
FILTERABLE = {name for name in KNOWN if name.endswith(("_reference", "boolean", "date", "date_time", "id"))}
FILTERABLE |= {"single_line_text_field", "list.single_line_text_field", "number_integer", "number_decimal"}
UNIQUE = {"id", "single_line_text_field", "number_integer", "url"}


def check(shop: "Shop", kind: str, value: str, definition: Definition | None) -> None:
    """`kind` is one of KNOWN. Raises Misfit."""
    if kind.startswith("list."):
        items = parsed(json.loads, value, "Value must be a JSON array of strings.")
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise Misfit("Value must be a JSON array of strings.")
        if len(items) > MOST_IN_LIST:
            raise Misfit(f"Value exceeds the maximum of {MOST_IN_LIST} items.")
        for index, item in enumerate(items):
            try:
                check(shop, kind.removeprefix("list."), item, definition)
            except Misfit as wrong:
                raise Misfit(wrong.message, index) from wrong
    elif kind in REFERENCES:
        check_reference(shop, kind, value, definition)
    else:
        PLAIN[kind](value)


def check_reference(shop: "Shop", kind: str, value: str, definition: Definition | None) -> None:
    if kind == "product_reference" and value not in shop.products:
        raise Misfit("Value require that you select a product.")
    if kind == "variant_reference" and shop.variant(value) is None:
        raise Misfit("Value require that you select a variant.")
    if kind != "file_reference":
        return
    if not re.fullmatch(r"gid://shopify/(MediaImage|Video|GenericFile|Model3d)/\d+", value):
        raise Misfit("Value must be a file reference string.")
    file = shop.files.get(value)
    if file is None:
        raise Misfit(f"Value references non-existent resource {value}.")
    allowed = allowed_files(definition)
    if allowed and file.kind not in {FILE_TYPES[name] for name in allowed}:
        raise Misfit(f"Value must be one of the following file types: {', '.join(allowed)}.")
    # What the service says to one that it is still making, or could not make, is not recorded: nobody may build on that it works.
    if file.status != "READY":
        raise Misfit(f"Value references a file that is not ready: {value}.")


def allowed_files(definition: Definition | None) -> list[str]:
    """["Image"]; empty is any file."""
    rows = definition.validations if definition else []
    found = next((row["value"] for row in rows if row["name"] == "file_type_options"), "[]")
    return list(json.loads(found))


def longest(kind: str) -> int:
    """Bytes of a value."""
    return LONGEST_JSON if kind == "json" else LONGEST
