from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

# A job that nobody has heard of for so long was lost, or its worker was.
SILENCE = timedelta(seconds=15)


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class JobQuerySet(models.QuerySet):
    def claim(self, pk: int, *, now: datetime) -> bool:
        """One caller wins the right to do this row's work; a claim that fell silent can be taken over."""
        free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, heard__lt=now - SILENCE)
        return bool(self.filter(free, pk=pk).update(state=JobState.RUNNING, heard=now))

    def unheard(self, *, now: datetime) -> Self:
        """Rows whose work should have begun or gone on by now."""
        return self.filter(state__in=[JobState.WAITING, JobState.RUNNING], heard__lt=now - SILENCE)


JobManager = models.Manager.from_queryset(JobQuerySet)


class JobRow(models.Model):
    """A row whose work is done by a worker. Redis only rings; the row says what is to be done and how it went."""

    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.WAITING)
    problem = models.TextField(blank=True)
    heard = models.DateTimeField(auto_now_add=True)

    objects = JobManager()

    class Meta:
        abstract = True

    @property
    def busy(self) -> bool:
        return self.state in (JobState.WAITING, JobState.RUNNING)
