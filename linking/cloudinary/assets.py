"""What linking asks of Cloudinary: the details of assets, and the fields that an environment has."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

import cloudinary.api

from linking.domain.assets import LARGEST, Asset, named, seconds
from linking.domain.formats import MAYBE_MANY_FRAMES
from linking.domain.limits import MAYBE_LONG
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, rows_of, unreadable
from setup.shapes import listed, mapping, number, text, whole

CHUNK, FEWEST = 100, 10
# Calls of one reading that are made at a time: the hourly limit counts calls, not how close together they come.
SIDE_BY_SIDE = 4
Found = TypeVar("Found")


@dataclass(frozen=True)
class MetadataField:
    """A structured metadata field; `labels` turns datasource ids into what people see, in the list's order."""

    external_id: str
    label: str
    type: str
    labels: Mapping[str, str]


def metadata_fields(client: CloudinaryClient) -> list[MetadataField]:
    """https://cloudinary.com/documentation/admin_api#get_metadata_fields"""
    answer = client.read(cloudinary.api.list_metadata_fields)
    rows = listed(rows_of(answer, "metadata_fields"))
    return [_field(id, known) for known in rows if (id := text(known.get("external_id")))]


def _field(id: str, known: Mapping) -> MetadataField:
    values = [(_said(value.get("external_id")), _said(value.get("value"))) for value in _datasource(known)]
    # Inactive entries stay: assets may still hold them.
    labels = {entry: label for entry, label in values if entry is not None and label is not None}
    return MetadataField(id, text(known.get("label")) or id, text(known.get("type")), labels)


def _datasource(known: Mapping) -> list[dict]:
    """In the list's order: as the entries' positions say, or as they come where any has none."""
    entries = listed(mapping(known.get("datasource")).get("values"))
    positions = [whole(entry.get("position")) for entry in entries]
    if any(position is None for position in positions):
        return entries
    return [entries[at] for at in sorted(range(len(entries)), key=lambda at: (positions[at] or 0, at))]


def fetch(client: CloudinaryClient, ids: Sequence[str], fields: Sequence[MetadataField]) -> Iterator[list[Asset]]:
    """The assets that still exist, chunk by chunk, at most 100 ids a call. One that cannot be read has no public ID. Raises
    CloudinaryError.

    https://cloudinary.com/documentation/admin_api#get_resources; older accounts take 10 ids, so chunks get
    smaller where one is refused.
    """
    labels = {field.external_id: field.labels for field in fields}

    def read(found: Mapping[str, Mapping]) -> dict[str, Asset]:
        return {id: _timed(client, asset_of(row, labels)) for id, row in found.items()}

    for asked, known, unclear in _chunks(client, ids, read):
        known |= {id: Asset(id, "") for id in unclear}
        yield [known[id] for id in asked if id in known]


def present(
    client: CloudinaryClient, known: Sequence[Asset], *, timed: bool = True
) -> Iterator[dict[str, Asset | None]]:
    """What these assets are now, by id, chunk by chunk as in `fetch`; None for one that is gone. One that cannot be read
    is left out. Their metadata come without labels. Not `timed`: no further call tells how long a video is. Raises
    CloudinaryError."""
    before = {asset.asset_id: asset for asset in known}

    def read(found: Mapping[str, Mapping]) -> dict[str, Asset | None]:
        """None for one that cannot be read."""
        # An item without a version does not say that there is another one.
        items = {id: asset_of(row) if row.get("version") is not None else None for id, row in found.items()}
        now = {id: asset if asset and asset.public_id else None for id, asset in items.items()}
        if timed:
            now = {id: asset and _timed(client, asset, before[id]) for id, asset in now.items()}
        return now

    for asked, now, unclear in _chunks(client, list(before), read):
        yield {id: now.get(id) for id in asked if now.get(id) or (id not in now and id not in unclear)}


