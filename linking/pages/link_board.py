"""What the Link to Products page shows: groups, what each store answered for their keys, and the numbers on the button."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils import timezone

from linking.domain.alts import MAX_ALT, own
from linking.domain.counting import AssetCounts, Fate, Standing, Tally, plural, wants_alt
from linking.domain.matching import Verdict
from linking.domain.order_words import in_short
from linking.models import BriefRow, Selection
from linking.pages import kept_groups
from linking.pages.asset_fields import shown_fields
from linking.pages.group_answers import ChosenStore, asks_of, chosen_of
from linking.pages.group_cards import AssetCard, GroupCard, card_of, fate_of
from linking.pages.kept_groups import KeptGroups
from linking.pages.store_cards import Numbers, StoreCard
from linking.selection.arrangement import Arrangement, arrangement_of, grouped
from linking.selection.extracts import BriefRows, rows_of
from linking.selection.swatches import swatch_rule
from setup.zones import zone_of

NO_GROUP = GroupCard("", "", (), ())


@dataclass(frozen=True)
class Board:
    """`rest`: assets without a key, as a group that nothing is asked for. `stores`: pks of the chosen ones, in the order of the
    groups' answers. `long_alts`: alt texts that Shopify does not take whole. `label`: what keys are called, in the plural."""

    groups: Sequence[GroupCard] = ()
    rest: GroupCard = NO_GROUP
    missing: Sequence[str] = ()
    total: int = 0
    stores: Sequence[int] = ()
    long_alts: int = 0
    label: str = "keys"
    chosen: Sequence[ChosenStore] = ()

    @property
    def keyless(self) -> Sequence[AssetCard]:
        return self.rest.assets

    @property
    def known(self) -> int:
        """Assets that Cloudinary still has."""
        return self.total - len(self.missing)

    @cached_property
    def linked(self) -> Sequence[GroupCard]:
        return [group for group in self.groups if group.matched and group.linked]

    @property
    def linked_groups(self) -> int:
        return len(self.linked)

    @cached_property
    def linked_assets(self) -> int:
        return len(set().union(*(group.linked for group in self.linked)))

    @cached_property
    def linked_products(self) -> int:
        return sum(numbers.products for numbers in self.numbers.values())

    @property
    def left_out(self) -> bool:
        """Whether keys match, and no asset of theirs may be linked."""
        return not self.linked_products and any(group.matched for group in self.groups)

    @cached_property
    def tally(self) -> Tally:
        """Keys by what the ticked stores make of them."""
        return Tally.of((group.standing for group in self.groups), self.label)

    @cached_property
    def assets(self) -> AssetCounts:
        """Assets by what becomes of them."""
        found = Counter(self.rest.fates)
        found[Fate.GONE] += len(self.missing)
        several: list[GroupCard] = []
        for group in self.groups:
            if not group.alone:
                several.append(group)
                continue
            for one, number in group.fates.items():
                found[one] += number
        found.update(fate for _, fate in _fates_in(several))
        return AssetCounts.of(found)

    @property
    def with_alt(self) -> set[str]:
        """Ids of the assets that can be linked with their alt text, whatever stores say."""
        return {card.id for card, fate in _fates_in(self.groups) if wants_alt(fate, swatch=card.swatch)}

    @cached_property
    def lacking_alts(self) -> int:
        """How many of these have none."""
        several = _fates_in([group for group in self.groups if not group.alone])
        return sum(group.lacking_alts for group in self.groups if group.alone) + sum(
            card.lacks_alt and wants_alt(fate, swatch=card.swatch) for card, fate in several
        )

    @cached_property
    def outside(self) -> int:
        """How many products match and are outside of what the run is for."""
        return len(set().union(*(group.outside for group in self.groups)))

    @cached_property
    def numbers(self) -> Mapping[int, Numbers]:
        """What came of the keys in each chosen store, by its pk."""
        return {pk: self._numbers(at) for at, pk in enumerate(self.stores)}

    def _numbers(self, at: int) -> Numbers:
        counts = Counter(group.answers[at].state for group in self.groups)
        counts[Verdict.MATCHED] += counts[
            "excluded"
        ]  # a match is a fact, also where its products were excluded by hand
        verdicts = (Verdict.MATCHED, Verdict.AMBIGUOUS, Verdict.UNMATCHED, Standing.OUTSIDE)
        return Numbers(len(self._products(at)), *(counts[verdict] for verdict in verdicts))

    def _products(self, at: int) -> set[str]:
        return set().union(*(group.products[at] for group in self.linked))

    @cached_property
    def going(self) -> int:
        """How many assets galleries get if their groups match."""
        found = (
            card.id for group in self.groups for card in group.assets if card.id in group.linked and not card.swatch
        )
        return len(set(found))

    def lacking(self, orders: int) -> list[int]:
        """How many of the assets that galleries get have no value of the field of each of so many orders."""
        found = Counter(at for at, _ in set().union(*(group.last_for_lack for group in self.groups)))
        return [found[at] for at in range(orders)]

    def group(self, id: str) -> GroupCard | None:
        return next((group for group in (*self.groups, self.rest) if group.id == id), None)

    def products_of(self, store_pk: int) -> set[str]:
        """The ids of the store's products that assets go to."""
        return self._products(self.stores.index(store_pk)) if store_pk in self.stores else set()


