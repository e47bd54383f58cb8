"""What products say of an asset, beside what the asset has and what was written last: what is to be written, and what nobody may
decide but a person."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser

from linking.domain.mappings import METAFIELDS, PLURAL, Line, Mapped, Property, split, too_long_for
from linking.domain.sheet_columns import CONTEXT, FIELD, TAGS, SheetField
from linking.domain.sheet_rows import BadValue, Value, checked, known_entry, same, short
from setup.natural_order import natural
from setup.reasons import Reason
from setup.spelling import composed, plain

SHOWN = 5  # of several values
NEVER = {"\\"}  # Cloudinary's text form of values has no way to say it


@dataclass(frozen=True)
class Product:
    """A product of a store, as far as a mapping asks for it. `values`: by property; of a metafield by (property, name)."""

    values: Mapping[Property | tuple[Property, str], Sequence[str]] = field(default_factory=dict)

    def of(self, line: Line) -> Sequence[str]:
        return self.values.get((line.what, line.key) if line.what in METAFIELDS else line.what, ())


@dataclass(frozen=True)
class Said:
    """`values`: by code; empty ones are those that products have not. `refused`: code -> why there is none. `entries`: what lists
    have to have first, external ID of a field -> {external ID: label}."""

    values: Mapping[str, Value]
    refused: Mapping[str, Reason]
    entries: Mapping[str, Mapping[str, str]]


def said(mapped: Mapped, products: Sequence[Product], fields: Mapping[str, SheetField]) -> Said:
    """Of the products of one asset."""
    values: dict[str, Value] = {}
    refused: dict[str, Reason] = {}
    entries: dict[str, dict[str, str]] = {}
    for line in mapped.lines:
        kind, name = split(line.target)
        texts = _texts(line, products)
        try:
            if kind == TAGS:
                values[line.target] = tuple(sorted({_tag(name, text) for text in texts}))
            elif kind == CONTEXT:
                values[line.target] = _shortened(line, _one(line, name, texts), kind)
            else:
                values[line.target], new = _of_field(line, texts, _known(fields, name))
                if new:
                    entries.setdefault(name, {}).update(new)
        except BadValue as bad:
            refused[line.target] = bad.reason
    return Said(values, refused, entries)


def _known(fields: Mapping[str, SheetField], id: str) -> SheetField:
    """Raises BadValue."""
    if id not in fields:
        raise BadValue(Reason("mapping.no_field", field=id))
    return fields[id]


def _texts(line: Line, products: Iterable[Product]) -> list[str]:
    """Each once. Where an asset may have several, in the order in which people count."""
    found = dict.fromkeys(clean for one in products for text in one.of(line) if (clean := plain(composed(text))))
    return sorted(found, key=natural) if line.what in PLURAL else list(found)


def _one(line: Line, name: str, texts: Sequence[str], *, joins: bool = True) -> str:
    """One text of all. Several of what a product has one of: nobody can say which. Raises BadValue."""
    if len(texts) > 1 and not (joins and line.what in PLURAL):
        raise BadValue(Reason("mapping.several", field=name, count=len(texts), values=[*map(short, texts[:SHOWN])]))
    return ", ".join(texts)


def _shortened(line: Line, text: str, kind: str) -> str:
    """A description ends where a word does; nothing else is cut. Raises BadValue."""
    most = too_long_for(kind)
    if line.what == Property.DESCRIPTION:
        text = "".join(" " if sign in NEVER else sign for sign in text)
        if len(text) > most:
            text = (text[: most - 1].rsplit(" ", 1)[0] or text[: most - 1]) + "…"
    if len(text) > most:
        raise BadValue(Reason("mapping.too_long", value=short(text), n=len(text), most=most))
    if NEVER & set(text):
        raise BadValue(Reason("sheet.backslash", value=short(text)))
    return text


def _tag(prefix: str, text: str) -> str:
    """Raises BadValue. A comma would part it into two."""
    if "," in text:
        raise BadValue(Reason("mapping.comma", value=short(text)))
    if len(prefix + text) > too_long_for(TAGS) or NEVER & set(text):
        raise BadValue(Reason("mapping.too_long", value=short(text), n=len(prefix + text), most=too_long_for(TAGS)))
    return f"{prefix}{text}"


def _of_field(line: Line, texts: Sequence[str], known: SheetField) -> tuple[Value, dict[str, str]]:
    """And what its list has to have first. Raises BadValue."""
    if known.type == "set":
        found: list[str] = []
        new: dict[str, str] = {}
        for text in texts:
            id, added = _entry(known, text, taken=new)
            found.append(id)
            new |= added
        return tuple(found), new
    text = _one(line, known.label, texts, joins=known.type == "string")
    if not text:
        return "", {}
    if known.type == "enum":
        return _entry(known, text)
    return checked(known, _shortened(line, text, FIELD)), {}


def _entry(known: SheetField, text: str, taken: Mapping[str, str] | None = None) -> tuple[str, dict[str, str]]:
    """The external ID of an entry called so, and the entry if the list has none. Raises BadValue. One that admins took away is
    not brought back by us."""
    if (id := known_entry(known, text)) is not None:
        return id, {}
    if id := next((id for id, label in (taken or {}).items() if label == text), ""):
        return id, {}
    if text in known.gone or text in known.gone.values():
        raise BadValue(Reason("mapping.entry_gone", field=known.label, value=short(text)))
    if NEVER & set(text) or len(text) > too_long_for(CONTEXT):
        raise BadValue(Reason("mapping.too_long", value=short(text), n=len(text), most=too_long_for(CONTEXT)))
    return text, {} if known.grows else {text: text}


class Verdict(StrEnum):
    SAME = "same"
    WRITE = "write"
    CONFLICT = "conflict"


def verdict(base: Value | None, theirs: Value, ours: Value) -> Verdict:
    """`base`: what AssetLink wrote last, or found to be the same; None: never. `theirs`: what the asset has; `ours`: what
    products say. Where the asset has something that is neither, somebody wrote it: a person decides."""
    if same(theirs, ours):
        return Verdict.SAME
    if base is None:
        # Nothing of ours is there: what others wrote is not emptied by a product that has no value.
        return Verdict.WRITE if not theirs else Verdict.SAME if not ours else Verdict.CONFLICT
    return Verdict.WRITE if same(theirs, base) else Verdict.CONFLICT


@dataclass(frozen=True)
class Reconciled:
    """`wanted`: what is to be written, by code. `conflicts`: codes that somebody else wrote. `agreed`: what is the same."""

    wanted: Mapping[str, Value]
    conflicts: Sequence[str]
    agreed: Mapping[str, Value]


def reconciled(
    values: Mapping[str, Value], current: Mapping[str, Value], base: Mapping[str, Value], *, replaces: bool
) -> Reconciled:
    """`replaces`: a person said that what others wrote is written over."""
    wanted: dict[str, Value] = {}
    agreed: dict[str, Value] = {}
    conflicts = []
    for code, ours in values.items():
        theirs = current.get(code, "")
        match verdict(base.get(code), theirs, ours):
            case Verdict.SAME:
                agreed |= {code: ours} if same(theirs, ours) and ours else {}
            case Verdict.CONFLICT if not replaces or not ours:
                conflicts.append(code)
            case _:
                wanted[code] = ours if ours or not isinstance(theirs, tuple) else ()
    return Reconciled(wanted, conflicts, agreed)


def tags_moved(now: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tags to add, and to remove."""
    return [one for one in wanted if one not in now], [one for one in now if one not in wanted]


def metafield_values(type: str, text: str) -> tuple[str, ...]:
    """What a metafield holds, as texts: each of a list, the amount of a measure or of money; nothing of what names something else
    by an ID (a reference), which says nothing to a reader."""
    if "reference" in type:
        return ()
    if type.startswith("list.") or type in ("money", "dimension", "volume", "weight", "rating"):
        try:
            found = json.loads(text)
        except ValueError:
            return ()
        return tuple(one for part in (found if isinstance(found, list) else [found]) if (one := _amount(part)))
    return (text,) if text else ()


def _amount(part: object) -> str:
    if isinstance(part, dict):
        amount = part.get("amount", part.get("value"))
        unit = part.get("currency_code", part.get("unit", ""))
        return f"{amount} {unit}".strip() if isinstance(amount, str | int | float) else ""
    if isinstance(part, bool):
        return "true" if part else "false"
    return str(part) if isinstance(part, str | int | float) else ""


class _Text(HTMLParser):
    BLOCKS = frozenset({"p", "br", "li", "div", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "ul", "ol"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style")
        if tag in self.BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._hidden:
            self._hidden -= 1
        if tag in self.BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def text_of(html: str) -> str:
    """A description as text, on one line."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())
