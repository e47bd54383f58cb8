"""One try at a job row's work, and how it ends: the work gets on, waits for another try, or is over with a sentence.

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
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=JobRow)
OWN = "AssetLink met an error of its own ({what})."
LOST = "The worker that did this was lost {tries} times."
IN_VAIN = "It was tried for about {minutes} minutes."
TELL = "If it happens again, tell an admin {what}."


class Paused(Exception):
    """A service does not answer. Nothing is lost: it is tried again. The text is for people."""


class Hopeless(Exception):
    """Nobody can go on until a person acts; the text says who, and how."""


class Attempt(Generic[Row]):
    """`with attempt:` surrounds the work on its row: what is raised within is written down there.

    Errors of services, Paused and Hopeless end there; an error of ours is logged with a reference that the person is told,
    and goes on to whoever called. While the block lasts, a thread tells that the worker lives (`alive`: see Heartbeat).
    """

    def __init__(self, row: Row) -> None:
        self.row = row
        self._heart = Heartbeat(self._beat, every=SILENCE.total_seconds() / 3)
        self.alive = self._heart.alive

    def _beat(self) -> bool:
        """In the heartbeat's thread."""
        return bool(self.row.mine().update(heard=timezone.now()))

    def __enter__(self) -> Self:
        self._heart.__enter__()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._heart.__exit__(kind, error, trace)
        if not isinstance(error, Exception):  # done, or the process ends: then the row falls silent
            return False
        cause, text = setback_of(error)
        if cause == Cause.CRASH:
            reference = logged(self.row, error)
            self._tried(cause, OWN.format(what=named(error, reference)), told=f"the reference {reference}")
            return False
        if cause is None:
            self.row.fail(text, now=timezone.now())
        else:
            self._tried(cause, text)
        return True

    def _tried(self, cause: Cause, problem: str, *, told: str = "") -> None:
        """Another failed try: a pause, or the end. `told`: what an admin has to know."""
        now, mine = timezone.now(), self.row.mine()
        with transaction.atomic():
            if not mine.update(tries=F("tries") + 1, crashes=F("crashes") + int(cause == Cause.CRASH)):
                return  # it is somebody else's work by now
            tries, crashes = mine.values_list("tries", "crashes").get()
            pause = LIMITS[cause].pause(crashes if cause == Cause.CRASH else tries)
            if pause is None:
                self.row.fail(self._ended(cause, problem, told), now=now)
            else:
                self.row.rest(problem, until=now + timedelta(seconds=pause), now=now)

    def _ended(self, cause: Cause, problem: str, told: str) -> str:
        if cause == Cause.CRASH:
            return sentences(problem, self.row.AGAIN, TELL.format(what=told))
        return sentences(problem, IN_VAIN.format(minutes=LIMITS[cause].minutes), self.row.AGAIN)

    def lost(self) -> bool:
        """Whether so many workers of this row were lost that it ends."""
        limit = LIMITS[Cause.CRASH].tries
        if self.row.crashes < limit:
            return False
        told = sentences(LOST.format(tries=limit), self.row.AGAIN, TELL.format(what="when it happened"))
        self.row.fail(told, now=timezone.now())
        return True


def sentences(*told: str) -> str:
    return " ".join(filter(None, told))


def claim(rows: QuerySet[Row], pk: int) -> Attempt[Row] | None:
    """The right to work on the row of this pk among `rows`; None if somebody else has it, if it rests, or is over or gone."""
    if not rows.model.objects.claim(pk, now=timezone.now()):
        return None
    return begun(rows.filter(pk=pk).first())


def begun(row: Row | None) -> Attempt[Row] | None:
    """The attempt of whoever claimed the row; None if too many workers were lost with it: then it has ended."""
    if row is None:
        return None
    attempt = Attempt(row)
    return None if attempt.lost() else attempt


def setback_of(error: Exception) -> tuple[Cause | None, str]:
    """Why a try ended, and what a person is told; without a cause no other try helps."""
    match error:
        case Paused():
            return Cause.AWAY, str(error)
        case Hopeless():
            return None, str(error)
        case ShopifyError():
            waits = error.remedy in (Remedy.LATER, Remedy.LOOK)
            return Cause.AWAY if waits else None, error.text
        case CloudinaryError():
            return {Trouble.AWAY: Cause.AWAY, Trouble.BUSY: Cause.BUSY}.get(error.trouble), error.text
        case _:
            return Cause.CRASH, ""


def logged(work: object, error: Exception) -> str:
    """A short reference, under which the log has the traceback of an error of ours."""
    reference = secrets.token_hex(4)
    log.error("%s met an error of ours (reference %s).", work, reference, exc_info=error)
    return reference


def named(error: Exception, reference: str) -> str:
    """The reference, with what the system says of files and connections, or that it took too long."""
    if isinstance(error, BaseTimeoutException):
        return f"it took too long; reference {reference}"
    said = error.strerror if isinstance(error, OSError) else ""
    return f"{said}; reference {reference}" if said else f"reference {reference}"
