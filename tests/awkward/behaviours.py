"""How Shopify may behave on a bad day: the sandbox's faults under names, in the time of tests (a tenth of the real one)."""

from collections.abc import Iterable
from itertools import combinations

Faults = list[dict]


def always(kind: str, **known) -> dict:
    return {"kind": kind, "times": None, **known}


# Every third write is done, and answered by each of these in turn.
THIRDS = (("error_after", "408"), ("error_after", "502"), ("graphql_error_after", "TIMEOUT"))
BEHAVIOURS: dict[str, Faults] = {
    "rows in another order, ready without a picture": [
        always("rows_shuffled"),
        always("ready_without_image", seconds=0.3),
    ],
    "orders that take 25 s": [always("slow_reorders", seconds=2.5)],
    "galleries that are locked now and then": [
        always("refused", operation="productReorderMedia", code="MEDIA_CANNOT_BE_MODIFIED", every=2),
        always("refused", operation="fileUpdate", code="FILE_LOCKED", every=3),
    ],
    "reads 3 s behind": [always("stale_reads", seconds=0.3, code="behind")],
    "reads in turn 3 s behind": [always("stale_reads", seconds=0.3, code="alternating")],
    "old views that are long on the way": [
        always("stale_reads", seconds=0.3, code="behind"),
        always("late_answer", seconds=1.2, match="query ", every=3),
    ],
    "young files that nodes() does not show": [always("nodes_null", seconds=0.2)],
    "an id missing now and then": [always("ids_missing", every=5), always("ids_missing", every=7, code="null")],
    "answers that get lost": [always("lost_answer", match="mutation ", every=3)],
    "writes of unknown outcome": [
        always(kind, code=code, match="mutation ", every=9, after=3 * at) for at, (kind, code) in enumerate(THIRDS)
    ],
    "throttled without a cost": [always("throttled_without_cost", every=9)],
    "media in another order": [always("media_shuffled")],
    "lists in another order": [always("lists_shuffled", code="7")],
    "ids that come twice": [always("ids_twice", every=2)],
    "nulls": [always("null_shapes", code="extensions"), always("null_shapes", code="userErrors")],
    "pages of five": [always("pages_of", code="5")],
    "errors beside data": [always("errors_beside", code="INTERNAL_SERVER_ERROR", match="mutation ", every=3)],
    "payloads that are null": [always("null_shapes", code="payload", every=4)],
    "bodies that nobody can read": [
        always("body", code="deep", every=11),
        always("body", code="broken_gzip", every=13),
        always("body", code="html", every=7, match="mutation "),
    ],
    "taken names appended": [always("taken_name", code="appended")],
    "taken names answered": [always("taken_name", code="answered")],
    "taken names that fail later": [always("taken_name", code="later")],
}
# What a store cannot do both ways at once, and the one that stands for all in `everything`.
EITHER = [
    {"reads 3 s behind", "reads in turn 3 s behind", "old views that are long on the way"},
    {"taken names appended", "taken names answered", "taken names that fail later"},
    {"answers that get lost", "writes of unknown outcome", "bodies that nobody can read"},
    {"errors beside data", "payloads that are null"},
]
FOR_ALL = {"reads in turn 3 s behind", "taken names appended", "writes of unknown outcome", "errors beside data"}
EVERYTHING = [name for name in BEHAVIOURS if name in FOR_ALL or not any(name in some for some in EITHER)]


# One behaviour each, all of them at once, and none.
DAYS: dict[str, list[str]] = {"everything": EVERYTHING, "nothing": [], **{name: [name] for name in BEHAVIOURS}}
# Those that tell most where something else happens, too.
FEW = ("nothing", "everything", "reads in turn 3 s behind", "answers that get lost")
SOME = (*FEW, "orders that take 25 s", "galleries that are locked now and then", "an id missing now and then")


def together(names: Iterable[str]) -> Faults:
    return [fault for name in names for fault in BEHAVIOURS[name]]


def can_meet(one: str, other: str) -> bool:
    return one != other and not any({one, other} <= some for some in EITHER)


def pairwise(modes: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Rows of (link mode, behaviours) in which every mode meets every behaviour, and every two behaviours that can meet do so."""
    modes, rows = list(modes), []
    left = {frozenset(two) for two in combinations(BEHAVIOURS, 2) if can_meet(*two)}
    unmet = {(mode, name) for mode in modes for name in BEHAVIOURS}
    while left or unmet:
        mode = max(modes, key=lambda mode: sum(mode == some for some, _ in unmet))
        chosen: list[str] = []
        while fitting := [name for name in BEHAVIOURS if all(can_meet(name, other) for other in chosen)]:
            if len(chosen) == 9:
                break
            chosen.append(max(fitting, key=lambda name: gain(mode, name, chosen, left, unmet)))
        rows.append((mode, tuple(chosen)))
        left -= {frozenset(two) for two in combinations(chosen, 2)}
        unmet -= {(mode, name) for name in chosen}
    return rows


def gain(
    mode: str, name: str, chosen: Iterable[str], left: set[frozenset[str]], unmet: set[tuple[str, str]]
) -> tuple[int, int]:
    """What is left between it and the chosen ones; then what is left of it at all, so that each row leaves less."""
    met = sum(frozenset((name, other)) in left for other in chosen) + 2 * ((mode, name) in unmet)
    return met, sum(name in two for two in left)
