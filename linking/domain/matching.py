"""Matches: which products of a store a key names. Search only proposes; equality is decided here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from linking.domain.fields import ShopifyField
from setup.reasons import NONE, Reason, Value
from setup.spelling import plain

# Shopify's title of the only variant of a product that has no options.
DEFAULT_TITLE = "Default Title"
MAX_NAMED = 3


class Verdict(StrEnum):
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that the store proposed, with the values that it really has in the field."""

    product_id: str
    values: tuple[str, ...]
    variant_id: str = ""
    variant_title: str = ""
    sku: str = ""
    # (option, the variant's value of it), in the product's order.
    options: tuple[tuple[str, str], ...] = ()
    position: int = 0  # of the variant in its product, from 1; 0 is unknown


@dataclass(slots=True)
class Found:
    """What of one product fits: values as the store spells them, variants by id with their titles. `options`: names of the
    product's; `chosen`: by variant, its values of them."""

    values: dict[str, None] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    skus: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    chosen: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)

    def take(self, value: str, candidate: Candidate) -> None:
        self.values[value] = None
        if candidate.variant_id:
            self.variants[candidate.variant_id] = candidate.variant_title
            self.skus[candidate.variant_id] = candidate.sku
            self.options = tuple(name for name, _value in candidate.options)
            self.chosen[candidate.variant_id] = candidate.options
            if candidate.position:
                self.positions[candidate.variant_id] = candidate.position


@dataclass(frozen=True, slots=True)
class Match:
    verdict: Verdict
    product_ids: tuple[str, ...] = ()
    # Product id -> its variants that carry the key; empty for fields of products.
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Product id -> what of it matched.
    why: Mapping[str, Reason] = field(default_factory=dict)
    reason: Reason = NONE
    # Variant id -> its SKU, of these variants.
    skus: Mapping[str, str] = field(default_factory=dict)
    # Product id -> the names of its options; of fields of variants.
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Variant id -> its values of them, and where it stands among the product's.
    chosen: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)


def decide(
    keys: Iterable[str],
    candidates: Iterable[Candidate],
    looked_in: ShopifyField,
    same: Callable[[str], str] = plain,
) -> Mapping[str, Match]:
    """One match for every key. A value is equal or it is not, as `same` says (Keying.same: what it maps to one text is
    equal): letters may be composed or not, and what nobody sees at the edges does not count; case does, unless that folds."""
    wanted: dict[str, dict[str, Found]] = {key: {} for key in keys}
    spelled: dict[str, list[str]] = {}
    for key in wanted:
        spelled.setdefault(same(key), []).append(key)
    for candidate in candidates:
        for value in candidate.values:
            for key in spelled.get(same(value), ()):
                wanted[key].setdefault(candidate.product_id, Found()).take(value, candidate)
    return {key: _match(key, found, looked_in) for key, found in wanted.items()}


def unmatched(decided: Mapping[str, Match]) -> list[str]:
    return [key for key, found in decided.items() if found.verdict == Verdict.UNMATCHED]


def _match(key: str, found: Mapping[str, Found], looked_in: ShopifyField) -> Match:
    products, asked = tuple(found), {"field": str(looked_in), "key": key}
    if not products:
        return Match(Verdict.UNMATCHED, reason=Reason("match.no_product", **asked))
    variants = {id: tuple(one.variants) for id, one in found.items() if one.variants}
    why = {id: why_of(looked_in, list(one.values), list(one.variants.values())) for id, one in found.items()}
    skus = {id: sku for one in found.values() for id, sku in one.skus.items()}
    options = {id: one.options for id, one in found.items() if one.options}
    chosen = {id: values for one in found.values() for id, values in one.chosen.items()}
    positions = {id: position for one in found.values() for id, position in one.positions.items()}
    if len(products) > 1 and not looked_in.shared:
        reason = Reason("match.several_products", count=len(products), **asked)
        return Match(Verdict.AMBIGUOUS, products, variants, why, reason, skus, options, chosen, positions)
    return Match(Verdict.MATCHED, products, variants, why, NONE, skus, options, chosen, positions)


def why_of(looked_in: ShopifyField, values: Sequence[str], titles: Sequence[str]) -> Reason:
    """What matched: `SKU ABC-1, variant Blue / M`. The first ones by name, the others by number."""
    named = [title for title in titles if title and title != DEFAULT_TITLE]
    given: dict[str, Value] = {"field": str(looked_in), "values": values[:MAX_NAMED]}
    if len(values) > MAX_NAMED:
        given["more"] = len(values) - MAX_NAMED
    if named:
        given["variants"] = named[:MAX_NAMED]
    if len(named) > MAX_NAMED:
        given["more_variants"] = len(named) - MAX_NAMED
    return Reason("match.by", **given)
