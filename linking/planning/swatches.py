"""Planning swatches: which file the metafield `cloudinary.swatch` of a product or variant shall name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from operator import eq
from types import MappingProxyType

from linking.cloudinary.renditions import NoRendition, of_asset
from linking.domain.assets import Asset
from linking.domain.plan import Change
from linking.domain.reasons import VANISHED
from linking.domain.swatches import first_come
from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync
from linking.planning.naming import FileNames, Into
from linking.planning.reach import Reached
from linking.planning.reading import insist, lately
from linking.planning.rows import PlanRows, new_file
from linking.shopify import swatches
from setup.reasons import NONE, Reason, joined
from setup.shopify.client import ShopifyClient

Outcome, State = ChangeRow.Outcome, ProductSync.State
TOO_LATE = Reason("swatch.not_first")
NO_PICTURE = Reason("swatch.no_picture")


@dataclass(frozen=True)
class Wish:
    """A swatch for the product, or for one of its variants, with the key that led there. `reason`: how it came to a variant that
    does not carry the key."""

    owner: str
    asset: Asset
    key: str
    reason: Reason = NONE
    card: Mapping = field(default_factory=dict, compare=False)  # what the store answered for the key


def plan_swatches(
    part: StoreSync,
    client: ShopifyClient,
    draft: PlanRows,
    wishes: Mapping[str, Sequence[Wish]],
    further: Mapping[str, Reached] = MappingProxyType({}),
) -> None:
    """`wishes`: product id -> swatches in order; `further`: product id -> what each reaches besides. Raises ShopifyError."""
    own, wishes = wishes, {id: [*found, *_reaching(found, further.get(id))] for id, found in wishes.items()}
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
            lines += _later(part, row, own[product_id], further.get(product_id))
            for line in lines:
                line.thumbnail = draft.thumbnails.get(line.asset_id, "")
            draft.changes += lines
            if row.state == State.UNCHANGED and any(line.outcome == Outcome.PENDING for line in lines):
                row.state, row.settled = State.PLANNED, None


def _reaching(wishes: Sequence[Wish], reached: Reached | None) -> list[Wish]:
    if reached is None:
        return []
    by_key = {(wish.key, wish.asset.asset_id): wish for wish in wishes}
    return [replace(by_key[one.key, one.asset], owner=one.variant, reason=reached.reason(one)) for one in reached.given]


def _later(part: StoreSync, row: ProductSync, wishes: Sequence[Wish], reached: Reached | None) -> Iterable[ChangeRow]:
    """A line for each swatch that another group's comes before, whatever the number of variants that it would reach."""
    for (key, first), variants in (reached.conflicts() if reached else {}).items():
        wish = next(wish for wish in wishes if wish.key == key)
        line = _line(part, row, replace(wish, owner=variants[0].variant), Change.SKIP, "")
        reason = Reason("swatch.first_group", key=first, count=len(variants), option=variants[0].option)
        line.outcome, line.reason = Outcome.SKIPPED, reason
        yield line


def current(part: StoreSync, client: ShopifyClient, owners: Sequence[str]) -> dict[str, str]:
    """By owner, the file that its metafield names, or nothing: not from before what a run wrote there a moment ago, which an
    undo would then take for what was there."""
    return insist(partial(swatches.read, client), owners, partial(_written_lately, part), eq, client)


def _written_lately(part: StoreSync, owners: Sequence[str], at: datetime) -> dict[str, tuple[str, datetime]]:
    """By owner, what the latest run that had just ended `at` this moment left there, and when that was."""
    here = part.store.of_shop()
    lines = ChangeRow.objects.filter(part__store__in=here, product__settled__gt=lately(at), outcome=Outcome.DONE)
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
        rendition = of_asset(part.sync.environment, wish.asset, part.settings.transformation)
        if wish.asset.resource_type != "image":  # which only a program calls a swatch
            raise NoRendition(NO_PICTURE)
    except NoRendition as refusal:
        line = _line(part, row, wish, Change.SKIP, "")
        line.outcome, line.reason = Outcome.SKIPPED, refusal.reason
        return line
    if marks.get(current) == rendition.mark:
        line = _line(part, row, wish, Change.KEEP, current)
        line.outcome, line.reason = Outcome.UNCHANGED, wish.reason
        return line
    line = _line(part, row, wish, Change.REPLACE if current else Change.ADD, current)
    into = Into(row.title, row.handle, wish.key, card=wish.card)
    name = FileNames(part.sync.environment).of(wish.asset, rendition, into)
    line.file, line.reason = (
        draft.files.setdefault(rendition.mark, new_file(part.store, wish.asset, rendition, name)),
        joined(wish.reason, rendition.note),
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
