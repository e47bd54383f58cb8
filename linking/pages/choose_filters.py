"""The filter of Choose Assets as a sentence: its parts, what each is changed by, and the search without it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from linking.domain.searching import CHANGED, FORMATS, NOT_LINKED, TYPES, BadFilter, Filters, Where, expression
from linking.picker.fields import known
from setup.models import Environment, Store
from setup.natural_order import natural
from setup.words import _, enumeration, gettext_lazy, ngettext, npgettext, number, pgettext, pgettext_lazy, quoted

TYPE_NAMES = {"image": gettext_lazy("Images"), "video": gettext_lazy("Videos"), "raw": gettext_lazy("Raw files")}
ORDER_NAMES = [
    ("new", gettext_lazy("Newest first")),
    ("old", gettext_lazy("Oldest first")),
    ("name", pgettext_lazy("order", "By name")),
]
# What kinds of fields are called, by Cloudinary's types.
KINDS: Mapping[str, Any] = {
    "string": gettext_lazy("Text"),
    "integer": gettext_lazy("Number"),
    "date": gettext_lazy("Date"),
    "enum": gettext_lazy("List"),
    "set": gettext_lazy("List, several values"),
}
# Filters of an address that are of no field, by its names for them.
FILTER_NAMES = {
    "type": gettext_lazy("Type"),
    "format": gettext_lazy("Format"),
    "tag": gettext_lazy("Tags"),
    "since": gettext_lazy("Uploaded"),
    "linked": gettext_lazy("Links"),
}
MOST_SAID = 4
LISTS, RANGES = ("enum", "set"), ("integer", "date")
DAYS = [
    ("1", gettext_lazy("today")),
    ("7", gettext_lazy("in the last 7 days")),
    ("30", gettext_lazy("in the last 30 days")),
]


@dataclass(frozen=True)
class Field:
    """A field that can be looked at. `values`: (external ID, label) of its list, in the list's order."""

    code: str
    label: str
    type: str = "string"
    values: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        return str(KINDS.get(self.type, KINDS["string"]))

    @property
    def is_list(self) -> bool:
        """One with a list that is known; of very long lists it is not."""
        return self.type in LISTS and bool(self.values)

    @property
    def is_range(self) -> bool:
        return self.type in RANGES

    @property
    def input(self) -> str:
        return "date" if self.type == "date" else "number"

    def label_of(self, value: str) -> str:
        return dict(self.values).get(value, value)


@dataclass(frozen=True)
class Chip:
    """A filter of one field: how it reads, its editor, and the search without it. `unknown`: Cloudinary has no such field."""

    field: Field
    where: Where
    said: str
    without: str
    unknown: bool = False


def fields_of(rows: Iterable[Mapping[str, Any]]) -> list[Field]:
    """Structured metadata fields (linking.picker.fields) by label."""
    found = []
    for one in rows:
        values = tuple((value[0], value[1]) for value in one.get("values", ()))
        found.append(Field(f"metadata:{one['id']}", one["label"], one["type"], values))
    return sorted(found, key=lambda one: natural(one.label))


def field_of(fields: Iterable[Field], code: str) -> Field:
    kind, _colon, key = code.partition(":")
    label = _("{key} (context)").format(key=key) if kind == "context" else key
    return next((one for one in fields if one.code == code), Field(code, label))


def chips_of(fields: Sequence[Field], filters: Filters) -> list[Chip]:
    unknown, found = unknown_in(fields, filters), []
    for where in filters.fields:
        field = field_of(fields, where.code)
        rest = replace(filters, fields=tuple(one for one in filters.fields if one.code != where.code))
        found.append(Chip(field, where, said(field, where), rest.query, field.label in unknown))
    return found


def unknown_in(fields: Sequence[Field], filters: Filters) -> list[str]:
    """Fields that Cloudinary does not know, as far as that was looked at: a search for one finds nothing."""
    return filters.unknown(one.code.partition(":")[2] for one in fields) if fields else []


def said(field: Field, where: Where) -> str:
    """`Season = AW26 or SS26`, `Sequence from 2 to 5`, `SKU without a value`."""
    values = [field.label_of(value) for value in where.values] + ([_("no value")] if where.without else [])
    parts = []
    if values:
        parts.append(f"= {either(values)}")
    if where.words:
        parts.append(_("has {words}").format(words=where.words))
    if where.low and where.high:
        parts.append(_("from {low} to {high}").format(low=shown(where.low), high=shown(where.high)))
    elif where.low or where.high:
        text = _("from {low}") if where.low else _("up to {high}")
        parts.append(text.format(low=shown(where.low), high=shown(where.high)))
    return f"{field.label} {', '.join(parts)}"


