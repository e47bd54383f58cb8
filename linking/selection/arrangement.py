"""A selection as the person arranged it: groups in order, what is excluded, the products that a key means, alt texts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2s

from linking.domain.alts import EXPLICIT, MAX_ALT
from linking.domain.assets import Asset
from linking.domain.bounds import Outside
from linking.domain.by_hand import EXCLUDED as ALL_EXCLUDED
from linking.domain.by_hand import ByHand, resolve
from linking.domain.counting import Standing
from linking.domain.grouping import group
from linking.domain.keying import Keying
from linking.domain.matching import Verdict
from linking.domain.ordering import arrange, by_hand
from linking.models import AnyRow, GroupArrangement, KeyMatch, KeyRow, Selection
from linking.selection.extracts import BriefRows, rows_of
from linking.selection.swatches import swatch_rule
from setup.reasons import NONE, Reason

EXCLUDED, GROUP_EXCLUDED = Reason("asset.excluded"), Reason("asset.group_excluded")


@dataclass(frozen=True)
class ArrangedGroup:
    """`same`: what identifies the key (Keying.same). `assets`: all of them in order, also those that are excluded.
    `picks`: store pk as text -> product ids; `by_hand`: what a person decided of products beyond that (GroupArrangement)."""

    key: str
    same: str
    assets: Sequence[Asset]
    excluded: bool = False
    manual: bool = False
    picks: Mapping[str, Sequence[str]] = ()  # type: ignore[assignment]
    # So many of the assets, the last ones, are swatches: they stand in no gallery, and so in no order.
    swatches: int = 0
    by_hand: Mapping[str, Mapping] = field(default_factory=dict)

    def hand(self, store_pk: int) -> ByHand:
        """What a person decided of its products in a store."""
        return hand_of(self.picks, self.by_hand, store_pk)

    @property
    def last(self) -> int:
        """The last position that an asset can be moved to."""
        return len(self.assets) - self.swatches

    @property
    def id(self) -> str:
        return group_id(self.same)


@lru_cache(maxsize=8192)
def group_id(same: str) -> str:
    """A group's name in pages and their requests: the same on every page, however its key is spelled."""
    return blake2s(same.encode(), digest_size=5).hexdigest()


def group_ids(keying: Keying, asset: Asset) -> list[str]:
    """Of the groups that an asset is in; of those without a key if it is in none."""
    return [group_id(same) for same in dict.fromkeys(keying.same(key) for key in keying.keys(asset)) or [""]]


@dataclass(frozen=True)
class Arrangement:
    """`keyless`: assets without a value of the field. `excluded`: ids of assets that stay out wherever they are."""

    groups: Sequence[ArrangedGroup]
    keyless: Sequence[Asset]
    excluded: frozenset[str]

    def group(self, id: str) -> ArrangedGroup | None:
        return next((group for group in self.groups if group.id == id), None)


def arrangement_of(selection: Selection, rows: Iterable[AnyRow]) -> Arrangement:
    """`rows`: all of the selection's. One query."""
    rows = rows if isinstance(rows, list) else list(rows)
    groups, keyless = grouped(selection, rows)
    if decided := decided_of(selection):
        groups = [_as_decided(one, decided[one.same]) if one.same in decided else one for one in groups]
    edited = rows.edited if isinstance(rows, BriefRows) else rows
    return Arrangement(groups, keyless, frozenset(row.asset_id for row in edited if row.excluded))


Grouped = tuple[Sequence[ArrangedGroup], Sequence[Asset]]


def grouped(selection: Selection, rows: Sequence[AnyRow]) -> Grouped:
    """Before a person decided anything; and the assets without a key."""
    keying, orders, rule = selection.keying, selection.orders, swatch_rule(selection.environment)

    def arranged(key: str, assets: Sequence[Asset]) -> ArrangedGroup:
        swatches = {asset.asset_id for asset in assets if asset.resource_type == "image" and rule.names(asset)}
        return ArrangedGroup(key, keying.same(key), _last(assets, swatches), picks={}, swatches=len(swatches))

    def make() -> Grouped:
        found = group((row.asset for row in rows if row.known), keying)
        ordered = [(one.key, arrange(one.assets, orders)) for one in found]
        keyless = next((assets for key, assets in ordered if not key), ())
        return [arranged(key, assets) for key, assets in ordered if key], keyless

    return rows.extract.made(("groups", keying, orders, rule.identity), make) if isinstance(rows, BriefRows) else make()


def _last(assets: Sequence[Asset], swatches: Collection[str]) -> Sequence[Asset]:
    """Swatches behind all others: they stand in no gallery, so in no order."""
    if not swatches:
        return assets
    return tuple(sorted(assets, key=lambda asset: asset.asset_id in swatches))


def as_kept(selection: Selection, rows: Sequence[AnyRow], row: GroupArrangement) -> ArrangedGroup:
    """A group by what was just decided for it. `rows`: all of the selection's."""
    groups, _ = grouped(selection, rows)
    return next(_as_decided(one, row) for one in groups if one.same == row.key)


def _as_decided(one: ArrangedGroup, known: GroupArrangement) -> ArrangedGroup:
    swatches = {asset.asset_id for asset in one.assets[one.last :]}
    assets = _last(by_hand(one.assets, known.order), swatches)
    manual = bool(known.order)
    return ArrangedGroup(one.key, one.same, assets, known.excluded, manual, known.picks, one.swatches, known.by_hand)


