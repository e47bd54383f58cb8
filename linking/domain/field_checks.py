"""What a metadata field demands of its values, as Cloudinary's `validation` says it: looked at before anything is written.

https://cloudinary.com/documentation/metadata_api#validating_data. A rule that is not known here, or that cannot be read, refuses
nothing: Cloudinary has the last word.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from linking.domain.sheet_columns import FIELD, SheetField
from setup.reasons import Reason

Value = str | tuple[str, ...]
DEEPEST = 5  # rules within rules


def refused(field: SheetField, value: Value) -> Reason | None:
    """Why the field does not take it. `value`: as it is written, days as 2026-12-31."""
    if not isinstance(value, str):
        return None
    return next((why for rule in _rules(field.rules, DEEPEST) if (why := _by_rule(field, rule, value))), None)


def _rules(rule: Mapping[str, Any], deep: int) -> Iterator[Mapping[str, Any]]:
    """Each that has to hold."""
    if rule.get("type") != "and":
        yield rule
        return
    inner = rule.get("rules")
    for one in inner if isinstance(inner, list) and deep else ():
        if isinstance(one, Mapping):
            yield from _rules(one, deep - 1)


def _by_rule(field: SheetField, rule: Mapping[str, Any], value: str) -> Reason | None:
    known = {"field": field.label, "value": value if len(value) <= 60 else f"{value[:60]}…"}
    match rule.get("type"):
        case "strlen":
            least, most = _whole(rule.get("min")), _whole(rule.get("max"))
            if least is not None and len(value) < least:
                return Reason("sheet.too_few", **known, n=least)
            if most is not None and len(value) > most:
                return Reason("sheet.too_many_signs", **known, n=most)
        case "greater_than" | "less_than" as kind:
            bound, mine = _comparable(field, rule.get("value")), _comparable(field, value)
            if bound is None or mine is None or (rule.get("equals") is True and mine == bound):
                return None
            if kind == "greater_than" and not _is_more(mine, bound):
                code = "sheet.at_least" if rule.get("equals") is True else "sheet.more_than"
                return Reason(code, **known, bound=str(rule["value"]))
            if kind == "less_than" and not _is_more(bound, mine):
                code = "sheet.at_most" if rule.get("equals") is True else "sheet.less_than"
                return Reason(code, **known, bound=str(rule["value"]))
    return None


def _is_more(one: int | str, other: int | str) -> bool:
    """Both are numbers, or both are days."""
    return one > other  # type: ignore[operator]


def _comparable(field: SheetField, value: object) -> int | str | None:
    """A number, or a day of ten signs, by the field's type."""
    if field.type == "integer":
        return _whole(value)
    return value if field.type == "date" and isinstance(value, str) and len(value) == 10 else None


def _whole(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        return None


def missing(columns: Iterable[str], fields: Mapping[str, SheetField], values: Mapping[str, Value]) -> Reason | None:
    """Which of the `columns` has a field that must have a value and has none. `values`: by code, with those that the asset has.
    Fields that a list says nothing of are not its matter."""
    for code in columns:
        field = fields.get(code.removeprefix(FIELD)) if code.startswith(FIELD) else None
        if field is not None and field.mandatory and not values.get(code):
            return Reason("sheet.mandatory", field=field.label)
    return None


def emptied(fields: Mapping[str, SheetField], values: Mapping[str, Value]) -> list[str]:
    """Codes of what would be emptied, and must have a value."""
    return [
        code
        for code, value in values.items()
        if not value and (field := fields.get(code.removeprefix(FIELD))) is not None and field.mandatory
    ]
