from datetime import timedelta

from django.db import models

from linking.domain.stored import mapping
from setup.models import ApiKey
from setup.stored_json import StoredJSON

# For so long a request that is sent again gets its first answer.
KEPT = timedelta(days=2)


class IdempotentRequest(models.Model):
    """A request of the HTTP API that starts something, by the Idempotency-Key that came with it: sent again, it is answered as
    the first time."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=255)
    # Of method, address and body.
    fingerprint = models.CharField(max_length=64)
    # What was answered; 0: nothing yet.
    status = models.PositiveIntegerField(default=0, db_default=0)
    headers = StoredJSON(default=dict, db_default={}, shape=mapping)
    body = StoredJSON(default=dict, db_default={}, shape=mapping)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    # When somebody began to answer it; who was lost meanwhile is not waited for.
    begun = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "text"], name="an_idempotency_key_counts_once")]
