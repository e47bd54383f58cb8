"""What files carry of themselves (IPTC, XMP, EXIF), kept so that nobody asks twice for the same version of an asset: it costs
calls of Cloudinary's hourly limit. Without these rows it is asked for again."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import models
from django.utils import timezone

from linking.domain import stored
from setup.cloudinary.embedded import OfFile
from setup.embedded_values import Embedded
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

    @staticmethod
    def keep(environment: Environment, found: Iterable[OfFile]) -> None:
        """For all that need it next."""
        now = timezone.now()
        rows = [
            EmbeddedRow(
                environment=environment,
                asset_id=one.asset_id,
                version=one.version,
                values={name: list(values) for name, values in one.embedded.values.items()},
                whole=one.embedded.whole,
                read=now,
            )
            for one in found
        ]
        EmbeddedRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["environment", "asset_id"],
            update_fields=["version", "values", "whole", "read"],
        )

    @staticmethod
    def kept(environment: Environment, versions: Mapping[str, int]) -> dict[str, Embedded]:
        """What is kept of these versions, by asset id. At most some hundred at a time."""
        rows = EmbeddedRow.objects.filter(environment=environment, asset_id__in=list(versions))
        return {
            row.asset_id: Embedded({name: tuple(values) for name, values in row.values.items()}, row.whole)
            for row in rows
            if row.version == versions[row.asset_id]
        }
