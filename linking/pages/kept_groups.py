"""Groups as this process drew them last: from one request to the next hardly any of them changes.

A group is kept as it is without a person's edits, and beside that as it was last edited. The first holds as long as everything
that it is made of is the same, the second as long as the edits are: by identity or by value, never by time. Nobody changes what
is kept.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from linking.pages.group_answers import Ask
from linking.pages.group_cards import AssetCard, GroupCard
from linking.runtime.kept import Kept
from linking.selection.arrangement import ArrangedGroup, Arrangement

# Assets, answers, and products in them, of all the boards that this process keeps.
MOST_KEPT = 12_000
Cards = Mapping[str, AssetCard]


@dataclass(eq=False)
class KeptGroups:
    """`cards`: of all assets as nobody has edited them; `asks`: what the chosen stores say; `by`: what groups are ordered by, as
    people call it. `plain`: by what identifies its key, how each group is arranged without edits, and its card; the one of
    assets without a key has the key "". `within`: the groups of each asset. `edited`: the others, as they were drawn last."""

    cards: Cards
    asks: Sequence[Ask]
    by: str
    plain: dict[str, tuple[ArrangedGroup, GroupCard]] = field(default_factory=dict)
    within: dict[str, list[str]] = field(default_factory=dict)
    edited: dict[str, tuple[Hashable, GroupCard]] = field(default_factory=dict)

    @classmethod
    def of(cls, arranged: Arrangement, cards: Cards, asks: Sequence[Ask], by: str) -> "KeptGroups":
        """`arranged`: before a person decided anything."""
        found = cls(cards, asks, by)
        groups = [*arranged.groups, _rest(arranged)]
        for one in groups:
            for asset in one.assets:
                found.within.setdefault(asset.asset_id, []).append(one.same)
        for one in groups:
            found.plain[one.same] = one, found._card(one, {})
        return found

    @property
    def weight(self) -> int:
        answers = [answer for _, card in self.plain.values() for answer in card.answers]
        return len(self.cards) + sum(1 + len(answer.products) for answer in answers)

    def now(self, arranged: Arrangement, fresh: Cards) -> tuple[list[GroupCard], GroupCard]:
        """The groups as they are now, and the one of assets without a key. `fresh`: those of the assets that are edited."""
        touched = {same for id in fresh for same in self.within.get(id, ())}
        groups = [self._now(one, fresh, one.same in touched) for one in arranged.groups]
        return groups, self._now(_rest(arranged), fresh, "" in touched)

    def _now(self, one: ArrangedGroup, fresh: Cards, touched: bool) -> GroupCard:
        plain, card = self.plain[one.same]
        if not touched and (one is plain or one == plain):
            return card
        signature = _signature(one, fresh)
        known = self.edited.get(one.same)
        if known is None or known[0] != signature:
            known = self.edited[one.same] = signature, self._card(one, fresh)
        return known[1]

    def _card(self, one: ArrangedGroup, fresh: Cards) -> GroupCard:
        if not one.same:
            return GroupCard("", "", self._assets(one, fresh), ())
        return GroupCard(
            one.key,
            one.same,
            self._assets(one, fresh),
            tuple(ask(one.same, one) for ask in self.asks),
            one.excluded,
            one.manual,
            self.by,
            one.last,
            all(len(self.within[asset.asset_id]) == 1 for asset in one.assets),
        )

    def _assets(self, one: ArrangedGroup, fresh: Cards) -> Sequence[AssetCard]:
        return tuple(fresh.get(asset.asset_id) or self.cards[asset.asset_id] for asset in one.assets)


def _rest(arranged: Arrangement) -> ArrangedGroup:
    return ArrangedGroup("", "", tuple(arranged.keyless), picks={})


def _signature(one: ArrangedGroup, fresh: Cards) -> Hashable:
    """Of everything that a person may change of a group."""
    ids = tuple(asset.asset_id for asset in one.assets)
    picks = tuple((store, tuple(products)) for store, products in one.picks.items())
    hand = repr(one.by_hand) if one.by_hand else ""
    return one.excluded, one.manual, ids, picks, hand, tuple(fresh[id] for id in ids if id in fresh)


kept = Kept[KeptGroups](MOST_KEPT)
