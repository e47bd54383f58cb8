"""What of products is written to assets, as admins chose it, and what AssetLink wrote there last."""

from typing import Any

from django.db import models

from linking.domain import stored
from linking.domain.mappings import Mapped
from setup.models import Environment
from setup.stored_json import StoredJSON, texts


class WriteBack(models.Model):
    """The choices of an environment. `sets_status`: runs say in the status field what became of their assets; `required`:
    external IDs of fields without which an asset requires data."""

    environment = models.OneToOneField(Environment, on_delete=models.CASCADE, related_name="write_back")
    mapping = StoredJSON(default=dict, db_default={}, shape=stored.mapping)  # linking.domain.mappings
    sets_status = models.BooleanField(default=False, db_default=False)
    required = StoredJSON(default=list, db_default=[], shape=texts)
    # Counts up with every change, so that nobody saves over what somebody else has changed meanwhile.
    version = models.PositiveIntegerField(default=0, db_default=0)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "write back"

    def __str__(self) -> str:
        return f"write back of {self.environment}"

    @classmethod
    def is_set_up(cls, environment_id: int) -> bool:
        """Whether there is a mapping, by what it is kept as."""
        kept = cls.objects.filter(environment=environment_id).values_list("mapping", flat=True).first()
        return bool(kept and Mapped.of(kept).lines)

    @property
    def mapped(self) -> Mapped:
        return Mapped.of(self.mapping)


class WrittenBack(models.Model):
    """What AssetLink wrote to an asset last, or found to be the same, by code (linking.domain.sheet_rows.kept): whatever else
    stands there, somebody else wrote."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="written_back")
    asset_id = models.CharField(max_length=255)
    values: Any = StoredJSON(default=dict, db_default={}, shape=stored.mapping)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "asset_id"], name="an_asset_is_written_back_once")
        ]
