"""What is looked for in the Media Library: filters as an address keeps them, and as an expression of Cloudinary's search.

https://cloudinary.com/documentation/search_expressions. Every value stands in quotes, where only quotes, asterisks and
backslashes mean anything. The first two are escaped; whether a backslash may be is not documented, so none is ever sent within a
value, and no value can end its quotes. Names of fields cannot be escaped: one with other signs than letters, digits, `_`, `-`
and `.` is not asked for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from linking.domain.fields import BadField, CloudinaryField
from setup.spelling import plain
from setup.words import _, quoted

TYPES = ("image", "video", "raw")
USUAL = ("image", "video")  # what galleries take
FORMATS = ("jpg", "png", "webp", "avif", "gif", "tiff", "heic", "svg", "mp4", "mov", "webm", "pdf")
# By the name that an address has for it; names are unique, so every order is a total one.
ORDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "new": (("created_at", "desc"), ("public_id", "asc")),
    "old": (("created_at", "asc"), ("public_id", "asc")),
    "name": (("public_id", "asc"),),
}
# Of the ledger: Cloudinary knows nothing of it.
NOT_LINKED, CHANGED = "not", "changed"
IN_STORE = re.compile(r"(?P<out>not-)?in-(?P<store>[1-9][0-9]{0,17})", re.ASCII)
LONGEST, MOST_VALUES, MOST_FIELDS = 255, 50, 20
KEY = re.compile(r"[\w.-]+")
FORMAT = re.compile(r"[a-z0-9]{1,10}")
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
DAYS = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What an address calls the parts of a filter of a field, before its code: `in.metadata:season=aw26`.
PARTS = ("in", "has", "from", "to", "none")
# Its other filters that are not read whatever they are.
PLAIN = ("type", "format", "tag", "since", "linked")


class BadFilter(ValueError):
    """A filter that cannot be asked for; the text says why."""


@dataclass(frozen=True, slots=True)
class Where:
    """What the field `code` (as of CloudinaryField) has: one of the `values`, whole, of which `without` any is one; all `words`,
    as they begin; a value from `low` to `high`, each may be open."""

    code: str
    values: tuple[str, ...] = ()
    words: str = ""
    low: str = ""
    high: str = ""
    without: bool = False

    def __bool__(self) -> bool:
        return bool(self.values or self.words or self.low or self.high or self.without)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        yield from ((f"in.{self.code}", value) for value in self.values)
        for part, value in (("has", self.words), ("from", self.low), ("to", self.high)):
            if value:
                yield f"{part}.{self.code}", value
        if self.without:
            yield f"none.{self.code}", "1"


@dataclass(frozen=True, slots=True)
class Filters:
    """As the address of a search says it; what is not known there is left out (`left_out`). `folder`: with all that is below it;
    `since`: a date, or for so many days; `linked`: `not`, `changed`, `in-<store>` or `not-in-<store>`."""

    text: str = ""
    folder: str = ""
    types: tuple[str, ...] = USUAL
    formats: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[Where, ...] = ()
    since: str = ""
    linked: str = ""
    order: str = "new"

    @classmethod
    def of(cls, asked: Mapping[str, Sequence[str]]) -> "Filters":
        """From an address: names, each with its values. Never raises."""

        def one(name: str) -> str:
            return next(iter(texts(asked.get(name, ()))), "")

        types = tuple(known for known in TYPES if known in asked.get("type", ())) or USUAL
        formats = tuple(known for known in texts(asked.get("format", ())) if FORMAT.fullmatch(known))
        linked, order = one("linked"), one("order")
        return cls(
            text=one("q"),
            folder=one("folder").strip("/ "),
            types=types,
            formats=formats,
            tags=tuple(texts(_tags(asked.get("tag", ())))),
            fields=tuple(_fields(asked)),
            since=since if DAYS.fullmatch(since := one("since")) or _day(since) else "",
            linked=linked if linked in (NOT_LINKED, CHANGED) or IN_STORE.fullmatch(linked) else "",
            order=order if order in ORDERS else "new",
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The inverse of `of`; what is usual is left out."""
        named = (("q", self.text), ("folder", self.folder), ("since", self.since), ("linked", self.linked))
        found = [(name, value) for name, value in named if value]
        found += [("type", one) for one in self.types] if self.types != USUAL else []
        found += [("format", one) for one in self.formats]
        found += [("tag", one) for one in self.tags]
        found += [pair for where in self.fields for pair in where.pairs]
        return found + ([("order", self.order)] if self.order != "new" else [])

    @property
    def moves(self) -> bool:
        """Whether what it finds depends on the day; an expression names a date."""
        return DAYS.fullmatch(self.since) is not None

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    def __bool__(self) -> bool:
        """Whether anything is looked for; in what order it comes is no filter."""
        return bool(replace(self, order="new").pairs)

    def field(self, code: str) -> Where:
        return next((one for one in self.fields if one.code == code), Where(code))

    @property
    def store(self) -> int | None:
        """Of `in-<store>` and `not-in-<store>`."""
        found = IN_STORE.fullmatch(self.linked)
        return int(found["store"]) if found else None

    def unknown(self, known: Iterable[str]) -> list[str]:
        """External IDs of metadata fields that are looked at and are not among these: a search for one finds nothing, and says
        nothing of it."""
        there = set(known)
        ids = [one.code.partition(":")[2] for one in self.fields if one.code.startswith("metadata:")]
        return [id for id in ids if id not in there]


