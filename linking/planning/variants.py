"""Pictures of variants: which a plan changes. A replaced picture keeps its variants, groups may give their first image to the
variants that they reach; where a picture leaves, the first one of the variant's group takes over, or the variant is named as one
that loses it; and undo gives back what they showed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from linking.domain.options import MATCHED, Claim, Given, given
from linking.domain.plan import Change
from linking.domain.reasons import VANISHED
from linking.domain.variants import Picture, PictureChange, picture_changes, pictures_back
from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync
from linking.models.lines import with_lines
from linking.planning.kept import gallery_is_known
from linking.planning.reading import insist, lately
from linking.planning.rows import PlanRows
from linking.shopify import variants
from linking.shopify.variants import Variant
from setup.reasons import NONE, Reason, encoded, joined
from setup.shopify.client import ShopifyClient

State = ProductSync.State
Pictures = Mapping[str, Picture | None]
Read = Callable[[ShopifyClient, Sequence[str]], dict[str, list[Variant]]]


def plan_variants(
    part: StoreSync, client: ShopifyClient, draft: PlanRows, claims: Mapping[str, Sequence[Claim]]
) -> dict[str, list[Variant]]:
    """Fill in `variants` of every product whose variants' pictures the plan changes. `claims`: by product, the images of its
    groups. Reads only what may matter; answers the variants that were read with their options. Raises ShopifyError."""
    wish, reach, lines = part.sync.variant_pictures, part.sync.variant_reach, _lines_of(draft)
    asked = {id: [one for one in found if one.variants and one.assets] for id, found in claims.items()}
    concerned = [row for row in draft.products if _matters(row, lines, wished=bool(wish and asked.get(row.product_id)))]
    further = {id for id, found in asked.items() if found and reach != MATCHED}
    rest = [row for row in concerned if row.product_id not in further]
    with_options = _read(part, client, draft, [row for row in concerned if row not in rest], variants.with_options)
    found = with_options | _read(part, client, draft, rest)
    videos = {mark for mark, file in draft.files.items() if file.kind == StoreFile.Kind.VIDEO}
    for row in (row for row in concerned if row.state != State.FAILED):
        # A video cannot be a variant's picture, also when it takes the place of one.
        slots = {s["asset"]: _picture(s) for s in row.after if s.get("asset") and s.get("file") not in videos}
        there = [replace(one, assets=tuple(filter(slots.get, one.assets))) for one in claims.get(row.product_id, ())]
        known = found.get(row.product_id, [])
        instead = {line.replaces: slots.get(line.asset_id) for line in lines.get(row.product_id, ()) if line.replaces}
        groups = _Groups(_given(there, known, reach), _first_of(there), slots, wish=wish)
        _fill(row, known, _leaving(row, lines), instead, groups)
    return with_options


def _given(claims: Sequence[Claim], known: Sequence[Variant], reach: str) -> dict[str, Given]:
    """By variant, what its group would have it show."""
    options = {variant.id: dict(variant.options) for variant in known}
    return {one.variant: one for one in given(claims, options, reach)}


def _first_of(claims: Sequence[Claim]) -> Given | None:
    """Of a product that was found as one: its first group is every variant's."""
    return next((Given("", one.assets[0], one.key) for one in claims if one.assets and not one.variants), None)


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
        shown = {variant.id: variant.picture for variant in known}
        _keep(row, known, picture_changes(shown, _leaving(row, lines), {}, own))


def _read(
    part: StoreSync,
    client: ShopifyClient,
    draft: PlanRows,
    rows: Sequence[ProductSync],
    function: Read = variants.pictures,
) -> dict[str, list[Variant]]:
    """As they are now: not from before what a run did to them a moment ago. A product whose variants are not shown is gone, and
    its plan says so."""
    read = partial(function, client)
    found = insist(read, [row.product_id for row in rows], partial(_made_lately, part), _shows, client)
    for row in rows:
        if row.product_id not in found:
            _lost(row, draft)
    return found


def _made_lately(
    part: StoreSync, product_ids: Sequence[str], at: datetime
) -> dict[str, tuple[dict[str, str | None], datetime]]:
    """By product: what a run that had just ended `at` this moment left its variants to show, and when that was."""
    here = part.store.of_shop()
    rows = ProductSync.objects.filter(part__store__in=here, settled__gt=lately(at), part__sync__dry_run=False)
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


def _matters(row: ProductSync, lines: Mapping[str, list[ChangeRow]], *, wished: bool = False) -> bool:
    if row.state == State.REFUSED or row.state == State.FAILED:
        return False
    return bool(_leaving(row, lines) or wished)


@dataclass
class _Groups:
    """What groups give to variants: to some by themselves, and to all others what is `whole`. `slots`: what the gallery will
    show, by asset; `wish`: whether the person asked for them; otherwise they only take over from what leaves."""

    given: Mapping[str, Given]
    whole: Given | None
    slots: Mapping[str, Picture]
    wish: bool

    def of(self, variant: str) -> Given | None:
        return self.given.get(variant, self.whole)

    def wished(self) -> dict[str, Picture]:
        return {id: self.slots[one.asset] for id, one in self.given.items()} if self.wish else {}

    def heirs(self, variants: Iterable[str]) -> dict[str, Picture]:
        return {id: self.slots[one.asset] for id in variants if (one := self.of(id))}

    def reason(self, change: PictureChange, *, left: bool) -> Reason:
        """Why the variant shows what a group gave it; of its own group it needs no reason. `left`: its picture leaves."""
        one = self.of(change.variant)
        asked = self.wish and change.variant in self.given
        if one is None or change.after != self.slots[one.asset] or not (left or asked):
            return NONE
        took_over = NONE if asked else Reason("variants.took_over", key=one.key)
        same = NONE if one.own else Reason("variants.reached", option=one.option, value=one.value, key=one.key)
        first = Reason("variants.first_group", key=one.key, later=one.over) if one.over else NONE
        return joined(took_over, same, first)


def _fill(row: ProductSync, found: list[Variant], leaving: set[str], instead: Pictures, groups: _Groups) -> None:
    shown = {variant.id: variant.picture for variant in found}
    reasons = {}
    changes = picture_changes(shown, leaving, instead, groups.wished(), groups.heirs(shown))
    for change in changes:
        left = change.before in leaving and not instead.get(change.before or "")
        reasons[change.variant] = groups.reason(change, left=left)
    _keep(row, found, changes, reasons)


def _keep(
    row: ProductSync,
    found: Sequence[Variant],
    changes: Sequence[PictureChange],
    reasons: Mapping[str, Reason] = MappingProxyType({}),
) -> None:
    titles = {variant.id: variant.title for variant in found}
    for change in changes:
        after, reason = _slot(change.after) if change.after else None, reasons.get(change.variant)
        entry = {"id": change.variant, "title": titles[change.variant], "before": change.before, "after": after}
        row.variants.append(entry | ({"reason": encoded(reason)} if reason else {}))
    if row.variants and row.state == State.UNCHANGED:
        row.state, row.settled = State.PLANNED, None


def _picture(slot: Mapping) -> Picture:
    return Picture(slot.get("medium", ""), slot.get("file", ""))


def _slot(picture: Picture) -> dict:
    return {"medium": picture.medium} if picture.medium else {"file": picture.file}