def _timed(client: CloudinaryClient, asset: Asset, before: Asset | None = None) -> Asset:
    """Lists do not tell how long a video is, nor how many frames a GIF has:
    https://cloudinary.com/documentation/admin_api#get_details_of_a_single_resource_by_asset_id. One more call for those that may
    be too long, unless it is known of the same version; without an answer Shopify has the last word."""
    if before is not None and before.version == asset.version and asset.duration is None:
        asset = replace(asset, duration=before.duration, frames=before.frames)
    if not _may_be_long(asset):
        return asset
    try:
        known = client.call(cloudinary.api.resource_by_asset_id, asset.asset_id, pages=True)
    except CloudinaryError:
        return asset
    return replace(asset, duration=seconds(known.get("duration")), frames=_size(known.get("pages")))


def _may_be_long(asset: Asset) -> bool:
    if not asset.public_id:
        return False
    if asset.resource_type == "video":
        return asset.duration is None and asset.bytes >= MAYBE_LONG
    return asset.format == "gif" and not asset.frames and asset.bytes >= MAYBE_MANY_FRAMES


Read = Callable[[Mapping[str, Mapping]], dict[str, Found]]


def _chunks(
    client: CloudinaryClient, ids: Sequence[str], read: Read[Found]
) -> Iterator[tuple[list[str], dict[str, Found], set[str]]]:
    """Ids that were asked for in one call, what was `read` of the answer by id, and the ids of which nothing is known: what is
    listed there without one that was asked for may be any of those that are missing. In the order of `ids`; several calls are
    made side by side, as many as one after another. Where one fails, those that are under way still count, and no other is
    begun: each is paid for by the hour. `read` is called in a thread and touches no row. Raises CloudinaryError."""
    largest = Largest()

    def asked_for(some: Sequence[str]) -> list[tuple[list[str], dict[str, Found], set[str]]]:
        return [(asked, read(known), unclear) for asked, known, unclear in _answers(client, some, largest)]

    pool, failure = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="assets"), None
    try:
        for asked in [pool.submit(asked_for, ids[at : at + CHUNK]) for at in range(0, len(ids), CHUNK)]:
            if asked.cancelled():
                continue
            try:
                yield from asked.result()
            except CloudinaryError as error:
                pool.shutdown(wait=False, cancel_futures=True)  # nothing more is begun
                failure = failure or error
        if failure is not None:
            raise failure
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@dataclass
class Largest:
    """How many ids a call takes, as far as was seen."""

    size: int = CHUNK


