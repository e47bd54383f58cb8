"""What a store's search says of keys, where that is an answer: short, and without what suggestions are made with."""

from collections.abc import Mapping, Sequence

from linking.domain.fields import ShopifyField
from linking.domain.matching import Match, decide, unmatched
from linking.shopify.catalog import candidates, require_certain
from setup.shopify.client import ShopifyClient


def searched(client: ShopifyClient, by: ShopifyField, keys: Sequence[str]) -> Mapping[str, Match]:
    """Raises ShopifyError, and ReadWhole where a search is no answer."""
    decided = decide(keys, candidates(client, by, keys), by)
    require_certain(by, unmatched(decided))
    return decided
