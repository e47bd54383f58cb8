"""Products whose media changed because of us, one row each: for who shows them elsewhere, and asks what is new."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import models
from django.utils import timezone

from setup.models import Environment, Store

KEPT = timedelta(days=90)  # who asks more seldom than that reads all links once more
Names = Mapping[str, tuple[str, str]]


class ChangeFeed(models.Model):
    """Of an environment: the last number that was given out, and the highest one whose row is not kept any more."""

    environment = models.OneToOneField(Environment, on_delete=models.CASCADE, related_name="change_feed")
    last = models.BigIntegerField(default=0, db_default=0)
    forgotten = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"changes to {self.last}"


class ChangedProductQuerySet(models.QuerySet["ChangedProduct"]):
    def record(self, store: Store, products: Names) -> None:
        """`products`: id -> (title, handle). In the transaction that changes the ledger, and so as true as that."""
        now, ids = timezone.now(), sorted(products)
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            rows = [
                ChangedProduct(
                    environment_id=store.environment_id,
                    store=store,
                    product_id=id,
                    title=products[id][0][:500],
                    handle=products[id][1][:300],
                    changed=now,
                    since=now,
                )
                for id in some
            ]
            self.bulk_create(
                rows,
                update_conflicts=True,
                update_fields=["title", "handle", "changed", "number"],
                unique_fields=["store", "product_id"],
            )
            self.filter(store=store, product_id__in=some, since=None).update(since=now)


class ChangedProduct(models.Model):
    """`number`: grows with each change that is reported, in the order in which they become visible, so that who has read up to
    one misses nothing below it. Null: it changed since, and is reported when it is quiet (linking.webhooks.changes)."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="changed_products")
    product_id = models.CharField(max_length=255)
    # What people know it by: its links may be gone by now.
    title = models.CharField(max_length=500, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    changed = models.DateTimeField()
    # Of what is not reported yet, the first change.
    since = models.DateTimeField(null=True)
    number = models.BigIntegerField(null=True)

    objects = ChangedProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "product_id"], name="a_product_changed_is_one_row"),
            models.UniqueConstraint(fields=["environment", "number"], name="a_number_is_of_one_change"),
        ]
        indexes = [
            models.Index(fields=["since"], name="changes_to_report"),
            models.Index(fields=["changed"], name="changes_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} changed"
