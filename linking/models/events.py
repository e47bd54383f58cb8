from django.db import models
from django.db.models import Q

from linking.domain import stored
from linking.models.jobs import JobRow
from setup.models import Environment
from setup.reasons import Reason
from setup.stored_json import StoredJSON


class EventWork(JobRow):
    """What follows from an environment's events, and from looking for what they have missed; as a job it is the work of both
    (linking.rules.events)."""

    AGAIN = Reason("events.again")

    environment = models.OneToOneField(Environment, on_delete=models.CASCADE, related_name="event_work")
    # Counts the batches that were dealt with: what was begun twice for one of them is known by it.
    batch = models.PositiveIntegerField(default=0, db_default=0)
    # Calls of Cloudinary's Admin API, in which hour since 1970, and how many there may be, as it said; 0: it has not. Automation
    # leaves most of them to people.
    spent = models.PositiveIntegerField(default=0, db_default=0)
    hour = models.PositiveIntegerField(default=0, db_default=0)
    hourly = models.PositiveIntegerField(default=0, db_default=0)
    # All changes before that were looked at; and when the next walk through what has changed since is due.
    walked = models.DateTimeField(null=True)
    walk_due = models.DateTimeField(null=True)
    # The last asset of the ledger that was looked at, when the whole of it was, and when that is due again.
    reached = models.CharField(max_length=255, blank=True, default="", db_default="")
    checked = models.DateTimeField(null=True)
    check_due = models.DateTimeField(null=True)


class SeenAsset(models.Model):
    """An asset as it was when it was last looked at: what is the same has no consequences, however often it is reported."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    asset_id = models.CharField(max_length=255)
    version = models.BigIntegerField(default=0, db_default=0)
    # Marks of its names, and of what is said of it (linking.rules.events.looking).
    place = models.CharField(max_length=32, blank=True, default="", db_default="")
    said = models.CharField(max_length=32, blank=True, default="", db_default="")
    # The same mark of what AssetLink itself is writing to it; empty if it writes nothing (linking.ingest.sheets.own_writes).
    ours = models.CharField(max_length=32, blank=True, default="", db_default="")
    gone = models.BooleanField(default=False, db_default=False)
    # {a rule's keying: the keys that it gave}: a link by one of these leaves when the asset has it no more.
    keys = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    seen = models.DateTimeField()
    # When what may be shown of it is next another matter though nobody changes it (linking.domain.showing.turns_at).
    turns = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "asset_id"], name="an_asset_is_seen_once")]
        indexes = [
            models.Index(fields=["seen"], name="assets_seen"),
            models.Index(fields=["environment", "turns"], name="assets_that_turn", condition=Q(turns__isnull=False)),
        ]
