"""Saving decided alt texts to the context of the assets. Only the key `alt` is written; nothing is taken away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linking.attempts import Hopeless, Paused
from linking.cloudinary.captions import GONE, MOST_IDS, kept_alt, write_alt
from linking.models import AssetJob, SelectedAsset
from linking.models.jobs import NO_TRIES
from linking.selection.alt_texts.asking import unsaved
from linking.selection.alt_texts.calls import AT_ONCE, Heartbeat, each, moment, patiently
from linking.selection.rereading import refresh
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.reasons import NONE, Reason

Batch = Sequence[SelectedAsset]
PASSING = (Trouble.BUSY, Trouble.AWAY)


def save(job: AssetJob, until: float) -> bool:
    """Save what is not saved yet. True: there is more to do. Raises Paused, Hopeless."""
    refresh(job.selection, moment)
    heartbeat, began = Heartbeat(job, until), timezone.now()
    left = batches(unsaved(job.selection.assets.all()))
    found = Found()
    tried = _save(job, left, heartbeat, found)
    if found.lost:
        refresh(job.selection, moment, after=began)
        places = {row.pk: row.asset.place for row in found.lost}
        rows = list(job.selection.assets.filter(pk__in=places))
        moved, found.lost = [row for row in rows if row.asset.place != places[row.pk]], []
        _save(job, batches(moved), heartbeat, found)
        found.lost += [row for row in rows if row not in moved]
    failures = [*found.failures, *(not_saved(row, GONE) for row in found.lost)]
    problem = Reason("alts.all_not_saved", parts=failures) if failures else NONE
    AssetJob.objects.filter(pk=job.pk).update(failed=len(failures), problem=problem)
    return found.written > 0 and tried < len(left)


@dataclass
class Found:
    """`lost`: what Cloudinary does not know by its public ID; `failures`: of what was refused."""

    written: int = 0
    lost: list[SelectedAsset] = field(default_factory=list)
    failures: list[Reason] = field(default_factory=list)


def _save(job: AssetJob, left: Sequence[Batch], heartbeat: Heartbeat, found: Found) -> int:
    """Answers how many batches were tried. Raises Paused, Hopeless."""
    client = CloudinaryClient(job.selection.environment)
    away = tried = 0
    for batch, answer in each(left, lambda batch: _write(client, batch), heartbeat):
        tried += 1
        try:
            done = answer.result()
        except CloudinaryError as error:
            if error.trouble == Trouble.REFUSED:
                raise Hopeless(error.reason) from None
            away += error.trouble in PASSING
            if away >= AT_ONCE:
                raise Paused(error.reason) from None
            found.failures += [not_saved(row, error.reason) for row in batch]
            continue
        away = 0
        found.written += len(done)
        keep(job, [row for row in batch if row.asset.public_id in done])
        found.lost += [row for row in batch if row.asset.public_id not in done]
    return tried


def not_saved(row: SelectedAsset, why: Reason) -> Reason:
    return Reason("alts.not_saved", name=row.asset.name, text=why)


def batches(rows: Iterable[SelectedAsset]) -> list[Batch]:
    """A call writes one text to assets of one resource and delivery type."""
    alike: dict[tuple[str, str, str], list[SelectedAsset]] = defaultdict(list)
    for row in rows:
        alike[row.asset.resource_type, row.asset.delivery_type, kept_alt(row.alt or "")].append(row)
    return [same[at : at + MOST_IDS] for same in alike.values() for at in range(0, len(same), MOST_IDS)]


def _write(client: CloudinaryClient, batch: Batch) -> set[str]:
    assets, text = [row.asset for row in batch], batch[0].alt or ""
    return patiently(lambda: write_alt(client, assets, text), _passing)


def _passing(error: Exception) -> bool:
    return isinstance(error, CloudinaryError) and error.trouble in PASSING


def keep(job: AssetJob, rows: Batch) -> None:
    """The text is the asset's own now, whatever the person decides from here on."""
    with transaction.atomic():
        # As they are by now: what the assets are is read again meanwhile.
        kept = SelectedAsset.objects.select_for_update().in_bulk([row.pk for row in rows])
        for row in rows:
            if row.pk in kept:
                details = kept[row.pk].details
                context = {**row.asset.context, "alt": kept_alt(row.alt or "")}
                SelectedAsset.objects.filter(pk=row.pk).update(details={**details, "context": context})
        AssetJob.objects.filter(pk=job.pk).update(done=F("done") + len(rows), **NO_TRIES)
