"""The job of a spreadsheet: whatever its stage asks for, a slice at a time. What is left is a query, so a job that was lost goes
on with whatever the rows still lack."""

import time
from collections.abc import Callable, Mapping

from django.utils import timezone

from linking import attempts
from linking.attempts import Attempt
from linking.ingest.sheets import checking, reading, walking, writing
from linking.ingest.sheets.finding import Rest
from linking.models import Sheet
from linking.models.jobs import JobState
from linking.models.sheets import Stage
from setup.reasons import NONE, Reason

SLICE = 60.0  # seconds


def work_on_sheet(pk: int) -> bool:
    """Go on for a minute at most; a file is read in one go. True: enqueue the next job. Safe to repeat: a claim decides who
    works."""
    attempt = attempts.claim(Sheet.objects.select_related("environment"), pk)
    if attempt is None:
        return False
    sheet = attempt.row
    sheet.mine().update(problem=NONE)
    with attempt:
        try:
            more = _goes_on(attempt)
        except Rest as rest:
            sheet.rest(Reason("sheet.rests"), until=rest.until, now=timezone.now())
            return False
        return more and bool(sheet.mine().update(state=JobState.WAITING, heartbeat_at=timezone.now()))
    return False


WORK: Mapping[str, Callable[[Attempt[Sheet], float], bool]] = {
    Stage.READING: lambda attempt, until: reading.read(attempt),
    Stage.CHECKING: checking.check,
    Stage.WRITING: lambda attempt, until: writing.go(attempt, until, writing.FORTH),
    Stage.UNDOING: lambda attempt, until: writing.go(attempt, until, writing.BACK),
}


def _goes_on(attempt: Attempt[Sheet]) -> bool:
    until = time.monotonic() + SLICE
    if attempt.row.source and attempt.row.stage == Stage.CHECKING:
        return walking.walk(attempt, until)
    return WORK[attempt.row.stage](attempt, until)
