"""What the Link to Products page shows: groups, what each store answered for their keys, and the numbers on the button."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linking.cloudinary.renditions import linkable
from linking.domain.alts import MAX_ALT, own
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.domain.matching import Verdict
from linking.domain.ordering import first_of
from linking.domain.ranges import ranges
from linking.models import AnyRow, KeyMatch, KeyRow, Selection, StoreMatch
from linking.models.jobs import JobState
from linking.selection.arrangement import Arrangement, arrangement_of, decision, group_id
from setup.models import Environment, Store
from setup.reasons import NONE, Reason


@dataclass(frozen=True)
class AssetCard:
    """An asset as a picture with a name. `trouble`: why it cannot be linked; empty if it can. `by`: the ordering field."""

    asset: Asset
    row: AnyRow
    trouble: Reason
    by: CloudinaryField | None = None

    @property
    def number(self) -> int:
        """Its place in the selection: how pages and their requests name it."""
        return self.row.place

    @property
    def rank(self) -> str:
        """What it is ordered by."""
        return first_of(self.by.values(self.asset)) if self.by else ""

    @property
    def thumbnail(self) -> str:
        return self.row.thumbnail

    @property
    def excluded(self) -> bool:
        return self.row.excluded

    @property
    def alt(self) -> str:
        """What Shopify gets: what the person decided on, or the asset's own."""
        return own(self.asset) if self.row.alt is None else self.row.alt

    @property
    def alt_source(self) -> str:
        """Where it comes from: `typed`, `field`, `ai`, `asset`, or empty if there is none."""
        return self.row.alt_source if self.row.alt is not None else "asset" if self.alt else ""

    @property
    def decorative(self) -> bool:
        """No alt text, on purpose."""
        return self.row.alt == ""

    @property
    def id(self) -> str:
        return self.asset.asset_id

    @property
    def name(self) -> str:
        return self.asset.name

    @property
    def kind(self) -> str:
        return self.asset.resource_type


@dataclass(frozen=True)
class Answer:
    """What one chosen store says about a group's key. `state`: matched, ambiguous, unmatched, pending or failed."""

    store: Store
    state: str
    reason: Reason = NONE
    products: Sequence[dict] = ()
    picked: bool = False
    offered: KeyRow | None = None


@dataclass(frozen=True)
class GroupCard:
    """`same` identifies it (Keying.same); `manual`: ordered by hand; `by`: what it is ordered by otherwise, as people call it."""

    key: str
    same: str
    assets: Sequence[AssetCard]
    answers: Sequence[Answer]
    excluded: bool = False
    manual: bool = False
    by: str = ""

    @property
    def id(self) -> str:
        return group_id(self.same)

    @property
    def matched(self) -> bool:
        return any(answer.state == Verdict.MATCHED for answer in self.answers)

    @property
    def out(self) -> int:
        """How many of its assets are excluded one by one."""
        return sum(card.excluded for card in self.assets)

    @property
    def numbers(self) -> str:
        """Of its assets, as ranges."""
        return ranges(card.number for card in self.assets)

    @property
    def linked(self) -> Sequence[AssetCard]:
        """The assets that are linked if the group matches."""
        if self.excluded:
            return ()
        return [card for card in self.assets if not card.trouble and not card.excluded]


@dataclass(frozen=True)
class Numbers:
    """Products that a store's answers link to, and its keys by what they came to."""

    products: int
    matched: int
    ambiguous: int
    unmatched: int

    @property
    def keys(self) -> int:
        return self.matched + self.ambiguous + self.unmatched


@dataclass(frozen=True)
class StoreCard:
    """A store of the environment with its counts. `state`: matched (the answer is there), pending, failed or broken; a
    broken one is never chosen. `decided`: its numbers with what the person decided."""

    store: Store
    chosen: bool
    state: str
    problem: Reason = NONE
    match: StoreMatch | None = None
    decided: Numbers | None = None

    @property
    def numbers(self) -> Numbers | None:
        """What the store answered, unless it is known what the person made of it."""
        match = self.match
        if self.decided or match is None:
            return self.decided
        return Numbers(match.products, match.matched, match.ambiguous, match.unmatched)

    @property
    def refreshing(self) -> bool:
        """The answer that is shown is there; the store is being asked again."""
        return self.state == "matched" and bool(self.match and self.match.busy)

    @property
    def doing(self) -> Reason:
        return self.match.doing if self.match and (self.state == "pending" or self.refreshing) else NONE

    @property
    def note(self) -> Reason:
        """How the answer was found, if that is worth saying."""
        return self.match.note if self.match and self.state != "broken" else NONE


@dataclass(frozen=True)
class Board:
    groups: Sequence[GroupCard] = field(default_factory=tuple)
    keyless: Sequence[AssetCard] = field(default_factory=tuple)
    missing: Sequence[str] = field(default_factory=tuple)
    linked_assets: int = 0
    linked_groups: int = 0
    linked_products: int = 0
    skipped_assets: int = 0
    # Alt texts that Shopify does not take whole.
    long_alts: int = 0

    @property
    def known(self) -> int:
        """Assets that Cloudinary still has."""
        return self.linked_assets + self.skipped_assets

    @property
    def left_out(self) -> bool:
        """Whether keys match, and no asset of theirs may be linked."""
        return not self.linked_products and any(group.matched for group in self.groups)

    @property
    def total(self) -> int:
        return self.known + len(self.missing)

    @property
    def rest(self) -> GroupCard:
        """Assets without a key, as a group that nothing is asked for."""
        return GroupCard("", "", self.keyless, ())

    def group(self, id: str) -> GroupCard | None:
        return next((group for group in [*self.groups, self.rest] if group.id == id), None)

    def products_of(self, store_pk: int) -> set[str]:
        """The ids of the store's products that assets go to."""
        answers = [answer for group in self.groups if group.linked for answer in group.answers]
        return {
            product["id"] for answer in answers if answer.store.pk == store_pk for product in matched_products(answer)
        }


