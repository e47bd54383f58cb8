"""What a person decided of a key's products in one store, and what that makes of the store's answer. Pure: products are cards as
KeyMatch keeps them, of which only the ids count here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from linking.domain.matching import Verdict

Card = Mapping[str, Any]
# Beside the verdicts: the key has products, and a person excluded all of them.
EXCLUDED = "excluded"
# Products that a person chooses for one key in one store, and that they exclude of it.
MOST_CHOSEN = 250


@dataclass(frozen=True, slots=True)
class ByHand:
    """`picks`: ids of the chosen products, in the order of choosing. They alone get the assets, or, if `also`, they beside what
    matches. `out`: ids of matching products that get nothing. `cards`: what the store said of picks when they were chosen, as it
    need not offer them any more."""

    picks: tuple[str, ...] = ()
    also: bool = False
    out: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.picks or self.out)

    @classmethod
    def of(cls, picks: Iterable[str], known: Mapping[str, Any]) -> "ByHand":
        """`known`: as `kept` makes it; of a release that kept picks alone, nothing."""
        return cls(
            tuple(picks), bool(known.get("also")), tuple(known.get("out") or ()), tuple(known.get("cards") or ())
        )

    @property
    def kept(self) -> dict[str, Any]:
        """All but the picks, as a row keeps it; {} if there is nothing more."""
        found: dict[str, Any] = {"cards": [dict(card) for card in self.cards], "out": list(self.out), "also": self.also}
        return {name: value for name, value in found.items() if value}

    @property
    def chosen(self) -> bool:
        """Whether a product was chosen that no match had offered."""
        return any(card["id"] in self.picks for card in self.cards)

    def choose(self, card: Card, *, also: bool) -> "ByHand":
        """`also`: beside what matches, and not instead of it. Choosing comes after excluding: the product is back."""
        id = card["id"]
        picks = self.picks if id in self.picks else (*self.picks, id)
        cards = (*(one for one in self.cards if one["id"] != id), card)
        out = tuple(one for one in self.out if one != id)
        return replace(self, picks=picks, also=also, out=out, cards=cards)

    def leave(self, ids: Iterable[str]) -> "ByHand":
        """Chosen no more."""
        gone = set(ids)
        picks = tuple(id for id in self.picks if id not in gone)
        cards = tuple(one for one in self.cards if one["id"] not in gone)
        return replace(self, picks=picks, cards=cards, also=self.also and bool(picks))

    def exclude(self, ids: Iterable[str]) -> "ByHand":
        return replace(self, out=tuple(dict.fromkeys([*self.out, *ids])))

    def include(self, ids: Iterable[str]) -> "ByHand":
        back = set(ids)
        return replace(self, out=tuple(id for id in self.out if id not in back))


NOTHING = ByHand()
# What a card says of the variants that are meant.
OF_VARIANTS = ("variants", "skus", "positions", "chosen", "options")


@dataclass(frozen=True, slots=True)
class Resolved:
    """`verdict`: a Verdict, or EXCLUDED. `products`: those that get the assets; of an ambiguous key those that it is between.
    `picked`: ids among them that a person chose; `out`: products that match and are excluded."""

    verdict: str
    products: Sequence[Card]
    picked: Sequence[str] = ()
    out: Sequence[Card] = ()


def resolve(verdict: str, products: Sequence[Card], offered: Iterable[Card], hand: ByHand) -> Resolved:
    """`products`: what the store answered for the key; `offered`: what it suggests besides. What the store says now of a product
    counts before what it said when that was chosen, but for the variants, if the person meant some. A pick that nothing is known
    of does not count.

    While several products match a key that should have one, none is excluded: all are there to be chosen from."""
    known: dict[str, Card] = {}
    for card in (*products, *offered, *hand.cards):
        known.setdefault(card["id"], card)
    picked = tuple(id for id in dict.fromkeys(hand.picks) if id in known)
    known |= {card["id"]: _meant(known[card["id"]], card) for card in hand.cards if card["id"] in picked}
    if picked and not hand.also:
        return Resolved(Verdict.MATCHED, [known[id] for id in picked], picked)
    matched = products if verdict == Verdict.MATCHED else ()
    left = [card for card in matched if card["id"] not in hand.out]
    out = tuple(card for card in matched if card["id"] in hand.out)
    if picked:
        there = {card["id"] for card in left}
        more = [known[id] for id in picked if id not in there]
        out = tuple(card for card in out if card["id"] not in picked)
        return Resolved(Verdict.MATCHED, [*(known[card["id"]] for card in left), *more], picked, out)
    if out and not left:
        return Resolved(EXCLUDED, (), (), out)
    return Resolved(verdict, left if out else products, (), out)


def _meant(now: Card, chosen: Card) -> Card:
    """A product as the store describes it, with the variants that a person meant when they chose it."""
    return {**now, **{name: chosen[name] for name in OF_VARIANTS if name in chosen}} if chosen.get("variants") else now
