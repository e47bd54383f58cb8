"""Files that are to be brought, or could not be, are looked at again by the id of their asset: a plan may be old when it is
carried out, and an asset may be renamed before Shopify fetches it.

An address counts as right for FRESH after Cloudinary confirmed it. What is delivered is the version that was planned, or nothing.
"""

import logging
from collections.abc import Mapping, Sequence

from django.utils import timezone

from linking.cloudinary.addresses import Address
from linking.cloudinary.assets import present
from linking.cloudinary.renditions import LONGEST_URL, TOO_LONG, NoRendition, of_asset, shape_of
from linking.domain.assets import Asset
from linking.domain.present import FRESH
from linking.domain.reasons import GONE, NEWER_ASSET
from linking.models import ChangeRow, StoreFile
from linking.planning.present import READING
from linking.syncing.run import Run
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.reasons import NONE, Reason, joined

log = logging.getLogger(__name__)
State = StoreFile.State
FIELDS = ["source_url", "addressed"]
# What Shopify says of a file whose source it could not fetch, or got something else from.
NOT_FETCHED = {
    "IMAGE_DOWNLOAD_FAILURE",
    "GENERIC_FILE_DOWNLOAD_FAILURE",
    "INVALID_SIGNED_URL",
    "IMAGE_PROCESSING_FAILURE",
}
NOT_FETCHED |= {"UNSUPPORTED_IMAGE_FILE_TYPE", "INVALID_IMAGE_SOURCE_URL"}
# The same of what we fetch ourselves.
NOT_DELIVERED = ("delivery.gone", "delivery.not_public")


def confirm(run: Run, rows: Sequence[StoreFile]) -> list[StoreFile]:
    """Before they are asked for: those of old addresses get their present ones, or a reason why they cannot be brought. The
    caller saves what it answers: all that were looked at."""
    since = timezone.now() - FRESH
    old = [row for row in rows if row.addressed is None or row.addressed < since]
    return look_again(run, old) if old else []


def look_again(run: Run, rows: Sequence[StoreFile]) -> list[StoreFile]:
    """Answers those that Cloudinary said something of. What cannot be brought is FAILED; where its asset has moved, the
    address is another one. Without an answer they stay as they are."""
    run.say(READING)
    looked: list[StoreFile] = []
    try:
        for found in present(CloudinaryClient(run.part.sync.environment), [Asset.of({}, row.asset_id) for row in rows]):
            some = [row for row in rows if row.asset_id in found]
            for row in some:
                _judge(run, row, found)
            looked += some
    except CloudinaryError as error:
        log.warning("Where files of store sync %s are delivered from now could not be read: %s", run.part.pk, error)
    return looked


def _judge(run: Run, row: StoreFile, found: Mapping[str, Asset | None]) -> None:
    row.addressed = timezone.now()
    asset = found[row.asset_id]
    if trouble := _trouble_of(run, row, asset):
        row.state, row.problem = State.FAILED, trouble
    elif asset is not None and (address := Address.of(row.source_url, row.version, row.name.rpartition(".")[2])):
        url = address.now(run.part.sync.environment, asset)
        if len(url) > LONGEST_URL:
            row.state, row.problem = State.FAILED, TOO_LONG
        elif url != row.source_url:
            row.source_url = url
            _note(run, row, address.moved_to(asset))


def _trouble_of(run: Run, row: StoreFile, asset: Asset | None) -> Reason:
    """Why it cannot be brought as it was planned; empty if it can."""
    sync = run.part.sync
    if asset is None:
        return GONE
    if asset.version != row.version:
        return NEWER_ASSET
    try:
        if sync.kind == "upload":
            shape_of(sync.environment, asset)
        else:
            of_asset(sync.environment, asset, sync.transformation)
    except NoRendition as refusal:
        return refusal.reason
    return NONE


def _note(run: Run, row: StoreFile, change: Reason) -> None:
    """In the report, beside what was known when it was planned."""
    lines = ChangeRow.objects.filter(part=run.part, file=row)
    with run.fenced():
        for note in set(lines.order_by().values_list("note", flat=True)):
            if change not in note.within():
                lines.filter(note=note).update(note=joined(note, change))
