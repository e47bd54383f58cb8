"""What an asset is now beside what it was when it was selected. A person arranged what was selected, so that stays; what is
delivered, and from where, is what Cloudinary has now."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from linking.domain import stored
from linking.domain.assets import Asset
from setup.reasons import NONE, Reason, joined

# So long what was read of an asset counts as what it is.
FRESH = timedelta(minutes=2)
# What keys, order and alt texts are read from.
ARRANGED = ("display_name", "folder", "tags", "context", "metadata", "embedded")
# What is named where it has changed.
NAMED = ("public_id", "delivery_type", "version", "folder", "display_name")


def brought_up_to_date(details: Mapping[str, Any], now: Asset | None) -> dict[str, Any]:
    """The details of an asset as they are kept, with what it is now; None: Cloudinary has it no more. Under `since` stands what
    has changed since it was selected: {name: [then, now], …}, and "restored" if it was gone meanwhile."""
    if now is None:
        return {**details, "gone": True}
    since = {name: pair for name, pair in changes_of(details).items() if name not in NAMED}
    if details.get("gone") or (details.get("placeholder") and not now.placeholder):
        since["restored"] = True
    for name in NAMED:
        then, present = _then(details, name), getattr(now, name)
        if then is not None and then != present:
            since[name] = [then, present]
    # As rows keep it, so that what has not changed is equal.
    fresh = json.loads(json.dumps({name: value for name, value in asdict(now).items() if name not in ARRANGED}))
    kept = {name: value for name, value in details.items() if name != "since"}
    return {**kept, **fresh, **({"since": since} if since else {})}


def changes_of(details: Mapping[str, Any]) -> dict[str, Any]:
    return stored.mapping(details.get("since"))


def _then(details: Mapping[str, Any], name: str) -> Any:
    """When it was selected."""
    pair = _pairs(details).get(name)
    return pair[0] if pair else details.get(name)


def _pairs(details: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name -> [then, now], as far as they can be read."""
    known = changes_of(details)
    return {name: known[name] for name in NAMED if isinstance(known.get(name), list) and len(known[name]) == 2}


def said_of(details: Mapping[str, Any]) -> Reason:
    """What has changed since the asset was selected, for reports; empty if nothing has."""
    pairs = _pairs(details)
    if "public_id" in pairs and "folder" in pairs and _are_directories(pairs["folder"], pairs["public_id"]):
        del pairs["folder"]  # the same said twice
    restored = Reason("asset.restored") if changes_of(details).get("restored") and not details.get("gone") else NONE
    return joined(restored, *(_said(name, *pair) for name, pair in pairs.items()))


def _are_directories(folders: list[Any], public_ids: list[Any]) -> bool:
    return folders == [str(one).rpartition("/")[0] for one in public_ids]


def _said(name: str, then: Any, now: Any) -> Reason:
    match name:
        case "public_id":
            return renamed(str(then), str(now))
        case "delivery_type":
            return retyped(str(then), str(now))
        case "version":
            return Reason("asset.replaced")
        case "folder":
            return Reason("asset.moved", then=str(then), now=str(now))
        case _:
            return Reason("asset.retitled", then=str(then), now=str(now))


def renamed(then: str, now: str) -> Reason:
    return Reason("asset.renamed", then=then, now=now) if then != now else NONE


def retyped(then: str, now: str) -> Reason:
    return Reason("asset.retyped", then=then, now=now) if then != now else NONE
