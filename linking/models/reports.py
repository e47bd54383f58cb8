import uuid
from datetime import datetime

from django.db import models

from linking.models.jobs import JobRow, JobState
from linking.models.syncs import Sync
from setup.reasons import Reason

FORMATS = [("csv", "CSV"), ("xlsx", "Excel"), ("jsonl", "JSON Lines")]

# Of files in the storage: run, attempt, format.
FILE_NAME = r"[0-9a-f-]{36}-[0-9a-f]{32}\.(csv|xlsx|jsonl)"


class Report(JobRow):
    """A run's report as a file of one format in one language, in the storage "reports". The row outlives its file."""

    AGAIN = Reason("job.ask_again")

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="reports")
    format = models.CharField(max_length=10, choices=FORMATS)
    # What the run was when this was asked for (linking.reporting.asking): a run that went on needs another report.
    stamp = models.CharField(max_length=64)
    # In which language it is written; the stamp has it, too.
    language = models.CharField(max_length=10, default="en", db_default="en")
    # Who writes it; a writer that was given up for lost notices by it, and leaves the row alone.
    owner = models.CharField(max_length=32, blank=True)
    total = models.PositiveIntegerField(default=0, db_default=0)
    written = models.PositiveIntegerField(default=0, db_default=0)
    # The file's name in the storage, as long as it is kept.
    file = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(default=0, db_default=0)
    finished = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)

    # The owner before this one, as `take` found it.
    before = ""

    class Meta:
        # People with different languages ask for the same run: neither's file takes the other's place.
        constraints = [
            models.UniqueConstraint(
                fields=["sync", "format", "language"], name="a_report_is_kept_once_per_format_and_language"
            )
        ]
        indexes = [models.Index(fields=["expires"])]

    @classmethod
    def take(cls, pk: int, *, now: datetime) -> "Report | None":
        """The row under a fresh owner, for the one caller who wins it; `before` is who had it and fell silent."""
        row = cls.objects.filter(pk=pk).first()
        if row is None:
            return None
        owner = uuid.uuid4().hex
        if not cls.objects.filter(owner=row.owner).claim(pk, now=now, owner=owner):
            return None
        taken = cls.objects.select_related("sync__environment").get(pk=pk)
        taken.owner, taken.before = owner, row.owner
        return taken

    def mine(self) -> "models.QuerySet[Report]":
        """This row, as long as its owner is the same."""
        return Report.objects.filter(pk=self.pk, owner=self.owner)

    def name_for(self, owner: str) -> str:
        """Another name for every attempt, so that none overwrites another's file."""
        return f"{self.sync.key}-{owner}.{self.format}"

    def there(self, *, now: datetime) -> bool:
        """Whether the file can be had."""
        return bool(self.state == JobState.DONE and self.file) and (self.expires is None or self.expires > now)

    def gone(self, *, now: datetime) -> bool:
        """It was there: its time is over, or its file was lost."""
        return self.state == JobState.DONE and not self.there(now=now)

    def has_expired(self, *, now: datetime) -> bool:
        return self.expires is not None and self.expires <= now
