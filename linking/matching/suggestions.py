"""What a key that matches nothing may have meant: the nearest values of the store. Offered, never applied by itself."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice, zip_longest

from linking.domain.fields import ShopifyField
from linking.domain.matching import Candidate, Match, unmatched, why_of
from linking.domain.nearest import Near, Nearest, spellings
from linking.models import GroupArrangement, StoreMatch
from linking.shopify.catalog import ProductCard, any_of, equal_term, near, prefix_term
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.spelling import forms

log = logging.getLogger(__name__)
# Of more keys without a product, the rest gets no suggestions: another field is likelier to help then.
MAX_KEYS = 300
# Values that are compared in one go.
CHUNK = 5000
# One call for suggestions to so many calls that found the matches, and at least one.
SHARE = 10
# Products that one call describes.
CARDS = 250


def by_search(
    client: ShopifyClient,
    field: ShopifyField,
    decided: Mapping[str, Match],
    proposed: Sequence[Candidate],
    calls: int,
) -> Mapping[str, Sequence[Near]]:
    """From what the store proposed unsuccessfully, and a few searches more: one for every ten `calls`, at least one. Nothing
    is asked if every key matched. A store that will not answer costs the suggestions only; raises ShopifyError if it
    refuses us altogether."""
    keys = unmatched(decided)[:MAX_KEYS]
    if not keys:
        return {}
    nearest = Nearest(keys)
    nearest.look(proposed)
    try:
        for spelled, begun in _queries(field, keys, max(1, calls // SHARE)):
            nearest.look(near(client, field, spelled, begun))
    except ShopifyError as error:
        if error.remedy == Remedy.STOP_STORE:
            raise
        log.info("No more suggestions from %s: %s", client.store.domain, error)
    return nearest.found()


def by_reading(
    decided: Mapping[str, Match], candidates: Iterable[Candidate], beat: Callable[[], None]
) -> Mapping[str, Sequence[Near]]:
    """From the whole catalog; `beat()` now and then."""
    keys = unmatched(decided)[:MAX_KEYS]
    nearest = Nearest(keys)
    for some in _batched(candidates if keys else (), CHUNK):
        nearest.look(some)
        beat()
    return nearest.found()


def _batched(candidates: Iterable[Candidate], size: int) -> Iterator[list[Candidate]]:
    left = iter(candidates)
    while some := list(islice(left, size)):
        yield some


def _queries(field: ShopifyField, keys: Sequence[str], calls: int) -> Iterable[tuple[str, str]]:
    """Pairs of queries: values spelled in other ways, and values that begin alike. Every key gets its likeliest first."""
    exact = [[equal_term(field, form) for text in spellings(key) for form in forms(text)] for key in keys]
    for key, terms in zip(keys, exact, strict=True):
        terms.insert(1, prefix_term(field, key))
    spelled = list(any_of(in_turn(exact)))[:calls]
    stems = (form for key in keys for form in forms(stem(key)))
    begun = list(any_of(term for begun in stems if (term := prefix_term(field, begun))))[:calls]
    for one, other in zip_longest(spelled, begun):
        yield one or other, other or one


def in_turn(lists: Iterable[Sequence[str]]) -> list[str]:
    """The first of each, then the second of each, and so on; without empty ones and doubles."""
    return list(dict.fromkeys(text for rank in zip_longest(*lists, fillvalue="") for text in rank if text))


def stem(key: str) -> str:
    """Two thirds of a key, for one that is mistyped towards its end; empty if that would begin too many others."""
    begun = key[: max(3, len(key) * 2 // 3)].rstrip()
    while begun and not begun[-1].isalnum():
        begun = begun[:-1]
    return begun if sum(map(str.isalnum, begun)) >= 3 and begun != key else ""


def with_room(found: Mapping[str, Sequence[Near]], taken: int) -> Mapping[str, Sequence[Near]]:
    """As many as can be described without more than one call beyond those for `taken` products; the likeliest of every key
    come first."""
    room = -taken % CARDS or CARDS
    turns = [near for rank in zip_longest(*found.values()) for near in rank if near]
    kept = {id(near) for near in turns[:room]}
    return {key: [near for near in values if id(near) in kept] for key, values in found.items()}


def picked_before(match: StoreMatch) -> Mapping[str, list[dict]]:
    """The suggestions that the person picked, by key: they are offered again, whatever is found now."""
    keying, store = match.selection.keying, str(match.store_id)
    arranged = GroupArrangement.objects.filter(selection=match.selection, keying=str(keying)).exclude(picks={})
    picks = {keying.same(row.key): row.picks.get(store, ()) for row in arranged}
    if not any(picks.values()):
        return {}
    kept: dict[str, list[dict]] = {}
    for row in match.keys.exclude(suggestions=[]):
        same = keying.same(row.key)
        if found := [one for one in row.suggestions if one["product"]["id"] in picks.get(same, ())]:
            kept[row.key] = found
    return kept


def rows(
    field: ShopifyField,
    found: Mapping[str, Sequence[Near]],
    picked: Mapping[str, list[dict]],
    known: Mapping[str, ProductCard],
) -> Mapping[str, list[dict]]:
    """As KeyMatch keeps them. Products that are gone are left out."""
    kept = {key: [one for one in values if one["product"]["id"] in known] for key, values in picked.items()}
    for key, values in found.items():
        there = {one["product"]["id"] for one in kept.get(key, ())}
        kept.setdefault(key, []).extend(
            _row(field, one, known[one.product_id])
            for one in values
            if one.product_id in known and one.product_id not in there
        )
    return kept


def _row(field: ShopifyField, found: Near, card: ProductCard) -> dict:
    why = why_of(field, [found.value], list(found.variants.values()))
    return {"value": found.value, "product": described(card, list(found.variants), why)}


def described(card: ProductCard, variants: Sequence[str], why: Reason, skus: Mapping[str, str] | None = None) -> dict:
    """A product as KeyMatch keeps it: what to recognise it by, the variants that carry the value, and what matched. `skus`: of
    these variants, as far as they are known."""
    known = {id: skus[id] for id in variants if id in skus} if skus else {}
    return asdict(card) | {"variants": list(variants), "skus": known, "why": why}