def _answers(
    client: CloudinaryClient, ids: Sequence[str], largest: Largest
) -> Iterator[tuple[list[str], dict[str, Mapping], set[str]]]:
    """One after another, in smaller calls where one is refused."""
    left = list(ids)
    while left:
        asked = left[: largest.size]
        try:
            found = _asked(client, asked)
        except CloudinaryError as error:
            if error.trouble != Trouble.BAD_REQUEST or len(asked) <= FEWEST:
                raise
            largest.size = min(largest.size, max(FEWEST, len(asked) // 2))
            continue
        wanted = set(asked)
        known: dict[str, Mapping] = {id: row for row in listed(found) if (id := text(row.get("asset_id"))) in wanted}
        if found and not known:
            raise unreadable()
        yield asked, known, wanted - set(known) if len(known) < len(found) else set()
        left = left[len(asked) :]


def _asked(client: CloudinaryClient, ids: list[str]) -> list[object]:
    options = {"tags": True, "context": True, "metadata": True, "moderations": True}
    return rows_of(client.read(cloudinary.api.resources_by_asset_ids, ids, **options), "resources")


def asset_of(known: Mapping, labels: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> Asset:
    """From one item of an answer of the Admin API, as far as it can be read: never raises. Where what its address is made of
    cannot be, it has no public ID. `labels`: by field, of its datasource ids."""
    return Asset(
        asset_id=text(known.get("asset_id")),
        public_id=text(known.get("public_id")) if _has_address(known) else "",
        resource_type=text(known.get("resource_type")) or "image",
        delivery_type=text(known.get("type")) or "upload",
        version=_size(known.get("version")) or 1,
        format=text(known.get("format")).lower(),
        width=_size(known.get("width")),
        height=_size(known.get("height")),
        bytes=_size(known.get("bytes")),
        duration=seconds(known.get("duration")),
        display_name=text(known.get("display_name")),
        folder=text(known.get("asset_folder")) or text(known.get("folder")),
        tags=_tags(known.get("tags")),
        context=_context(known.get("context")),
        metadata=_metadata(known.get("metadata"), labels),
        # Deprecated in favour of access_control, and still set on assets of many years.
        restricted=known.get("access_mode") not in (None, "", "public"),
        windows=_windows(known.get("access_control")),
        # A placeholder stands for a file that was deleted and is backed up, or never came; where its size is not named, nothing
        # is known.
        placeholder=bool(known.get("placeholder")) or known.get("bytes") == 0,
        moderation=_statuses(known),
    )


def _has_address(known: Mapping) -> bool:
    """What is not named has its default; what is of another type is nobody's address."""
    parts, version = [known.get(name) for name in ("public_id", "resource_type", "type")], known.get("version")
    texts = all(one is None or (isinstance(one, str) and text(one) == one) for one in parts)
    return texts and (version is None or ((found := whole(version)) is not None and found >= 0))


def _size(value: object) -> int:
    """A whole number that is not negative; 0 for everything else."""
    return max(0, whole(value) or 0)


def _said(value: object) -> str | None:
    """A text, or a number as one. None for what is no value of a field: null, true and false, objects."""
    if isinstance(value, str):
        return text(value)
    return str(value) if math.isfinite(number(value, math.inf)) else None


def _tags(known: object) -> tuple[str, ...]:
    return tuple(tag for one in known if (tag := text(one))) if isinstance(known, list) else ()


def _context(known: object) -> dict[str, str]:
    given = mapping(known)
    values = mapping(given.get("custom", given))
    return named({text(key): _said(value) for key, value in values.items()})


def _metadata(known: object, labels: Mapping[str, Mapping[str, str]]) -> dict[str, str | tuple[str, ...]]:
    """By field; one without a value is left out."""
    found: dict[str, str | tuple[str, ...]] = {}
    for field, value in mapping(known).items():
        known_as = labels.get(field, {})
        if isinstance(value, list):
            said = [one for one in map(_said, value) if one is not None]
            found[text(field)] = tuple(known_as.get(one, one) for one in said)
        elif (one := _said(value)) is not None:
            found[text(field)] = known_as.get(one, one)
    return found


def _windows(rules: object) -> tuple[tuple[int, int], ...] | None:
    """Rules shut an asset to everybody without a token, but for the time of an `anonymous` one; None if there are no rules.

    https://cloudinary.com/documentation/control_access_to_media#access_controlled_media_assets
    """
    if rules is None or rules == []:
        return None
    found = []
    for rule in rules if isinstance(rules, Sequence) else ():
        if isinstance(rule, Mapping) and rule.get("access_type") == "anonymous":
            try:
                found.append((_moment(rule.get("start"), 0), _moment(rule.get("end"), LARGEST)))
            except (ValueError, TypeError, OverflowError):
                continue  # a time that cannot be read opens nothing
    return tuple(found)


def _moment(given: str | None, otherwise: int) -> int:
    """Seconds since 1970; a time without a zone is UTC."""
    if given is None or given == "":
        return otherwise
    moment = datetime.fromisoformat(given)
    return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def _statuses(known: Mapping) -> tuple[str, ...]:
    """Of its moderations, [{"kind", "status"}, …]; older answers name one as `moderation_status`. What has no status is none that
    approves."""
    given = known.get("moderation")
    each = given if isinstance(given, list) else [] if given in (None, "") else [given]
    found = [text(one.get("status") if isinstance(one, Mapping) else one) or "unknown" for one in each]
    if older := known.get("moderation_status"):
        found.append(text(older) or "unknown")
    return tuple(dict.fromkeys(status.strip().lower() for status in found))
