"""What one term of a search expression finds, https://cloudinary.com/documentation/search_expressions.

`field:value` finds the words in the value, `field=value` the whole value; letters count alike in both cases; a value may end in
`*`; `metadata=sku` and `context=alt` find what has that key at all, `metadata.sku=""` what has nothing there. Enums and sets are
searched by the external IDs of their values. **A field that there is not is no error, and finds nothing.** So it is with
`folder` where folders are dynamic, and with `asset_folder` where they are not.

Not verified on the real service: `=""`; that keys and IDs go by external IDs rather than labels; comparisons of texts, which find
nothing here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset

Test = Callable[[Asset], bool]

WORDS = re.compile(r"[\s/_\-,.]+")
SPAN = re.compile(r"(\d+)([hdwmy])")  # m: months, as in `uploaded_at>2m`
SECONDS = {"h": 3600, "d": 86_400, "w": 604_800, "m": 2_592_000, "y": 31_536_000}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SIZE = re.compile(r"(-?\d+(?:\.\d+)?)(b|kb?|mb?|gb?)?", re.IGNORECASE)
SIZES = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}

ATTRIBUTES = ("resource_type", "type", "format", "public_id", "asset_id", "display_name", "access_mode")
NUMBERS: dict[str, Callable[[Asset], float | None]] = {
    "bytes": lambda asset: asset.bytes,
    "width": lambda asset: asset.width,
    "height": lambda asset: asset.height,
    "duration": lambda asset: asset.duration,
    "pixels": lambda asset: asset.width * asset.height,
    "aspect_ratio": lambda asset: asset.width / asset.height if asset.height else None,
}
MOMENTS: dict[str, Callable[[Asset], float]] = {
    "created_at": lambda asset: asset.created_at,
    "uploaded_at": lambda asset: asset.uploaded,
    "last_updated": lambda asset: asset.last_updated,  # whether edits of metadata move it is not recorded: here they do
}
TEXTS: dict[str, Callable[[Asset], Sequence[Any]]] = {
    **{name: (lambda asset, name=name: [getattr(asset, name)]) for name in ATTRIBUTES},  # type: ignore[misc]
    "filename": lambda asset: [asset.public_id.rpartition("/")[2]],
    "status": lambda asset: ["active"],
    "tags": lambda asset: asset.tags,
    "metadata": lambda asset: list(asset.metadata),
    "context": lambda asset: list(asset.context),
    "moderation_status": lambda asset: [one["status"] for one in asset.moderation],
    "moderation_kind": lambda asset: [one["kind"] for one in asset.moderation],
}


@dataclass(frozen=True)
class Field:
    """A field by its name, whether there is such a one or not."""

    name: str
    dynamic: bool = True

    def values(self, asset: Asset) -> Sequence[Any]:
        """What the asset has there; nothing if there is no such field."""
        room, _, key = self.name.partition(".")
        if room == "metadata" and key:
            value = asset.metadata.get(key)
            return value if isinstance(value, list) else [] if value is None else [value]
        if room == "context" and key:
            return [asset.context[key]] if key in asset.context else []
        if self.name == "asset_folder":
            return [asset.asset_folder] if self.dynamic else []
        if self.name == "folder":
            return [] if self.dynamic else [asset.public_id.rpartition("/")[0]]
        known = TEXTS.get(self.name)
        return known(asset) if known else []

    @property
    def may_be_empty(self) -> bool:
        """Whether an asset can have nothing there, though the field is known."""
        return self.name.partition(".")[0] in ("metadata", "context", "tags")


@dataclass(frozen=True)
class Pattern:
    """`text`: in lower case, without backslashes; `open`: more may follow."""

    text: str
    open: bool
    words: tuple[str, ...]

    def equals(self, known: str) -> bool:
        return known.startswith(self.text) if self.open else known == self.text


def test(field: Field, operator: str, value: str, *, now: float, place: int) -> Test:
    """Raises Refused."""
    if field.name in NUMBERS:
        number, known = size(value, place), NUMBERS[field.name]
        return lambda asset: (has := known(asset)) is not None and ordered(has, operator, number)
    if field.name in MOMENTS:
        first, last = moment(value, now, place)
        when = MOMENTS[field.name]
        return lambda asset: of_day(when(asset), operator, first, last)
    if operator == ":":
        wanted = pattern(value)
        return lambda asset: any(contains(text_of(one), wanted) for one in field.values(asset))
    if operator == "=":
        return exactly(field, pattern(value), nothing=value == "" and field.may_be_empty)
    return compared(field, operator, plain(value), now, place)


def exactly(field: Field, wanted: Pattern, *, nothing: bool) -> Test:
    """`nothing`: also what has nothing there."""

    def matches(asset: Asset) -> bool:
        known = field.values(asset)
        return any(wanted.equals(text_of(one)) for one in known) or (nothing and not known)

    return matches


def compared(field: Field, operator: str, value: str, now: float, place: int) -> Test:
    """By size: numbers and days of metadata; other values are neither greater nor less. Raises Refused for a value that is
    neither a number nor a day."""
    if is_span(value) or DAY.match(value):
        first, last = moment(value, now, place)
        return lambda asset: any(
            of_day(at, operator, first, last) for one in field.values(asset) if (at := day_of(one)) is not None
        )
    number = size(value, place)
    return lambda asset: any(ordered(one, operator, number) for one in field.values(asset) if type(one) in (int, float))


def between(field: Field, opening: str, least: str, most: str, closing: str, *, now: float, place: int) -> Test:
    """[a TO b] with both ends, {a TO b} without them; `*` is an open end. Raises Refused."""
    tests = []
    if least != "*":
        tests.append(test(field, ">=" if opening == "[" else ">", least, now=now, place=place))
    if most != "*":
        tests.append(test(field, "<=" if closing == "]" else "<", most, now=now, place=place))
    return lambda asset: all(one(asset) for one in tests)


def anywhere(value: str) -> Test:
    """A value without a field."""
    wanted = pattern(value)
    return lambda asset: any(contains(text_of(one), wanted) for one in everything(asset))


def everything(asset: Asset) -> list[Any]:
    metadata = [one for value in asset.metadata.values() for one in (value if isinstance(value, list) else [value])]
    return [asset.public_id, asset.display_name, asset.asset_folder, *asset.tags, *asset.context.values(), *metadata]


def pattern(value: str) -> Pattern:
    open = value.endswith("*") and not re.search(r"(?<!\\)(?:\\\\)*\\\*$", value)
    text = plain(value[:-1] if open else value).lower()
    return Pattern(text, open, tuple(filter(None, WORDS.split(text))))


def contains(known: str, wanted: Pattern) -> bool:
    """As words that follow each other, or as the beginning of the whole with a * at the end."""
    if wanted.equals(known):
        return True
    if not wanted.words or not known or (wanted.open and WORDS.search(wanted.text[-1:])):
        return False  # "shop/*" is what begins so, and not the word
    *firsts, last = wanted.words
    words, length = WORDS.split(known), len(wanted.words)
    for at in range(len(words) - length + 1):
        end = words[at + length - 1]
        if words[at : at + length - 1] == firsts and (end.startswith(last) if wanted.open else end == last):
            return True
    return False


def text_of(value: Any) -> str:
    return str(value).lower()


def plain(value: str) -> str:
    """Without its backslashes."""
    return re.sub(r"\\(.)", r"\1", value)


def is_span(value: str) -> bool:
    """As in `uploaded_at>1d`: within the last day."""
    return bool(SPAN.fullmatch(value))


def moment(value: str, now: float, place: int) -> tuple[float, float]:
    """The first and the last second that the value means: a day has many. Raises Refused."""
    text = plain(value)
    if span := SPAN.fullmatch(text):
        at = now - int(span[1]) * SECONDS[span[2]]
        return at, at
    try:
        if DAY.fullmatch(text):
            start = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).timestamp()
            return start, start + 86_399.999
        known = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, f"Query Error (at position {place}): {text} is no date") from None
    at = (known if known.tzinfo else known.replace(tzinfo=UTC)).timestamp()
    return at, at


def day_of(value: Any) -> float | None:
    """When a date of metadata begins."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return None
    return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC).timestamp()


def of_day(at: float, operator: str, first: float, last: float) -> bool:
    """Greater than a day is what comes after its end."""
    if operator in ":=":
        return first <= at <= last
    return ordered(at, operator, last if operator in (">", "<=") else first)


def size(value: str, place: int) -> float:
    """As in `bytes>10mb`. Raises Refused."""
    found = SIZE.fullmatch(plain(value))
    if not found:
        raise Refused(400, f"Query Error (at position {place}): {value} is not a number")
    return float(found[1]) * SIZES[(found[2] or "").lower()[:1]]


def ordered(known: float, operator: str, wanted: float) -> bool:
    if operator in ":=":
        return known == wanted
    if operator.endswith("="):
        return known >= wanted if operator == ">=" else known <= wanted
    return known > wanted if operator == ">" else known < wanted