def decided_of(selection: Selection) -> dict[str, GroupArrangement]:
    """What the person decided for groups as they are made now, by what identifies each. Earlier releases kept keys as they were
    spelled; such a row counts as long as there is none of now."""
    keying = selection.keying
    rows = list(GroupArrangement.objects.filter(selection=selection, keying=str(keying)))
    found = {keying.same(row.key): row for row in rows} if rows else {}
    return found | {row.key: row for row in rows if row.key in found}


def freeze(selection: Selection) -> dict:
    """The arrangement as a run keeps it, whatever is edited afterwards:
    {"groups": [[key, [asset id, …] in order, excluded, {store pk: [product id, …]}, ordered by hand, {"by_hand": what of
    products}], …], "excluded": [asset id, …],
    "alts": {asset id: text that was decided on, empty for none on purpose}, "alt_sources": {asset id: where it is from}}."""
    selection.refresh_from_db(fields=["assets_version", "reread", "state"])  # assets may have been read again meanwhile
    rows = rows_of(selection)
    found = arrangement_of(selection, rows)
    decided = [row for row in rows if row.alt is not None]
    return {
        "groups": [
            [
                group.key,
                [asset.asset_id for asset in group.assets],
                group.excluded,
                dict(group.picks),
                group.manual,
                {"by_hand": without_reasons(group.by_hand)},
            ]
            for group in found.groups
        ],
        "excluded": sorted(found.excluded),
        "alts": {row.asset_id: row.alt for row in decided},
        "alt_sources": {row.asset_id: row.alt_source for row in decided},
    }


def explicit_alts(sources: Mapping[str, str]) -> frozenset[str]:
    """Ids of the assets whose alt text, or its absence, is a person's own decision, by where a run keeps the texts are from. Runs
    of earlier versions do not know that; they go on as they began, by their policy."""
    return frozenset(id for id, source in sources.items() if source in EXPLICIT)


def with_alt(asset: Asset, alt: str | None) -> Asset:
    """The asset with the alt text that was decided on; None: its own."""
    return asset if alt is None else replace(asset, context={**asset.context, "alt": alt[:MAX_ALT]})


ALL_OUT = Reason("match.all_excluded")


def hand_of(picks: Mapping[str, Sequence[str]], by_hand: Mapping[str, Mapping], store_pk: int) -> ByHand:
    """Of one store, as a row or a run keeps it of all."""
    store = str(store_pk)
    return ByHand.of(picks.get(store, ()), by_hand.get(store, {}))


def without_reasons(by_hand: Mapping[str, Mapping]) -> dict[str, dict]:
    """As JSON: what was chosen by hand needs no further reason."""
    return {
        store: {**known, **({"cards": [plain_card(card) for card in known["cards"]]} if "cards" in known else {})}
        for store, known in by_hand.items()
    }


def plain_card(card: Mapping) -> dict:
    return {name: value for name, value in card.items() if name != "why"}


@dataclass(frozen=True)
class Decision:
    """What a key means in a store, the person's word included. `verdict`: a Verdict, or `excluded` where a person excluded all
    products that match. `products`: cards as in KeyMatch, each with its `variants` that carry the key. `picked`: ids of those
    that a person chose; `out`: matching ones that they excluded."""

    verdict: str
    products: Sequence[Mapping]
    reason: Reason = NONE
    picked: Sequence[str] = ()
    out: Sequence[Mapping] = ()
    # What matches as well, and is outside of what the run is for: a product, and why.
    outside: Sequence[tuple[Mapping, Reason]] = ()
    # Whether the person picked one of those.
    beyond: bool = False


def decision(answer: KeyMatch | KeyRow | None, hand: ByHand) -> Decision | None:
    """`answer`: None for a key that the store was not asked for; None, too, if nothing is known of it then. What a person chose
    by hand needs no answer; other picks count as long as the store still offers the product, for this key or as a
    suggestion."""
    if answer is None:
        found = resolve(Verdict.UNMATCHED, (), (), hand)
        return Decision(found.verdict, found.products, picked=found.picked) if found.picked else None
    if not hand:
        return Decision(answer.verdict, answer.products, answer.reason)
    offered = [found["product"] for found in answer.suggestions]
    found = resolve(answer.verdict, answer.products, offered, hand)
    reason = ALL_OUT if found.verdict == ALL_EXCLUDED else NONE if found.picked else answer.reason
    return Decision(found.verdict, found.products, reason, found.picked, found.out)


def bounded(found: Decision, outside: Outside) -> Decision:
    """The same for the products that a run is for. What a person picked is taken wherever it is. Where only one of several
    products is left, it is no question any more which is meant."""
    why_of = {product["id"]: why for product in found.products if (why := outside(product))}
    if not why_of:
        return found
    beyond = not why_of.keys().isdisjoint(found.picked)
    left = [(one, why_of[one["id"]]) for one in found.products if one["id"] in why_of.keys() - set(found.picked)]
    if not left:
        return replace(found, beyond=beyond)
    gone = {product["id"] for product, _why in left}
    inside = [product for product in found.products if product["id"] not in gone]
    if not inside:
        why = left[0][1] if len(left) == 1 else Reason("bound.all", count=len(left))
        return replace(found, verdict=Standing.OUTSIDE, products=(), reason=why, outside=left)
    if len(inside) == 1 or found.verdict != Verdict.AMBIGUOUS:
        matched = replace(found, verdict=Verdict.MATCHED, products=inside, reason=NONE)
        return replace(matched, outside=left, beyond=beyond)
    why = Reason(found.reason.code, **{**found.reason.values, "count": len(inside)})
    return replace(found, products=inside, reason=why, outside=left)
