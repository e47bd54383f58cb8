"""What a run's page shows: numbers, words, its relatives among the runs, and what may be done next."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linking import jobs
from linking.board import field_label
from linking.domain.plan import Change
from linking.forms import SHOPIFY_FIELDS
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.starting import RETRIED, UNDOABLE
from linking.strips import gallery_of

PER_PAGE = 30
LINES_PER_PAGE = 100
FOLLOWERS = 10
State = ProductSync.State


def context_of(sync: Sync) -> dict:
    """The whole page. While a run is busy its galleries still change, so they are not read."""
    numbers = numbers_of(sync)
    context = {**numbers, **words_of(sync, numbers)}
    if numbers["busy"]:
        return context
    return {
        **context,
        "cards": cards_of(numbers),
        "problems": problems_of(sync),
        "followers": followers_of(sync),
        **(shown := products_context(sync, {}, numbers)),
        **offers_of(sync, numbers, shown["undone"]),
    }


def numbers_of(sync: Sync) -> dict:
    """`parts`: store syncs with `counts` (outcome -> lines), `galleries` (state -> products) and `percent`; `lines`:
    (part, change, outcome) -> (lines, of these without a product); `changed`: part -> products that can be undone."""
    parts = list(sync.parts.select_related("store"))
    lines = lines_of(parts)
    states, changed = states_of(parts)
    waiting = waiting_files(parts)
    for part in parts:
        part.counts = dict.fromkeys(ChangeRow.Outcome.values, 0)
        for (owner, _, outcome), (n, _) in lines.items():
            part.counts[outcome] += n if owner == part.pk else 0
        part.galleries = states.get(part.pk, {})
        part.percent = percent_of(part, *waiting.get(part.pk, (0, 0)))
    busy = any(part.busy for part in parts)
    return {
        "sync": sync,
        "parts": parts,
        "lines": lines,
        "changed": changed,
        "busy": busy,
        "percent": sum(part.percent for part in parts) // max(1, len(parts)),
        "counts": {name: sum(part.counts[name] for part in parts) for name in ChangeRow.Outcome.values},
        "planned": any(part.state == StoreSync.State.PLANNED for part in parts),
        "queue_down": busy and not jobs.queue_answers(),
    }


def lines_of(parts: list[StoreSync]) -> dict[tuple[int, str, str], tuple[int, int]]:
    rows = ChangeRow.objects.filter(part__in=parts).order_by().values_list("part_id", "change", "outcome")
    counted = rows.annotate(n=Count("pk"), out=Count("pk", filter=Q(product=None)))
    return {(part, change, outcome): (n, out) for part, change, outcome, n, out in counted}


def states_of(parts: list[StoreSync]) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
    """Products by part and state, and by part those that a run changed and that can be undone."""
    rows = ProductSync.objects.filter(part__in=parts).order_by().values_list("part_id", "state")
    states: dict[int, dict[str, int]] = {}
    changed: dict[int, int] = {}
    for part, state, n, written in rows.annotate(n=Count("pk"), written=Count("pk", filter=~Q(result=""))):
        states.setdefault(part, {})[state] = n
        changed[part] = changed.get(part, 0) + (written if state in UNDOABLE else 0)
    return states, changed


def waiting_files(parts: list[StoreSync]) -> dict[int, tuple[int, int]]:
    """By part: pictures that open lines wait for, and how many of these are decided."""
    linking = [part for part in parts if part.state == StoreSync.State.APPLYING]
    rows = ChangeRow.objects.filter(part__in=linking, outcome=ChangeRow.Outcome.PENDING, file__isnull=False).order_by()
    decided = Count("pk", filter=Q(file__state__in=["ready", "failed"]))
    counted = rows.values_list("part_id").annotate(n=Count("pk"), decided=decided)
    return {part: (n, decided) for part, n, decided in counted}


def percent_of(part: StoreSync, files: int, ready: int) -> int:
    """Half for pictures that are in the store, half for galleries that are done."""
    if not part.busy:
        return 100
    total = sum(part.galleries.values())
    if part.state == StoreSync.State.PLANNING or not total:
        return 0
    open_ones = part.galleries.get("planned", 0) + part.galleries.get("working", 0)
    brought = ready / files if files else 1.0
    return int(50 * (total - open_ones + open_ones * brought) / total + 50 * (total - open_ones) / total)


def tally(rows: QuerySet, name: str, by: str) -> dict[int, dict[str, int]]:
    """Counts by owner and value, in one query."""
    found: dict[int, dict[str, int]] = {}
    for owner, value, count in rows.order_by().values_list(by, name).annotate(n=Count("pk")):
        found.setdefault(owner, {})[value] = count
    return found


def words_of(sync: Sync, numbers: dict) -> dict:
    """What the run is called and made of, and whether there was anything to do at all."""
    selection, counts = sync.selection, numbers["counts"]
    states = {state for part in numbers["parts"] for state in part.galleries}
    calm = not numbers["busy"] and states == {State.UNCHANGED}
    kinds = dict(SHOPIFY_FIELDS)
    return {
        "heading": heading_of(sync, numbers["busy"], states),
        "summary": ", ".join(f"{n} {'to do' if name == 'pending' else name}" for name, n in counts.items() if n),
        "nothing_written": calm and not numbers["planned"],
        "nothing_to_do": numbers["planned"] and State.PLANNED not in states,
        "field_label": field_label(selection, sync.cloudinary_field),
        "order_label": sync.order_field and field_label(selection, sync.order_field),
        "shopify_label": kinds.get(sync.shopify_field) or sync.shopify_field.partition(":")[2],
    }


def heading_of(sync: Sync, busy: bool, states: set[str]) -> str:
    if sync.kind == "link":
        return "Dry run" if sync.dry_run else "Linking" if busy else "Result"
    if sync.dry_run:
        return "Undo: dry run"
    back = states & {State.DONE, State.PARTIAL, State.UNCHANGED}
    return "Undoing" if busy else "Undone" if back else "Not undone"


@dataclass(frozen=True)
class PartCard:
    """A store's result. `products`: [(state in words, n), …], `changes`: [(sigil, word, n), …]."""

    part: StoreSync
    products: list[tuple[str, int]]
    changes: list[tuple[str, str, int]]
    seconds: float | None


