"""What linking keeps of stores, for the Setup page."""

from collections.abc import Iterable

from django.db.models import Count, Max, Q

from linking.models import Link, StoreSync
from linking.models.syncs import BUSY
from setup.holdings import Holdings
from setup.models import Store


def of_stores(stores: Iterable[Store]) -> dict[int, Holdings]:
    """By the stores' pk, in two queries."""
    pks = [store.pk for store in stores]
    runs = StoreSync.objects.filter(store__in=pks).values("store").order_by("store")
    counted = runs.annotate(at_work=Count("pk", filter=Q(state__in=BUSY)), runs=Count("pk"), synced=Max("finished"))
    links = (
        Link.objects.in_galleries().filter(store__in=pks).values("store").order_by("store").annotate(links=Count("pk"))
    )
    linked = {row["store"]: row["links"] for row in links}
    known = {pk: Holdings(links=linked.get(pk, 0)) for pk in pks}
    for row in counted:
        pk = row["store"]
        known[pk] = Holdings(busy=row["at_work"], runs=row["runs"], links=linked.get(pk, 0), synced=row["synced"])
    return known
