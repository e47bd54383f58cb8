"""Matches: which products of a store a key names. Search only proposes; equality is decided here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from linking.domain.fields import ShopifyField


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


@dataclass(frozen=True, slots=True)
class Match:
    verdict: Verdict
    product_ids: tuple[str, ...] = ()
    # Product id -> its variants that carry the key; empty for fields of products.
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""


def decide(
    keys: Iterable[str],
    candidates: Iterable[Candidate],
    looked_in: ShopifyField,
    same: Callable[[str], str] = str,
) -> Mapping[str, Match]:
    """One match for every key. A value is equal or it is not: no case folding, no trimming, unless `same` says so
    (Keying.same: what it maps to one text is equal)."""
    wanted = dict.fromkeys(keys)
    spelled: dict[str, list[str]] = {}
    for key in wanted:
        spelled.setdefault(same(key), []).append(key)
    products: dict[str, dict[str, None]] = {key: {} for key in wanted}
    variants: dict[str, dict[str, dict[str, None]]] = {key: {} for key in wanted}
    for candidate in candidates:
        for value in candidate.values:
            for key in spelled.get(same(value), ()):
                products[key][candidate.product_id] = None
                if candidate.variant_id:
                    variants[key].setdefault(candidate.product_id, {})[candidate.variant_id] = None
    return {key: _match(key, tuple(products[key]), variants[key], looked_in) for key in wanted}


def _match(key: str, products: tuple[str, ...], found: Mapping[str, Iterable[str]], looked_in: ShopifyField) -> Match:
    name, variants = looked_in.label, {id: tuple(ids) for id, ids in found.items()}
    if not products:
        return Match(Verdict.UNMATCHED, reason=f"No product has the {name} “{key}”.")
    if len(products) > 1 and not looked_in.shared:
        reason = f"{len(products)} products have the {name} “{key}”; it should be one."
        return Match(Verdict.AMBIGUOUS, products, variants, reason)
    return Match(Verdict.MATCHED, products, variants)
