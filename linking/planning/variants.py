"""Pictures of variants: which a plan changes. A replaced picture keeps its variants, a variant's own group may give it its
first image, a picture that leaves is named with its variants, and undo gives back what they showed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from linking import waiting
from linking.domain.plan import Change
from linking.domain.reasons import VANISHED
from linking.domain.variants import Picture, picture_changes, pictures_back
from linking.domain.waiting import Wait
from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync
from linking.models.syncs import with_lines
from linking.planning.kept import gallery_is_known
from linking.planning.reading import read_again
from linking.planning.rows import PlanRows
from linking.shopify import variants
from linking.shopify.variants import Variant
from setup.shopify.client import ShopifyClient

State = ProductSync.State
Pictures = Mapping[str, Picture | None]


def plan_variants(
    part: StoreSync, client: ShopifyClient, draft: PlanRows, firsts: Mapping[str, Mapping[str, str]]
) -> None:
    """Fill in `variants` of every product whose variants' pictures the plan changes. `firsts`: product id -> variant id ->
    asset id. Reads only what may matter. Raises ShopifyError."""
    wished = firsts if part.sync.variant_pictures else {}
    lines = _lines_of(draft)
    concerned = [row for row in draft.products if _matters(row, lines, wished.get(row.product_id))]
    found = _read(part, client, draft, concerned)
    videos = {mark for mark, file in draft.files.items() if file.kind == StoreFile.Kind.VIDEO}
    for row in (row for row in concerned if row.state != State.FAILED):
        # A video cannot be a variant's picture, also when it takes the place of one.
        slots = {s["asset"]: _picture(s) for s in row.after if s.get("asset") and s.get("file") not in videos}
        mine = wished.get(row.product_id, {})
        own = {variant: slots[asset] for variant, asset in mine.items() if asset in slots}
        instead = {line.replaces: slots.get(line.asset_id) for line in lines.get(row.product_id, ()) if line.replaces}
        _fill(row, found.get(row.product_id, []), _leaving(row, lines), instead, own)


def plan_pictures_back(
    part: StoreSync,
    client: ShopifyClient,
    draft: PlanRows,
    undone: Mapping[str, ProductSync],
    withheld: Collection[str] = (),
) -> None:
    """The same for the way back. `undone`: product id -> what the run that is undone did to it; `withheld`: media that may not be
    shown now. Raises ShopifyError."""
    lines = _lines_of(draft)
    concerned = [row for row in draft.products if row.state == State.PLANNED]
    concerned = [row for row in concerned if undone[row.product_id].variants or _matters(row, lines)]
    found = _read(part, client, draft, concerned)
    for row in (row for row in concerned if row.state != State.FAILED):
        known, there = found.get(row.product_id, []), {slot.get("medium") or slot.get("return") for slot in row.after}
        back = pictures_back(_made(undone[row.product_id]), {variant.id: variant.picture for variant in known})
        there -= set(withheld)
        # What was deleted meanwhile, or may not be shown, does not come back to a variant either.
        own = {id: Picture(medium=medium) if medium else None for id, medium in back if not medium or medium in there}
        _fill(row, known, _leaving(row, lines), {}, own)


def _read(
    part: StoreSync, client: ShopifyClient, draft: PlanRows, rows: Sequence[ProductSync]
) -> dict[str, list[Variant]]:
    """As they are now: not from before what a run did to them a moment ago. A product whose variants are not shown is gone, and
    its plan says so."""
    read = partial(variants.pictures, client)
    found = waiting.insist(read, [row.product_id for row in rows], client.pause)
    found = read_again(read, found, _made_lately(part, list(found)), _shows, client)
    for row in rows:
        if row.product_id not in found:
            _lost(row, draft)
    return found


def _made_lately(part: StoreSync, product_ids: Sequence[str]) -> dict[str, tuple[dict[str, str | None], datetime]]:
    """By product: what a run that has just ended left its variants to show, and when that was."""
    since = timezone.now() - timedelta(seconds=waiting.seconds(Wait.MOVED))
    here = part.store.of_shop()
    rows = ProductSync.objects.filter(part__store__in=here, settled__gt=since, part__sync__dry_run=False)
    wanted, found = set(product_ids), {}
    for row in with_lines(rows.exclude(variants=[]).order_by("settled")):
        if row.product_id in wanted and row.settled and gallery_is_known(row):
            found[row.product_id] = ({variant: after for variant, _, after in _made(row)}, row.settled)
    return found


def _shows(known: Sequence[Variant], left: Mapping[str, str | None]) -> bool:
    shown = {variant.id: variant.picture for variant in known}
    return all(shown.get(id) == picture for id, picture in left.items())


def _lost(row: ProductSync, draft: PlanRows) -> None:
    row.state, row.reason = State.FAILED, VANISHED
    for line in draft.changes:
        if line.product is row and line.outcome == ChangeRow.Outcome.PENDING:
            line.outcome, line.reason = ChangeRow.Outcome.FAILED, VANISHED


def _made(row: ProductSync) -> list[tuple[str, str | None, str | None]]:
    """What a run did to the variants of a product: (variant, medium before, medium after)."""
    ids = {line.file.mark: line.arrival for line in row.changes.all() if line.file}
    after = {change["id"]: change["after"] or {} for change in row.variants}
    shown = {id: slot.get("medium") or ids.get(slot.get("file", "")) for id, slot in after.items()}
    return [(change["id"], change["before"], shown[change["id"]]) for change in row.variants]


def _lines_of(draft: PlanRows) -> dict[str, list[ChangeRow]]:
    """Of galleries, by product."""
    lines: dict[str, list[ChangeRow]] = {}
    for line in draft.changes:
        if line.product is not None and not line.owner_id:
            lines.setdefault(line.product.product_id, []).append(line)
    return lines


def _leaving(row: ProductSync, lines: Mapping[str, list[ChangeRow]]) -> set[str]:
    gone = (Change.UNLINK, Change.REPLACE)
    return {line.medium_id for line in lines.get(row.product_id, ()) if line.change in gone}


def _matters(row: ProductSync, lines: Mapping[str, list[ChangeRow]], wished: Mapping[str, str] | None = None) -> bool:
    if row.state == State.REFUSED or row.state == State.FAILED:
        return False
    return bool(_leaving(row, lines) or wished)


def _fill(row: ProductSync, found: list[Variant], leaving: set[str], instead: Pictures, wished: Pictures) -> None:
    known = {variant.id: variant for variant in found}
    shown = {variant.id: variant.picture for variant in found}
    for change in picture_changes(shown, leaving, instead, wished):
        after = _slot(change.after) if change.after else None
        title = known[change.variant].title
        row.variants.append({"id": change.variant, "title": title, "before": change.before, "after": after})
    if row.variants and row.state == State.UNCHANGED:
        row.state, row.settled = State.PLANNED, None


def _picture(slot: Mapping) -> Picture:
    return Picture(slot.get("medium", ""), slot.get("file", ""))


def _slot(picture: Picture) -> dict:
    return {"medium": picture.medium} if picture.medium else {"file": picture.file}
