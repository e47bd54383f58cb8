"""Which properties of products are written to which places of their assets in Cloudinary: a mapping, and what cannot be one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linking.domain.alts import MAX_CONTEXT
from linking.domain.fields import METAFIELD, BadField, CloudinaryField
from linking.domain.sheet_columns import ALT, ASSET_ID, CONTEXT, FIELD, TAGS, SheetField
from setup.reasons import Reason
from setup.words import _, quoted

MOST_LINES = 40
# A prefix ends with a sign, so that `shop:` is not the beginning of somebody's `shoplifting`.
PREFIX = re.compile(r"[^\W_][\w.:=/-]{0,28}[:=/_.-]")
KEY = re.compile(r"[^\s=|\\\"][^=|\\\"]{0,98}")


class Property(StrEnum):
    TITLE = "title"
    DESCRIPTION = "description"
    HANDLE = "handle"
    STATUS = "status"
    VENDOR = "vendor"
    PRODUCT_TYPE = "product_type"
    TAGS = "tags"
    COLLECTIONS = "collections"
    SKU = "sku"
    PRICE = "price"
    METAFIELD = "metafield"
    VARIANT_METAFIELD = "variant_metafield"
    ADDRESS = "address"  # in the store's admin
    STORES = "stores"
    STATE = "state"  # whether it is linked
    LINKED = "linked"  # the day of its latest link


METAFIELDS = (Property.METAFIELD, Property.VARIANT_METAFIELD)
# A product or an asset may have several values of these; of the others it has one.
PLURAL = {
    Property.TAGS,
    Property.COLLECTIONS,
    Property.SKU,
    Property.PRICE,
    Property.ADDRESS,
    Property.STORES,
    *METAFIELDS,
}
# Known from our own ledger: no store is asked for them.
OF_LEDGER = {Property.ADDRESS, Property.STORES, Property.STATE, Property.LINKED}
# What types of metadata fields cannot take any value of. A metafield may be anything: each of its values is looked at.
TEXTS_ONLY = {Property.DESCRIPTION, Property.ADDRESS}
NUMBERS_AND_DAYS = ("integer", "date")
LISTS = ("enum", "set")


@dataclass(frozen=True)
class Line:
    """`key`: namespace.key of a metafield. `target`: a code: `field:<external ID>`, `context:<key>` or `tags:<prefix>`."""

    what: Property
    target: str
    key: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Line":
        """From a form, or from what is kept. Raises BadField."""
        name, key, target = (str(asked.get(one) or "").strip() for one in ("property", "key", "target"))
        if name not in Property.__members__.values():
            raise BadField(_("{code} is not a property of products.").format(code=quoted(name)))
        if name in METAFIELDS and not METAFIELD.fullmatch(key):
            raise BadField(_("Write a metafield as namespace.key, for example custom.material."))
        kind, rest = split(target)
        if kind == TAGS and not PREFIX.fullmatch(rest):
            raise BadField(
                _("Write a prefix of letters and digits that ends with one of : = / _ . - for example shopify:")
            )
        if kind == CONTEXT and not KEY.fullmatch(rest):
            raise BadField(_("Write a key of the context, of at most 99 characters and without = | or quotes."))
        if not kind or not rest:
            raise BadField(_("Choose what to fill."))
        return cls(Property(name), target, key if name in METAFIELDS else "")

    @property
    def kept(self) -> dict[str, str]:
        """As JSON, the inverse of `of`."""
        return {"property": self.what.value, "key": self.key, "target": self.target}


@dataclass(frozen=True)
class Mapped:
    """The mapping of an environment. `store`: the pk of the one whose products are read; None: of all."""

    lines: tuple[Line, ...] = ()
    store: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Mapped":
        """What cannot be read any more is left out."""
        rows, store = stored.get("lines"), stored.get("store")
        lines = []
        for row in rows if isinstance(rows, list) else ():
            try:
                lines.append(Line.of(row if isinstance(row, Mapping) else {}))
            except BadField:
                continue
        return cls(tuple(lines[:MOST_LINES]), store if type(store) is int else None)

    @property
    def kept(self) -> dict[str, Any]:
        return {"lines": [line.kept for line in self.lines], "store": self.store}

    @property
    def columns(self) -> list[str]:
        """As those of a spreadsheet."""
        return [ASSET_ID, *dict.fromkeys(line.target for line in self.lines)]

    @property
    def asks_stores(self) -> bool:
        return any(line.what not in OF_LEDGER for line in self.lines)

    def needs(self, *properties: Property) -> bool:
        return any(line.what in properties for line in self.lines)

    def metafields(self, property: Property) -> list[str]:
        return list(dict.fromkeys(line.key for line in self.lines if line.what == property))


def split(target: str) -> tuple[str, str]:
    """Kind (FIELD, CONTEXT or TAGS) and name; nothing for what is none of them."""
    kind = next((one for one in (FIELD, CONTEXT, TAGS) if target.startswith(one)), "")
    return kind, target.removeprefix(kind) if kind else ""


@dataclass(frozen=True)
class Owners:
    """What Cloudinary owns: code of a target -> what AssetLink reads there, as a Reason."""

    known: Mapping[str, Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, reads: Iterable[tuple[str, Reason]]) -> "Owners":
        """`reads`: Cloudinary fields by their codes (linking.domain.fields), and what each is read for. The alt text that the
        context holds is always Cloudinary's."""
        found = {f"{CONTEXT}{ALT}": Reason("mapping.for_alt")}
        for code, why in reads:
            try:
                read = CloudinaryField.parse(code)
            except BadField:
                continue
            target = {"metadata": f"{FIELD}{read.key}", "context": f"{CONTEXT}{read.key}", "tags": TAGS}.get(read.kind)
            if target:
                found.setdefault(target, why)
        return cls(found)

    def of_target(self, target: str) -> Reason | None:
        """Tags are one field to Cloudinary: where they are read, none of them is written, whatever its prefix."""
        return self.known.get(TAGS if target.startswith(TAGS) else target)