def left_out(asked: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """What an address filters by and `Filters.of` cannot read, or has no room for: names, each with a value. Without it more
    matches than was asked for."""
    read = {*Filters.of(asked).pairs, *(("type", one) for one in TYPES)}
    found = []
    for name, values in asked.items():
        part, dot, _code = name.partition(".")
        if name in PLAIN or (dot and part in PARTS):
            given = _tags(values) if name == "tag" else values
            found += [(name, one) for one in _cleaned(given) if (name, "1" if part == "none" else one) not in read]
    return found


def texts(given: Iterable[object]) -> list[str]:
    """Each once, in their order, as they can be asked for."""
    return _cleaned(given)[:MOST_VALUES]


def _cleaned(given: Iterable[object]) -> list[str]:
    cleaned = (plain(CONTROLS.sub(" ", str(one)))[:LONGEST].strip() for one in given)
    return list(dict.fromkeys(one for one in cleaned if one))


def _tags(given: Iterable[object]) -> Iterator[str]:
    for one in given:
        yield from str(one).split(",")


def _fields(asked: Mapping[str, Sequence[str]]) -> Iterator[Where]:
    found: dict[str, dict[str, list[str]]] = {}
    for name, values in asked.items():
        part, _dot, code = name.partition(".")
        if part in PARTS and len(code) <= LONGEST and _is_searched(code) and (given := texts(values)):
            found.setdefault(code, {})[part] = given
    for code, parts in list(found.items())[:MOST_FIELDS]:
        low, high = (next((one for one in parts.get(name, ()) if _is_bound(one)), "") for name in ("from", "to"))
        words = next(iter(parts.get("has", ())), "")
        yield Where(code, tuple(parts.get("in", ())), words, low, high, "none" in parts)


def _is_searched(code: str) -> bool:
    try:
        field = CloudinaryField.parse(code)
    except BadField:
        return False
    return field.kind in ("metadata", "context") and KEY.fullmatch(field.key) is not None


def _is_bound(value: str) -> bool:
    return NUMBER.fullmatch(value) is not None or _day(value) is not None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


# As an expression


def expression(filters: Filters, *, today: date) -> str:
    """What Cloudinary is asked for; the ledger is ours. Raises BadFilter."""
    return " AND ".join(_clauses(filters, today))


def _clauses(filters: Filters, today: date) -> Iterator[str]:
    # Which types are searched by default is disputed, so they are always named.
    yield _any(f"resource_type:{one}" for one in filters.types)
    if filters.folder:
        yield _any(f'{field}="{one}"' for field in ("asset_folder", "folder") for one in _below(filters.folder))
    if filters.formats:
        yield _any(f'format="{escaped(one)}"' for one in filters.formats)
    yield from (f'tags="{escaped(tag)}"' for tag in filters.tags)
    for where in filters.fields:
        yield from _of_field(where)
    if filters.since:
        first = _day(filters.since) or _before(today, int(filters.since))
        yield f'uploaded_at>="{first.isoformat()}"'
    yield from (f'"{escaped(word)}*"' for word in filters.text.split())


def _before(today: date, days: int) -> date:
    return today - timedelta(days=min(days, (today - date.min).days))


def _below(folder: str) -> tuple[str, str]:
    """The folder, and everything in those within it."""
    known = escaped(folder)
    return known, f"{known}/*"


def _of_field(where: Where) -> Iterator[str]:
    kind, _colon, key = where.code.partition(":")
    if not KEY.fullmatch(key):
        raise BadFilter(_("Cloudinary cannot search the field {name}.").format(name=quoted(key)))
    name = f"{kind}.{key}"
    wanted = [f'{name}="{escaped(value)}"' for value in where.values]
    wanted += [f'{name}=""'] if where.without else []
    if wanted:
        yield _any(wanted)
    yield from (f'{name}:"{escaped(word)}*"' for word in where.words.split())
    for sign, bound in ((">=", where.low), ("<=", where.high)):
        if bound:
            yield f"{name}{sign}{bound}" if NUMBER.fullmatch(bound) else f'{name}{sign}"{escaped(bound)}"'


def _any(clauses: Iterable[str]) -> str:
    found = list(clauses)
    return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def escaped(value: str) -> str:
    """Within quotes. Raises BadFilter."""
    if "\\" in value:
        raise BadFilter(_("Cloudinary cannot search for {text}: it has a backslash.").format(text=quoted(value)))
    return re.sub(r'(["*])', r"\\\1", CONTROLS.sub(" ", value))
