"""Writing a report: into a temporary file, from there into the storage, and only then is it there."""

import logging
import tempfile
import time
from datetime import datetime, timedelta
from types import TracebackType
from typing import IO, Self

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils import timezone

from linking import horse
from linking.heartbeat import Heartbeat
from linking.models import Report
from linking.models.jobs import SILENCE, JobState
from linking.reporting.content import Content
from linking.reporting.formats import FORMATS
from linking.reporting.rows import rows_of

log = logging.getLogger(__name__)
MAX_TRIES = 3
TELL_EVERY = 1.0  # seconds
BROKE_OFF = (
    "The report could not be written in {tries} tries{why}. Ask for it again; if that does not help, tell whoever "
)
BROKE_OFF += "runs AssetLink."


class Superseded(Exception):
    """Somebody else writes this report, or another one was asked for."""


class Ending(Exception):
    """The process is to end."""


def kept() -> Storage:
    """Where reports are, by the settings."""
    return storages["reports"]


def write_report(pk: int) -> bool:
    """Write what was asked for, if nobody else does. True if it is to be begun again, by another process."""
    report = Report.take(pk, now=timezone.now())
    if report is None:
        return False
    if report.tries > MAX_TRIES:  # every worker that took it up died
        fail(report, "")
        return False
    try:
        with Progress(report) as progress:
            _write(report, progress)
    except Superseded:
        log.info("Report %s is written by somebody else, or not wanted any more.", pk)
    except Ending:
        report.rows().update(state=JobState.WAITING, tries=report.tries - 1, heard=timezone.now())
        return True
    except Exception as error:
        stumble(report, error)
        raise
    return False


def _write(report: Report, progress: "Progress") -> None:
    now, name = timezone.now(), report.name_for(report.owner)
    forget(report)
    report.rows().update(total=rows_of(report.sync).count(), written=0)
    content = Content(report.sync, now, progress.tick)
    with tempfile.TemporaryFile(prefix="assetlink-report-") as out:
        FORMATS[report.format].write(content, out)
        progress.tick(content.rows)
        size = out.tell()
        out.seek(0)
        kept().save(name, File(out, name))
    if not _finish(report, name, content.rows, size):
        kept().delete(name)
        raise Superseded


def _finish(report: Report, name: str, rows: int, size: int) -> bool:
    now = timezone.now()
    told = {"file": name, "written": rows, "total": rows, "size": size, "finished": now, "expires": expiry(now)}
    return bool(report.rows().update(state=JobState.DONE, problem="", **told))


def expiry(now: datetime) -> datetime | None:
    return now + timedelta(days=settings.REPORT_DAYS) if settings.REPORT_DAYS else None


def forget(report: Report) -> None:
    """An older file of this report, and what a worker that was lost may have left behind."""
    names = {report.file, report.name_for(report.before) if report.before else ""} - {""}
    for name in names:
        kept().delete(name)
    report.rows().update(file="", expires=None)


def stumble(report: Report, error: Exception) -> None:
    """The sweep rings again, until it was enough."""
    if report.tries < MAX_TRIES:
        report.rows().update(state=JobState.WAITING, heard=timezone.now())
    else:
        fail(report, f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else "")


def fail(report: Report, why: str) -> None:
    report.rows().update(state=JobState.FAILED, problem=BROKE_OFF.format(tries=MAX_TRIES, why=why))


class Progress:
    """Tells the row how far the writing is, and that its writer lives; also while a long save goes on."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._told = 0.0
        self._heart = Heartbeat(self._beat, every=SILENCE.total_seconds() / 3)

    def __enter__(self) -> Self:
        self._heart.__enter__()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._heart.__exit__(kind, error, trace)

    def tick(self, rows: int) -> None:
        """Raises Superseded or Ending."""
        self._heart.alive()
        if horse.ending:
            raise Ending
        if time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            if not self.report.rows().update(written=rows, heard=timezone.now()):
                raise Superseded

    def _beat(self) -> bool:
        """In the heartbeat's thread."""
        return bool(self.report.rows().update(heard=timezone.now()))


def open_file(report: Report) -> IO[bytes]:
    """Raises FileNotFoundError if the storage has it no more."""
    return kept().open(report.file)
