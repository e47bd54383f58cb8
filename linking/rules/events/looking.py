"""Assets as they are now, beside what they were when they were last looked at."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from django.utils import timezone

from linking.cloudinary import searching
from linking.cloudinary.assets import MetadataField, metadata_fields, present
from linking.cloudinary.prints import prints_of
from linking.cloudinary.renditions import withheld
from linking.domain.assets import Asset
from linking.domain.changes import About
from linking.domain.following import Fact, Prints, facts
from linking.domain.showing import turns_at
from linking.models import SeenAsset
from linking.rules.events.metering import MeteredClient
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.models import Environment
from setup.reasons import NONE
from setup.zones import zone_of

log = logging.getLogger(__name__)
CHUNK = 100  # that one call is asked for


@dataclass
class Found:
    """`assets`: as they are now, by id, None for what is gone; `happened`: what happened to those that something happened to;
    `before`: the rows of those that were seen before; `ours`: those of which AssetLink itself wrote what they say now;
    `turns`: when those turn that do, as their rows keep it."""

    assets: dict[str, Asset | None] = field(default_factory=dict)
    prints: dict[str, Prints] = field(default_factory=dict)
    happened: dict[str, frozenset[Fact]] = field(default_factory=dict)
    before: dict[str, SeenAsset] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    turns: dict[str, datetime] = field(default_factory=dict)

    def __ior__(self, other: "Found") -> "Found":
        self.assets |= other.assets
        self.prints |= other.prints
        self.happened |= other.happened
        self.before |= other.before
        self.ours |= other.ours
        self.turns |= other.turns
        return self


def ids_of(client: MeteredClient, about: About) -> list[str]:
    """Those that are named by their ids, and those that stand at the places. Raises CloudinaryError, OverBudget."""
    ids, by_type = set(about.ids), dict[tuple[str, str], list[str]]()
    for resource_type, type, public_id in sorted(about.places):
        by_type.setdefault((resource_type, type), []).append(public_id)
    for (resource_type, type), public_ids in by_type.items():
        for at in range(0, len(public_ids), CHUNK):
            ids |= _standing_at(client, resource_type, type, public_ids[at : at + CHUNK])
    return sorted(ids)


def _standing_at(client: MeteredClient, resource_type: str, type: str, public_ids: list[str]) -> set[str]:
    """What Cloudinary does not take as a place is left out: one event must not keep all the others from being dealt with. Raises
    CloudinaryError, OverBudget."""
    client.check()
    try:
        return set(searching.ids_of(client, resource_type, type, public_ids).values())
    except CloudinaryError as error:
        if error.trouble != Trouble.BAD_REQUEST:
            raise
        if len(public_ids) == 1:
            log.warning("An event names a place that Cloudinary does not take: %s", error)
            return set()
    half = len(public_ids) // 2
    return {
        id for some in (public_ids[:half], public_ids[half:]) for id in _standing_at(client, resource_type, type, some)
    }


def look(
    client: MeteredClient, ids: Sequence[str], versions: Mapping[str, int] = MappingProxyType({})
) -> Iterator[Found]:
    """Chunk by chunk. One that Cloudinary's answer says nothing readable of is left out. `versions`: of assets of the ledger,
    which are what they were when they were linked, as far as anybody knows. Raises CloudinaryError, OverBudget."""
    for at in range(0, len(ids), CHUNK):
        client.check()
        asked, since = [Asset(id, "") for id in ids[at : at + CHUNK]], timezone.now()
        for now in present(client, asked, timed=False):
            yield compared(client.environment, now, versions, since)


def compared(
    environment: Environment, now: Mapping[str, Asset | None], versions: Mapping[str, int], since: datetime
) -> Found:
    """`since`: when they were asked for. What turns while they are looked at is looked at once more."""
    rows = SeenAsset.objects.filter(environment=environment, asset_id__in=list(now))
    found = Found(dict(now), before={row.asset_id: row for row in rows})
    for id, asset in now.items():
        shut = withheld(environment, asset) if asset else NONE
        if asset and (turns := turns_of(environment, asset, since)):
            found.turns[id] = turns
        found.prints[id] = prints = prints_of(asset, shut.code)
        moderation = asset.moderation if asset else ()
        if id in found.before:
            was: Prints | None = prints_before(found.before[id])
            if prints.said == found.before[id].ours:
                found.ours.add(id)
                was = replace(prints_before(found.before[id]), said=prints.said)
        else:
            was = prints_linked(prints, versions[id], withheld=bool(shut)) if id in versions else None
        if happened := facts(was, prints, shut=shut, moderation=moderation):
            found.happened[id] = happened
    return found


def turns_of(environment: Environment, asset: Asset, now: datetime) -> datetime | None:
    field = environment.expiration_field.removeprefix("metadata:")
    moment = turns_at(asset, field, zone_of(environment.time_zone), now=now.timestamp())
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def prints_before(row: SeenAsset) -> Prints:
    return Prints(row.version, row.place, row.said, row.gone)


def prints_linked(now: Prints, version: int, *, withheld: bool) -> Prints:
    """Of an asset that was linked before anybody looked at it so: it was shown, in that version."""
    return Prints(version, now.place, "" if withheld else now.said)


def labelled(asset: Asset, fields: Iterable[MetadataField]) -> Asset:
    """With the labels of its values, by which people and keys know them."""
    labels = {known.external_id: known.labels for known in fields}
    metadata: dict[str, str | tuple[str, ...]] = {}
    for name, value in asset.metadata.items():
        known = labels.get(name, {})
        metadata[name] = (
            tuple(known.get(one, one) for one in value) if isinstance(value, tuple) else known.get(value, value)
        )
    return replace(asset, metadata=metadata)


def fields_of(client: MeteredClient) -> list[MetadataField]:
    """Raises CloudinaryError, OverBudget."""
    client.check()
    return metadata_fields(client)
