"""What values a field takes: an admin's bounds as Cloudinary's validation, and either of them in one spelling.

Pure. https://cloudinary.com/documentation/metadata_api#validating_data knows lengths of texts and ranges of numbers and days. No
source has one of patterns, so none is offered; a validation that others have made is shown as it is.
"""

import json
from collections.abc import Mapping
from typing import Any

from setup.shapes import listed, mapping

# By the type of a field: (choice, kind of its rule, the key under which the rule holds it).
BOUNDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "string": (("shortest", "strlen", "min"), ("longest", "strlen", "max")),
    "integer": (("least", "greater_than", "value"), ("most", "less_than", "value")),
    "date": (("earliest", "greater_than", "value"), ("latest", "less_than", "value")),
}
NAMES = tuple(name for bounds in BOUNDS.values() for name, _kind, _key in bounds)
UNBOUND = (None, "")


def begins(type: str) -> dict[str, Any]:
    return {name: None for name, _kind, _key in BOUNDS.get(type, ())}


def rule(type: str, choices: Mapping[str, Any]) -> dict[str, Any] | None:
    """As Cloudinary takes it; None without a bound."""
    rules: dict[str, dict[str, Any]] = {}
    for name, kind, key in BOUNDS.get(type, ()):
        value = choices.get(name)
        if value in UNBOUND:
            continue
        known = rules.setdefault(kind, {"type": kind} if kind == "strlen" else {"type": kind, "equals": True})
        known[key] = value
    found = list(rules.values())
    return None if not found else found[0] if len(found) == 1 else {"type": "and", "rules": found}


def fits(type: str, choices: Mapping[str, Any], value: Any) -> bool:
    """`value`: a text, a whole number, or a day as a text."""
    for name, kind, _key in BOUNDS.get(type, ()):
        bound, measured = choices.get(name), len(value) if kind == "strlen" else value
        if bound not in UNBOUND and ((measured < bound) if name in LOWER else (measured > bound)):
            return False
    return True


LOWER = ("shortest", "least", "earliest")
SIGNS = {"greater_than": ">", "less_than": "<"}


def spelled(raw: object) -> str:
    """Equal rules are written alike, whatever their order and nesting: `>= 1, <= 250`."""
    return ", ".join(sorted(parts(raw)))


def parts(raw: object) -> list[str]:
    known = mapping(raw)
    kind, value = known.get("type"), known.get("value")
    if kind == "and" and known.keys() <= {"type", "rules"}:
        return [text for one in listed(known.get("rules")) for text in parts(one)]
    if kind == "strlen" and known.keys() <= {"type", "min", "max"}:
        ends = [(">=", known.get("min")), ("<=", known.get("max"))]
        return [f"length {sign} {end}" for sign, end in ends if end is not None]
    if isinstance(kind, str) and kind in SIGNS and known.keys() <= {"type", "equals", "value"}:
        return [f"{SIGNS[kind]}{'=' if known.get('equals') is True else ''} {value}"]
    return [json.dumps(raw, sort_keys=True)] if raw else []
