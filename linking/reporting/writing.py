"""Writing a report: into a temporary file, from there into the storage, and only then is it there."""

import errno
import logging
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.utils import timezone

from linking import attempts
from linking.attempts import Attempt, Unwritable
from linking.models import Report
from linking.models.jobs import NO_TRIES, JobState
from linking.reporting import csv, jsonl, xlsx
from linking.reporting.content import Content
from linking.reporting.kept import kept
from linking.reporting.rows import counted
from linking.runtime import process
from setup.reasons import NONE, Reason
from setup.words import override

log = logging.getLogger(__name__)
KEEP_EVERY = 1.0  # seconds
WRITERS: dict[str, Callable[[Content, IO[bytes]], None]] = {"csv": csv.write, "xlsx": xlsx.write, "jsonl": jsonl.write}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Superseded(Exception):
    """Somebody else writes this report, or another one was asked for."""


class Ending(Exception):
    """The process is to end."""


def write_report(pk: int) -> bool:
    """Write what was asked for, if nobody else does. True if it is to be begun again, by another process."""
    attempt = attempts.begun(Report.take(pk, now=timezone.now()))
    if attempt is None:
        return False
    with attempt:
        try:
            _write(attempt.row, RowsWritten(attempt))
        except OSError as error:
            problem = why_not_kept(error)
            log.warning("Report %s cannot be written: %s", pk, error)
            raise Unwritable(problem) from error
        except Superseded:
            log.info("Report %s is written by somebody else, or not wanted any more.", pk)
        except Ending:
            attempt.row.mine().update(state=JobState.WAITING, heartbeat_at=timezone.now())
            return True
    return False


def why_not_kept(error: OSError) -> Reason:
    """For the person, who asked for the report a moment ago and cannot mend it."""
    if error.errno in NO_ROOM:
        return Reason("report.no_room")
    return Reason("report.not_kept", said=error.strerror) if error.strerror else Reason("report.not_kept")


def _write(report: Report, progress: "RowsWritten") -> None:
    now, name = timezone.now(), report.name_for(report.owner)
    forget(report)
    report.mine().update(total=sum(counted(report.sync).values()), written=0)
    content = Content(report.sync, now, progress.tick)
    with tempfile.TemporaryFile(prefix="assetlink-report-") as out:
        with override(report.language):
            WRITERS[report.format](content, out)
        progress.tick(content.rows)
        size = out.tell()
        out.seek(0)
        kept().save(name, File(out, name))
    if not _finish(report, name, content.rows, size):
        kept().delete(name)
        raise Superseded


def _finish(report: Report, name: str, rows: int, size: int) -> bool:
    now = timezone.now()
    values = {"file": name, "written": rows, "total": rows, "size": size, "finished": now, "expires": expiry(now)}
    return bool(report.mine().update(state=JobState.DONE, problem=NONE, **NO_TRIES, **values))


def expiry(now: datetime) -> datetime | None:
    return now + timedelta(days=settings.REPORT_DAYS) if settings.REPORT_DAYS else None


def forget(report: Report) -> None:
    """An older file of this report, and what a worker that was lost may have left behind."""
    names = {report.file, report.name_for(report.before) if report.before else ""} - {""}
    for name in names:
        kept().delete(name)
    report.mine().update(file="", expires=None)


class RowsWritten:
    """Keeps in the row how far the writing is. That its writer lives is kept by the attempt, also while a long save goes on."""

    def __init__(self, attempt: Attempt[Report]) -> None:
        self._attempt = attempt
        self._kept_at = 0.0

    def tick(self, rows: int) -> None:
        """Raises Superseded or Ending."""
        self._attempt.alive()
        if process.ending:
            raise Ending
        if time.monotonic() - self._kept_at > KEEP_EVERY:
            self._kept_at = time.monotonic()
            if not self._attempt.row.mine().update(written=rows, heartbeat_at=timezone.now()):
                raise Superseded
