from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet

from setup.reason_field import ReasonField
from setup.reasons import NONE, Reason

# A job without a heartbeat for so long was lost, or its worker was.
SILENCE = timedelta(seconds=15)
# The fields of a row whose work got on, or is asked for again.
NO_TRIES: Mapping[str, Any] = {"tries": 0, "crashes": 0, "not_before": None}


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class JobQuerySet(models.QuerySet):
    def claim(self, pk: int, *, now: datetime, **fields: Any) -> bool:
        """One caller wins the right to do this row's work, and sets these `fields`. A claim that fell silent can be taken over,
        which counts as a try that a lost worker ended."""
        row = self.filter(pk=pk)
        won = {"state": JobState.RUNNING, "heartbeat_at": now, **fields}
        if row.filter(rested(now), state=JobState.WAITING).update(**won):
            return True
        lost = row.filter(state=JobState.RUNNING, heartbeat_at__lt=now - SILENCE)
        return bool(lost.update(tries=F("tries") + 1, crashes=F("crashes") + 1, **won))

    def stale(self, *, now: datetime) -> Self:
        """Rows whose work should have begun or gone on by now: at once where a pause is over, unless it was enqueued since."""
        ours = Q(state=JobState.RUNNING) | Q(rested(now), state=JobState.WAITING)
        return self.filter(ours, Q(heartbeat_at__lt=now - SILENCE) | Q(heartbeat_at__lt=F("not_before")))


def rested(now: datetime) -> Q:
    """Rows whose pause before the next try is over."""
    return Q(not_before=None) | Q(not_before__lte=now)


def asked_for(*, now: datetime) -> dict[str, Any]:
    """The fields of a row whose work is asked for, by a person who does not wait for what failed before."""
    return {"state": JobState.WAITING, "problem": NONE, "heartbeat_at": now, **NO_TRIES}


JobManager = models.Manager.from_queryset(JobQuerySet)


class JobRow(models.Model):
    """A row whose work is done by a worker. Redis has no more than an entry that names it: the row says what is to be done and
    how it went."""

    # What a person does when it has failed, if the page does not say it.
    AGAIN: Reason = NONE

    state = models.CharField(
        max_length=20, choices=JobState.choices, default=JobState.WAITING, db_default=JobState.WAITING
    )
    problem = ReasonField()
    heartbeat_at = models.DateTimeField(auto_now_add=True)
    # Claims in a row that ended without getting on; those of them that an error of ours or a lost worker ended; and until when
    # the work rests before the next one (linking.attempts). With defaults in the database, so that older code can add rows.
    tries = models.PositiveIntegerField(default=0, db_default=0)
    crashes = models.PositiveIntegerField(default=0, db_default=0)
    not_before = models.DateTimeField(null=True)

    objects = JobManager()

    class Meta:
        abstract = True

    @property
    def busy(self) -> bool:
        return self.state in (JobState.WAITING, JobState.RUNNING)

    def mine(self) -> QuerySet[Any]:
        """This row, as long as it is the work that was claimed, and nobody has ended it."""
        return type(self).objects.filter(pk=self.pk, state=JobState.RUNNING)

    def got_on(self, *, now: datetime, **fields: Any) -> bool:
        """Something of the work is done that is not done again: what failed before does not count any more. False if it is not
        ours any more."""
        return bool(self.mine().update(heartbeat_at=now, **NO_TRIES, **fields))

    def rest(self, problem: Reason, *, until: datetime, now: datetime) -> None:
        """Wait for the next try."""
        self.mine().update(state=JobState.WAITING, problem=problem, heartbeat_at=now, not_before=until)

    def fail(self, problem: Reason, *, now: datetime) -> None:
        """The end, with what the person reads."""
        self.mine().update(state=JobState.FAILED, problem=problem, heartbeat_at=now)
