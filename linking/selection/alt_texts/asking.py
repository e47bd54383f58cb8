"""What shall be done with assets at Cloudinary: asked for here, done by a job (linking.selection.alt_texts.working)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from linking import queue
from linking.cloudinary import captions
from linking.cloudinary.captions import kept_alt
from linking.models import AssetJob, SelectedAsset, Selection
from linking.models.jobs import JobState, asked_for
from linking.selection.alt_texts.deciding import lacks, own_of
from linking.selection.extracts import whole
from setup.captions.words import refusal
from setup.reasons import NONE, Reason

CAPTIONS, WRITE_ALTS = "captions", "write_alts"
ASKABLE = ("", "failed", "rejected")
STOPPED = Reason("alts.stopped")


def describable(row: SelectedAsset) -> bool:
    """What is asked for or offered already needs no second question."""
    return row.caption_state in ASKABLE and captions.describable(row.selection.environment, row.asset)


def suggestible(rows: Iterable[SelectedAsset]) -> list[SelectedAsset]:
    """Images without an alt text for which nothing was proposed yet. A rejected proposal is not made again by itself."""
    return [row for row in rows if lacks(row) and describable(row) and row.caption_state != "rejected"]


class CaptionsOff(Exception):
    """The text says what to do."""


def ask_for_captions(selection: Selection, places: Collection[int]) -> int:
    """Have the AI asked about the assets at these places, or all `suggestible` ones if none is named. Answers about how many; the
    job is enqueued. Raises CaptionsOff."""
    if not selection.environment.offers_captions:
        raise CaptionsOff(refusal(selection.environment))
    known = (row for row in whole(selection) if row.known)
    wanted = (row for row in known if (row.place in places if places else suggestible([row])))
    return _enqueued(*suggest(selection, wanted, now=timezone.now()))


def ask_for_saving(selection: Selection) -> int:
    """Have the decided texts saved to Cloudinary. Answers how many; the job is enqueued."""
    return _enqueued(*write_back(selection, now=timezone.now()))


def _enqueued(job: AssetJob | None, count: int) -> int:
    if job is not None:
        queue.enqueue("assets", job.pk)
    return count


def suggest(selection: Selection, rows: Iterable[SelectedAsset], *, now: datetime) -> tuple[AssetJob | None, int]:
    """Ask for captions of these assets: the job to enqueue (None if there is nothing to ask), and for how many."""
    ids = [row.pk for row in rows if describable(row)]
    if not ids:
        return None, 0
    with transaction.atomic():
        job = _begun(selection, CAPTIONS, now=now)
        asked = selection.assets.filter(pk__in=ids, caption_state__in=ASKABLE)
        added = asked.update(caption_state="asked", caption_problem=NONE)
        AssetJob.objects.filter(pk=job.pk).update(total=F("total") + added)
    return job, added


def unsaved(rows: Iterable[SelectedAsset]) -> list[SelectedAsset]:
    """Assets whose decided text is not the one in their context. A text that is empty on purpose is not written: an empty
    value is the same as none there."""
    known = (row for row in rows if row.details.get("public_id"))
    return [row for row in known if row.alt and kept_alt(row.alt) != own_of(row)]


def write_back(selection: Selection, *, now: datetime) -> tuple[AssetJob | None, int]:
    """Ask for the decided texts to be saved to Cloudinary: the job to enqueue, and how many there are."""
    count = sum(len(unsaved([row])) for row in whole(selection))
    if not count:
        return None, 0
    with transaction.atomic():
        job = _begun(selection, WRITE_ALTS, now=now)
        AssetJob.objects.filter(pk=job.pk).update(total=F("done") + count)
    return job, count


def stop(selection: Selection, kind: str) -> None:
    """End a job: its worker notices at its next step."""
    with transaction.atomic():
        row = _locked(selection, kind)
        if row is None or not row.busy:
            return
        AssetJob.objects.filter(pk=row.pk).update(state=JobState.DONE, problem=STOPPED)
        if kind == CAPTIONS:
            waiting(selection).update(caption_state="")


def waiting(selection: Selection) -> QuerySet[SelectedAsset]:
    """What is still to be described."""
    return selection.assets.filter(caption_state="asked")


def _begun(selection: Selection, kind: str, *, now: datetime) -> AssetJob:
    """The job's row; one that is over begins again, one that is busy goes on."""
    AssetJob.objects.bulk_create([AssetJob(selection=selection, kind=kind, state=JobState.DONE)], ignore_conflicts=True)
    job = AssetJob.objects.select_for_update().get(selection=selection, kind=kind)
    if not job.busy:
        AssetJob.objects.filter(pk=job.pk).update(total=0, done=0, failed=0, begun=now, **asked_for(now=now))
    return job


def _locked(selection: Selection, kind: str) -> AssetJob | None:
    return AssetJob.objects.select_for_update().filter(selection=selection, kind=kind).first()
