"""Are there assets for these products? The rule's search is read page by page, each asset is keyed, and those stay that have a
key of one of the products. Cloudinary is asked within what automation may ask for in an hour."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from linking.cloudinary import searching
from linking.domain.assets import Asset
from linking.models import EventWork, ProductWork, Rule
from linking.rules.events import collecting, looking
from linking.rules.events.consequences import Follower, with_siblings
from linking.rules.events.metering import MeteredClient, OverBudget, hour_of
from linking.rules.products.looking import Found, Waiting
from linking.selection.named_assets import BY_AGE
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.models import Environment

MOST = 1000  # assets that a rule fires for; the products that are left come in the next batch
MOST_SEARCHED = 10_000  # of which more are refused when it fires


def assets_for(work: ProductWork, found: Found) -> tuple[list[tuple[Rule, list[str] | None]], set[str]]:
    """What each rule is to fire for, if there is something, None for all that it finds; and the products that are left for later.
    One rule keeps no other from being dealt with: one whose search is refused fires for nothing, which says so to people; and
    rules for which an hour's share of calls is not enough fire for all that they find. Raises CloudinaryError, OverBudget."""
    if not any(products for _rule, products in found.news):
        return [], set()
    environment, now = work.store.environment, timezone.now()
    client = MeteredClient(meter_of(environment, now), now=now)
    left: set[str] = set()
    matched = list[tuple[Waiting, dict[str, Asset], dict[str, set[str]]]]()
    about = list[tuple[Rule, list[str] | None]]()
    known: dict[str, dict[str, Asset]] = {}  # of rules with the same search
    try:
        fields = looking.fields_of(client)
        for one, products in found.news:
            if not products:
                continue
            search = one.rule.search
            try:
                if search not in known:
                    assets = [looking.labelled(asset, fields) for asset in _searched(client, search)]
                    known[search] = {asset.asset_id: asset for asset in assets}
            except OverBudget:
                if client.before > client.calls:  # others spent it: there is more in the next hour
                    raise
                about.append((one.rule, None))
                continue
            except CloudinaryError as error:
                if error.trouble != Trouble.BAD_REQUEST:
                    raise
                about.append((one.rule, []))
                continue
            by_product = matches(one, products, known[search])
            matched.append((one, known[search], by_product))
            left |= beyond(by_product)
    finally:
        _spend(environment, client, now)
    for one, found_assets, by_product in matched:
        ids = [id for product, some in by_product.items() if product not in left for id in sorted(some)]
        if ids:
            follower = Follower(one.rule, {}, one.keying, frozenset([work.store_id]))
            about.append((one.rule, with_siblings(follower, environment, list(dict.fromkeys(ids)), found_assets)))
    return about, left


def matches(one: Waiting, products: Mapping[str, set[str]], assets: Mapping[str, Asset]) -> dict[str, set[str]]:
    """Product id -> ids of its assets, in the order of the products; none for those without."""
    by_key: dict[str, set[str]] = {}
    for id, asset in assets.items():
        for key in one.keying.keys(asset):
            by_key.setdefault(one.keying.same(key), set()).add(id)
    found = {product: {id for key in keys for id in by_key.get(key, ())} for product, keys in products.items()}
    return {product: ids for product, ids in found.items() if ids}


def beyond(by_product: Mapping[str, set[str]]) -> set[str]:
    """Products, behind the first, whose assets find no room in one firing."""
    together, left = set[str](), set[str]()
    for product, ids in by_product.items():
        if together and len(together | ids) > MOST:
            left.add(product)
        else:
            together |= ids
    return left


def _searched(client: MeteredClient, expression: str) -> Iterator[Asset]:
    """Raises CloudinaryError, OverBudget."""
    cursor, seen = "", 0
    while True:
        client.check()
        answer = searching.search(client, expression, BY_AGE, searching.MOST, cursor)
        yield from answer.assets
        seen += len(answer.assets)
        if not answer.cursor or answer.cursor == cursor or seen >= MOST_SEARCHED:
            return
        cursor = answer.cursor


def meter_of(environment: Environment, now: datetime) -> EventWork:
    """The environment's, of all that automation asks."""
    if (row := EventWork.objects.filter(environment=environment).first()) is None:
        collecting.begin(now=now)
        row = EventWork.objects.get(environment=environment)
    row.environment = environment
    return row


def _spend(environment: Environment, client: MeteredClient, now: datetime) -> None:
    rows = EventWork.objects.filter(environment=environment)
    if not rows.filter(hour=hour_of(now)).update(spent=F("spent") + client.calls, hourly=client.most):
        rows.update(spent=client.calls, hour=hour_of(now), hourly=client.most)
