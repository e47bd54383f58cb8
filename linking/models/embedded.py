"""What files carry of themselves (IPTC, XMP, EXIF), kept so that nobody asks twice for the same version of an asset: it costs
calls of Cloudinary's hourly limit. Without these rows it is asked for again."""

from datetime import timedelta

from django.db import models

from linking.domain import stored
from setup.models import Environment
from setup.stored_json import StoredJSON

# So long rows are kept, and so many of one environment, the newest ones.
KEPT = timedelta(days=90)
MOST_KEPT = 50_000


class EmbeddedRow(models.Model):
    """`values`: {name: [text, …]}; `whole`: nothing was left out for want of room (setup.embedded_values.Embedded)."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    asset_id = models.CharField(max_length=255)
    version = models.BigIntegerField(default=1, db_default=1)
    values = StoredJSON(default=dict, db_default={}, shape=stored.texts_by_name)
    whole = models.BooleanField(default=True, db_default=True)
    read = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "asset_id"], name="what_a_file_carries_is_kept_once")
        ]
