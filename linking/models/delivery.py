"""Delivery endpoints, and the one document that each keeps of a product: built when the ledger changes, read with one query."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils import timezone

from linking.domain import stored
from linking.models.jobs import JobRow
from linking.models.ledger import Link
from linking.models.syncs import StoreSync
from setup.models import Environment, Member, Store
from setup.reasons import Reason
from setup.stored_json import StoredJSON, texts

AT_ONCE = 500


class DeliveryEndpoint(JobRow):
    """An address that answers the media of a SKU, as last linked in one store. As a job it is the building of its documents.

    `slug`: its name in addresses, drawn, as names of shops are nobody's business. `key_hash`: of the key that programs bring;
    empty: everybody may ask. `origins`: of the sites whose scripts may read it; `*` is all."""

    AGAIN = Reason("endpoint.again")

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="delivery_endpoints")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="delivery_endpoints")
    slug = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=100)
    on = models.BooleanField(default=False, db_default=False)
    key_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    origins = StoredJSON(default=list, db_default=[], shape=texts)
    # The metadata field that gives the order of spin sets; empty: there are none.
    spin_field = models.CharField(max_length=300, blank=True, default="", db_default="")
    # What a tag of the widget begins with, before the SKU; empty: the widget is given public IDs.
    tag_prefix = models.CharField(max_length=60, blank=True, default="", db_default="")
    # The mark of what all documents are made by (linking.delivery.asking).
    made_by = models.CharField(max_length=32, blank=True, default="", db_default="")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = "delivery endpoint"

    def __str__(self) -> str:
        return self.name

    @property
    def keyed(self) -> bool:
        return bool(self.key_hash)


class DeliveredQuerySet(models.QuerySet["DeliveredProduct"]):
    def mark(self, store_id: int, product_ids: Collection[str], *, now: datetime | None = None) -> None:
        """Of these products something has changed: their documents are to be built. Nothing but a look where no endpoint is."""
        endpoints = list(DeliveryEndpoint.objects.filter(store=store_id, on=True).values_list("pk", flat=True))
        if endpoints and product_ids:
            self._mark(endpoints, sorted(product_ids), now or timezone.now())

    def mark_run(self, part: StoreSync) -> None:
        """All products of a run that has ended."""
        if DeliveryEndpoint.objects.filter(store=part.store_id, on=True).exists():
            self.mark(part.store_id, set(part.products.order_by().values_list("product_id", flat=True)))

    def mark_all(self, endpoint: DeliveryEndpoint, *, now: datetime) -> None:
        """Of all products that it knows, or should: it was switched on, or what its documents say has changed as a whole."""
        linked = Link.objects.filter(store=endpoint.store_id).order_by().values_list("product_id", flat=True)
        known = self.filter(endpoint=endpoint).values_list("product_id", flat=True)
        self._mark([endpoint.pk], sorted({*linked.distinct(), *known}), now)

    def _mark(self, endpoints: list[int], product_ids: list[str], now: datetime) -> None:
        rows = [DeliveredProduct(endpoint_id=pk, product_id=id, due=now) for pk in endpoints for id in product_ids]
        unique = ["endpoint", "product_id"]
        self.bulk_create(rows, AT_ONCE, update_conflicts=True, update_fields=["due"], unique_fields=unique)


class DeliveredProduct(models.Model):
    """What an endpoint answers of a product (linking.delivery.documents). `due`: since when it is to be built again."""

    endpoint = models.ForeignKey(DeliveryEndpoint, on_delete=models.CASCADE, related_name="products")
    product_id = models.CharField(max_length=255)
    body = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    due = models.DateTimeField(null=True)
    built = models.DateTimeField(null=True)

    objects = DeliveredQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "product_id"], name="a_product_is_delivered_once")]
        indexes = [models.Index(fields=["endpoint", "due"], name="documents_due")]

    def __str__(self) -> str:
        return self.product_id


class DeliveredName(models.Model):
    """What a product is asked for by. `variants`: those that the name means; empty: the whole product."""

    KINDS = ("sku", "handle", "barcode", "key")

    endpoint = models.ForeignKey(DeliveryEndpoint, on_delete=models.CASCADE, related_name="names")
    product = models.ForeignKey(DeliveredProduct, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=1000)
    variants = StoredJSON(default=list, db_default=[], shape=stored.texts)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "kind", "value", "product"], name="a_name_of_a_document")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
