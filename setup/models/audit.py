"""Who did what, to what, before and after: appended, never changed. The database refuses it too (setup.security.append_only)."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from setup.stored_json import StoredJSON, values


class AppendOnly(Exception):
    """Entries of the audit log cannot be changed or deleted."""


class EntryQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise AppendOnly


class AuditEntry(models.Model):
    """Names instead of foreign keys: an entry outlives the person, the store and the environment that it tells of."""

    # In place of a person's id: what begins so is no person's. It has no name, as people read it in their language.
    OPERATOR = "key:operator"

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    cloud_name = models.CharField(max_length=255, blank=True)
    person_id = models.CharField(max_length=255, blank=True)
    person = models.CharField(max_length=255, blank=True)
    action = models.CharField(max_length=100)
    object = models.CharField(max_length=300, blank=True)
    before = StoredJSON(default=dict, db_default={}, encoder=DjangoJSONEncoder, shape=values)
    after = StoredJSON(default=dict, db_default={}, encoder=DjangoJSONEncoder, shape=values)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["cloud_name", "-at"], name="audit_of_an_environment")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly
