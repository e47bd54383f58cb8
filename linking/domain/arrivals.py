"""Files on their way: which one is whose, and when to ask for them again.

Shopify answers fileCreate with a list of ids whose order proves nothing. Whose file an id is shows in the file's own name,
which can be read when it is READY: https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FileStatus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# A call asks for 250 files; it is worth one when about so many will have become ready.
WORTH_A_CALL = 40
SOONEST = 0.1


def until_worth_asking(*, came: int, since: float, calls: int, at_most: float) -> float:
    """Seconds until `calls` calls would tell of some more, at the pace of the `came` that became ready in the last `since`
    seconds: a quick store is asked often, so that galleries are linked while others still come. Without a pace `at_most`."""
    if not came:
        return at_most
    return min(at_most, max(SOONEST, WORTH_A_CALL * calls * since / came))


@dataclass(frozen=True, slots=True)
class Expected:
    """A rendition that was asked for: its row, the mark in its name, and the id that it holds for the time being."""

    row: int
    mark: str
    pending: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of a file. `there`: READY, with its content; `mark`: what its name says, empty if nothing."""

    there: bool = False
    failed: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Row -> file id. `proved`: by the file's name, or because nothing else is left; `failed`: the rows of files that failed;
    `dealt`: the others, each with an id of the same call to be asked for, empty if there are fewer ids than rows."""

    proved: Mapping[int, str] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)
    dealt: Mapping[int, str] = field(default_factory=dict)


def pair(rows: Sequence[Expected], seen: Mapping[str, Seen]) -> Pairing:
    """Give the files of one call to its rows. `rows`: all that are still open; `seen`: by id, as far as shown.

    A file whose name carries the mark of none of them is none of theirs. Failed files have no name: they are the rows that
    are left when every other file is known.
    """
    by_mark = {row.mark: row.row for row in rows}
    ids = list(dict.fromkeys(row.pending for row in rows if row.pending))
    marks = {id: seen[id].mark for id in ids if id in seen and seen[id].there and seen[id].mark}
    proved = {by_mark[mark]: id for id, mark in reversed(marks.items()) if mark in by_mark}
    open_rows = [row for row in rows if row.row not in proved]
    open_ids = [id for id in ids if id not in marks]
    if len(open_rows) == len(open_ids) and all(id in seen for id in open_ids):
        if all(seen[id].failed for id in open_ids):
            return Pairing(proved, _dealt(open_rows, open_ids))
        if len(open_ids) == 1 and seen[open_ids[0]].there:
            return Pairing(proved | {open_rows[0].row: open_ids[0]})
    return Pairing(proved, {}, _dealt(open_rows, open_ids))


def _dealt(rows: Sequence[Expected], ids: Sequence[str]) -> dict[int, str]:
    """Each keeps the id that it has, as long as that is to be had; the others take what is left."""
    kept = {row.row: row.pending for row in rows if row.pending in ids}
    left = [id for id in ids if id not in kept.values()]
    return {row.row: kept[row.row] if row.row in kept else left.pop(0) if left else "" for row in rows}
