"""Which of the products that match a run is for, asked of the store as it plans: what a match knows may be days old."""

from collections.abc import Iterable, Mapping

from linking.domain.bounds import Bound, Outside, everything, within
from linking.models import StoreMatch
from linking.shopify import products
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient


def asked_now(client: ShopifyClient, bound: Bound, matches: Iterable[StoreMatch]) -> Outside:
    """Why each product is outside. Nothing is asked without a bound. Raises ShopifyError."""
    if not bound:
        return everything
    rows = [row for match in matches for row in match.keys.all()]
    ids = list(dict.fromkeys(product["id"] for row in rows for product in row.products))
    facts = products.facts(client, ids)
    judge = within(bound, products.members(client, bound.collection, ids))

    def outside(product: Mapping[str, object]) -> Reason:
        return judge(facts.get(str(product["id"]), product))  # one that is not shown is looked for with its gallery

    return outside
