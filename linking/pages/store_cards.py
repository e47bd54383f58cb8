"""The stores of an environment as Link to Products shows them: chosen or not, how far each has answered, and its counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from linking.models import Selection, StoreMatch
from linking.models.jobs import JobState
from linking.models.setting_words import own_words
from setup.models import Store
from setup.reasons import NONE, Reason


@dataclass(frozen=True)
class Numbers:
    """Of one store: products that groups go to, and all its keys by what they came to. A match is a fact, so keys of excluded
    groups are among them, and their products are not."""

    products: int
    matched: int
    ambiguous: int
    unmatched: int
    outside: int = 0  # matched, and no product of theirs is one that the run is for

    @property
    def keys(self) -> int:
        return self.matched + self.ambiguous + self.unmatched + self.outside


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
    # What is set otherwise for it than for all, in words; empty if nothing is.
    own: str = ""
    # Whether it has a link mode of its own that may remove pictures.
    takes: bool = False

    @property
    def numbers(self) -> Numbers | None:
        """What the store answered, unless it is known what the person made of it."""
        match = self.match
        if self.decided or match is None:
            return self.decided
        return Numbers(match.products, match.matched, match.ambiguous, match.unmatched)

    @property
    def without_assets(self) -> int | None:
        """Products of the store that get none; None as long as nobody knows."""
        numbers, catalog = self.numbers, self.match.catalog if self.match else None
        return max(0, catalog - numbers.products) if numbers and catalog is not None else None

    @property
    def refreshing(self) -> bool:
        """The answer that is shown is there; the store is being asked again."""
        return self.state == "matched" and bool(self.match and self.match.busy)

    @property
    def asked(self) -> tuple[int, int] | None:
        """How many keys the store was asked for so far, of how many; None while nothing is asked of it, or its whole catalog is
        read."""
        match = self.match
        if self.state == "broken" or match is None or not match.busy or not match.keys_total or match.doing:
            return None
        return match.keys_asked, match.keys_total

    @property
    def doing(self) -> Reason:
        return self.match.doing if self.match and (self.state == "pending" or self.refreshing) else NONE

    @property
    def note(self) -> Reason:
        """How the answer was found, if that is worth saying."""
        return self.match.note if self.match and self.state != "broken" else NONE


def store_cards(
    selection: Selection,
    stores: Mapping[Store, bool] | None = None,
    matches: Mapping[int, StoreMatch] | None = None,
) -> list[StoreCard]:
    """Of all stores that the environment shows. `stores`: whether each is chosen, and `matches`: what each was asked, by its pk,
    if that is known. A query for each that is not."""
    matches = {match.store_id: match for match in selection.matches.all()} if matches is None else matches
    stores = selection.store_choices() if stores is None else stores
    cards = [store_card(store, chosen, matches.get(store.pk)) for store, chosen in stores.items()]
    return [_with_own(card, selection) for card in cards] if selection.store_settings else cards


def _with_own(card: StoreCard, selection: Selection) -> StoreCard:
    own = own_words(selection, card.store.pk)
    return replace(card, own=own, takes=bool(own) and selection.takes_in([card.store.pk]))


def store_card(store: Store, chosen: bool, match: StoreMatch | None) -> StoreCard:
    if not store.is_open:
        return StoreCard(store, False, "broken", store.obstacle, match)
    if match is None or (match.busy and not match.whole):
        return StoreCard(store, chosen, "pending", match.problem if match else NONE, match)
    if match.state == JobState.FAILED and not match.whole:
        return StoreCard(store, chosen, "failed", match.problem, match)
    return StoreCard(store, chosen, "matched", match.problem, match)
