"""Assets as a program names them: by their ids, or by a search. Cloudinary is asked only for public IDs and searches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from linking.cloudinary import searching
from linking.selection import addresses
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment

# The oldest first. A new version changes `uploaded_at`, and would send its picture to the end.
BY_AGE = [("created_at", "asc"), ("public_id", "asc")]


class NotValid(Exception):
    """`errors`: (where, as a JSON pointer; what is wrong there). Nothing was begun."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {text}" for place, text in errors))
        self.errors = errors


class NothingFound(NotValid):
    """A search that finds no asset: what runs every night can expect that."""


class TooMany(NotValid):
    """A search that finds more assets than a run takes: `total`."""

    def __init__(self, total: int) -> None:
        most = settings.LAUNCH_MAX_ASSETS
        super().__init__([("/search", f"The search finds {total:,} assets; a run takes at most {most:,}.")])
        self.total = total


@dataclass(frozen=True)
class NamedAsset:
    """By its asset ID, or by its public ID, resource type and type. `role`: gallery or swatch, of a product that is named; empty
    is as the environment's rule says."""

    asset_id: str = ""
    public_id: str = ""
    resource_type: str = "image"
    type: str = "upload"
    alt: str | None = None
    role: str = ""


def wrong_sources(assets: Sequence[NamedAsset], search: str, none: str) -> list[tuple[str, str]]:
    if assets and search.strip():
        return [("/assets", "Name assets, or a search, and not both.")]
    return [] if assets or search.strip() else [("/assets", none)]


def ids_of(environment: Environment, assets: Sequence[NamedAsset], search: str) -> list[str]:
    """Asset IDs in order, each once. Cloudinary is asked only for public IDs and searches. Raises NotValid, CloudinaryError."""
    if wrong := wrong_sources(assets, search, "Name assets, or a search."):
        raise NotValid(wrong)
    ids = found_by(environment, search.strip()) if search.strip() else asset_ids_of(environment, assets, "/assets")
    return each_once(ids, "/assets")


def each_once(ids: Sequence[str], place: str) -> list[str]:
    """In order, without doubles. Raises NotValid."""
    try:
        return addresses.usable(ids)
    except addresses.CannotHandOver as refusal:
        raise NotValid([(place, str(refusal))]) from None


def asset_ids_of(environment: Environment, assets: Sequence[NamedAsset], where: str | Sequence[str]) -> list[str]:
    """An asset ID for each. `where`: they stand in the request, or each of them. Raises NotValid, CloudinaryError."""
    pointers = [f"{where}/{at}" for at in range(len(assets))] if isinstance(where, str) else where
    wrong = list[tuple[str, str]]()
    for place, one in zip(pointers, assets, strict=True):
        if bool(one.asset_id) == bool(one.public_id):
            wrong.append((place, "Name the asset by asset_id, or by public_id."))
        elif one.asset_id and not addresses.is_asset_id(one.asset_id.strip()):
            wrong.append((f"{place}/asset_id", f"“{one.asset_id[:60]}” is no asset ID: {addresses.ASSET_IDS}"))
    if wrong:
        raise NotValid(wrong)
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in assets:
        if one.public_id:
            kinds[one.resource_type, one.type].append(one.public_id)
    known: dict[tuple[str, str, str], str] = {}
    client = CloudinaryClient(environment)
    for (resource_type, type), names in kinds.items():
        for public_id, asset_id in searching.ids_of(client, resource_type, type, list(dict.fromkeys(names))).items():
            known[resource_type, type, public_id] = asset_id
    found, lost = [], []
    for place, one in zip(pointers, assets, strict=True):
        id = one.asset_id.strip() or known.get((one.resource_type, one.type, one.public_id), "")
        found.append(id)
        if not id:
            what = f"Cloudinary has no {one.resource_type} “{one.public_id}” of the type {one.type}."
            lost.append((place, what))
    if lost:
        raise NotValid(lost)
    return found


def found_by(environment: Environment, expression: str) -> list[str]:
    """All that the search finds; if that is more than a launch takes, how many that are: nothing is cut in silence. Of more than
    one page takes making.make makes a chain."""
    client, cursor, ids, most = CloudinaryClient(environment), "", list[str](), settings.LAUNCH_MAX_ASSETS
    while True:
        try:
            answer = searching.search(client, expression, BY_AGE, searching.MOST, cursor)
        except CloudinaryError as error:
            if error.trouble == Trouble.BAD_REQUEST:
                raise NotValid([("/search", error.said or str(error.reason))]) from None
            raise
        ids += [asset.asset_id for asset in answer.assets]
        if (total := max(answer.total, len(ids))) > most:
            raise TooMany(total)
        if not answer.cursor or answer.cursor == cursor:
            break
        cursor = answer.cursor
    if not ids:
        raise NothingFound([("/search", "The search finds no asset.")])
    return list(dict.fromkeys(ids))  # what changes between two pages may stand on both
