"""Matches: which products of a store a key names. Search only proposes; equality is decided here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    variant_ids: tuple[str, ...] = ()
    reason: str = ""


def decide(keys: Iterable[str], candidates: Iterable[Candidate], field: ShopifyField) -> Mapping[str, Match]:
    """One match for every key. A value is equal or it is not: no case folding, no trimming."""
    wanted = dict.fromkeys(keys)
    products: dict[str, dict[str, None]] = {key: {} for key in wanted}
    variants: dict[str, dict[str, None]] = {key: {} for key in wanted}
    for candidate in candidates:
        for value in candidate.values:
            if value in wanted:
                products[value][candidate.product_id] = None
                if candidate.variant_id:
                    variants[value][candidate.variant_id] = None
    return {key: _match(key, tuple(products[key]), tuple(variants[key]), field) for key in wanted}


def _match(key: str, products: tuple[str, ...], variants: tuple[str, ...], field: ShopifyField) -> Match:
    name = field.label
    if not products:
        return Match(Verdict.UNMATCHED, reason=f"No product has the {name} “{key}”.")
    if len(products) > 1 and not field.shared:
        reason = f"{len(products)} products have the {name} “{key}”; it should be one."
        return Match(Verdict.AMBIGUOUS, products, variants, reason)
    return Match(Verdict.MATCHED, products, variants)
