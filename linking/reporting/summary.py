"""What a report tells before its rows: which run it was, and what came of it in each store."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from linking.domain.bounds import Bound
from linking.domain.counting import WORDS, Fate, Standing
from linking.domain.fields import ShopifyField, field_label
from linking.domain.options import in_words
from linking.domain.sentences import Sums, figures_of
from linking.models import ProductSync, StoreSync, Sync
from linking.models.counting import counts_of
from linking.models.pictures import of_parts
from linking.models.setting_words import label_of, order_of, own_words
from linking.reporting.rows import OUTCOMES, PLANNED, counted
from setup.words import _, gettext_lazy

# What keys are counted as.
STANDINGS = {
    Standing.MATCHED: gettext_lazy("Matched"),
    Standing.AMBIGUOUS: gettext_lazy("Ambiguous"),
    Standing.UNMATCHED: gettext_lazy("Unmatched"),
    Standing.EXCLUDED: gettext_lazy("Excluded"),
    Standing.PENDING: gettext_lazy("Pending"),
    Standing.OUTSIDE: gettext_lazy("Outside of the chosen products"),
}
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
    tables = [stores_table(sync, parts), *counts, *pictures_tables(sync, parts), *products, lines_table(sync, parts)]
    return Summary(facts_of(sync, parts, now), tables)


def facts_of(sync: Sync, parts: list[StoreSync], now: datetime) -> list[tuple[str, Cell]]:
    kind = sync.get_kind_display()
    return [
        (_("Run"), str(sync.key)),
        (_("Type"), _("{kind}, dry run: nothing is written").format(kind=kind) if sync.dry_run else kind),
        (_("Product environment"), str(sync.environment)),
        (_("Started by"), str(sync.member)),
        (_("Started"), sync.created),
        (_("Aborted"), sync.abort_requested),
        (_("Of run"), str(sync.origin.key) if sync.origin else None),
        *settings_of(sync),
        (_("Stores"), len(parts)),
        (_("Rows"), sum(counted(sync).values())),
        (_("Report written"), now),
    ]


def settings_of(sync: Sync) -> list[tuple[str, Cell]]:
    """What a run of its kind was set to; undoing and unlinking ask for nothing."""
    if sync.kind == "upload":
        return [(_("Alt texts"), sync.get_alt_policy_display()), (_("New versions"), sync.get_new_versions_display())]
    if sync.kind != "link":
        return []
    return [
        *_matched_by(sync),
        (_("Link mode"), sync.get_link_mode_display()),
        (_("Position"), sync.position if sync.link_mode == "position" else None),
        (_("Ordered by"), order_of(sync)),
        (_("Groups of one product"), sync.get_group_order_display()),
        (_("Alt texts"), sync.get_alt_policy_display()),
        (_("Pictures of variants"), _("set by the groups") if sync.variant_pictures else _("kept")),
        (_("Variants that pictures and swatches reach"), in_words(sync.variant_reach)),
    ]


def _matched_by(sync: Sync) -> list[tuple[str, Cell]]:
    if sync.names_products:
        return [(_("Products"), _("named by the program"))]
    offered = sync.selection.labelled_fields() if sync.selection else []
    return [
        (_("Cloudinary field"), field_label(sync.cloudinary_field, offered)),
        (_("Shopify field"), label_of(ShopifyField.parse(sync.shopify_field))),
        (_("Products"), Bound.of(sync.bound).in_full or _("all that match")),
    ]


def stores_table(sync: Sync, parts: list[StoreSync]) -> Table:
    head = (
        *(_("Store"), _("Name"), _("Result"), _("Problem"), _("Started"), _("Finished"), _("Seconds")),
        *(_("API requests"), _("Writes"), _("Points")),
    )
    if sync.kind != "link":
        return Table(_("Stores"), head, [_store_row(part) for part in parts])
    rows = [(*_store_row(part), own_words(sync, part.store_id) or None) for part in parts]
    return Table(_("Stores"), (*head, _("Settings of this store")), rows)


def _store_row(part: StoreSync) -> tuple[Cell, ...]:
    seconds = round((part.finished - part.started).total_seconds(), 1) if part.started and part.finished else None
    known = (part.store.domain, str(part.store), part.result.word, str(part.problem), part.started, part.finished)
    return (*known, seconds, part.requests, part.mutations, part.points)


def counts_tables(sync: Sync) -> list[Table]:
    """The numbers of the run's page, and of the selection's: assets and keys, each once in however many stores and products."""
    assets, tally = counts_of(sync)
    fates: list[tuple[Cell, ...]] = [(_opening(WORDS[fate]), getattr(assets, fate)) for fate in Fate]
    standings: list[tuple[Cell, ...]] = [(str(STANDINGS[standing]), getattr(tally, standing)) for standing in Standing]
    return [
        Table(_("Assets"), (_("Result"), _("Assets")), [*fates, (_("Total"), assets.total)]),
        Table(_("Keys"), (_("Result"), _("Keys")), [*standings, (_("Total"), tally.groups)]),
    ]


def pictures_tables(sync: Sync, parts: list[StoreSync]) -> list[Table]:
    """The numbers of the run's page, in pictures; an upload has none."""
    if sync.kind == "upload":
        return []
    for part in parts:
        part.sync = sync
    sums = sum((of_part for of_part, _galleries in of_parts(parts).values()), Sums())
    return [
        Table(
            _("Pictures"), (_("Change"), _("Planned"), _("Done")), [(name, of, n) for name, n, of in figures_of(sums)]
        )
    ]


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
    return Table(_("Products"), (_("Store"), _("Products"), *(str(state.label) for state in states)), lines)


def lines_table(sync: Sync, parts: list[StoreSync]) -> Table:
    """Rows of the report by store, planned change and outcome, with a total."""
    found = Counter(counted(sync))
    rows: list[tuple[Cell, ...]] = list(_line_rows(parts, found))
    return Table(
        _("Rows"), (_("Store"), _("Planned"), _("Outcome"), _("Rows")), [*rows, (_("Total"), "", "", found.total())]
    )


def _line_rows(parts: list[StoreSync], found: Counter) -> Iterator[tuple[Cell, ...]]:
    for part in parts:
        for change, planned in PLANNED.items():
            for outcome, word in OUTCOMES.items():
                if n := found[part.pk, change, outcome]:
                    yield part.store.domain, str(planned), str(word), n


def _opening(words: object) -> str:
    """As a line begins."""
    text = str(words)
    return f"{text[:1].upper()}{text[1:]}"
