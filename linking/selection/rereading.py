"""Reading again by id what a selection's assets are now: renamed, moved, replaced, restricted, deleted or restored since.

Asked for where something is about to be made of them, and only if the last look is older than FRESH: one call of the Admin API
for 100 assets (docs/decisions/7-the-immutable-id.md). Without an answer to all of it nothing counts as read.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from linking.cloudinary.assets import fetch, metadata_fields, present
from linking.cloudinary.renditions import thumbnail
from linking.domain.present import FRESH, brought_up_to_date
from linking.models import ChangeRow, Link, SelectedAsset, Selection
from linking.selection.extracts import keep_details
from setup.cloudinary.client import CloudinaryClient, CloudinaryError

log = logging.getLogger(__name__)
# So long one who reads is waited for.
PATIENCE = timedelta(minutes=1)


def refresh(
    selection: Selection, pause: Callable[[], object], *, after: datetime | None = None, insist: bool = False
) -> datetime | None:
    """Have its assets been read after that moment, by default within FRESH; who comes while another reads waits. Answers when
    they were read; None if Cloudinary did not answer for all of them, for which who insists gets CloudinaryError: who comes next
    asks again. Safe to repeat."""
    after = after or timezone.now() - FRESH
    rows = Selection.objects.filter(pk=selection.pk)
    while True:
        now = timezone.now()
        if read := rows.filter(reread__gte=after).values_list("reread", flat=True).first():
            return read
        nobody = Q(rereading=None) | Q(rereading__lt=now - PATIENCE) | Q(reread__gte=F("rereading"))
        if rows.filter(nobody).update(rereading=now):
            return _claimed(selection, now, insist)
        pause()


def _claimed(selection: Selection, now: datetime, insist: bool) -> datetime | None:
    """The claim of one that has failed holds up nobody. Raises CloudinaryError to who insists."""
    ours = Selection.objects.filter(pk=selection.pk, rereading=now)
    read = None
    try:
        _read(selection)
        read = now
    except CloudinaryError as error:
        log.warning("What the assets of selection %s are now could not be read: %s", selection.key, error)
        if insist:
            raise
    finally:
        ours.update(**({"reread": now} if read else {"rereading": None}))
    return read


def _read(selection: Selection) -> None:
    """Raises CloudinaryError."""
    client = CloudinaryClient(selection.environment)
    for found in present(client, [row.asset for row in selection.assets.all()]):
        # As they are by now: alt texts are saved meanwhile.
        rows = list(selection.assets.filter(asset_id__in=list(found)))
        known = [row for row in rows if is_known(row)]
        _keep(selection, [(row, brought_up_to_date(row.details, found[row.asset_id])) for row in known])
        _fill(selection, client, [row for row in rows if found[row.asset_id] and not is_known(row)])


def is_known(row: SelectedAsset) -> bool:
    """Whether its details are there, and can be read."""
    return bool(row.details.get("public_id"))


def _keep(selection: Selection, found: Sequence[tuple[SelectedAsset, dict]]) -> None:
    """Old addresses of what has moved are replaced wherever pages show them."""
    changed, moved = [], []
    for row, details in found:
        if details != row.details:
            changed.append(row)
            place, picture = row.asset.place, row.thumbnail
            row.details = details
            row.thumbnail = thumbnail(selection.environment, row.asset)
            moved += [(row, picture)] if row.asset.place != place else []
    keep_details(selection, changed)
    for row, old in moved:
        Link.objects.filter(environment=selection.environment_id, asset_id=row.asset_id).update(thumbnail=row.thumbnail)
        lines = ChangeRow.objects.filter(asset_id=row.asset_id, part__sync__environment=selection.environment_id)
        lines.filter(thumbnail=old).update(thumbnail=row.thumbnail)


def _fill(selection: Selection, client: CloudinaryClient, rows: Sequence[SelectedAsset]) -> None:
    """Details of assets that were gone when they were selected, and are there now. Raises CloudinaryError."""
    if not rows:
        return
    lacking = {row.asset_id: row for row in rows}
    for assets in fetch(client, list(lacking), metadata_fields(client)):
        for asset in assets:
            row = lacking[asset.asset_id]
            row.details = SelectedAsset.details_of(asset) | {"since": {"restored": True}}
            row.thumbnail = thumbnail(selection.environment, asset)
    keep_details(selection, rows)
