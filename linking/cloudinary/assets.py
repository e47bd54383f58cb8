"""What linking asks of Cloudinary: the details of assets, and the fields that an environment has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

import cloudinary.api

from linking.domain.assets import LARGEST, Asset, named
from linking.domain.formats import MAYBE_MANY_FRAMES
from linking.domain.limits import MAYBE_LONG
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.numbers import whole

CHUNK, FEWEST = 100, 10


@dataclass(frozen=True)
class MetadataField:
    """A structured metadata field; `labels` turns datasource ids into what people see."""

    external_id: str
    label: str
    type: str
    labels: Mapping[str, str]


def metadata_fields(client: CloudinaryClient) -> list[MetadataField]:
    """https://cloudinary.com/documentation/admin_api#get_metadata_fields"""
    answer = client.call(cloudinary.api.list_metadata_fields)
    return [_field(known) for known in answer.get("metadata_fields") or []]


def _field(known: Mapping) -> MetadataField:
    values = (known.get("datasource") or {}).get("values") or []
    # Inactive entries stay: assets may still hold them.
    labels = {str(value["external_id"]): str(value["value"]) for value in values}
    return MetadataField(known["external_id"], known.get("label") or known["external_id"], known["type"], labels)


def fetch(client: CloudinaryClient, ids: Sequence[str], fields: Sequence[MetadataField]) -> Iterator[list[Asset]]:
    """The assets that still exist, chunk by chunk, at most 100 ids a call.

    https://cloudinary.com/documentation/admin_api#get_resources; older accounts take 10 ids, so chunks get
    smaller where one is refused.
    """
    labels = {field.external_id: field.labels for field in fields}
    for _, found in _chunks(client, ids):
        yield [_timed(client, asset_of(known, labels)) for known in found]


def present(client: CloudinaryClient, known: Sequence[Asset]) -> Iterator[dict[str, Asset | None]]:
    """What these assets are now, by id, chunk by chunk as in `fetch`; None for one that is gone. Their metadata come without
    labels. Raises CloudinaryError."""
    before = {asset.asset_id: asset for asset in known}
    for ids, found in _chunks(client, list(before)):
        now = {asset.asset_id: _timed(client, asset, before[asset.asset_id]) for asset in map(asset_of, found)}
        yield {id: now.get(id) for id in ids}


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
    return replace(asset, duration=known.get("duration"), frames=whole(str(known.get("pages"))) or 0)


def _may_be_long(asset: Asset) -> bool:
    if asset.resource_type == "video":
        return asset.duration is None and asset.bytes >= MAYBE_LONG
    return asset.format == "gif" and not asset.frames and asset.bytes >= MAYBE_MANY_FRAMES


def _chunks(client: CloudinaryClient, ids: Sequence[str]) -> Iterator[tuple[list[str], list[Mapping]]]:
    """Ids that were asked for in one call, and what was answered, in their order."""
    left, size = list(ids), CHUNK
    while left:
        asked = left[:size]
        try:
            found = _asked(client, asked)
        except CloudinaryError as error:
            if error.trouble != Trouble.BAD_REQUEST or len(asked) <= FEWEST:
                raise
            size = max(FEWEST, len(asked) // 2)
            continue
        order = {asset_id: at for at, asset_id in enumerate(asked)}
        yield (
            asked,
            sorted((known for known in found if known["asset_id"] in order), key=lambda one: order[one["asset_id"]]),
        )
        left = left[size:]


def _asked(client: CloudinaryClient, ids: list[str]) -> list[Mapping]:
    options = {"tags": True, "context": True, "metadata": True, "moderations": True}
    return client.call(cloudinary.api.resources_by_asset_ids, ids, **options).get("resources") or []


def asset_of(known: Mapping, labels: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> Asset:
    """From one item of an answer of the Admin API. `labels`: by field, of its datasource ids."""
    context = known.get("context") or {}
    context = context.get("custom", context)
    metadata = known.get("metadata") or {}
    return Asset(
        asset_id=known["asset_id"],
        public_id=known["public_id"],
        resource_type=known.get("resource_type") or "image",
        delivery_type=known.get("type") or "upload",
        version=int(known.get("version") or 1),
        format=(known.get("format") or "").lower(),
        width=known.get("width") or 0,
        height=known.get("height") or 0,
        bytes=known.get("bytes") or 0,
        duration=known.get("duration"),
        display_name=known.get("display_name") or "",
        folder=known.get("asset_folder") or known.get("folder") or "",
        tags=tuple(known.get("tags") or ()),
        context=named({str(key): str(value) for key, value in context.items()}),
        metadata={key: _labelled(value, labels.get(key, {})) for key, value in metadata.items()},
        # Deprecated in favour of access_control, and still set on assets of many years.
        restricted=(known.get("access_mode") or "public") != "public",
        windows=_windows(known.get("access_control")),
        # A placeholder stands for a file that was deleted and is backed up, or never came; where its size is not named, nothing
        # is known.
        placeholder=bool(known.get("placeholder")) or known.get("bytes") == 0,
        moderation=_statuses(known),
    )


def _windows(rules: object) -> tuple[tuple[int, int], ...] | None:
    """Rules shut an asset to everybody without a token, but for the time of an `anonymous` one; None if there are no rules.

    https://cloudinary.com/documentation/control_access_to_media#access_controlled_media_assets
    """
    if not rules:
        return None
    found = []
    for rule in rules if isinstance(rules, Sequence) else ():
        if isinstance(rule, Mapping) and rule.get("access_type") == "anonymous":
            try:
                found.append((_moment(rule.get("start"), 0), _moment(rule.get("end"), LARGEST)))
            except (ValueError, TypeError):
                continue  # a time that cannot be read opens nothing
    return tuple(found)


def _moment(text: str | None, otherwise: int) -> int:
    """Seconds since 1970; a time without a zone is UTC."""
    if not text:
        return otherwise
    moment = datetime.fromisoformat(text)
    return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def _statuses(known: Mapping) -> tuple[str, ...]:
    """Of its moderations, [{"kind", "status"}, …]; older answers name one as `moderation_status`. What has no status is none that
    approves."""
    given = known.get("moderation") or ()
    listed = given if isinstance(given, Sequence) and not isinstance(given, str) else (given,)
    found = [str(one.get("status") or "unknown") if isinstance(one, Mapping) else str(one) for one in listed]
    if older := known.get("moderation_status"):
        found.append(str(older))
    return tuple(dict.fromkeys(status.strip().lower() for status in found))


def _labelled(value: object, labels: Mapping[str, str]) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), str(value))
