"""What a report tells before its rows: which run it was, and what came of it in each store."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from linking.models import ProductSync, StoreSync, Sync
from linking.reporting.rows import OUTCOMES, PLANNED, rows_of

Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


@dataclass(frozen=True)
class Summary:
    """`facts`: (name, value) of the run. Times are UTC."""

    facts: list[tuple[str, Cell]]
    tables: list[Table]


def summary_of(sync: Sync, *, now: datetime) -> Summary:
    parts = list(sync.parts.select_related("store").order_by("pk"))
    products = [] if sync.kind == "upload" else [products_table(parts)]
    return Summary(facts_of(sync, parts, now), [stores_table(parts), *products, lines_table(sync, parts)])


def facts_of(sync: Sync, parts: list[StoreSync], now: datetime) -> list[tuple[str, Cell]]:
    kind = sync.get_kind_display()
    return [
        ("Run", str(sync.key)),
        ("Type", f"{kind}, dry run: nothing was written" if sync.dry_run else kind),
        ("Product environment", str(sync.environment)),
        ("Started by", str(sync.member)),
        ("Started", sync.created),
        ("Aborted", sync.abort_requested),
        ("Of run", str(sync.origin.key) if sync.origin else None),
        *settings_of(sync),
        ("Stores", len(parts)),
        ("Rows", rows_of(sync).count()),
        ("Report written", now),
    ]


def settings_of(sync: Sync) -> list[tuple[str, Cell]]:
    """What a run of its kind was set to; undoing and unlinking ask for nothing."""
    if sync.kind == "upload":
        return [("Alt texts", sync.get_alt_policy_display()), ("New versions", sync.get_new_versions_display())]
    if sync.kind != "link":
        return []
    return [
        ("Cloudinary field", sync.cloudinary_field),
        ("Shopify field", sync.shopify_field),
        ("Link mode", sync.get_link_mode_display()),
        ("Position", sync.position if sync.link_mode == "position" else None),
        ("Ordered by", sync.order_field),
        ("Alt texts", sync.get_alt_policy_display()),
        ("Pictures of variants", "set by the groups" if sync.variant_pictures else "kept"),
    ]


def stores_table(parts: list[StoreSync]) -> Table:
    head = ("Store", "Name", "Result", "Problem", "Started", "Finished", "Seconds", "API requests", "Writes", "Points")
    return Table("Stores", head, [_store_row(part) for part in parts])


def _store_row(part: StoreSync) -> tuple[Cell, ...]:
    seconds = round((part.finished - part.started).total_seconds(), 1) if part.started and part.finished else None
    known = (part.store.domain, str(part.store), part.result.word, str(part.problem), part.started, part.finished)
    return (*known, seconds, part.requests, part.mutations, part.points)


def products_table(parts: list[StoreSync]) -> Table:
    rows = ProductSync.objects.filter(part__in=parts).order_by().values_list("part_id", "state")
    counted = {(part, state): n for part, state, n in rows.annotate(n=Count("pk"))}
    states = [state for state in ProductSync.State if any(key[1] == state for key in counted)]
    lines: list[tuple[Cell, ...]] = [
        (
            part.store.domain,
            sum(n for key, n in counted.items() if key[0] == part.pk),
            *(counted.get((part.pk, state), 0) for state in states),
        )
        for part in parts
    ]
    return Table("Products", ("Store", "Products", *(str(state.label) for state in states)), lines)


def lines_table(sync: Sync, parts: list[StoreSync]) -> Table:
    """Rows of the report by store, planned change and outcome, with a total."""
    counted = rows_of(sync).order_by().values_list("part_id", "change", "outcome").annotate(n=Count("pk"))
    found = Counter({(part, change, outcome): n for part, change, outcome, n in counted})
    rows: list[tuple[Cell, ...]] = list(_line_rows(parts, found))
    return Table("Rows", ("Store", "Planned", "Outcome", "Rows"), [*rows, ("Total", "", "", found.total())])


def _line_rows(parts: list[StoreSync], found: Counter) -> Iterator[tuple[Cell, ...]]:
    for part in parts:
        for change, planned in PLANNED.items():
            for outcome, word in OUTCOMES.items():
                if n := found[part.pk, change, outcome]:
                    yield part.store.domain, planned, word, n
