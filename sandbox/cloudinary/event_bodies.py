"""What the bodies of events say, https://cloudinary.com/documentation/notifications: of what an asset was, and what it is.

`resources` is a list for some types, and for others an object by public ID. Those of access_control_changed and of a restored
asset are not recorded anywhere: here they are lists. That of moderation names no asset_id, as one that was recorded.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sandbox.cloudinary.places import address_of
from sandbox.cloudinary.places import moment as written
from sandbox.cloudinary.records import Asset

Body = dict[str, Any]
State = Mapping[str, Any]
# An asset, as it was and as it is; None: it was not there, or is not any more.
Change = tuple[State | None, State | None]
FIELDS = (
    "asset_id",
    "public_id",
    "resource_type",
    "type",
    "version",
    "asset_folder",
    "display_name",
    "tags",
    "context",
    "metadata",
    "access_control",
    "access_mode",
    "moderation",
)


def state_of(asset: Asset) -> State:
    return {name: copy.deepcopy(getattr(asset, name)) for name in FIELDS}


def named(state: State) -> Body:
    return {name: state[name] for name in ("asset_id", "resource_type", "type")}


def gone(changes: Sequence[Change]) -> Iterator[Body]:
    names = ("resource_type", "type", "asset_id", "public_id", "version", "asset_folder", "display_name")
    rows = [{name: was[name] for name in names} for was, now in changes if was and not now]
    if rows:
        yield {"notification_type": "delete", "resources": rows}


def renamed(changes: Sequence[Change], at: float, request_id: str) -> Iterator[Body]:
    for was, now in both(changes):
        if (was["public_id"], was["type"]) != (now["public_id"], now["type"]):
            known = {"asset_folder": now["asset_folder"], "display_name": now["display_name"]}
            places = {"from_public_id": was["public_id"], "to_public_id": now["public_id"]}
            yield {
                "notification_type": "rename",
                "timestamp": moment(at),
                "request_id": request_id,
                **named(now),
                **known,
                **places,
            }


def moved(changes: Sequence[Change]) -> Iterator[Body]:
    rows = [
        (
            now,
            {
                **named(now),
                "from_asset_folder": was["asset_folder"],
                "to_asset_folder": now["asset_folder"],
                "display_name": now["display_name"],
            },
        )
        for was, now in both(changes)
        if was["asset_folder"] != now["asset_folder"]
    ]
    yield from by_public_id("move", rows)


def called_otherwise(changes: Sequence[Change]) -> Iterator[Body]:
    rows = [
        (
            now,
            {
                "previous_display_name": was["display_name"],
                "new_display_name": now["display_name"],
                **named(now),
                "public_id": now["public_id"],
                "asset_folder": now["asset_folder"],
            },
        )
        for was, now in both(changes)
        if was["display_name"] != now["display_name"]
    ]
    yield from by_public_id("resource_display_name_changed", rows)


def with_other_metadata(changes: Sequence[Change]) -> Iterator[Body]:
    rows = []
    for was, now in both(changes):
        names = [
            one
            for one in {**was["metadata"], **now["metadata"]}
            if was["metadata"].get(one) != now["metadata"].get(one)
        ]
        if names:
            before, after = ({one: side["metadata"].get(one) for one in names} for side in (was, now))
            rows.append((now, {"previous_metadata": before, "new_metadata": after, **named(now)}))
    yield from by_public_id("resource_metadata_changed", rows)


def with_other_context(changes: Sequence[Change]) -> Iterator[Body]:
    rows = []
    for was, now in both(changes):
        before, after = was["context"], now["context"]
        if before != after:
            pairs = {
                "added": [{"name": one, "value": after[one]} for one in after if one not in before],
                "removed": [{"name": one, "value": before[one]} for one in before if one not in after],
                "updated": [
                    {"name": one, "value": after[one]} for one in after if one in before and before[one] != after[one]
                ],
            }
            rows.append((now, {**pairs, **named(now)}))
    yield from by_public_id("resource_context_changed", rows)


def with_other_tags(changes: Sequence[Change]) -> Iterator[Body]:
    rows = [
        {
            **named(now),
            "public_id": now["public_id"],
            "added": [one for one in now["tags"] if one not in was["tags"]],
            "removed": [one for one in was["tags"] if one not in now["tags"]],
            "updated": [],
        }
        for was, now in both(changes)
        if was["tags"] != now["tags"]
    ]
    if rows:
        yield {"notification_type": "resource_tags_changed", "source": "api", "resources": rows}


def with_other_access(changes: Sequence[Change]) -> Iterator[Body]:
    rows = [
        {**named(now), "public_id": now["public_id"], "access_control": now["access_control"]}
        for was, now in both(changes)
        if any(was[name] != now[name] for name in ("access_control", "access_mode"))
    ]
    if rows:
        yield {"notification_type": "access_control_changed", "resources": rows}


def moderated(changes: Sequence[Change], at: float) -> Iterator[Body]:
    for was, now in both(changes):
        if was["moderation"] != now["moderation"] and now["moderation"]:
            last = now["moderation"][-1]
            yield {
                "notification_type": "moderation",
                "moderation_status": last["status"],
                "moderation_kind": last["kind"],
                "moderation_updated_at": moment(at),
                **{name: now[name] for name in ("public_id", "version", "resource_type", "type")},
            }


def restored(changes: Sequence[State]) -> Iterator[Body]:
    if rows := [{**named(now), "public_id": now["public_id"], "version": now["version"]} for now in changes]:
        yield {"notification_type": "restore_asset_version", "resources": rows}


def both(changes: Sequence[Change]) -> Iterator[tuple[State, State]]:
    """Those that were there before, and are; a new version says all by itself."""
    return ((was, now) for was, now in changes if was and now and was["version"] == now["version"])


def by_public_id(type: str, rows: Sequence[tuple[State, Body]]) -> Iterator[Body]:
    """An image and a video of one public ID do not fit into one object."""
    left = list(rows)
    while left:
        some: dict[str, Body] = {}
        later = []
        for state, row in left:
            if state["public_id"] in some:
                later.append((state, row))
            else:
                some[state["public_id"]] = row
        yield {"notification_type": type, "source": "api", "resources": some}
        left = later


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def upload_of(environment: Any, asset: Asset, *, again: bool, request_id: str) -> Body:
    address = address_of(environment.delivery_base, environment.cloud_name, asset)
    size = ("width", "height", "format", "bytes")
    shown = {
        "notification_type": "upload",
        "timestamp": moment(environment.world.clock()),
        "request_id": request_id,
        **{name: getattr(asset, name) for name in (*FIELDS[:7], *size)},
        "created_at": written(asset.created_at),
        "tags": list(asset.tags),
        "placeholder": asset.placeholder,
        "url": address,
        "secure_url": address,
        "api_key": environment.keys.api_key,
    }
    return shown | {"overwritten": True} if again else shown
