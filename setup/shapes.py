"""Reading answers of any shape. Total functions: whatever JSON they are given, they answer and never raise.

The official schema says what may be null; proxies, outages and new versions do not keep to it.
"""

import json
import math
from typing import NoReturn


def parsed(source: str | bytes) -> object:
    """JSON to the letter. None for what is none: broken, deeper than Python reads, NaN and Infinity, text that is no UTF-8."""
    try:
        return json.loads(source, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON.")


def mapping(value: object) -> dict:
    """An object as it is, an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[dict]:
    """The objects of a list, in their order. Who pairs them with what was asked for does so by id: others may be missing."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A string that databases and UTF-8 can hold: without NUL, and with `?` for half a surrogate pair. Empty if it is none."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def number(value: object, default: float) -> float:
    """A finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        found = float(value)
    except OverflowError:
        return default
    return found if math.isfinite(found) else default


def whole(value: object) -> int | None:
    """A whole number below 10^18, also written as a string (UnsignedInt64); None if it is none."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if 0 < len(digits) <= 18 and digits.isascii() and digits.isdecimal() else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(number(value, math.inf)):
        return None
    return int(value) if abs(value) < 10**18 and int(value) == value else None


def path_row(field: object) -> int | None:
    """The row that a userError's field path names: `["files", "3", "alt"]` -> 3. None for the whole call.

    Nobody promises that the row exists: bounds are the caller's.
    """
    rows = (whole(part) for part in field) if isinstance(field, list) else ()
    return next((row for row in rows if row is not None and row >= 0), None)
