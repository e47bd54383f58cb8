"""The assets that a request names: by asset ID, by public ID, or by a search."""

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings

from linking.api.auth import Caller
from linking.api.problems import Problem
from linking.api.schemas import AssetIn
from linking.cloudinary import searching
from linking.selection import addresses
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble


def ids_of(caller: Caller, assets: Sequence[AssetIn], search: str) -> list[str]:
    """Asset IDs in order, each once. Cloudinary is asked only for public IDs and searches. Raises Problem, CloudinaryError."""
    if bool(assets) == bool(search.strip()):
        raise Problem("invalid-request", errors=[("/assets", "Name assets, or a search, and not both.")])
    ids = _found(caller, search.strip()) if search.strip() else _named(caller, assets)
    try:
        return addresses.usable(ids)
    except addresses.CannotHandOver as refusal:
        raise Problem("invalid-request", errors=[("/assets", str(refusal))]) from None


def _named(caller: Caller, assets: Sequence[AssetIn]) -> list[str]:
    wrong = [
        (f"/assets/{at}", "Name the asset by asset_id, or by public_id.")
        for at, one in enumerate(assets)
        if bool(one.asset_id) == bool(one.public_id)
    ]
    if wrong:
        raise Problem("invalid-request", errors=wrong)
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in assets:
        if one.public_id:
            kinds[one.resource_type, one.type].append(one.public_id)
    known: dict[tuple[str, str, str], str] = {}
    client = CloudinaryClient(caller.environment)
    for (resource_type, type), names in kinds.items():
        for public_id, asset_id in searching.ids_of(client, resource_type, type, list(dict.fromkeys(names))).items():
            known[resource_type, type, public_id] = asset_id
    found, lost = [], []
    for at, one in enumerate(assets):
        id = one.asset_id or known.get((one.resource_type, one.type, one.public_id), "")
        found.append(id)
        if not id:
            lost.append(
                (f"/assets/{at}", f"Cloudinary has no {one.resource_type} “{one.public_id}” of the type {one.type}.")
            )
    if lost:
        raise Problem("invalid-request", errors=lost)
    return found


def _found(caller: Caller, expression: str) -> list[str]:
    """All that the search finds, or a problem that says how many that are: nothing is cut in silence."""
    client, cursor, ids = CloudinaryClient(caller.environment), "", list[str]()
    while True:
        try:
            answer = searching.search(client, expression, [("uploaded_at", "asc")], searching.MOST, cursor)
        except CloudinaryError as error:
            if error.trouble == Trouble.BAD_REQUEST:
                raise Problem("invalid-request", errors=[("/search", error.said or str(error.reason))]) from None
            raise
        if answer.total > settings.LAUNCH_MAX_ASSETS:
            said = f"The search finds {answer.total:,} assets. A request takes at most {settings.LAUNCH_MAX_ASSETS:,}."
            raise Problem("invalid-request", errors=[("/search", said)])
        ids += [asset.asset_id for asset in answer.assets]
        cursor = answer.cursor
        if not cursor or not answer.assets:
            return ids
