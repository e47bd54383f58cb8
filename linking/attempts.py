"""One try at a job row's work, and how it ends: the work gets on, waits for another try, or is over with a reason.

Every kind of job goes through this: none is begun again for ever, whatever ended it (a service that is away, an error of
our own, a worker that was lost).
"""

import logging
import secrets
from datetime import timedelta
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from rq.timeouts import BaseTimeoutException

from linking.domain.attempts import LIMITS, Cause
from linking.models.jobs import SILENCE, JobRow
from linking.runtime.heartbeat import Heartbeat
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.reasons import NONE, UNWORDED, Reason, Reasoned, joined
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=JobRow)


class Paused(Reasoned):
    """A service does not answer. Nothing is lost: it is tried again."""


class Unwritable(Reasoned):
    """The server cannot keep what is made: it is tried again until there is room, for a day."""


class Hopeless(Reasoned):
    """Nobody can go on until a person acts; the reason says who, and how."""


class Attempt(Generic[Row]):
    """`with attempt:` surrounds the work on its row: what is raised within is written down there.

    Errors of services, Paused, Unwritable and Hopeless end there; an error of ours is logged with a reference for the person,
    and propagates to the caller. While the block lasts, a thread reports that the worker lives (`alive`: see Heartbeat).
    """

    def __init__(self, row: Row) -> None:
        self.row = row
        self._heart = Heartbeat(self._beat, every=SILENCE.total_seconds() / 3)
        self.alive = self._heart.alive

    def _beat(self) -> bool:
        """In the heartbeat's thread."""
        return bool(self.row.mine().update(heartbeat_at=timezone.now()))

    def __enter__(self) -> Self:
        self._heart.__enter__()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._heart.__exit__(kind, error, trace)
        if not isinstance(error, Exception):  # done, or the process ends: then the row falls silent
            return False
        cause, problem = setback_of(error)
        if cause == Cause.CRASH:
            reference = logged(self.row, error)
            self._tried(cause, own_error(error, reference), tell=Reason("job.tell_reference", reference=reference))
            return False
        if cause is None:
            self.row.fail(problem, now=timezone.now())
        else:
            self._tried(cause, problem)
        return True

    def _tried(self, cause: Cause, problem: Reason, *, tell: Reason = NONE) -> None:
        """Another failed try: a pause, or the end. `tell`: what an admin has to know."""
        now, mine = timezone.now(), self.row.mine()
        with transaction.atomic():
            if not mine.update(tries=F("tries") + 1, crashes=F("crashes") + int(cause == Cause.CRASH)):
                return  # it is somebody else's work by now
            tries, crashes = mine.values_list("tries", "crashes").get()
            pause = LIMITS[cause].pause(crashes if cause == Cause.CRASH else tries)
            if pause is None:
                self.row.fail(self._ended(cause, problem, tell), now=now)
            else:
                self.row.rest(problem, until=now + timedelta(seconds=pause), now=now)

    def _ended(self, cause: Cause, problem: Reason, tell: Reason) -> Reason:
        if cause == Cause.CRASH:
            return joined(problem, self.row.AGAIN, tell)
        return joined(problem, Reason("job.tried", minutes=LIMITS[cause].minutes), self.row.AGAIN)

    def lost(self) -> bool:
        """Whether so many workers of this row were lost that it ends."""
        limit = LIMITS[Cause.CRASH].tries
        if self.row.crashes < limit:
            return False
        problem = joined(Reason("job.lost", tries=limit), self.row.AGAIN, Reason("job.tell_when"))
        self.row.fail(problem, now=timezone.now())
        return True


def claim(rows: QuerySet[Row], pk: int) -> Attempt[Row] | None:
    """The right to work on the row of this pk among `rows`; None if somebody else has it, if it rests, or is over or gone."""
    if not rows.model.objects.claim(pk, now=timezone.now()):
        return None
    return begun(rows.filter(pk=pk).first())


def begun(row: Row | None) -> Attempt[Row] | None:
    """The attempt of the worker that claimed the row; None if too many workers were lost with it: then it has ended."""
    if row is None:
        return None
    attempt = Attempt(row)
    return None if attempt.lost() else attempt


def setback_of(error: Exception) -> tuple[Cause | None, Reason]:
    """Why a try ended, and what a person reads; without a cause no other try helps."""
    match error:
        case Paused():
            return Cause.AWAY, error.reason
        case Unwritable():
            return Cause.STORAGE, error.reason
        case Hopeless():
            return None, error.reason
        case ShopifyError():
            waits = error.remedy in (Remedy.LATER, Remedy.LOOK)
            return Cause.AWAY if waits else None, error.reason
        case CloudinaryError():
            return {Trouble.AWAY: Cause.AWAY, Trouble.BUSY: Cause.BUSY}.get(error.trouble), error.reason
        case _:
            return Cause.CRASH, NONE


def logged(work: object, error: Exception) -> str:
    """A short reference, under which the log has the traceback of an error of ours."""
    reference = secrets.token_hex(4)
    log.error("%s met an error of ours (reference %s).", work, reference, exc_info=error)
    return reference


def own_error(error: Exception, reference: str) -> Reason:
    """With the reference, and with what the system says of files and connections, or that it took too long."""
    if isinstance(error, BaseTimeoutException):
        return Reason("job.too_long", reference=reference)
    words = _words_of(error) if isinstance(error, OSError) else ""
    return Reason("job.own_error", reference=reference, **{"said": words} if words else {})


def _words_of(error: OSError) -> str:
    """Libraries put other things than texts there; this must not raise while an error is handled."""
    try:
        return str(error.strerror or "")
    except UNWORDED:
        return ""