def cards_of(numbers: dict) -> list[PartCard]:
    return [_part_card(part, numbers["lines"]) for part in numbers["parts"]]


def _part_card(part: StoreSync, lines: Mapping[tuple[int, str, str], tuple[int, int]]) -> PartCard:
    found = dict.fromkeys(Change, 0)
    for (owner, change, _), (n, _) in lines.items():
        found[Change(change)] += n if owner == part.pk else 0
    products = [(str(state.label), part.galleries[state]) for state in State if state in part.galleries]
    changes = [(change.sigil, change.value, n) for change, n in found.items() if n]
    seconds = (part.finished - part.started).total_seconds() if part.started and part.finished else None
    return PartCard(part, products, changes, seconds)


def problems_of(sync: Sync) -> list[dict]:
    """What went wrong, grouped by reason: [{"outcome", "reason", "n"}, …], most frequent first. Assets that found no
    product have a section of their own."""
    wrong = ["failed", "refused", "skipped", "aborted"]
    rows = (
        ChangeRow.objects.filter(part__sync=sync, outcome__in=wrong).exclude(product=None, outcome="skipped").order_by()
    )
    return list(rows.values("outcome", "reason").annotate(n=Count("pk")).order_by("-n")[:50])


def products_context(sync: Sync, chosen: Mapping, numbers: dict | None = None) -> dict:
    """A page of galleries, and one of the assets that found no product. `numbers` spare the counting."""
    rows = ProductSync.objects.filter(part__sync=sync).select_related("part__store", "part__sync")
    galleries = Paginator(rows.prefetch_related("changes").order_by("part_id", "place"), PER_PAGE)
    out = ChangeRow.objects.filter(part__sync=sync, product=None).select_related("part__store")
    unlinked = Paginator(out.order_by("part_id", "place"), LINES_PER_PAGE)
    if numbers is not None:
        galleries.count = sum(sum(part.galleries.values()) for part in numbers["parts"])
        unlinked.count = sum(out for _, out in numbers["lines"].values())
    page = galleries.get_page(chosen.get("page"))
    return {
        "sync": sync,
        "products": page,
        "galleries": [gallery_of(product) for product in page],
        "unlinked": unlinked.get_page(chosen.get("unlinked")),
        "token": uuid.uuid4().hex,
        **undoing_context(sync, page),
    }


