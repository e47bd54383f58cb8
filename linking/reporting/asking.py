"""Asking for a report of a run as it stands: the file that is there, or one that a worker shall write."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from linking import queue
from linking.models import Report, StoreSync, Sync
from linking.models.jobs import asked_for
from setup.words import ENGLISH, _, get_language


class NotYet(Exception):
    """The text says why there can be no report now."""


def stamp_of(sync: Sync, parts: Iterable[StoreSync] | None = None) -> str:
    """Of the run's present state, and of the language that is active. A plan that is applied, or a store that goes on, makes
    another one. `parts`: all of the run's, in order, if they are read already."""
    if parts is None:
        known = list(sync.parts.order_by("pk").values_list("pk", "state", "finished"))
    else:
        known = [(part.pk, str(part.state), part.finished) for part in parts]
    other = (
        [] if language() == ENGLISH else [language()]
    )  # without it a report is in English, of older releases as well
    return sha256(repr([sync.dry_run, *known, *other]).encode()).hexdigest()


def language() -> str:
    """In which a report is written that is asked for now."""
    return get_language() or ENGLISH


def ask(sync: Sync, format: str) -> Report:
    """Have it written: enqueued unless somebody is at it or the file is there. Raises NotYet."""
    report = put(sync, format, now=timezone.now())
    if report.busy and not report.owner:
        queue.enqueue("report", report.pk)
    return report


def put(sync: Sync, format: str, *, now: datetime) -> Report:
    """Its row is waiting only if a worker is needed; asked many times, it is written once. Raises NotYet."""
    if sync.busy:
        raise NotYet(_("The report is written when the run has ended."))
    stamp = stamp_of(sync)
    Report.objects.bulk_create(
        [Report(sync=sync, format=format, stamp=stamp, language=language())], ignore_conflicts=True
    )
    report = Report.objects.get(sync=sync, format=format, language=language())
    if report.stamp != stamp or not (report.busy or report.there(now=now)):
        fresh = {"stamp": stamp, "owner": "", "total": 0, "written": 0}
        mine = Report.objects.filter(pk=report.pk, state=report.state, owner=report.owner, stamp=report.stamp)
        mine.update(**fresh, **asked_for(now=now))
        report.refresh_from_db()
    return report


def reports_of(sync: Sync, parts: Iterable[StoreSync] | None = None) -> dict[str, Report]:
    """By format, those of the run as it stands, in the language that is active. `parts`: see `stamp_of`."""
    return {report.format: report for report in sync.reports.filter(stamp=stamp_of(sync, parts))}
