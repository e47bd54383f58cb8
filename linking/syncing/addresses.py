"""Files that are to be brought, have come, or could not be, are looked at by the id of their asset: a plan may be old when it is
carried out, and another asset may have the name before Shopify fetches it, or while it does.

So each is asked about right before its address is used, and once more when the file is there: only if the asset still stands
where the file was fetched from is the file the asset's. What is delivered is the version that was planned, or nothing.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from linking.cloudinary.addresses import Address
from linking.cloudinary.assets import present
from linking.cloudinary.renditions import LONGEST_URL, TOO_LONG, NoRendition, of_asset, shape_of
from linking.domain.assets import Asset
from linking.domain.reasons import GONE, NEWER_ASSET
from linking.domain.waiting import Wait
from linking.models import ChangeRow, StoreFile
from linking.models.selected import assets_of
from linking.planning.present import READING
from linking.syncing.run import Run
from linking.waiting import Waits
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.reasons import NONE, Reason, joined

log = logging.getLogger(__name__)
State = StoreFile.State
FIELDS = ["source_url", "addressed", "name"]
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
# What is worth asking again.
PASSING = (Trouble.BUSY, Trouble.AWAY)
NOT_ASKED = Reason("file.not_asked")
# What is asked for again and again, as Shopify or Cloudinary's delivery is busy, is not confirmed each time.
RECENT = timedelta(seconds=30)
AWAY = Wait.ASSETS.value


@dataclass
class Looked:
    """Rows by what Cloudinary says of them. `moved`: they have their present address; `lost`: FAILED, with the reason; `open`: it
    could not be asked about them, and `trouble` says why, if that is not waited for any longer."""

    same: list[StoreFile] = field(default_factory=list)
    moved: list[StoreFile] = field(default_factory=list)
    lost: list[StoreFile] = field(default_factory=list)
    open: list[StoreFile] = field(default_factory=list)
    trouble: Reason = NONE


def confirm(run: Run, rows: Sequence[StoreFile]) -> Looked:
    """Before they are asked for. Those that are `open` must not be; when they are not waited for any longer, they are FAILED."""
    since = timezone.now() - RECENT
    looked = look(run, [row for row in rows if row.awaited is None or row.addressed is None or row.addressed < since])
    for row in looked.open if looked.trouble else ():
        row.state, row.problem = State.FAILED, looked.trouble
    return looked


def look(run: Run, rows: Sequence[StoreFile]) -> Looked:
    """One call for 100 assets, none while it is too early to ask again. The caller saves the rows."""
    looked, waits = Looked(), Waits(run.part.waits)
    if not rows or not waits.may_ask(AWAY):
        looked.open += rows
        return looked
    run.say(READING)
    left = list(rows)
    try:
        for found in present(CloudinaryClient(run.part.sync.environment), _known(run, rows)):
            for row in [row for row in left if row.asset_id in found]:
                _judge(run, row, found, looked)
            left = [row for row in left if row.asset_id not in found]
    except CloudinaryError as error:
        if AWAY not in waits:  # once, however often it is asked again
            log.warning("Where files of store sync %s are delivered from now could not be read: %s", run.part.pk, error)
        looked.open, looked.trouble = left, _set_back(run, waits, error)
        return looked
    if AWAY in waits:
        waits.end(AWAY)
        _keep(run, waits)
    if left:  # what was answered of them cannot be read, and will not be by waiting
        looked.open, looked.trouble = left, NOT_ASKED
    return looked


def is_away(run: Run) -> bool:
    """Whether Cloudinary is waited for."""
    return AWAY in Waits(run.part.waits)


def _set_back(run: Run, waits: Waits, error: CloudinaryError) -> Reason:
    """Why it is not waited for any longer; empty as long as it is."""
    if error.trouble not in PASSING:
        return error.reason
    waits.ask(AWAY)
    waits.refuse(AWAY, Wait.ASSETS)
    _keep(run, waits)
    return NOT_ASKED if waits.over(AWAY) else NONE


def _keep(run: Run, waits: Waits) -> None:
    run.part.waits = waits.kept
    with run.fenced():
        run.part.rows().update(waits=waits.kept)


def _known(run: Run, rows: Sequence[StoreFile]) -> list[Asset]:
    """With what the selection knows of their length, which costs a call of its own."""
    ids = {row.asset_id for row in rows}
    known = {row.asset_id: row.asset for row in assets_of(run.part.sync).filter(asset_id__in=ids)}
    return [known.get(id) or Asset.of({}, id) for id in ids]


def _judge(run: Run, row: StoreFile, found: Mapping[str, Asset | None], looked: Looked) -> None:
    row.addressed = timezone.now()
    asset = found[row.asset_id]
    if trouble := _trouble_of(run, row, asset):
        row.state, row.problem = State.FAILED, trouble
        looked.lost.append(row)
        return
    address = Address.of(row.source_url, row.version, row.name.rpartition(".")[2])
    if asset is None or address is None:
        looked.same.append(row)
        return
    url = address.now(run.part.sync.environment, asset)
    if len(url) > LONGEST_URL:
        row.state, row.problem = State.FAILED, TOO_LONG
        looked.lost.append(row)
        return
    before, row.source_url = row.source_url, url
    # An address need not tell the public ID as it is: of two slashes it keeps one.
    if url == before or address.place == asset.place:
        looked.same.append(row)
        return
    if asset.resource_type == "raw":
        row.name = f"{row.name.rpartition('.')[0]}.{asset.public_id.rpartition('.')[2].lower()}"
    _note(run, row, address.moved_to(asset))
    looked.moved.append(row)


def _trouble_of(run: Run, row: StoreFile, asset: Asset | None) -> Reason:
    """Why it cannot be brought as it was planned; empty if it can."""
    sync = run.part.sync
    if asset is None:
        return GONE
    if asset.version != row.version:
        return NEWER_ASSET
    try:
        if sync.kind == "upload":
            shape_of(sync.environment, asset, sync.transformation)
        else:
            of_asset(sync.environment, asset, run.part.settings.transformation)
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
