"""Where an environment's events are reported to, and each event that was or will be: the outbox."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import models
from django.utils.functional import cached_property

from linking.domain.webhooks import EVENTS, target_of
from linking.models.jobs import JobRow, JobState
from setup.models import Environment, Member
from setup.reason_field import ReasonField
from setup.reasons import Reason
from setup.security.secrets import EncryptedField
from setup.stored_json import StoredJSON, texts

KEPT = timedelta(days=30)  # how long deliveries are listed, and can be sent again


class WebhookEndpoint(models.Model):
    """`events`: the types that it gets, of linking.domain.webhooks.EVENTS."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=2000)
    events = StoredJSON(default=list, db_default=[], shape=texts)
    secret = EncryptedField()
    # After a rotation both sign, until then.
    former_secret = EncryptedField(blank=True, default="", db_default="")
    former_until = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    disabled = models.DateTimeField(null=True)
    why = ReasonField()
    # The receiver has too much, or gave no answer: until then nothing is sent to it.
    rests_until = models.DateTimeField(null=True)
    # The daily summary: its hour by the environment's clock, when the next one is due (null: it gets none), and up to which
    # change (ChangedProduct.number) the receiver has answered 2xx.
    summary_hour = models.PositiveSmallIntegerField(default=6, db_default=6)
    summary_at = models.DateTimeField(null=True, db_index=True)
    summary_number = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = "webhook"

    def __str__(self) -> str:
        return self.url

    @cached_property
    def host(self) -> str:
        """What logs and lists call it: the rest of an address may be a secret of its own."""
        try:
            return target_of(self.url).authority
        except ValueError:
            return self.url[:60]

    @property
    def path(self) -> str:
        """Without its query. For admins: it tells two webhooks of one host apart."""
        return urlsplit(self.url).path or "/"

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and now < self.rests_until

    def has_former(self, now: datetime) -> bool:
        return bool(self.former_until and now < self.former_until)

    def secrets(self, *, now: datetime) -> list[str]:
        """Those that sign now, the present one first. Raises SecretUnreadable."""
        return [self.secret, *([self.former_secret] if self.has_former(now) and self.former_secret else [])]

    @property
    def event_labels(self) -> list[str]:
        """In one order; what a newer release reports is named by its code."""
        known = [str(text) for type, text in EVENTS.items() if type in self.events]
        return known + [type for type in self.events if type not in EVENTS]


class WebhookDelivery(JobRow):
    """An event for an endpoint, written in the transaction in which it happens. The queue only says that it is there.

    `body`: the text that is signed, the same at each try. `tried`: how often it was sent since it was last asked for."""

    AGAIN = Reason("webhook.again")

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    body = models.TextField()
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    tried = models.PositiveIntegerField(default=0, db_default=0)
    sent = models.DateTimeField(null=True)
    # Of the last try: 0 where no answer came, and how the answer begins.
    last_status = models.PositiveIntegerField(default=0, db_default=0)
    said = models.CharField(max_length=200, default="", db_default="")
    # Of a summary: the change up to which it tells.
    reaches = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="an_event_comes_once_per_endpoint")
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="deliveries_under_way")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    @property
    def due(self) -> datetime | None:
        """When it is tried next."""
        return self.not_before if self.state == JobState.WAITING else None
