"""What the choice of an order says in words: `Front, Back, Detail as in Asset type; then Sequence, lowest first`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linking.domain.fields import field_label
from linking.domain.ordering import GroupOrder, Orders
from setup.spelling import plain
from setup.words import _, ngettext, number, pgettext

# What a field's values are to people who order by them.
LIST, NUMBER, DATE, TEXT = "list", "number", "date", "text"
NUMERIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
NAMED = 3  # values of a list


def sort_of(type: str, values: Iterable[str]) -> str:
    """`type`: of a structured metadata field, as Cloudinary names it; empty for other fields. Texts that are nothing but numbers
    are numbers."""
    if type in ("enum", "set"):
        return LIST
    if type in ("integer", "date"):
        return NUMBER if type == "integer" else DATE
    found = [value for one in values if (value := plain(one))]
    return NUMBER if found and all(map(NUMERIC.fullmatch, found)) else TEXT


def directions(offered: Mapping[str, Any]) -> tuple[str, str]:
    """Ascending and descending, of a field as a selection offers it, as a choice says it."""
    if values := list(offered["values"]):
        return _values(values), _values(values[::-1])
    ascending, descending = _ways(offered["sort"])
    return ascending[:1].upper() + ascending[1:], descending[:1].upper() + descending[1:]


def in_words(orders: Orders, offered: Sequence[Mapping[str, Any]]) -> str:
    """`offered`: the fields that are known, as a selection keeps them; of others it is said that they are ordered, not how."""
    if not orders:
        return _("As selected")
    known = {one["code"]: one for one in offered}
    clauses = []
    for order in orders:
        one = known.get(str(order.field), {"sort": TEXT, "values": []})
        clauses.append(_clause(field_label(str(order.field), offered), one, down=order.descending))
    if len(clauses) == 1:
        return clauses[0]
    return pgettext("one order, and where it tells no difference another", "{first}; then {second}").format(
        first=clauses[0], second=clauses[1]
    )


def in_short(orders: Orders, offered: Sequence[Mapping[str, Any]]) -> str:
    """For a button: the fields, and that the first ones come last."""
    known = {one["code"]: one for one in offered}
    names = [
        _short(field_label(code, offered), known.get(code, {"sort": TEXT, "values": []}), down=order.descending)
        for order in orders
        for code in (str(order.field),)
    ]
    if len(names) < 2:
        return names[0] if names else _("As selected")
    return pgettext("ordered by", "{first}, then {second}").format(first=names[0], second=names[1])


def missing(orders: Orders, lacking: Sequence[int], offered: Sequence[Mapping[str, Any]], going: int) -> list[str]:
    """`lacking`: how many assets have no value of each order's field, of those `going` to galleries: fields are offered with
    numbers of all that were selected."""
    return [
        ngettext(
            "{n} of {all} assets that can be linked has no {field} and goes last.",
            "{n} of {all} assets that can be linked have no {field} and go last.",
            n,
        ).format(n=number(n), all=number(going), field=field_label(str(order.field), offered))
        for order, n in zip(orders, lacking, strict=True)
        if n
    ]


def of_groups(how: str) -> str:
    """In which order groups of one product stand, as a sentence."""
    words = {
        GroupOrder.VARIANTS: _("Groups of one product stand as its variants do."),
        GroupOrder.KEY: _("Groups of one product stand by key."),
        GroupOrder.LIST: _("Groups of one product stand as in the list."),
    }
    return words.get(GroupOrder(how), "")


def _short(label: str, offered: Mapping[str, Any], *, down: bool) -> str:
    """In the words of the choice of a direction; of a list, which is named by its values there, that it is reversed."""
    if not down:
        return label
    if offered["values"]:
        return _("{field}, reversed").format(field=label)
    return pgettext("ordered by a field, and how", "{field}, {how}").format(field=label, how=_ways(offered["sort"])[1])


def _clause(label: str, offered: Mapping[str, Any], *, down: bool) -> str:
    values = list(offered["values"])
    if values and down:
        return _("{values}, the reverse of {field}").format(values=_values(values[::-1]), field=label)
    if values:
        return _("{values} as in {field}").format(values=_values(values), field=label)
    ascending, descending = _ways(offered["sort"])
    return pgettext("ordered by a field, and how", "{field}, {how}").format(
        field=label, how=descending if down else ascending
    )


def _ways(sort: str) -> tuple[str, str]:
    if sort == NUMBER:
        return _("lowest first"), _("highest first")
    if sort == DATE:
        return _("earliest first"), _("latest first")
    return _("A to Z"), _("Z to A")


def _values(values: Sequence[str]) -> str:
    shown = ", ".join(values[:NAMED])
    return f"{shown} …" if len(values) > NAMED else shown
