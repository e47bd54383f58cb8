"""A selection as the person arranged it: groups in order, what is excluded, the products that a key means, alt texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2s

from linking.domain.alts import EXPLICIT, MAX_ALT
from linking.domain.assets import Asset
from linking.domain.grouping import group
from linking.domain.keying import Keying
from linking.domain.matching import Verdict
from linking.domain.ordering import arrange, by_hand
from linking.models import AnyRow, GroupArrangement, KeyMatch, KeyRow, Selection
from setup.reasons import NONE, Reason

EXCLUDED, GROUP_EXCLUDED = Reason("asset.excluded"), Reason("asset.group_excluded")


@dataclass(frozen=True)
class ArrangedGroup:
    """`same`: what identifies the key (Keying.same). `assets`: all of them in order, also those that are excluded.
    `picks`: store pk as text -> product ids."""

    key: str
    same: str
    assets: Sequence[Asset]
    excluded: bool = False
    manual: bool = False
    picks: Mapping[str, Sequence[str]] = ()  # type: ignore[assignment]

    @property
    def id(self) -> str:
        return group_id(self.same)


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
    rows = list(rows)
    keying = selection.keying
    decided = decided_of(selection)
    groups: list[ArrangedGroup] = []
    keyless: Sequence[Asset] = ()
    for found in group((row.asset for row in rows if row.details), keying):
        ordered = arrange(found.assets, selection.order_by)
        if not found.key:
            keyless = ordered
            continue
        same = keying.same(found.key)
        known = decided.get(same)
        if known is None:
            groups.append(ArrangedGroup(found.key, same, ordered, picks={}))
            continue
        assets = by_hand(ordered, known.order)
        groups.append(ArrangedGroup(found.key, same, assets, known.excluded, bool(known.order), known.picks))
    return Arrangement(groups, keyless, frozenset(row.asset_id for row in rows if row.excluded))


def decided_of(selection: Selection) -> dict[str, GroupArrangement]:
    """What the person decided for groups as they are made now, by what identifies each. Earlier releases kept keys as they were
    spelled; such a row counts as long as there is none of now."""
    keying = selection.keying
    rows = list(GroupArrangement.objects.filter(selection=selection, keying=str(keying)))
    found = {keying.same(row.key): row for row in rows}
    return found | {row.key: row for row in rows if row.key in found}


def freeze(selection: Selection) -> dict:
    """The arrangement as a run keeps it, whatever is edited afterwards:
    {"groups": [[key, [asset id, …] in order, excluded, {store pk: [product id, …]}], …], "excluded": [asset id, …],
    "alts": {asset id: text that was decided on, empty for none on purpose}, "alt_sources": {asset id: where it is from}}."""
    rows = selection.rows()
    found = arrangement_of(selection, rows)
    decided = [row for row in rows if row.alt is not None]
    return {
        "groups": [
            [group.key, [asset.asset_id for asset in group.assets], group.excluded, dict(group.picks)]
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


@dataclass(frozen=True)
class Decision:
    """What a key means in a store, the person's word included. `products`: cards as in KeyMatch, each with its `variants`
    that carry the key. `picked`: the person decided."""

    verdict: str
    products: Sequence[dict]
    reason: Reason = NONE
    picked: bool = False

    @property
    def variant_ids(self) -> list[str]:
        return [id for product in self.products for id in product.get("variants", ())]


def decision(answer: KeyMatch | KeyRow, picks: Sequence[str]) -> Decision:
    """A pick counts as long as the store still offers the product, for this key or as a suggestion."""
    if not picks:
        return Decision(answer.verdict, answer.products, answer.reason)
    offered = {product["id"]: product for product in answer.products}
    for found in answer.suggestions:
        offered.setdefault(found["product"]["id"], found["product"])
    if chosen := [offered[id] for id in picks if id in offered]:
        return Decision(Verdict.MATCHED, chosen, picked=True)
    return Decision(answer.verdict, answer.products, answer.reason)