def undoing_context(sync: Sync, page: Page) -> dict:
    """`undone`: (store pk, product id) of everything that a later run brought back; `undoable` and `brought_back`: the
    products of this page that the person may undo, and those that are undone."""
    undone = set() if sync.dry_run else undone_of(sync)
    changed = [row for row in page if row.result and row.state in UNDOABLE and not sync.dry_run]
    back = {row.pk for row in changed if (row.part.store_id, row.product_id) in undone}
    return {"undone": undone, "undoable": {row.pk for row in changed} - back, "brought_back": back}


def undone_of(sync: Sync) -> set[tuple[int, str]]:
    """An undo that was undone itself does not count."""
    again = Sync.objects.filter(origin=OuterRef("part__sync"), kind="undo", dry_run=False)
    rows = ProductSync.objects.filter(part__sync__origin=sync, part__sync__kind="undo", part__sync__dry_run=False)
    rows = rows.filter(state__in=[State.DONE, State.UNCHANGED]).exclude(Exists(again))
    return set(rows.values_list("part__store_id", "product_id"))


def offers_of(sync: Sync, numbers: dict, undone: set[tuple[int, str]]) -> dict:
    """What may follow a finished run. `undo_parts`: the stores that can be undone each; `unlinks` media would leave
    `unlink_galleries` galleries if this plan were applied."""
    parts, changed = numbers["parts"], dict(numbers["changed"])
    if sync.dry_run:
        confirm = sync.destructive and numbers["planned"]
        return {"unlinks": sync.unlinks(), "unlink_galleries": galleries_losing(sync)} if confirm else {}
    for store_id, _ in undone:
        for part in parts:
            changed[part.pk] = changed.get(part.pk, 0) - (part.store_id == store_id)
    undo = [part.pk for part in parts if changed.get(part.pk, 0) > 0]
    stopped = [part for part in parts if part.state in (StoreSync.State.FAILED, StoreSync.State.ABORTED)]
    failed = any(part.galleries.get(state) for part in parts for state in RETRIED)
    lost = any(not part.galleries for part in stopped)
    again = sync.kind == "undo" or sync.selection is not None
    return {
        "can_undo": bool(undo),
        "undo_parts": undo if len(parts) > 1 else [],
        "can_retry": again and (failed or lost),
    }


def galleries_losing(sync: Sync) -> int:
    """Galleries that the media of `Sync.unlinks` leave."""
    leaving = Q(change=Change.UNLINK) | Q(change=Change.REPLACE)
    lines = ChangeRow.objects.filter(leaving, part__sync=sync, owner_id="", outcome=ChangeRow.Outcome.PENDING)
    return lines.aggregate(n=Count("product", distinct=True))["n"]


def followers_of(sync: Sync) -> list[tuple[str, Sync]]:
    """The runs that undo this one or try its failures again: [("Undone by", run), …]. A dry run has none."""
    if sync.dry_run:
        return []
    parts = StoreSync.objects.filter(
        sync=OuterRef("pk"), state__in=[StoreSync.State.PLANNING, StoreSync.State.APPLYING]
    )
    done = ProductSync.objects.filter(part__sync=OuterRef("pk"), state__in=[State.DONE, State.PARTIAL, State.UNCHANGED])
    runs = sync.followers.select_related("member").annotate(going=Exists(parts), worked=Exists(done))
    return [(relation_of(run, run.going, run.worked), run) for run in runs[:FOLLOWERS]]


def relation_of(follower: Sync, going: bool, worked: bool) -> str:
    if follower.kind == "link":
        return "Tried again, as a dry run, by" if follower.dry_run else "Tried again by"
    if follower.dry_run:
        return "Its undo is shown, not applied, by"
    if going:
        return "Being undone by"
    if not worked:
        return "Undo was tried, without success, by"
    return "Undone in part by" if follower.only else "Undone by"
