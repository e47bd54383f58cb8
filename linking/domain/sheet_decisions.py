"""What a row comes to, seen beside what its asset has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linking.domain.field_checks import missing
from linking.domain.sheet_columns import FIELD, SheetField
from linking.domain.sheet_rows import Value, Wish, differing, same
from linking.domain.write_back import reconciled
from setup.reasons import NONE, Reason, joined


@dataclass(frozen=True)
class Decision:
    """`wanted`: what is to be written, by code; nothing where a reason says that the row `is_bad`, or why it changes nothing.
    `is_contested`: somebody else wrote something of it."""

    wanted: Mapping[str, Value]
    reason: Reason = NONE
    is_bad: bool = False
    is_contested: bool = False


def decided(
    values: Mapping[str, Value],
    current: Mapping[str, Value],
    columns: Iterable[str],
    fields: Mapping[str, SheetField],
    *,
    replaces: bool,
) -> Decision:
    """`values`: the row's, `current`: the asset's. `columns`: all that the rows say something of. Where nothing is replaced, what
    the asset has is kept."""
    if why := missing(columns, fields, {**current, **values}):
        return Decision({}, why, is_bad=True)
    wanted = differing(values, current)
    new = wanted if replaces else {code: one for code, one in wanted.items() if same(current.get(code, ""), "")}
    return Decision(new, Reason("sheet.has_values") if wanted and not new else NONE)


def settled(wish: Wish, current: Mapping[str, Value], fields: Mapping[str, SheetField], *, replaces: bool) -> Decision:
    """Of a wish with a base: what is clear is written, and what is not is named."""
    found = reconciled(wish.values, current, wish.base or {}, replaces=replaces)
    wanted = {code: value for code, value in found.wanted.items() if value or not _demanded(code, fields)}
    names = [_name(code, fields) for code in found.conflicts]
    contested = Reason("mapping.conflict", values=names) if names else NONE
    reason = joined(contested, *wish.refused.values())
    nothing = not wanted and not names and not found.agreed
    return Decision(wanted, reason, is_bad=nothing and bool(wish.refused), is_contested=bool(names))


def _demanded(code: str, fields: Mapping[str, SheetField]) -> bool:
    known = fields.get(code.removeprefix(FIELD)) if code.startswith(FIELD) else None
    return known is not None and known.mandatory


def _name(code: str, fields: Mapping[str, SheetField]) -> str:
    """Of a metadata field its label; of a key of the context, or of a prefix, itself."""
    name = code.partition(":")[2]
    return fields[name].label if code.startswith(FIELD) and name in fields else name
