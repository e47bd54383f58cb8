"""Saving decided alt texts to the context of the assets. Only the key `alt` is written; nothing is taken away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F

from linking.attempts import Hopeless, Paused
from linking.cloudinary.captions import GONE, MOST_IDS, kept_alt, write_alt
from linking.models import AssetJob, SelectedAsset
from linking.models.jobs import NO_TRIES
from linking.selection.alt_texts.asking import unsaved
from linking.selection.alt_texts.calls import AT_ONCE, Heartbeat, each, patiently
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.reasons import NONE, Reason

Batch = Sequence[SelectedAsset]
PASSING = (Trouble.BUSY, Trouble.AWAY)


def save(job: AssetJob, until: float) -> bool:
    """Save what is not saved yet. True: there is more to do. Raises Paused, Hopeless."""
    client = CloudinaryClient(job.selection.environment)
    heartbeat = Heartbeat(job, until)
    left = batches(unsaved(job.selection.assets.all()))
    failures: list[Reason] = []
    away = written = tried = 0
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
            failures += [not_saved(row, error.reason) for row in batch]
            continue
        away = 0
        written += len(done)
        keep(job, [row for row in batch if row.asset.public_id in done])
        failures += [not_saved(row, GONE) for row in batch if row.asset.public_id not in done]
    problem = Reason("alts.all_not_saved", parts=failures) if failures else NONE
    AssetJob.objects.filter(pk=job.pk).update(failed=len(failures), problem=problem)
    return written > 0 and tried < len(left)


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
        for row in rows:
            context = {**row.asset.context, "alt": kept_alt(row.alt or "")}
            SelectedAsset.objects.filter(pk=row.pk).update(details={**row.details, "context": context})
        AssetJob.objects.filter(pk=job.pk).update(done=F("done") + len(rows), **NO_TRIES)
