"""Rows of a spreadsheet: each is a wish for one asset, or there is a reason why it is none."""

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from linking.domain.alts import MAX_CONTEXT, one_line
from linking.domain.field_checks import refused
from linking.domain.sheet_columns import ALT, CONTEXT, FIELD, NAMING, TAGS, SheetField
from setup.reasons import Reason
from setup.spelling import composed, folded, plain

Value = str | tuple[str, ...]
LONGEST = 1000  # characters of a cell that are taken
SPLIT = re.compile(r"[;|\n]")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
WHOLE = re.compile(r"([+-]?)0*(\d{1,15})(?:[.,]0+)?", re.ASCII)
ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
# What spreadsheets show for a formula without a result, in some languages; and for a number that is too long for its cell.
ERROR = re.compile(
    r"#(?:N/?A|NV|N/D|REF!|BEZUG!|REF|RIF!|VALUE!|WERT!|VALEUR!|VALOR!|NAME\?|NOM\?|DIV/0!|NULL!|NUM!|ZAHL!|#+)"
)
ROUNDED = re.compile(r"\d[.,]\d+E\+\d{2,3}", re.ASCII)


class BadValue(ValueError):
    """`reason` says what is wrong with a cell."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True)
class Wish:
    """`by`: which of NAMING tells the asset, `name`: as it is written there. `values`: by code, never empty; a set is a tuple.

    `base`: what AssetLink wrote last, where what others wrote since is a conflict (linking.domain.write_back); `refused`: code ->
    why there is no value for it."""

    by: str
    name: str
    values: Mapping[str, Value]
    base: Mapping[str, Value] | None = None
    refused: Mapping[str, Reason] = dataclasses.field(default_factory=dict)


def read(cells: Sequence[str], columns: Sequence[str], fields: Mapping[str, SheetField]) -> Wish | Reason:
    """`columns`: the code of each cell's column; `fields`: by external ID. An empty cell leaves what the asset has."""
    said = {code: plain(cell) for code, cell in zip(columns, cells, strict=False) if code and plain(cell)}
    by = next((one for one in NAMING if one in said), "")
    if not by:
        return Reason("sheet.no_asset")
    if len(said[by]) > LONGEST or UNSEEN.search(said[by]):
        return Reason("sheet.bad_name")
    values: dict[str, Value] = {}
    for code, text in said.items():
        if code in NAMING:
            continue
        field = None if code == ALT else fields.get(code.removeprefix(FIELD))
        if code != ALT and field is None:
            return Reason("sheet.no_field", field=code.removeprefix(FIELD))
        try:
            values[code] = checked_alt(text) if field is None else checked(field, text)
        except BadValue as bad:
            return bad.reason
    return Wish(by, said[by], values) if values else Reason("sheet.nothing")


def name_of(cells: Sequence[str], columns: Sequence[str]) -> str:
    """What a row calls its asset, be it a wish or not."""
    said = {code: plain(cell) for code, cell in zip(columns, cells, strict=False) if code in NAMING}
    return next((name[:LONGEST] for one in NAMING if (name := said.get(one))), "")


def checked_alt(text: str) -> str:
    """Raises BadValue."""
    _check(text)
    text = one_line(text)
    if len(text) > MAX_CONTEXT:
        raise BadValue(Reason("sheet.long_alt", n=len(text), most=MAX_CONTEXT))
    return text


def checked(field: SheetField, text: str) -> Value:
    """As Cloudinary takes it. Raises BadValue."""
    _check(text)
    value = _typed(field, text)
    if why := refused(field, value):
        raise BadValue(why)
    return value


def _typed(field: SheetField, text: str) -> Value:
    """Raises BadValue."""
    match field.type:
        case "integer":
            if found := WHOLE.fullmatch(text):
                return str(int(found[1] + found[2]))
            raise BadValue(Reason("sheet.bad_integer", field=field.label, value=short(text)))
        case "date":
            return _day(field, text)
        case "enum":
            return _entry(field, text)
        case "set":
            return _entries(field, text)
        case _:
            return composed(text)


def _check(text: str) -> None:
    """What cannot be written at all: Cloudinary's text form of values has no way to say a backslash. Raises BadValue."""
    if len(text) > LONGEST:
        raise BadValue(Reason("sheet.too_long", most=LONGEST))
    if "\\" in text:
        raise BadValue(Reason("sheet.backslash", value=short(text)))
    if UNSEEN.search(text):
        raise BadValue(Reason("sheet.unseen"))
    for code, shape in (("sheet.error", ERROR), ("sheet.rounded", ROUNDED)):
        if shape.fullmatch(text):
            raise BadValue(Reason(code, value=short(text)))


def _day(field: SheetField, text: str) -> str:
    """Raises BadValue. `3/4/2026` is two days, so it is none."""
    iso, dotted = ISO.fullmatch(text), DOTTED.fullmatch(text)
    parts = iso.groups() if iso else dotted.groups()[::-1] if dotted else None
    try:
        if parts:
            return date(*map(int, parts)).isoformat()
    except ValueError:
        pass
    raise BadValue(Reason("sheet.bad_date", field=field.label, value=short(text)))


def _entry(field: SheetField, text: str) -> str:
    """By external ID, or by a label that only one has. Raises BadValue."""
    if (known := known_entry(field, text)) is not None:
        return known
    if field.grows and composed(text):
        return composed(text)
    raise BadValue(Reason("sheet.no_entry", field=field.label, value=short(text)))


