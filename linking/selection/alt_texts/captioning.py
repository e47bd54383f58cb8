"""Asking Cloudinary's AI for captions. What it says waits for a person: nothing here decides on an alt text."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linking.attempts import Hopeless, Paused
from linking.cloudinary.captions import GONE, NoCaption, Refusal, caption
from linking.models import AssetJob, SelectedAsset
from linking.models.jobs import NO_TRIES
from linking.selection.alt_texts.asking import waiting
from linking.selection.alt_texts.calls import AT_ONCE, Heartbeat, each, moment, patiently
from linking.selection.rereading import refresh
from setup.captions import asking
from setup.captions.offer import AddOn
from setup.cloudinary.client import CloudinaryClient
from setup.models import Environment
from setup.reasons import NONE, Reason

NO_ANSWER = Reason("caption.no_answer")


def describe(job: AssetJob, until: float) -> None:
    """Captions for what waits. An asset that has one of the same version is not asked about again. Raises Paused, Hopeless."""
    refresh(job.selection, moment)
    remember(job)
    heartbeat, began = Heartbeat(job, until), timezone.now()
    if asking.known(job.selection.environment).is_old(began):
        asking.recount(job.selection.environment)
    if lost := _ask(job, list(waiting(job.selection)), heartbeat):
        refresh(job.selection, moment, after=began)
        places = {row.pk: row.asset.place for row in lost}
        rows = list(waiting(job.selection).filter(pk__in=places))
        moved = [row for row in rows if row.asset.place != places[row.pk]]
        still = _ask(job, moved, heartbeat)
        for row in [*still, *(row for row in rows if row not in moved)]:
            settle(job, row, caption_problem=GONE, caption_state="failed")


def _ask(job: AssetJob, rows: Sequence[SelectedAsset], heartbeat: Heartbeat) -> list[SelectedAsset]:
    """Answers those that Cloudinary does not know by their public ID. Raises Paused, Hopeless."""
    client = CloudinaryClient(job.selection.environment)
    made = 0
    unanswered: list[SelectedAsset] = []
    lost: list[SelectedAsset] = []
    end, refused = NONE, None

    def ask(row: SelectedAsset) -> str:
        return patiently(lambda: caption(client, row.asset), _passing)

    try:
        for row, asked in each(rows, ask, heartbeat):
            try:
                settle(job, row, caption=asked.result(), caption_state="offered")
                made += 1
                unanswered.clear()
            except NoCaption as no:
                if no.refusal == Refusal.ADD_ON:
                    end, refused, heartbeat.over = no.reason, no, True
                elif no.reason == GONE:
                    lost.append(row)
                elif no.refusal == Refusal.ASSET:
                    settle(job, row, caption_problem=no.reason, caption_state="failed")
                else:
                    unanswered.append(row)
                    if len(unanswered) >= AT_ONCE:
                        raise Paused(no.reason) from None
    finally:
        keep_what_it_said(job.selection.environment, made, refused)
    if end:
        raise Hopeless(end)
    for row in unanswered:
        settle(job, row, caption_problem=NO_ANSWER, caption_state="failed")
    return lost


def keep_what_it_said(environment: Environment, made: int, refused: NoCaption | None) -> None:
    """Of the add-on: pages offer captions by that."""
    now = timezone.now()
    if made:
        asking.keep(environment, lambda before: before.spent(made, now))
    if refused is not None and refused.state is not None:
        found = AddOn(state=refused.state, until=refused.until)
        asking.keep(environment, lambda before: before.followed_by(replace(found, key=before.key), now))


def _passing(error: Exception) -> bool:
    return isinstance(error, NoCaption) and error.refusal == Refusal.LATER


def settle(job: AssetJob, row: SelectedAsset, **outcome: str | Reason) -> None:
    """Keep an outcome, once: somebody else may have kept it, or ended the job."""
    counter = "failed" if outcome["caption_state"] == "failed" else "done"
    with transaction.atomic():
        if waiting(job.selection).filter(pk=row.pk).update(**outcome):
            AssetJob.objects.filter(pk=job.pk).update(**{counter: F(counter) + 1}, **NO_TRIES)


def remember(job: AssetJob) -> None:
    """Captions that this environment has got before, in this selection or another, for the same version of the asset."""
    rows = list(waiting(job.selection))
    known = SelectedAsset.objects.filter(
        selection__environment=job.selection.environment_id, asset_id__in=[row.asset_id for row in rows]
    ).exclude(caption="")
    found = known.values_list("asset_id", "details__version", "caption")
    captions = {(id, version): text for id, version, text in found if isinstance(version, int)}
    for row in rows:
        if text := captions.get((row.asset_id, row.asset.version)):
            settle(job, row, caption=text, caption_state="offered")
