from django.db import models

from linking.domain import stored
from linking.models.jobs import JobRow
from setup.models import Store
from setup.reasons import Reason
from setup.stored_json import StoredJSON


class ProductWork(JobRow):
    """What follows from what a store reports of its products, and from looking for what that has missed; as a job it is the work
    of both (linking.rules.products). Only of stores that rules wait for."""

    AGAIN = Reason("events.again")

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="product_work")
    # What was made before is no new product.
    began = models.DateTimeField()
    # All changes before that were looked at; and when the next walk through what has changed since is due.
    walked = models.DateTimeField()
    walk_due = models.DateTimeField()


class SeenProduct(models.Model):
    """A product as it was when it was last looked at: whose keys are the same is no news, whatever else changed of it."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    product_id = models.CharField(max_length=60)
    # When it was changed last, as the store writes it.
    updated = models.CharField(max_length=40, blank=True, default="", db_default="")
    # {a Shopify field, and how keys are compared: a mark of its keys} (linking.domain.products_news).
    marks = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "product_id"], name="a_product_is_seen_once")]
        indexes = [models.Index(fields=["seen"], name="products_seen")]