def known_entry(field: SheetField, text: str) -> str | None:
    """The entry of the list that is called so; of a list that grows only one that is called exactly so. Raises BadValue where
    several are."""
    if text in field.labels:
        return text
    found = field.called.get(composed(text) if field.grows else folded(text), ())
    if len(found) > 1 and not field.grows:
        raise BadValue(Reason("sheet.two_entries", field=field.label, value=short(text)))
    return found[0] if found else None


def _entries(field: SheetField, text: str) -> tuple[str, ...]:
    """Parted by semicolons, bars or lines; by commas only where a part is no entry by itself. Raises BadValue."""
    if (whole := _whole(field, text)) is not None:
        return (whole,)
    found: dict[str, None] = {}
    for part in _parts(SPLIT.split(text)):
        known = _whole(field, part)
        if known is not None or "," not in part:
            found[_entry(field, part) if known is None else known] = None
        else:
            found |= {_entry(field, one): None for one in _parts(part.split(","))}
    if not found:
        raise BadValue(Reason("sheet.no_entry", field=field.label, value=short(text)))
    return tuple(found)


def _whole(field: SheetField, text: str) -> str | None:
    try:
        return known_entry(field, text)
    except BadValue:
        return None


def _parts(texts: Iterable[str]) -> list[str]:
    return [part for text in texts if (part := text.strip())]


def shown(field: SheetField | None, value: Value) -> str:
    """As people read it, and as a cell may have it: entries of lists by label, where that means the same."""
    if isinstance(value, str):
        return value if field is None else _label(field, value, several=False)
    return "; ".join(value if field is None else [_label(field, one, several=True) for one in value])


def _label(field: SheetField, id: str, *, several: bool) -> str:
    """The external ID where the label would be read as another entry, or as several."""
    label = plain(field.labels.get(id, ""))
    if not label:
        return field.gone.get(id, id)
    return label if _whole(field, label) == id and not (several and re.search(r"[;|\n,]", label)) else id


def short(text: str) -> str:
    """Of a cell, as far as a person needs it to find it."""
    return text if len(text) <= 60 else f"{text[:60]}…"


def same(one: Value, other: Value) -> bool:
    """Of a set the order says nothing. Nothing there, and an empty set, are the same."""
    if not one or not other:
        return not one and not other
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return set(one) == set(other)


def differing(wanted: Mapping[str, Value], current: Mapping[str, Value]) -> dict[str, Value]:
    """What of it the asset has not."""
    return {code: value for code, value in wanted.items() if not same(value, current.get(code, ""))}


@dataclass(frozen=True)
class Step:
    """`write`: what is to be written, by code; `moved`: codes whose values are neither the one nor the other by now."""

    write: Mapping[str, Value]
    moved: Sequence[str]


def turned(current: Mapping[str, Value], old: Mapping[str, Value], new: Mapping[str, Value]) -> Step:
    """From what was, `old`, to `new`: the same for writing and for its undo, and for each of them done again after it broke off
    anywhere. What somebody changed since is never written over."""
    write: dict[str, Value] = {}
    moved = []
    for code, value in new.items():
        now = current.get(code, "")
        if same(now, value):
            continue
        if same(now, old.get(code, "")) or (code.startswith(TAGS) and _halfway(now, old.get(code, ""), value)):
            # A set is emptied by an empty set, anything else by an empty text.
            write[code] = value if value or not isinstance(old.get(code), tuple) else ()
        else:
            moved.append(code)
    return Step(write, moved)


def _halfway(now: Value, old: Value, new: Value) -> bool:
    """Tags are added by one call, then others removed by the next: it may have broken off between them."""
    return set(new) <= set(now) <= set(old) | set(new)


def kept(values: Mapping[str, Value]) -> dict[str, str | list[str]]:
    """As JSON."""
    return {code: value if isinstance(value, str) else list(value) for code, value in values.items()}


def back(stored: object) -> dict[str, Value]:
    """From JSON, whatever stands there."""
    if not isinstance(stored, dict):
        return {}
    pairs = ((code, _value(value)) for code, value in stored.items() if isinstance(code, str))
    return {code: value for code, value in pairs if value is not None}


def _value(value: object) -> Value | None:
    if isinstance(value, list):
        return tuple(one for one in value if isinstance(one, str))
    return value if isinstance(value, str) else None


def mark(values: Mapping[str, Value], *where: str) -> str:
    """The same for the same values in the same place, whatever their order: rows that are written in one call stand together."""
    parts = sorted((code, value if isinstance(value, str) else sorted(value)) for code, value in values.items())
    return sha256(json.dumps([where, parts]).encode()).hexdigest()


def split(values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, str]]:
    """Metadata by external ID, and the context by its keys, of which the alt text is one. Tags are neither."""
    fields = {code.removeprefix(FIELD): value for code, value in values.items() if code.startswith(FIELD)}
    texts = {code: value for code, value in values.items() if isinstance(value, str)}
    context = {code.removeprefix(CONTEXT): value for code, value in texts.items() if code.startswith(CONTEXT)}
    return fields, context | ({ALT: texts[ALT]} if ALT in texts else {})


def stems(name: str) -> Iterable[str]:
    """What an asset may be called that a file of this name was uploaded as."""
    tail = re.split(r"[/\\]", composed(name))[-1]
    return dict.fromkeys((tail, re.sub(r"(?<=.)\.[A-Za-z0-9]{2,5}$", "", tail)))
