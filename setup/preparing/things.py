"""What parts want of Cloudinary, made of an admin's choices. Pure: choices in, definitions as the SDK takes them out.

https://cloudinary.com/documentation/metadata_api, …/transformation_reference and …/upload_presets
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from setup.preparing import shapes, validation
from setup.preparing.shapes import Shape

Choices = Mapping[str, Any]
FIELD, RULE, TRANSFORMATION, PRESET = "field", "rule", "transformation", "preset"
SHAPES: dict[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
    FIELD: shapes.field_shape,
    RULE: shapes.rule_shape,
    TRANSFORMATION: shapes.transformation_shape,
    PRESET: shapes.preset_shape,
}
EAGER = (320, 768, 1280, 1600)  # widths
# Named after what Cloudinary's guide for product assets calls them.
ASSET_TYPES = {
    "main": "Main",
    "gallery": "Gallery",
    "lifestyle": "Lifestyle",
    "detail": "Detail",
    "swatch": "Swatch",
}
STATUSES = {
    "requires_data": "Requires data",
    "metadata_complete": "Metadata complete",
    "linked": "Linked",
    "failed": "Failed",
}


@dataclass(frozen=True)
class Thing:
    """One definition: `kind` and `name` are where it is in Cloudinary."""

    kind: str
    name: str
    definition: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        return SHAPES[self.kind](self.definition)


def metadata_field(name: str, label: str, type: str, values: Mapping[str, str] | None = None) -> Callable:
    """A maker of that field: required with a default, locked in the Console, as chosen."""

    def make(choices: Choices) -> tuple[Thing, ...]:
        several = type == "string" and bool(choices.get("several"))
        required = bool(choices.get("required"))
        definition: dict[str, Any] = {
            "external_id": name,
            "label": label,
            "type": "set" if several else type,
            "mandatory": required,
            "default_value": default_of(type, several, choices) if required else None,
            "restrictions": {"readonly_ui": bool(choices.get("locked"))},
        }
        if not several and type in validation.BOUNDS:
            definition["validation"] = validation.rule(type, choices)
        known = {one: one for one in choices.get("first", ())} if several else dict(values or {})
        if known:
            rows = [{"external_id": id, "value": value} for id, value in known.items()]
            definition["datasource"] = {"values": rows}
        if several:
            definition["allow_dynamic_list_values"] = True
        return (Thing(FIELD, name, definition),)

    return make


def default_of(type: str, several: bool, choices: Choices) -> Any:
    text = choices.get("default", "")
    if several:
        return [text]
    return int(text) if type == "integer" else text


def alt_texts(choices: Choices) -> tuple[Thing, ...]:
    """A field for each language, beside the alt text that an asset has anyway."""
    return tuple(
        Thing(
            FIELD,
            f"alt_{code.replace('-', '_')}",
            {"external_id": f"alt_{code.replace('-', '_')}", "label": f"Alt text ({code})", "type": "string"},
        )
        for code in choices["languages"]
    )


def rules(choices: Choices) -> tuple[Thing, ...]:
    """A sequence only for what stands in galleries, a swatch has none; an expiration only once metadata is complete."""
    return tuple(Thing(RULE, name, RULES[name]) for name in choices["rules"])


def _equals(name: str, *values: str) -> dict[str, Any]:
    return {"or": [{"metadata_field_id": name, "equals": value} for value in values]}


RULES: dict[str, dict[str, Any]] = {
    "AssetLink: sequence of gallery assets": {
        "metadata_field_id": "sequence",
        "condition": _equals("asset_type", "main", "gallery", "lifestyle", "detail"),
        "result": {"enable": True},
    },
    "AssetLink: expiration of complete assets": {
        "metadata_field_id": "expiration",
        "condition": _equals("status", "metadata_complete", "linked"),
        "result": {"enable": True},
    },
}


def picture(name: str) -> Callable[[Choices], tuple[Thing, ...]]:
    def make(choices: Choices) -> tuple[Thing, ...]:
        return (Thing(TRANSFORMATION, name, {"transformation": shapes.spelled(picture_text(choices))}),)

    return make


def picture_text(choices: Choices) -> str:
    """Ground, shadow, room around the product, and the size, in the order in which they are done."""
    width, height, ground = choices["width"], choices["height"], choices["ground"]
    steps = []
    if choices.get("cut_out"):
        steps.append("e_background_removal")
    if choices.get("trim"):
        steps.append("e_trim")
    if choices.get("shadow"):
        steps.append("e_dropshadow" if choices.get("cut_out") else "e_shadow")
    turned = [f"a_{choices['orientation']}"] if choices.get("orientation") else []
    if choices["fit"] == "fill":
        steps.append(",".join([*turned, "c_fill", "g_auto", f"w_{width}", f"h_{height}", f"b_{ground}"]))
    else:
        mode = "pad"
        if padding := choices.get("padding") or 0:
            mode = "lpad"  # which never scales up again what was made smaller
            inner = [max(1, round(side * (100 - 2 * padding) / 100)) for side in (width, height)]
            steps.append(",".join([*turned, "c_fit", f"w_{inner[0]}", f"h_{inner[1]}"]))
            turned = []
        steps.append(",".join([*turned, f"c_{mode}", f"w_{width}", f"h_{height}", f"b_{ground}"]))
    return "/".join([*steps, "q_auto"])


def video(name: str) -> Callable[[Choices], tuple[Thing, ...]]:
    def make(choices: Choices) -> tuple[Thing, ...]:
        return (Thing(TRANSFORMATION, name, {"transformation": shapes.spelled(video_text(choices))}),)

    return make


def video_text(choices: Choices) -> str:
    start, seconds = choices.get("start") or 0, choices.get("seconds") or 0
    trim = [*([f"so_{start}"] if start else []), *([f"du_{seconds}"] if seconds else [])]
    size = [f"c_{choices['fit']}", f"w_{choices['width']}", f"h_{choices['height']}"]
    turned = [f"a_{choices['orientation']}"] if choices.get("orientation") else []
    steps = [",".join(trim), ",".join([*turned, *size]), "ac_none" if choices.get("silent") else "", "q_auto"]
    return "/".join(filter(None, steps))


def preset(name: str, *, unsigned: bool) -> Callable[[Choices], tuple[Thing, ...]]:
    def make(choices: Choices) -> tuple[Thing, ...]:
        kept = choices["naming"] == "file"
        definition: dict[str, Any] = {
            "unsigned": unsigned,
            "use_filename": kept,
            "unique_filename": not kept or unsigned,  # a stranger's file never meets a known one
            "asset_folder": choices.get("folder", ""),
            "public_id_prefix": choices.get("id_prefix", ""),
            "tags": list(choices.get("tags", ())),
            "metadata": {name: choices[name] for name in shapes.DEFAULTED if choices.get(name)},
            "transformation": "t_product_images" if choices.get("normalise") else "",
            "eager": [f"c_limit,w_{width}/q_auto" for width in choices.get("eager", ())],
            "access_control": access(choices),
            "categorization": choices.get("tagging", ""),
            "auto_tagging": choices.get("confidence") if choices.get("tagging") else None,
            "detection": "captioning" if choices.get("captions") else "",
            "auto_transcription": transcription(choices),
        }
        if not unsigned:
            definition["overwrite"] = False
        return (Thing(PRESET, name, definition),)

    return make


def access(choices: Choices) -> list[dict[str, str]]:
    """Whole days, in UTC. Anybody sees the asset within them, and only a token opens it outside."""
    days = {name: choices.get(name) for name in ("start", "end")}
    if not any(days.values()):
        return []
    times = {
        name: f"{datetime.combine(date.fromisoformat(day), time(), UTC):%Y-%m-%dT%H:%M:%SZ}"
        for name, day in days.items()
        if day
    }
    return [{"access_type": "anonymous", **times}]


def transcription(choices: Choices) -> Any:
    if not choices.get("transcribe"):
        return None
    languages = list(choices.get("translate", ()))
    return {"translate": languages} if languages else True


def needs(thing: Thing) -> list[tuple[str, str, str]]:
    """(kind, name, line of its shape or nothing) of what has to be there before."""
    given = thing.definition
    if thing.kind == RULE:
        parts = [(FIELD, one["metadata_field_id"], shapes.VALUE + one["equals"]) for one in given["condition"]["or"]]
        return [(FIELD, given["metadata_field_id"], ""), *parts]
    if thing.kind == PRESET:
        named = given["transformation"].removeprefix("t_")
        fields = [(FIELD, name, shapes.VALUE + value) for name, value in given["metadata"].items()]
        return [*fields, *([(TRANSFORMATION, named, "")] if named else [])]
    return []