def either(values: Sequence[str]) -> str:
    """Of very many the first: a product with fifty sizes has as many SKUs."""
    some, n = pgettext("between values", " or ").join(values[:MOST_SAID]), len(values) - MOST_SAID
    if n < 2:
        return pgettext("between values", " or ").join(values)
    return ngettext("{some} or {n} other value", "{some} or {n} other values", n).format(some=some, n=number(n))


def shown(bound: str) -> str:
    try:
        return date_format(date.fromisoformat(bound), "DATE_FORMAT") if len(bound) == 10 else bound
    except ValueError:
        return bound


def since_said(since: str) -> str:
    if not since:
        return ""
    if len(since) == 10:
        return _("since {day}").format(day=shown(since))
    n = int(since)
    return _("today") if n == 1 else ngettext("in the last {n} day", "in the last {n} days", n).format(n=n)


def left_out_said(environment: Environment, left: Sequence[tuple[str, str]]) -> str:
    """Filters that cannot be read (linking.domain.searching.left_out), and what to do; empty if there are none."""
    text = ngettext(
        "AssetLink cannot read {filters}, so it searches without this filter. Set it again.",
        "AssetLink cannot read {filters}, so it searches without these filters. Set them again.",
        len(left),
    )
    return text.format(filters=_named(environment, left)) if left else ""


def left_out_refused(environment: Environment, left: Sequence[tuple[str, str]]) -> str:
    """The same where all that match were to be selected."""
    text = ngettext(
        "Nothing is selected, as {filters} cannot be read. Set this filter again.",
        "Nothing is selected, as {filters} cannot be read. Set these filters again.",
        len(left),
    )
    return text.format(filters=_named(environment, left)) if left else ""


def _named(environment: Environment, left: Sequence[tuple[str, str]]) -> str:
    """`“Uploaded = 2026-02-30” and “Season = 2026-13-99”`; of very many the first."""
    fields, some = fields_of(known(environment)), []
    for name, value in left[:MOST_SAID]:
        code = name.partition(".")[2]
        label = FILTER_NAMES.get(name) or field_of(fields, code).label or code
        some.append(quoted(f"{label} = {value}"))
    if n := len(left) - len(some):
        some.append(npgettext("filters", "{n} other", "{n} others", n).format(n=number(n)))
    return enumeration(some)


def bar_context(environment: Environment, filters: Filters, rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What the sentence needs. `rows`: the fields, if they are known. No call and no query."""
    fields = fields_of(rows or known(environment))
    types = [(code, TYPE_NAMES[code], code in filters.types) for code in TYPES]
    formats = [(one, one.upper(), one in filters.formats) for one in dict.fromkeys((*FORMATS, *filters.formats))]
    return {
        "filters": filters,
        "types": types,
        "types_said": ", ".join(str(name) for _code, name, chosen in types if chosen),
        "formats": formats,
        "formats_said": ", ".join(name for _code, name, chosen in formats if chosen),
        "tags_said": ", ".join(filters.tags),
        "since_said": since_said(filters.since),
        "since_day": filters.since if len(filters.since) == 10 else "",
        "days": DAYS,
        "chips": chips_of(fields, filters),
        "unknown": unknown_in(fields, filters),
        "without_tags": replace(filters, tags=()).query,
        "without_since": replace(filters, since="").query,
        "without_formats": replace(filters, formats=()).query,
        "folder_name": filters.folder.rpartition("/")[2],
        "orders": ORDER_NAMES,
        "order_said": dict(ORDER_NAMES)[filters.order],
        "searched_query": filters.query,
        "expression": expression_of(filters),
    }


def expression_of(filters: Filters) -> str:
    """For the Console and for rules; what only the ledger knows is not in it. Empty where it cannot be said."""
    try:
        return expression(filters, today=timezone.now().date())
    except BadFilter:
        return ""


def linked_choices(filters: Filters, stores: Sequence[Store]) -> dict[str, Any]:
    """The filters of the ledger."""
    plain = [("", _("All")), (NOT_LINKED, _("Not linked yet")), (CHANGED, _("Changed since linked"))]
    of_stores = [(f"in-{store.pk}", _("In {store}").format(store=store)) for store in stores]
    of_stores += [(f"not-in-{store.pk}", _("Not in {store}").format(store=store)) for store in stores]
    return {"linked": plain, "of_stores": of_stores, "of_store_said": dict(of_stores).get(filters.linked, "")}
