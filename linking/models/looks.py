"""What pictures look like, kept so that nobody fetches one twice (linking.adopting). Nothing is linked by these rows: without
them it is looked again."""

from datetime import timedelta

from django.db import models

from linking.domain import stored
from setup.models import Environment, Store
from setup.stored_json import StoredJSON

# So long rows are kept that nobody asks for.
KEPT = timedelta(days=90)


class MediumLook(models.Model):
    """Of a medium in a store that is not ours. `url`: the address of the content that was looked at; it changes with it. `cells`
    are empty where it could not be fetched or read: that is not tried again before `seen` is some minutes ago. `details`: by the
    mark of a rendition that seemed to be the same, how far the two are apart in detail."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    medium_id = models.CharField(max_length=255)
    url = models.CharField(max_length=2048)
    source = models.CharField(max_length=2048, blank=True)
    size = models.BigIntegerField(default=0, db_default=0)
    width = models.PositiveIntegerField(default=0, db_default=0)
    height = models.PositiveIntegerField(default=0, db_default=0)
    shape = models.FloatField(default=0, db_default=0)
    cells = models.BinaryField(default=b"", db_default=b"")
    details = StoredJSON(default=dict, db_default={}, shape=stored.numbers)
    seen = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "medium_id"], name="a_medium_is_looked_at_once")]


class RenditionLook(models.Model):
    """Of what comes: an asset in a version and a transformation, which its mark names."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=40)
    shape = models.FloatField(default=0, db_default=0)
    cells = models.BinaryField(default=b"", db_default=b"")
    seen = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "mark"], name="a_rendition_is_looked_at_once")]