def _fates_in(groups: Sequence[GroupCard]) -> Iterable[tuple[AssetCard, Fate]]:
    """Of assets that may be in several of them, each once."""
    cards = {card.id: card for group in groups for card in group.assets}
    heard: dict[str, list[Standing]] = {}
    for group in groups:
        for card in group.assets:
            heard.setdefault(card.id, []).append(group.heard)
    return ((card, fate_of(card, heard[id])) for id, card in cards.items())


def board_of(selection: Selection, stores: Sequence[StoreCard]) -> Board:
    fields = shown_fields(selection, selection.member.asset_fields)
    rows = rows_of(selection, *(one.code for one in fields))
    return drawn(selection, stores, rows, arrangement_of(selection, rows))


def drawn(selection: Selection, stores: Sequence[StoreCard], rows: BriefRows, arranged: Arrangement) -> Board:
    """The board of an arrangement that is known already. `rows`: all of the selection's."""
    chosen = chosen_of(stores, selection.product_bound)
    label = in_short(selection.orders, selection.offered_fields) if selection.order_field else ""
    cards = _Cards(selection, rows, chosen)
    stamp = (rows.extract, selection.keying, cards.identity, label, chosen)
    groups = kept_groups.kept.get(selection.pk, stamp)
    if groups is None:
        undecided = Arrangement(*grouped(selection, rows), frozenset())
        groups = KeptGroups.of(undecided, cards.plain, asks_of(chosen, selection.keying.same), label)
        kept_groups.kept.put(selection.pk, stamp, groups, groups.weight)
    now, rest = groups.now(arranged, cards.fresh(groups.cards))
    return Board(
        groups=now,
        rest=rest,
        missing=rows.extract.made("missing", lambda: [row.asset_id for row in rows.extract.rows if not row.known]),
        total=len(rows),
        stores=[one.store.pk for one in chosen],
        long_alts=sum(row.alt is None for row in _long(rows)),
        label=plural(selection.field_label(selection.cloudinary_field)),
        chosen=chosen,
    )


class _Cards:
    """Of a selection's assets, by asset id. What an environment allows, and what hour it is, may change by the minute; the rest
    is made once. `identity`: of everything but the assets that they are made of."""

    def __init__(self, selection: Selection, rows: BriefRows, chosen: Sequence[ChosenStore]) -> None:
        environment = selection.environment
        self.environment, self.rows, self.orders = environment, rows, selection.orders
        self.rule = swatch_rule(environment)
        # An asset can be linked if one of the chosen stores may have it in its rendition.
        self.named = sorted({selection.for_store(one.store.pk).transformation for one in chosen} or {""})
        today = timezone.now().astimezone(zone_of(environment.time_zone)).date()  # other assets may have expired
        allowed = (environment.allow_pending, environment.allow_restricted, environment.expiration_field, today)
        shapes = (*self.named, environment.image_transformation, environment.video_transformation)
        self.identity = ("cards", self.orders, self.rule.identity, *allowed, *shapes)
        self.plain = rows.extract.made(self.identity, lambda: self._of(rows.extract.rows))

    def _of(self, rows: Iterable[BriefRow]) -> dict[str, AssetCard]:
        return {
            row.asset_id: card_of(self.environment, row, row.asset, self.orders, self.rule, self.named)
            for row in rows
            if row.known
        }

    def fresh(self, plain: Mapping[str, AssetCard]) -> dict[str, AssetCard]:
        """Those that are not as these, which were made before: edited, or shown at another hour."""
        timed = self.rows.extract.made(
            "timed", lambda: [at for at, row in enumerate(self.rows.extract.rows) if row.asset.windows is not None]
        )
        now = self._of([*self.rows.edited, *(self.rows[at] for at in timed)])
        return {id: card for id, card in now.items() if card != plain[id]}


def _long(rows: BriefRows) -> Iterable[BriefRow]:
    """Those whose own alt text Shopify does not take whole."""
    extract = rows.extract
    at = extract.made("long", lambda: [at for at, row in enumerate(extract.rows) if len(own(row.asset)) > MAX_ALT])
    return (rows[place] for place in at)


def decided(cards: Sequence[StoreCard], board: Board) -> list[StoreCard]:
    """The same stores, the chosen ones with numbers that count a person's picks."""
    return [replace(card, decided=board.numbers.get(card.store.pk)) if _answers(card) else card for card in cards]


def _answers(card: StoreCard) -> bool:
    return card.chosen and card.state == "matched"
