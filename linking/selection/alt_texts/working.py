"""The jobs that work with assets at Cloudinary. What is left is a query, so that a job that was lost, ended or stopped goes
on with whatever the rows still lack."""

import time

from django.db import transaction
from django.utils import timezone

from linking import attempts
from linking.models import AssetJob
from linking.models.jobs import JobState
from linking.selection.alt_texts import captioning, saving
from linking.selection.alt_texts.asking import CAPTIONS, waiting
from setup.reasons import NONE

SLICE = 60.0  # seconds


def work_on_assets(pk: int) -> bool:
    """Go on for a minute at most. True: enqueue the next job. Safe to repeat: a claim decides who works."""
    attempt = attempts.claim(AssetJob.objects.select_related("selection__environment"), pk)
    if attempt is None:
        return False
    job, until = attempt.row, time.monotonic() + SLICE
    AssetJob.objects.filter(pk=pk).update(problem=NONE)
    with attempt:
        if job.kind == CAPTIONS:
            captioning.describe(job, until)
            return finish(job)
        return finish(job, more=saving.save(job, until))
    return False


def finish(job: AssetJob, *, more: bool = False) -> bool:
    """Done, unless there is more; something may have been asked for at the last moment."""
    with transaction.atomic():
        AssetJob.objects.select_for_update().get(pk=job.pk)
        more = more or (job.kind == CAPTIONS and waiting(job.selection).exists())
        state = JobState.WAITING if more else JobState.DONE
        return bool(job.mine().update(state=state, heartbeat_at=timezone.now())) and more
