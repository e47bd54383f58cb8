"""What is done about what happened: the ledger is kept first, which needs no rule and writes nothing in Shopify. Then rules that
wait for events: what leaves becomes a plan to unlink, which waits for a person; for the rest they fire.

All of it may be done twice. The ledger says where things are, a plan is made once by its token, and a batch counts as dealt with
together with the firings that it asks for.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from linking import runs
from linking.cloudinary.renditions import linkable, thumbnail
from linking.domain import following, stored
from linking.domain.assets import Asset
from linking.domain.fields import BadField, CloudinaryField
from linking.domain.following import Does, Fact
from linking.domain.keying import BadPattern, Keying
from linking.links.checking import unversioned
from linking.models import (
    ChangedProduct,
    DeliveredProduct,
    DeliveryEndpoint,
    EventWork,
    Link,
    Rule,
    SeenAsset,
)
from linking.rules import firing, waiting
from linking.rules.acting import actor_of
from linking.rules.events.looking import Found
from setup.models import Environment, Store

log = logging.getLogger(__name__)
AT_ONCE = 500
TRIGGERS = ("event", "status")


@dataclass(frozen=True)
class Follower:
    """A rule that waits for events. `keying`: None where it cannot be read, so that nothing moves by it."""

    rule: Rule
    table: Mapping[Fact, Does]
    keying: Keying | None
    stores: frozenset[int]

    def wants(self, asset: Asset) -> bool:
        """Whether a change of this asset is what it waits for. `asset`: with labels; a status is said by either."""
        if self.rule.trigger != "status":
            return True
        known = stored.mapping(self.rule.trigger_settings)
        field, value = known.get("field"), known.get("value")
        said = asset.metadata.get(field, ()) if isinstance(field, str) else ()
        return value in (said if isinstance(said, tuple) else (said,))


def followers(environment: Environment) -> list[Follower]:
    rules = Rule.objects.filter(environment=environment, on=True, trigger__in=TRIGGERS).order_by("pk")
    return [
        Follower(
            rule,
            following.chosen(stored.mapping(rule.trigger_settings).get("follow")),
            keying_of(stored.mapping(rule.settings)),
            frozenset(store.pk for store in rule.stores.all()),
        )
        for rule in rules.prefetch_related("stores")
    ]


def keying_of(settings: Mapping) -> Keying | None:
    try:
        field = CloudinaryField.parse(str(settings.get("cloudinary_field") or "metadata:sku"))
        pattern, separator = str(settings.get("pattern") or ""), str(settings.get("separator") or "")
        made = Keying(field, pattern, separator, settings.get("fold") is True)
        made.cut("")  # a pattern is read when it is used first
    except (BadField, BadPattern):
        return None
    return made


def links_of(environment: Environment, ids: Collection[str]) -> list[Link]:
    """In galleries, also those that are known to be gone."""
    wanted = sorted(ids)
    rows = Link.objects.in_galleries().filter(environment=environment).select_related("store").order_by("pk")
    return [
        link for at in range(0, len(wanted), AT_ONCE) for link in rows.filter(asset_id__in=wanted[at : at + AT_ONCE])
    ]


def keep_ledger(environment: Environment, found: Found, links: Sequence[Link]) -> int:
    """What is gone is marked, what is back is not any more, and what is called otherwise is shown so. Of how many rows."""
    changed = 0
    for link in links:
        asset = found.assets[link.asset_id]
        own = Link.objects.filter(pk=link.pk, gone=link.gone)
        if asset is None:
            changed += _turned(link, own.filter(gone=""), gone=Link.Gone.ASSET)
            continue
        now = {"name": asset.name[:500]} if asset.name != link.name else {}
        if link.thumbnail and not linkable(environment, asset):
            picture = thumbnail(environment, asset)
            now |= {"thumbnail": picture} if unversioned(picture) != unversioned(link.thumbnail) else {}
        if link.gone == Link.Gone.ASSET:
            changed += _turned(link, own, gone="", **now)
        else:
            changed += own.update(**now) if now else 0
    return changed


def _turned(link: Link, own: QuerySet[Link], **now: str) -> int:
    """Whether there is still something to show is another matter now, and the product has changed."""
    with transaction.atomic():
        if turned := own.update(**now):
            ChangedProduct.objects.record(link.store, {link.product_id: (link.title, link.handle)})
    return turned


def record_turned(found: Found, links: Sequence[Link]) -> None:
    """Within the transaction that settles the batch. By time alone, or by another date, it is another matter what may be shown:
    then products have changed though the ledger says the same."""
    products = dict[Store, dict[str, tuple[str, str]]]()
    for link in links:
        before = found.before.get(link.asset_id)
        if before is not None and before.turns != found.turns.get(link.asset_id):
            products.setdefault(link.store, {})[link.product_id] = (link.title, link.handle)
    for store, some in products.items():
        ChangedProduct.objects.record(store, some)


def mark_delivered(environment: Environment, ids: Collection[str]) -> None:
    """Documents of products that show these assets are to be built again, also where they are swatches."""
    if not DeliveryEndpoint.objects.filter(environment=environment, on=True).exists():
        return
    wanted, products = sorted(ids), dict[int, set[str]]()
    for at in range(0, len(wanted), AT_ONCE):
        rows = Link.objects.filter(environment=environment, asset_id__in=wanted[at : at + AT_ONCE])
        for store, product in rows.values_list("store", "product_id"):
            products.setdefault(store, set()).add(product)
    for store, some in products.items():
        DeliveredProduct.objects.mark(store, some)


def leaving(follower: Follower, found: Found, links: Sequence[Link], assets: Mapping[str, Asset]) -> Iterator[Link]:
    """Of the links in its stores, those that are to go. `assets`: with labels."""
    for link in links:
        if link.store_id not in follower.stores or link.gone not in ("", Link.Gone.ASSET):
            continue
        goes = following.leaves(follower.table, found.happened[link.asset_id])
        if goes or (following.moves(follower.table) and has_other_key(follower, found, link, assets)):
            yield link


def has_other_key(follower: Follower, found: Found, link: Link, assets: Mapping[str, Asset]) -> bool:
    """Whether the link's key was one of the asset's by this rule, and is none any more. A link by other keys is none of its
    business."""
    before, asset = found.before.get(link.asset_id), assets.get(link.asset_id)
    if follower.keying is None or before is None or asset is None or not link.key:
        return False
    same, known = follower.keying.same(link.key), before.keys.get(str(follower.keying))
    return isinstance(known, list) and same in known and same not in keys_of(follower, asset)


def keys_of(follower: Follower, asset: Asset) -> list[str]:
    if follower.keying is None:
        return []
    return [follower.keying.same(key) for key in follower.keying.keys(asset)]


def about(follower: Follower, found: Found, links: Sequence[Link], assets: Mapping[str, Asset]) -> list[str]:
    """What it fires for."""
    linked = {link.asset_id for link in links if link.store_id in follower.stores}
    moved = {link.asset_id for link in links if has_other_key(follower, found, link, assets)}
    ids = []
    for id, happened in found.happened.items():
        asset = assets.get(id)
        all_of_it = happened | {Fact.KEY} if id in moved else happened
        if asset and follower.wants(asset) and following.runs_for(follower.table, all_of_it, linked=id in linked):
            ids.append(id)
    return ids


def with_siblings(
    follower: Follower, environment: Environment, ids: Sequence[str], assets: Mapping[str, Asset]
) -> list[str]:
    """With what stands beside them in galleries, by the ledger: a run of one picture of a product knows no place for it."""
    rows = Link.objects.in_galleries().filter(environment=environment, store__in=follower.stores, gone="")
    keys = sorted({key for id in ids for key in (follower.keying.keys(assets[id]) if follower.keying else ())})
    products, found = set[tuple[int, str]](), dict.fromkeys(ids)
    for at in range(0, max(len(ids), len(keys)), AT_ONCE):
        mine = Q(asset_id__in=ids[at : at + AT_ONCE]) | Q(key__in=keys[at : at + AT_ONCE])
        products |= set(rows.filter(mine).values_list("store", "product_id"))
    names = sorted({product for _store, product in products})
    for at in range(0, len(names), AT_ONCE):
        beside = rows.filter(product_id__in=names[at : at + AT_ONCE]).order_by("pk")
        found |= dict.fromkeys(beside.values_list("asset_id", flat=True))
    return list(found)


def plan_to_unlink(
    work: EventWork, follower: Follower, going: Sequence[Link], found: Found, assets: Mapping[str, Asset]
) -> None:
    """One plan for all that is to leave by this rule, however often a batch is begun: a new one takes over what the plan before
    names, but for what has come back. Where it cannot be made, as a store is not connected, the ledger still says what is gone,
    and what happened to these assets counts as not seen yet: the daily check sees it."""
    rule = follower.rule
    older = waiting.plans_of(rule, "unlink")
    named = {link.pk: link for link in waiting.links_of(older)}
    staying = {pk: link for pk, link in named.items() if not has_come_back(follower, link, found, assets)}
    there = [link for link in going if link.store.status == Store.Status.CONNECTED]
    _not_seen(found, [link for link in going if link not in there])
    links = staying | {link.pk: link for link in there}
    if links.keys() == named.keys() and len(older) <= 1:
        return
    rule.environment = work.environment
    actor, made = actor_of(rule), None
    if links:
        of = hashlib.sha256(",".join(map(str, sorted(links))).encode()).hexdigest()[:16]
        token = f"events-{work.pk}-{work.batch}-{rule.pk}-{of}"
        try:
            made = runs.unlink(actor, [links[pk] for pk in sorted(links)], token, rule=rule)
        except runs.CannotStart as refusal:
            log.warning("Rule %s: no plan to unlink %d links: %s", rule.pk, len(links), refusal)
            _not_seen(found, going)
            return
    waiting.withdraw(actor, [plan for plan in older if plan != made])


def _not_seen(found: Found, links: Iterable[Link]) -> None:
    for link in links:
        found.prints.pop(link.asset_id, None)


def has_come_back(follower: Follower, link: Link, found: Found, assets: Mapping[str, Asset]) -> bool:
    """Whether the asset of a link that was to leave is there again, may be shown, and belongs where it is."""
    asset = assets.get(link.asset_id)
    if asset is None or following.leaves(follower.table, found.happened.get(link.asset_id, ())):
        return False
    return follower.keying is None or follower.keying.same(link.key) in keys_of(follower, asset)


def fire(rule: Rule, ids: Sequence[str]) -> None:
    """Within the transaction that settles the batch."""
    if ids:
        firing.request(rule, rule.trigger, ids)


def ask_again(environment: Environment) -> None:
    """What firings were about that failed for good: once a day, as long as it fails. Within the transaction that says that all
    was looked at."""
    for one in followers(environment):
        firing.ask_again(one.rule, one.rule.trigger)


def without_keys(found: Found, rules: Sequence[Follower]) -> list[str]:
    """Of what is there, those of which it is not known which keys these rules give them."""
    codes = {str(one.keying) for one in rules if one.keying is not None}
    return [
        id
        for id, asset in found.assets.items()
        if asset is not None and (id not in found.before or codes - found.before[id].keys.keys())
    ]


def remember(
    environment: Environment, found: Found, rules: Sequence[Follower], assets: Mapping[str, Asset], *, now: datetime
) -> None:
    """Within the transaction that settles the batch: from now on it is known what they are."""
    rows, news = [], found.happened.keys() | assets.keys() | found.ours
    for id, prints in found.prints.items():
        turns = found.turns.get(id)
        if id in found.before and id not in news and found.before[id].turns == turns:
            continue
        row = found.before.get(id) or SeenAsset(environment=environment, asset_id=id)
        row.version, row.place, row.said, row.gone = prints.version, prints.place, prints.said, prints.gone
        row.seen, row.turns = now, turns
        if (asset := assets.get(id)) is not None:
            row.keys = {str(one.keying): keys_of(one, asset) for one in rules if one.keying is not None}
        rows.append(row)
    fields = ["version", "place", "said", "gone", "keys", "seen", "turns"]
    SeenAsset.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["environment", "asset_id"], update_fields=fields, batch_size=AT_ONCE
    )
    mine = SeenAsset.objects.filter(environment=environment, asset_id__in=sorted(found.ours))
    mine.filter(ours=F("said")).update(ours="")  # the same, written again later, is a change
