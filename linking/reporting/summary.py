"""What a report tells before its rows: which run it was, and what came of it in each store."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from linking.domain.counting import WORDS, Fate, Standing
from linking.domain.options import in_words
from linking.domain.sentences import Sums, figures_of
from linking.models import ProductSync, StoreSync, Sync
from linking.models.counting import counts_of
from linking.models.pictures import of_parts
from linking.reporting.rows import OUTCOMES, PLANNED, counted

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
    counts = counts_tables(sync) if sync.kind == "link" else []
    tables = [stores_table(parts), *counts, *pictures_tables(sync, parts), *products, lines_table(sync, parts)]
    return Summary(facts_of(sync, parts, now), tables)


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
        ("Rows", sum(counted(sync).values())),
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
        ("Variants that pictures and swatches reach", in_words(sync.variant_reach)),
    ]


def stores_table(parts: list[StoreSync]) -> Table:
    head = ("Store", "Name", "Result", "Problem", "Started", "Finished", "Seconds", "API requests", "Writes", "Points")
    return Table("Stores", head, [_store_row(part) for part in parts])


def _store_row(part: StoreSync) -> tuple[Cell, ...]:
    seconds = round((part.finished - part.started).total_seconds(), 1) if part.started and part.finished else None
    known = (part.store.domain, str(part.store), part.result.word, str(part.problem), part.started, part.finished)
    return (*known, seconds, part.requests, part.mutations, part.points)


def counts_tables(sync: Sync) -> list[Table]:
    """The numbers of the run's page, and of the selection's: assets and keys, each once in however many stores and products."""
    assets, tally = counts_of(sync)
    fates: list[tuple[Cell, ...]] = [(WORDS[fate].capitalize(), getattr(assets, fate)) for fate in Fate]
    standings: list[tuple[Cell, ...]] = [(standing.capitalize(), getattr(tally, standing)) for standing in Standing]
    return [
        Table("Assets", ("Result", "Assets"), [*fates, ("Total", assets.total)]),
        Table("Keys", ("Result", "Keys"), [*standings, ("Total", tally.groups)]),
    ]


def pictures_tables(sync: Sync, parts: list[StoreSync]) -> list[Table]:
    """The numbers of the run's page, in pictures; an upload has none."""
    if sync.kind == "upload":
        return []
    for part in parts:
        part.sync = sync
    sums = sum((of_part for of_part, _ in of_parts(parts).values()), Sums())
    return [Table("Pictures", ("Change", "Planned", "Done"), [(name, of, n) for name, n, of in figures_of(sums)])]


def products_table(parts: list[StoreSync]) -> Table:
    rows = ProductSync.objects.filter(part__in=parts).order_by().values_list("part_id", "state")
    galleries = {(part, state): n for part, state, n in rows.annotate(n=Count("pk"))}
    states = [state for state in ProductSync.State if any(key[1] == state for key in galleries)]
    lines: list[tuple[Cell, ...]] = [
        (
            part.store.domain,
            sum(n for key, n in galleries.items() if key[0] == part.pk),
            *(galleries.get((part.pk, state), 0) for state in states),
        )
        for part in parts
    ]
    return Table("Products", ("Store", "Products", *(str(state.label) for state in states)), lines)


def lines_table(sync: Sync, parts: list[StoreSync]) -> Table:
    """Rows of the report by store, planned change and outcome, with a total."""
    found = Counter(counted(sync))
    rows: list[tuple[Cell, ...]] = list(_line_rows(parts, found))
    return Table("Rows", ("Store", "Planned", "Outcome", "Rows"), [*rows, ("Total", "", "", found.total())])


def _line_rows(parts: list[StoreSync], found: Counter) -> Iterator[tuple[Cell, ...]]:
    for part in parts:
        for change, planned in PLANNED.items():
            for outcome, word in OUTCOMES.items():
                if n := found[part.pk, change, outcome]:
                    yield part.store.domain, planned, word, n
