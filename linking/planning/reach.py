"""How far a swatch reaches: to variants that do not carry the key, and share the value of an option with one that does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from linking import waiting
from linking.domain.options import MATCHED, Claim, Given, given
from linking.models import ProductSync, StoreSync
from linking.shopify import variants
from linking.shopify.variants import Variant
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient


@dataclass(frozen=True)
class Reached:
    """Of one product: which variants get a swatch besides their own groups', and the titles of all."""

    given: Sequence[Given]
    titles: Mapping[str, str]

    def reason(self, one: Given) -> Reason:
        return Reason("swatch.reached", variant=self.titles[one.variant], option=one.option, value=one.value)

    def conflicts(self) -> dict[tuple[str, str], list[Given]]:
        """(key that comes later, key that comes first) -> the variants that both reach."""
        found: dict[tuple[str, str], list[Given]] = {}
        for one in self.given:
            for later in one.over:
                found.setdefault((later, one.key), []).append(one)
        return found


def reached(
    part: StoreSync,
    client: ShopifyClient,
    rows: Sequence[ProductSync],
    claims: Mapping[str, Sequence[Claim]],
    known: Mapping[str, Sequence[Variant]],
) -> dict[str, Reached]:
    """By product of `rows`. `claims`: of its groups' first swatches; `known`: variants that were read with their options already.
    One call for a hundred of the others, and none where no swatch goes to a variant. Raises ShopifyError."""
    reach, found = part.sync.variant_reach, dict[str, Reached]()
    if reach == MATCHED:
        return found
    open_ones = [
        row.product_id for row in rows if row.state not in (ProductSync.State.FAILED, ProductSync.State.REFUSED)
    ]
    asked = [id for id in open_ones if any(claim.assets and claim.variants for claim in claims.get(id, ()))]
    read = waiting.insist(partial(variants.options, client), [id for id in asked if id not in known], client.pause)
    for id in asked:
        each = known.get(id, read.get(id, []))
        options = {variant.id: dict(variant.options) for variant in each}
        further = [one for one in given(claims[id], options, reach) if not one.own]
        found[id] = Reached(further, {variant.id: variant.title for variant in each})
    return found
