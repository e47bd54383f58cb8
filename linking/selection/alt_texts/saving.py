"""Saving decided alt texts to the context of the assets. Only the key `alt` is written; nothing is taken away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from linking.attempts import Hopeless, Paused
from linking.cloudinary.assets import present
from linking.cloudinary.captions import GONE, MOST_IDS, kept_alt, write_alt
from linking.domain.assets import Asset
from linking.models import AssetJob, SelectedAsset
from linking.models.jobs import NO_TRIES
from linking.selection.alt_texts.asking import unsaved
from linking.selection.alt_texts.calls import AT_ONCE, Heartbeat, each, patiently
from linking.selection.extracts import changed
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, unreadable
from setup.reasons import NONE, Reason

PASSING = (Trouble.BUSY, Trouble.AWAY)
# So many places are read in one call, right before their texts are written.
READ = 100


@dataclass(frozen=True)
class Place:
    """Where a row's asset is in Cloudinary now."""

    row: SelectedAsset
    asset: Asset


Batch = Sequence[Place]


def save(job: AssetJob, until: float) -> bool:
    """Save what is not saved yet. True: there is more to do. Raises Paused, Hopeless, CloudinaryError."""
    heartbeat, found = Heartbeat(job, until), Found()
    left = unsaved(job.selection.assets.all())
    for at in range(0, len(left), READ):
        if not heartbeat():
            break
        _save(job, left[at : at + READ], heartbeat, found)
    if found.moved:
        if not heartbeat():
            return True  # the next slice finds out where they are
        again, found.moved = found.moved, []
        for at in range(0, len(again), READ):
            _save(job, again[at : at + READ], heartbeat, found)
    failures = [*found.failures, *(not_saved(row, GONE) for row in found.moved)]
    problem = Reason("alts.all_not_saved", parts=failures) if failures else NONE
    AssetJob.objects.filter(pk=job.pk).update(failed=len(failures), problem=problem)
    return found.tried < len(left) and (found.written > 0 or heartbeat.over)


@dataclass
class Found:
    """Rows that were `tried` and texts that were `written`; `moved`: rows whose assets were elsewhere when they were written;
    `failures`: of what was refused or is gone."""

    tried: int = 0
    written: int = 0
    moved: list[SelectedAsset] = field(default_factory=list)
    failures: list[Reason] = field(default_factory=list)


def _save(job: AssetJob, rows: Sequence[SelectedAsset], heartbeat: Heartbeat, found: Found) -> None:
    """Another asset may have a public ID by now that was this one's when it was selected: nothing is written to a place that was
    not read by the asset's id a moment ago. Raises Paused, Hopeless, CloudinaryError."""
    client = CloudinaryClient(job.selection.environment)
    now = patiently(lambda: _present(client, rows), _passing)
    places = [Place(row, asset) for row in rows if (asset := now.get(row.asset_id))]
    nowhere = [row for row in rows if not now.get(row.asset_id)]
    unread = unreadable().reason
    found.failures += [not_saved(row, GONE if row.asset_id in now else unread) for row in nowhere]
    found.tried += len(nowhere)
    away = 0
    for batch, answer in each(batches(places), lambda batch: _write(client, batch), heartbeat):
        found.tried += len(batch)
        try:
            done = answer.result()
        except CloudinaryError as error:
            if error.trouble == Trouble.REFUSED:
                raise Hopeless(error.reason) from None
            away += error.trouble in PASSING
            if away >= AT_ONCE:
                raise Paused(error.reason) from None
            found.failures += [not_saved(place.row, error.reason) for place in batch]
            continue
        away = 0
        found.written += len(done)
        keep(job, [place.row for place in batch if place.asset.public_id in done])
        found.moved += [place.row for place in batch if place.asset.public_id not in done]


def _present(client: CloudinaryClient, rows: Sequence[SelectedAsset]) -> dict[str, Asset | None]:
    """Raises CloudinaryError."""
    found: dict[str, Asset | None] = {}
    for some in present(client, [row.asset for row in rows], timed=False):
        found |= some
    return found


def not_saved(row: SelectedAsset, why: Reason) -> Reason:
    return Reason("alts.not_saved", name=row.asset.name, text=why)


def batches(places: Iterable[Place]) -> list[Batch]:
    """A call writes one text to assets of one resource and delivery type."""
    alike: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    for place in places:
        asset = place.asset
        alike[asset.resource_type, asset.delivery_type, kept_alt(place.row.alt or "")].append(place)
    return [same[at : at + MOST_IDS] for same in alike.values() for at in range(0, len(same), MOST_IDS)]


def _write(client: CloudinaryClient, batch: Batch) -> set[str]:
    assets, text = [place.asset for place in batch], batch[0].row.alt or ""
    return patiently(lambda: write_alt(client, assets, text), _passing)


def _passing(error: Exception) -> bool:
    return isinstance(error, CloudinaryError) and error.trouble in PASSING


def keep(job: AssetJob, rows: Sequence[SelectedAsset]) -> None:
    """The text is the asset's own now, whatever the person decides from here on."""
    with transaction.atomic():
        # As they are by now: what the assets are is read again meanwhile.
        kept = SelectedAsset.objects.select_for_update().in_bulk([row.pk for row in rows])
        for row in rows:
            if row.pk in kept:
                details = kept[row.pk].details
                context = {**row.asset.context, "alt": kept_alt(row.alt or "")}
                SelectedAsset.objects.filter(pk=row.pk).update(details={**details, "context": context})
        changed(job.selection_id)
        AssetJob.objects.filter(pk=job.pk).update(done=F("done") + len(rows), **NO_TRIES)
