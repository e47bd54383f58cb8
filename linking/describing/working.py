"""The jobs that work with assets at Cloudinary. What is left is a query, so that a job that was lost, ended or stopped goes
on with whatever the rows still lack."""

import time

from django.db import transaction
from django.utils import timezone

from linking.describing import captioning, saving
from linking.describing.asking import CAPTIONS, waiting
from linking.describing.calls import Hopeless, Paused, mine
from linking.models import AssetJob
from linking.models.jobs import JobState

SLICE = 60.0  # seconds


def work(pk: int) -> bool:
    """Go on for a minute at most. True: ring for the next job. Safe to repeat: a claim decides who works."""
    if not AssetJob.objects.claim(pk, now=timezone.now()):
        return False
    AssetJob.objects.filter(pk=pk).update(problem="")
    job = AssetJob.objects.select_related("selection__environment").get(pk=pk)
    until = time.monotonic() + SLICE
    try:
        if job.kind == CAPTIONS:
            captioning.describe(job, until)
            return finish(job)
        return finish(job, more=saving.save(job, until))
    except Paused as pause:
        mine(job).update(state=JobState.WAITING, problem=str(pause), heard=timezone.now())
    except Hopeless as end:
        give_up(job, str(end))
    return False


def finish(job: AssetJob, *, more: bool = False) -> bool:
    """Done, unless there is more; something may have been asked for at the last moment."""
    with transaction.atomic():
        AssetJob.objects.select_for_update().get(pk=job.pk)
        more = more or (job.kind == CAPTIONS and waiting(job.selection).exists())
        state = JobState.WAITING if more else JobState.DONE
        return bool(mine(job).update(state=state, heard=timezone.now())) and more


def give_up(job: AssetJob, text: str) -> None:
    with transaction.atomic():
        AssetJob.objects.select_for_update().get(pk=job.pk)
        if mine(job).update(state=JobState.FAILED, problem=text) and job.kind == CAPTIONS:
            waiting(job.selection).update(caption_state="")
