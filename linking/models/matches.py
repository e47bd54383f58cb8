from django.db import models

from linking.models.jobs import JobRow
from linking.models.selections import Selection
from setup.models import Store


class StoreMatch(JobRow):
    """The question put to one store: which products do the selection's keys name? Kept until the fields change or the
    person refreshes."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="matches")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    cloudinary_field = models.CharField(max_length=300)
    shopify_field = models.CharField(max_length=400)
    matched = models.PositiveIntegerField(default=0)
    ambiguous = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    products = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["selection", "store"], name="a_store_is_asked_once")]


class KeyMatch(models.Model):
    """The answer for one key. `products`: [{"id", "title", "handle", "status", "image"}, …]."""

    store_match = models.ForeignKey(StoreMatch, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=1000)
    verdict = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    products = models.JSONField(default=list)
    variant_ids = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store_match", "key"], name="a_key_has_one_answer")]
