"""What a row comes to, seen beside what its asset has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linking.domain.field_checks import missing
from linking.domain.sheet_columns import SheetField
from linking.domain.sheet_rows import Value, differing, same
from setup.reasons import NONE, Reason


@dataclass(frozen=True)
class Decision:
    """`wanted`: what is to be written, by code; nothing where a reason says that the row `is_bad`, or why it changes nothing."""

    wanted: Mapping[str, Value]
    reason: Reason = NONE
    is_bad: bool = False


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
