"""The Media Library as it is searched: pages of answers, and folders. At most one call for each function here."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import cloudinary.api
from cloudinary.search import Search

from linking.cloudinary.assets import asset_of
from linking.domain.assets import Asset
from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.shapes import listed, text, whole

# https://cloudinary.com/documentation/search_method: of one answer.
MOST = 500
WITH = ("tags", "context", "metadata")


@dataclass(frozen=True)
class Quota:
    """What Cloudinary says of the hourly limit: calls that are left of how many, and until when, as seconds since 1970; 0 for
    what it does not tell."""

    left: int = 0
    most: int = 0
    until: int = 0

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Quota":
        """https://cloudinary.com/documentation/admin_api#usage_limits: in headers, which the SDK keeps beside the answer."""
        left, most = (whole(getattr(answer, f"rate_limit_{name}", None)) or 0 for name in ("remaining", "allowed"))
        until = getattr(answer, "rate_limit_reset_at", None)
        return cls(left, most, calendar.timegm(until) if isinstance(until, tuple) else 0)


@dataclass(frozen=True)
class Answer:
    """`total` is an estimate; `cursor` is empty on the last page. Of assets that cannot be read nothing is shown."""

    assets: list[Asset]
    total: int
    cursor: str = ""
    quota: Quota = field(default_factory=Quota)


def search(
    client: CloudinaryClient, expression: str, order: Iterable[tuple[str, str]], most: int, cursor: str = ""
) -> Answer:
    """https://cloudinary.com/documentation/search_api. The index lags behind by seconds. Raises CloudinaryError."""
    asked = Search().expression(expression).max_results(min(most, MOST))
    for name, direction in order:
        asked.sort_by(name, direction)
    for name in WITH:
        asked.with_field(name)
    if cursor:
        asked.next_cursor(cursor)
    answer = client.call(asked.execute)
    found = [asset_of(row) for row in listed(rows_of(answer, "resources"))]
    assets = [asset for asset in found if asset.asset_id and asset.public_id]
    total = max(0, whole(answer.get("total_count")) or 0)
    return Answer(assets, total, text(answer.get("next_cursor")), Quota.of(answer))


@dataclass(frozen=True)
class Folder:
    name: str
    path: str


def folders(client: CloudinaryClient, path: str = "") -> list[Folder]:
    """Those within the folder, or the first ones; at most 500. Raises CloudinaryError.

    https://cloudinary.com/documentation/admin_api#folders
    """
    if any(part in (".", "..") for part in unquote(path).split("/")):
        return []  # the path is a part of the address, and there is no such folder
    if path:
        answer = client.call(cloudinary.api.subfolders, path, max_results=MOST)
    else:
        answer = client.call(cloudinary.api.root_folders, max_results=MOST)
    rows = listed(rows_of(answer, "folders"))
    found = [Folder(text(row.get("name")), text(row.get("path")) or text(row.get("name"))) for row in rows]
    return [one for one in found if one.name]


def by_ids(client: CloudinaryClient, ids: list[str]) -> list[Asset]:
    """Those of at most 100 that are there, in this order. Raises CloudinaryError.

    https://cloudinary.com/documentation/admin_api#get_resources
    """
    options = dict.fromkeys((*WITH, "moderations"), True)
    answer = client.call(cloudinary.api.resources_by_asset_ids, ids, **options)
    found = {
        asset.asset_id: asset for row in listed(rows_of(answer, "resources")) if (asset := asset_of(row)).public_id
    }
    return [found[id] for id in ids if id in found]


def ids_of(client: CloudinaryClient, resource_type: str, type: str, public_ids: list[str]) -> dict[str, str]:
    """Public ID -> asset ID, of those that are there. Raises CloudinaryError.

    https://cloudinary.com/documentation/admin_api#get_resources
    """
    found = {}
    for at in range(0, len(public_ids), 100):
        asked = public_ids[at : at + 100]
        answer = client.call(cloudinary.api.resources_by_ids, asked, resource_type=resource_type, type=type)
        for row in listed(rows_of(answer, "resources")):
            if (asset := asset_of(row)).asset_id:
                found[asset.public_id] = asset.asset_id
    return found
