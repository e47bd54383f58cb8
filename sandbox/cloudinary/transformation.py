"""Transformations as they stand in delivery URLs, https://cloudinary.com/documentation/transformation_reference.

Components are split by slashes, parameters by commas. What cannot be read is refused as the real service refuses it; what
is known but too much for a sandbox (generating, restoring) is let through and named in a header.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import ImageColor

from sandbox.cloudinary.effects import DRAWN

LOOKS_LIKE = re.compile(r"(?:\$[A-Za-z]\w*|[a-z]{1,4})_[^,/]+(?:,(?:\$[A-Za-z]\w*|[a-z]{1,4})_[^,/]+)*")
CROPS = ("scale", "fit", "limit", "mfit", "fill", "lfill", "fill_pad", "crop", "thumb", "pad", "lpad", "mpad", "auto")
FORMATS = ("jpg", "jpeg", "png", "webp", "gif", "avif", "auto", "mp4", "webm", "mov")
GRAVITIES = "center|north|south|east|west|north_east|north_west|south_east|south_west|face|faces|auto"
NUMBER = r"\d+(?:\.\d+)?"
COLOR = r"rgb:(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-z_]+(?::[\w:]+)?"
DRAWN_EFFECTS = tuple(DRAWN)
VALUES = {  # parameter -> (what its value must look like, what it is called in a refusal)
    "c": ("|".join(CROPS), "crop"),
    "w": (rf"{NUMBER}|auto|iw|ih", "width"),
    "h": (rf"{NUMBER}|auto|iw|ih", "height"),
    "ar": (rf"{NUMBER}|\d+:\d+", "aspect ratio"),
    "g": (rf"(?:{GRAVITIES})(?::[\w:]+)?", "gravity"),
    "f": (rf"(?:{'|'.join(FORMATS)})(?::[a-z]+)?", "format"),
    "q": (r"auto(?::(?:best|good|eco|low))?|[1-9]\d?(?::\d+)?|100(?::\d+)?|jpegmini(?::\d)?", "quality"),
    "b": (rf"{COLOR}", "background"),
    "dpr": (rf"{NUMBER}|auto", "dpr"),
    "a": (r"-?\d+|auto(?:_left|_right)?|ignore|hflip|vflip", "angle"),
    "x": (rf"-?{NUMBER}", "x"),
    "y": (rf"-?{NUMBER}", "y"),
    "z": (NUMBER, "zoom"),
    "r": (r"max|\d+(?::\d+){0,3}", "radius"),
    "o": (r"100|\d?\d", "opacity"),
    "e": (r"[a-z_]+(?::[^,/]*)?", "effect"),
    "fl": (r"[a-z_]+(?::[\w.]+)*(?:\.[a-z_]+)*", "flags"),
    "t": (r"[\w.\- ]+", "transformation name"),
    "vc": (r"[\w:.]+", "video codec"),
    "ac": (r"[\w]+", "audio codec"),
    "br": (r"\d+[km]?(?::constant)?", "bit rate"),
    "fps": (rf"{NUMBER}(?:-{NUMBER})?", "fps"),
    "so": (rf"{NUMBER}p?|auto", "start offset"),
    "eo": (rf"{NUMBER}p?", "end offset"),
    "du": (rf"{NUMBER}p?", "duration"),
    "co": (COLOR, "color"),
    "bo": (r"\d+px_[a-z]+_.+", "border"),
    "d": (r".+", "default image"),
    "cs": (r"[\w:]+", "color space"),
    "dn": (r"\d+", "density"),
    "pg": (r".+", "page"),
}
NOT_DRAWN = ("r", "o", "co", "bo", "d", "dn", "pg", "x", "y", "z")


class Malformed(Exception):
    """The text is what X-Cld-Error says."""


@dataclass(frozen=True)
class Step:
    """One component: parameter -> value."""

    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        return self.values.get(name)


@dataclass(frozen=True)
class Transformation:
    """`left_out`: parameters that are known and not imitated."""

    steps: tuple[Step, ...] = ()
    left_out: tuple[str, ...] = field(default=(), compare=False)

    def last(self, name: str) -> str | None:
        """Formats and qualities count once, wherever they stand."""
        return next((step.values[name] for step in reversed(self.steps) if name in step.values), None)


def parse(text: str, named: Mapping[str, str], *, depth: int = 0) -> Transformation:
    """`named`: name -> definition, for t_. Raises Malformed."""
    if any(character < " " for character in text):
        raise Malformed("Invalid characters in transformation")
    steps: list[Step] = []
    left_out: list[str] = []
    for component in filter(None, text.split("/")):
        step = parsed_component(component)
        if name := step.get("t"):
            inner = parse(definition(name, named, depth), named, depth=depth + 1)
            steps += inner.steps
            left_out += inner.left_out
        steps.append(step)
        left_out += [f"{key}_{value}" for key, value in step.values.items() if is_left_out(key, value)]
    return Transformation(tuple(steps), tuple(left_out))


def parsed_component(component: str) -> Step:
    values: dict[str, str] = {}
    for parameter in component.split(","):
        name, found, value = parameter.partition("_")
        if not found or name not in VALUES:
            raise Malformed(f"Invalid transformation component - {parameter}")
        pattern, called = VALUES[name]
        if not re.fullmatch(pattern, value):
            raise Malformed(f"Invalid {called} in transformation: {value}")
        values[name] = value
    check_sizes(values)
    check_color(values.get("b"))
    return Step(values)


def check_sizes(values: Mapping[str, str]) -> None:
    for name, called in (("w", "width"), ("h", "height")):
        value = values.get(name, "1")
        if value[0].isdigit() and float(value) == 0:
            raise Malformed(f"Invalid {called} in transformation: {value}")


def check_color(value: str | None) -> None:
    if value is None or value.partition(":")[0] in ("auto", "blurred", "gen_fill", "transparent"):
        return
    try:
        color(value)
    except ValueError:
        raise Malformed(f"Invalid background in transformation: {value}") from None


def color(value: str) -> tuple[int, ...]:
    """rgb:ffffff or a name. Raises ValueError."""
    return ImageColor.getrgb(f"#{value[4:]}" if value.startswith("rgb:") else value)


def definition(name: str, named: Mapping[str, str], depth: int) -> str:
    if name not in named or depth > 5:
        raise Malformed(f"Named transformation not found: {name}")
    return named[name]


def is_left_out(name: str, value: str) -> bool:
    return name in NOT_DRAWN or (name == "e" and value.partition(":")[0] not in DRAWN_EFFECTS)
