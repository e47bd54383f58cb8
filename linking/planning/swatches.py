"""Planning swatches: which file the metafield `cloudinary.swatch` of a product or variant shall name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import eq

from django.utils import timezone

from linking import waiting
from linking.cloudinary.renditions import NoRendition, of_asset
from linking.domain.assets import Asset
from linking.domain.plan import Change
from linking.domain.reasons import VANISHED
from linking.domain.swatches import first_come
from linking.domain.waiting import Wait
from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync
from linking.planning.reading import read_again
from linking.planning.rows import PlanRows, new_file
from linking.shopify import swatches
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient

Outcome, State = ChangeRow.Outcome, ProductSync.State
TOO_LATE = Reason("swatch.not_first")


@dataclass(frozen=True)
class Wish:
    """A swatch for the product, or for one of its variants, with the key that led there."""

    owner: str
    asset: Asset
    key: str


def plan_swatches(
    part: StoreSync, client: ShopifyClient, draft: PlanRows, wishes: Mapping[str, Sequence[Wish]]
) -> None:
    """`wishes`: product id -> swatches in order. Raises ShopifyError."""
    rows = {row.product_id: row for row in draft.products}
    owners = list(dict.fromkeys(wish.owner for found in wishes.values() for wish in found))
    values = current(part, client, owners)
    ids = [value for value in values.values() if value]
    shown = StoreFile.objects.for_galleries().filter(store=part.store, file_id__in=ids)
    marks = {file.file_id: file.mark for file in shown}
    for product_id, found in wishes.items():
        row = rows.get(product_id)
        if row is not None and row.state != State.FAILED:
            lines = list(_lines(part, row, found, values, marks, draft))
            for line in lines:
                line.thumbnail = draft.thumbnails.get(line.asset_id, "")
            draft.changes += lines
            if row.state == State.UNCHANGED and any(line.outcome == Outcome.PENDING for line in lines):
                row.state, row.settled = State.PLANNED, None


def current(part: StoreSync, client: ShopifyClient, owners: Sequence[str]) -> dict[str, str]:
    """By owner, the file that its metafield names, or nothing: not from before what a run wrote there a moment ago, which an
    undo would then take for what was there."""
    read = partial(swatches.read, client)
    values = waiting.insist(read, owners, client.pause)
    return read_again(read, values, _written_lately(part, owners), eq, client)


def _written_lately(part: StoreSync, owners: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """By owner, what the latest run that has just ended left there, and when that was."""
    since = timezone.now() - timedelta(seconds=waiting.seconds(Wait.MOVED))
    here = part.store.of_shop()
    lines = ChangeRow.objects.filter(part__store__in=here, product__settled__gt=since, outcome=Outcome.DONE)
    lines = lines.exclude(owner_id="").exclude(part__sync__dry_run=True).select_related("file", "product")
    wanted, found = set(owners), dict[str, tuple[str, datetime]]()
    for line in lines.order_by("product__settled"):
        if line.owner_id in wanted and line.product and line.product.settled:
            found[line.owner_id] = (line.named_file, line.product.settled)
    return found


def _lines(
    part: StoreSync,
    row: ProductSync,
    wishes: Sequence[Wish],
    values: Mapping[str, str],
    marks: Mapping[str, str],
    draft: PlanRows,
) -> Iterable[ChangeRow]:
    by_owner: dict[str, list[str]] = {}
    wish_of = {(wish.owner, wish.asset.asset_id): wish for wish in wishes}
    for wish in wishes:
        by_owner.setdefault(wish.owner, []).append(wish.asset.asset_id)
    won, late = first_come(by_owner)
    for owner, asset_id in won.items():
        if owner in values:
            yield _winner(part, row, wish_of[owner, asset_id], values[owner], marks, draft)
            continue
        line = _line(part, row, wish_of[owner, asset_id], Change.SKIP, "")
        line.outcome, line.reason = Outcome.FAILED, VANISHED
        yield line
    for owner, asset_id in late:
        line = _line(part, row, wish_of[owner, asset_id], Change.SKIP, "")
        line.outcome, line.reason = Outcome.SKIPPED, TOO_LATE
        yield line


def _winner(
    part: StoreSync, row: ProductSync, wish: Wish, current: str, marks: Mapping[str, str], draft: PlanRows
) -> ChangeRow:
    try:
        rendition = of_asset(part.sync.environment, wish.asset, part.sync.transformation)
    except NoRendition as refusal:
        line = _line(part, row, wish, Change.SKIP, "")
        line.outcome, line.reason = Outcome.SKIPPED, refusal.reason
        return line
    if marks.get(current) == rendition.mark:
        line = _line(part, row, wish, Change.KEEP, current)
        line.outcome = Outcome.UNCHANGED
        return line
    line = _line(part, row, wish, Change.REPLACE if current else Change.ADD, current)
    line.file, line.reason = (
        draft.files.setdefault(rendition.mark, new_file(part.store, wish.asset, rendition)),
        rendition.note,
    )
    if row.state == State.REFUSED:
        line.outcome, line.reason = Outcome.REFUSED, row.reason
    return line


def _line(part: StoreSync, row: ProductSync, wish: Wish, change: Change, current: str) -> ChangeRow:
    return ChangeRow(
        part=part,
        product=row,
        key=wish.key,
        owner_id=wish.owner,
        asset_id=wish.asset.asset_id,
        name=wish.asset.name,
        change=change,
        medium_id=current,
    )