def refusals(lines: Sequence[Line], fields: Mapping[str, SheetField], owners: Owners) -> dict[int, Reason]:
    """Place of a line -> why it cannot be so."""
    found: dict[int, Reason] = {}
    for at, line in enumerate(lines):
        why = (
            Reason("mapping.too_many", most=MOST_LINES)
            if at >= MOST_LINES
            else _cannot(line, fields) or _owned(line, fields, owners) or _twice(line, lines[:at])
        )
        if why:
            found[at] = why
    return found


def _cannot(line: Line, fields: Mapping[str, SheetField]) -> Reason | None:
    kind, name = split(line.target)
    if kind == TAGS and line.what in TEXTS_ONLY | {Property.LINKED}:
        return Reason("mapping.no_tag")
    if kind != FIELD:
        return None
    if (known := fields.get(name)) is None:
        return Reason("mapping.no_field", field=name)
    free = line.what in METAFIELDS
    if known.type in NUMBERS_AND_DAYS and not free and not (known.type == "date" and line.what == Property.LINKED):
        return Reason("mapping.no_number" if known.type == "integer" else "mapping.no_day", field=known.label)
    if known.type in LISTS and line.what in TEXTS_ONLY | {Property.LINKED}:
        return Reason("mapping.no_list", field=known.label)
    return None


def _owned(line: Line, fields: Mapping[str, SheetField], owners: Owners) -> Reason | None:
    if (why := owners.of_target(line.target)) is None:
        return None
    name = split(line.target)[1]
    known = fields.get(name)
    return Reason("mapping.owned", field=known.label if known else name, why=why)


def _twice(line: Line, before: Iterable[Line]) -> Reason | None:
    """One line for each place; and of two prefixes none begins the other, or one line would take away the other's tags."""
    kind, name = split(line.target)
    for other in before:
        if other.target == line.target:
            return Reason("mapping.twice")
        if kind == TAGS and other.target.startswith(TAGS):
            prefix = split(other.target)[1]
            if prefix.startswith(name) or name.startswith(prefix):
                return Reason("mapping.prefixes", one=prefix, other=name)
    return None


def too_long_for(kind: str) -> int:
    """Characters that a value may have there."""
    return {CONTEXT: MAX_CONTEXT, TAGS: MAX_CONTEXT}.get(kind, 1000)
