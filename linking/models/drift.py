from django.db import models

from linking.domain import stored
from linking.domain.drift import Drift
from setup.models import Store
from setup.stored_json import StoredJSON
from setup.words import gettext_lazy

KINDS = [
    (Drift.PRODUCT.value, gettext_lazy("Product deleted")),
    (Drift.MISSING.value, gettext_lazy("Missing")),
    (Drift.REORDERED.value, gettext_lazy("Reordered")),
    (Drift.VERSION.value, gettext_lazy("Older version")),
    (Drift.ALT.value, gettext_lazy("Alt text changed")),
    (Drift.ASSET.value, gettext_lazy("Asset deleted")),
    (Drift.FOREIGN.value, gettext_lazy("Added by others")),
]


class DriftFinding(models.Model):
    """What is not as the ledger says (linking.domain.drift), as the latest check of the store's links saw it. Each look at a
    product replaces what the one before found."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="drift")
    product_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=KINDS)
    # Of one picture; empty for what is about the gallery. `count`: so many pictures.
    asset_id = models.CharField(max_length=255, blank=True)
    medium_id = models.CharField(max_length=255, blank=True)
    count = models.PositiveIntegerField(default=1, db_default=1)
    # Alt texts, or versions of the asset.
    was = models.TextField(blank=True)
    now = models.TextField(blank=True)
    # What people know it by.
    title = models.CharField(max_length=500, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=1000, blank=True)
    name = models.CharField(max_length=500, blank=True)
    thumbnail = models.CharField(max_length=2048, blank=True)
    seen = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["store", "kind", "id"], name="drift_of_a_kind"),
            models.Index(fields=["store", "product_id"], name="drift_of_a_product"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.product_id}"


class LeftGallery(models.Model):
    """A gallery as the latest run left it, kept for checks: the rows of runs go when they can be undone no more."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    product_id = models.CharField(max_length=255)
    # [[medium id, alt text or null], …] in order.
    media = StoredJSON(default=list, db_default=[], shape=stored.left_media)
    # The named transformation of the latest run that linked.
    transformation = models.CharField(max_length=255, blank=True, default="", db_default="")
    # When that run was through with it; and when a check last met the product.
    settled = models.DateTimeField()
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "product_id"], name="a_gallery_is_left_once")]

    def __str__(self) -> str:
        return self.product_id