def board_of(selection: Selection, stores: Sequence[StoreCard]) -> Board:
    rows = selection.rows()
    return drawn(selection, stores, rows, arrangement_of(selection, rows))


def drawn(selection: Selection, stores: Sequence[StoreCard], rows: Sequence[AnyRow], arranged: Arrangement) -> Board:
    """The board of an arrangement that is known already. `rows`: all of the selection's."""
    by, label = selection.order_by, selection.field_label(selection.order_field)
    environment = selection.environment
    card = {row.asset_id: card_of(environment, row, asset, by) for row, asset in _assets(rows, arranged)}
    answers = answers_of(stores, selection.keying.same)
    groups = [
        GroupCard(
            found.key,
            found.same,
            [card[asset.asset_id] for asset in found.assets],
            [ask(found.same, found.picks) for ask in answers],
            found.excluded,
            found.manual,
            label,
        )
        for found in arranged.groups
    ]
    linked = [group for group in groups if group.matched and group.linked]
    ready = {asset.id for group in linked for asset in group.linked}
    known = [row for row in rows if row.details]
    return Board(
        groups=groups,
        keyless=[card[asset.asset_id] for asset in arranged.keyless],
        missing=[row.asset_id for row in rows if not row.details],
        linked_assets=len(ready),
        linked_groups=len(linked),
        linked_products=len({(a.store.pk, p["id"]) for c in linked for a in c.answers for p in matched_products(a)}),
        skipped_assets=len(known) - len(ready),
        long_alts=sum(row.alt is None and len(own(card[row.asset_id].asset)) > MAX_ALT for row in known),
    )


def _assets(rows: Iterable[AnyRow], arranged: Arrangement) -> list[tuple[AnyRow, Asset]]:
    """Each once, whatever number of groups it is in."""
    assets = {asset.asset_id: asset for found in arranged.groups for asset in found.assets}
    assets |= {asset.asset_id: asset for asset in arranged.keyless}
    return [(row, assets[row.asset_id]) for row in rows if row.asset_id in assets]


def matched_products(answer: Answer) -> Sequence[dict]:
    return answer.products if answer.state == Verdict.MATCHED else ()


def card_of(environment: Environment, row: AnyRow, asset: Asset, by: CloudinaryField | None = None) -> AssetCard:
    return AssetCard(asset, row, linkable(environment, asset), by)


Ask = Callable[[str, Mapping[str, Sequence[str]]], Answer]


def answers_of(stores: Sequence[StoreCard], same: Callable[[str], str]) -> list[Ask]:
    """For every chosen store a function from what identifies a key (`same` of it) and the person's picks to what the store says
    about it."""
    chosen = [card for card in stores if card.chosen]
    keys = KeyMatch.objects.filter(store_match__in=[card.match for card in chosen if card.state == "matched"])
    rows = map(KeyRow._make, keys.values_list(*KeyRow._fields))
    known = {(row.store_match_id, same(row.key)): row for row in rows}
    return [_asker(card.store, card.match, known) for card in chosen]


def _asker(store: Store, match: StoreMatch | None, known: dict[tuple[int, str], KeyRow]) -> Ask:
    def answer(key: str, picks: Mapping[str, Sequence[str]]) -> Answer:
        if match is None or (match.busy and not match.known):
            return Answer(store, "pending")
        if match.state == JobState.FAILED and not match.known:
            return Answer(store, "failed", match.problem)
        row = known.get((match.pk, key))
        if row is None:
            return Answer(store, "pending")
        found = decision(row, picks.get(str(store.pk), ()))
        return Answer(store, found.verdict, found.reason, found.products, found.picked, row)

    return answer


def store_cards(
    selection: Selection,
    stores: Mapping[Store, bool] | None = None,
    matches: Mapping[int, StoreMatch] | None = None,
) -> list[StoreCard]:
    """Of all stores that the environment shows. `stores`: whether each is chosen, and `matches`: what each was asked, by its pk,
    if that is known. A query for each that is not."""
    matches = {match.store_id: match for match in selection.matches.all()} if matches is None else matches
    stores = selection.store_choices() if stores is None else stores
    return [store_card(store, chosen, matches.get(store.pk)) for store, chosen in stores.items()]


def store_card(store: Store, chosen: bool, match: StoreMatch | None) -> StoreCard:
    if store.status != Store.Status.CONNECTED:
        return StoreCard(store, False, "broken", store.obstacle, match)
    if match is None or (match.busy and not match.known):
        return StoreCard(store, chosen, "pending", match.problem if match else NONE, match)
    if match.state == JobState.FAILED and not match.known:
        return StoreCard(store, chosen, "failed", match.problem, match)
    return StoreCard(store, chosen, "matched", match.problem, match)


def decided(cards: Sequence[StoreCard], board: Board) -> list[StoreCard]:
    """The same stores, the chosen ones with numbers that count a person's picks."""
    return [replace(card, decided=_numbers(board, card.store)) if _answers(card) else card for card in cards]


def _answers(card: StoreCard) -> bool:
    return card.chosen and card.state == "matched"


def _numbers(board: Board, store: Store) -> Numbers:
    answers = [answer for group in board.groups for answer in group.answers if answer.store.pk == store.pk]
    products = {product["id"] for answer in answers for product in matched_products(answer)}
    counts = Counter(answer.state for answer in answers)
    return Numbers(
        len(products), *(counts[verdict] for verdict in (Verdict.MATCHED, Verdict.AMBIGUOUS, Verdict.UNMATCHED))
    )
