"""One shape for what is wanted and for what Cloudinary answers: {what: how it is written}, so that the two can be compared.

Pure. What answers look like is not recorded in all: presets and named transformations come as texts or as lists of steps, and
both are read. What a wanted shape does not name is not ours, and never a difference.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cloudinary.utils import generate_transformation_string

from setup.natural_order import natural
from setup.preparing import validation
from setup.shapes import listed, mapping

Shape = Mapping[str, str]
ON, OFF = "on", "off"
UNIQUE_BY_ITSELF = "unique_filename"  # on where nothing is said, as `overwrite` is for signed uploads
SWITCHES = ("unsigned", "use_filename", UNIQUE_BY_ITSELF, "overwrite")
TEXTS = ("asset_folder", "public_id_prefix", "categorization", "detection")
FIELD_SWITCHES = ("mandatory", "allow_dynamic_list_values")
VALUE, DEFAULT = "value: ", "metadata: "
DEFAULTED = ("asset_type", "status")  # fields of which a preset may say a value; of others it is not ours


class State(StrEnum):
    MISSING = "missing"
    DIFFERS = "differs"
    THERE = "there"
    FIXED = "fixed"  # it differs in what Cloudinary never changes
    ABSENT = "absent"  # the account has none of this kind


@dataclass(frozen=True)
class Difference:
    name: str
    before: str
    after: str


def differences(wanted: Shape, there: Shape | None) -> list[Difference]:
    """What would change, in the order of what is wanted; of what is missing everything that is set."""
    found = there or {}
    return [
        Difference(name, found.get(name, ""), value) for name, value in wanted.items() if found.get(name, "") != value
    ]


def state_of(wanted: Shape, there: Shape | None, fixed: str = "type") -> State:
    """Of one thing. `fixed`: the line that no update changes."""
    if there is None:
        return State.MISSING
    names = {one.name for one in differences(wanted, there)}
    return State.FIXED if fixed in names else State.DIFFERS if names else State.THERE


def together(states: list[State]) -> State:
    """Of a part that is several things: the worst of them is what is to be done."""
    order = (State.ABSENT, State.FIXED, State.MISSING, State.DIFFERS)
    return next((state for state in order if state in states), State.THERE)


def switch(value: object, otherwise: bool = False) -> str:
    if value is None or value == "":
        return ON if otherwise else OFF
    return ON if value in (True, 1, "1", "true", "True") else OFF


def field_shape(raw: Mapping[str, Any]) -> dict[str, str]:
    """Of a structured metadata field, as it is sent and as it is answered."""
    known = {name: written(raw.get(name)) for name in ("type", "label", "default_value")}
    known |= {name: switch(raw.get(name)) for name in FIELD_SWITCHES}
    known["readonly_ui"] = switch(mapping(raw.get("restrictions")).get("readonly_ui"))
    if "validation" in raw:
        known["validation"] = validation.spelled(raw["validation"])
    rows = listed(mapping(raw.get("datasource")).get("values"))
    active = [row for row in rows if row.get("state", "active") == "active"]
    return known | {VALUE + str(row.get("external_id")): written(row.get("value")) for row in active}


def rule_shape(raw: Mapping[str, Any]) -> dict[str, str]:
    known = {name: written(raw.get(name)) for name in ("metadata_field_id", "condition", "result")}
    return known | {"state": written(raw.get("state") or "active")}


def transformation_shape(raw: Mapping[str, Any]) -> dict[str, str]:
    """`transformation` as a text, or `info` as Cloudinary's details have it."""
    return {"transformation": spelled(raw.get("transformation") or raw.get("info"))}


def preset_shape(raw: Mapping[str, Any]) -> dict[str, str]:
    """Of {unsigned, settings}, as answered, or of the parameters as they are sent."""
    given = {**raw, **mapping(raw.get("settings"))}
    known = {name: switch(given.get(name), name == UNIQUE_BY_ITSELF) for name in SWITCHES}
    if known["unsigned"] == OFF:
        known["overwrite"] = switch(given.get("overwrite"), True)
    known |= {name: written(given.get(name)) for name in TEXTS}
    known["tags"] = ", ".join(sorted(names_of(given.get("tags"))))
    known["transformation"] = spelled(given.get("transformation"))
    known["eager"] = " | ".join(sorted(filter(None, map(spelled, eager_of(given.get("eager")))), key=natural))
    known["access_control"] = access_text(given.get("access_control"))
    known["auto_tagging"] = number_text(given.get("auto_tagging"))
    known["auto_transcription"] = transcription_text(given.get("auto_transcription"))
    pairs = pairs_of(given.get("metadata"))
    return known | {DEFAULT + name: pairs.get(name, "") for name in DEFAULTED}


def written(value: object) -> str:
    """Lists and objects as JSON with sorted keys: equal values are written alike."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ON if value else OFF
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def spelled(value: object) -> str:
    """A transformation with the parameters of each step sorted, as an order within a step means nothing."""
    if isinstance(value, list | dict):
        try:
            value, _rest = generate_transformation_string(transformation=value if isinstance(value, list) else [value])
        except (TypeError, ValueError, AttributeError, LookupError):  # no steps: then it is shown as it is
            return written(value)
    steps = str(value or "").strip("/").split("/")
    return "/".join(",".join(sorted(step.split(","))) for step in steps)


def eager_of(value: object) -> list[Any]:
    if isinstance(value, str):
        return [one for one in value.split("|") if one]
    return value if isinstance(value, list) else []


def names_of(value: object) -> list[str]:
    rows = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [name for one in rows if (name := str(one).strip())]


def pairs_of(value: object) -> dict[str, str]:
    """Of `a=1|b=2`, with backslashes before the signs that are not meant, or of an object."""
    if isinstance(value, dict):
        return {str(name): written(one) for name, one in value.items()}
    pairs, rest = {}, str(value or "").replace("\\=", "\0").replace("\\|", "\1")
    for piece in filter(None, rest.split("|")):
        name, _sign, one = piece.partition("=")
        pairs[name.strip()] = one.replace("\0", "=").replace("\1", "|")
    return pairs


def parsed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) and value else value
    except ValueError:
        return value


def access_text(value: object) -> str:
    """`anonymous, 2027-01-01T00:00:00Z to 2027-02-01T00:00:00Z`, one for each rule."""
    rules = listed(parsed(value))
    return "; ".join(
        f"{written(one.get('access_type'))}, {moment(one.get('start'))} to {moment(one.get('end'))}" for one in rules
    )


def moment(value: object) -> str:
    """In one spelling, whatever zone and precision it was written with."""
    try:
        at = datetime.fromisoformat(str(value or ""))
    except ValueError:
        return str(value or "")
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number_text(value: object) -> str:
    try:
        return f"{float(str(value)):g}"
    except ValueError:
        return ""


def transcription_text(value: object) -> str:
    found = parsed(value)
    if isinstance(found, dict):
        return ", ".join(["on", *sorted(names_of(found.get("translate")))])
    return ON if switch(found) == ON else ""
