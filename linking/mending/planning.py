"""A plan that brings a store's galleries back: the products that drifted, each with its linked assets in the order in which they
were left, as an ordinary run that is shown first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from linking import asked_runs, rights
from linking.asked_runs import AskedRun, NamedProduct
from linking.domain.drift import MENDABLE, Drift, Linked, in_order
from linking.domain.galleries import MAX_MEDIA, LinkMode
from linking.domain.named_products import GALLERY
from linking.links.left import left_of
from linking.models import DriftFinding, LeftGallery, Link, Sync
from linking.runs import CannotStart
from linking.selection.named_assets import NamedAsset, NotValid
from setup.models import Store
from setup.security.actors import Actor
from setup.words import _

# What no plan can bring in.
LOST = (Link.Gone.ASSET, Link.Gone.PRODUCT)


@dataclass(frozen=True)
class Mending:
    """`later`: so many products need a plan of their own: a run takes so many assets, in one rendition."""

    products: Sequence[NamedProduct]
    rendition: str
    later: int


def mend(actor: Actor, store: Store, token: str) -> tuple[Sync, int]:
    """The plan, and how many products are left for another one. A mirror: what others put there stays where it is, and so does
    all that is linked. Raises CannotStart, CloudinaryError, TooMany, and rights.NotAllowed."""
    rights.check_stores(actor, [store])
    if store.status != Store.Status.CONNECTED:
        raise CannotStart(_("{store} is not connected. Ask an admin to connect it again.").format(store=store))
    wanted = of_store(store)
    if not wanted.products:
        raise CannotStart(_("Nothing has drifted here that a plan can mend."))
    asked = AskedRun(
        "link", products=wanted.products, mode=LinkMode.MIRROR.value, rendition=wanted.rendition, dry_run=True
    )
    try:
        return asked_runs.begin(actor, asked, [store], token), wanted.later
    except NotValid as refusal:
        raise CannotStart(str(refusal)) from None


def of_store(store: Store) -> Mending:
    """By what the latest check found. Four queries."""
    found = DriftFinding.objects.filter(store=store, kind__in=[kind.value for kind in MENDABLE])
    ids = list(dict.fromkeys(found.order_by("pk").values_list("product_id", flat=True)))
    alts: dict[str, str] = {}
    for asset, was in found.filter(kind=Drift.ALT).order_by("pk").values_list("asset_id", "was"):
        alts.setdefault(asset, was)
    left = {row.product_id: row for row in LeftGallery.objects.filter(store=store, product_id__in=ids)}
    orders = {id: order for id, order in _orders(store, ids, left).items() if 0 < len(order) <= MAX_MEDIA}
    allowed = {"", *store.environment.allowed_transformations}
    renditions = {id: one if (one := _rendition(left.get(id))) in allowed else "" for id in orders}
    if not orders:
        return Mending([], "", 0)
    [(rendition, _n)] = Counter(renditions.values()).most_common(1)
    products, assets = list[NamedProduct](), set[str]()
    for id in ids:
        if id not in orders or renditions[id] != rendition:
            continue
        if len(assets | set(orders[id])) > settings.SELECTION_MAX_ASSETS:
            break
        assets |= set(orders[id])
        named = [NamedAsset(asset, alt=alts.get(asset), role=GALLERY) for asset in orders[id]]
        products.append(NamedProduct(named, id=id))
    return Mending(products, rendition, len(orders) - len(products))


def _rendition(row: LeftGallery | None) -> str:
    return row.transformation if row else ""


def _orders(store: Store, ids: Sequence[str], left: Mapping[str, LeftGallery]) -> dict[str, list[str]]:
    """Product id -> its linked assets in order, without those that are gone."""
    links: dict[str, list[Linked]] = {}
    rows = Link.objects.in_galleries().filter(store=store, product_id__in=ids).exclude(gone__in=LOST)
    for link in rows.order_by("pk"):
        links.setdefault(link.product_id, []).append(Linked(link.asset_id, link.medium_id))
    return {id: in_order(some, left_of(left.get(id))) for id, some in links.items()}
