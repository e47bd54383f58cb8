"""What files carry of themselves (IPTC, XMP, EXIF), read at Cloudinary: by searches, which give it for many assets in a call; or
asset by asset, where a few that were looked at show that this environment's searches lack it.

That searches have it for every asset is not verified: `learn` finds out, with names that the files really have.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

import cloudinary.api
from cloudinary.search import Search
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, rows_of
from setup.embedded_values import Embedded, embedded_of, offered
from setup.models import Environment
from setup.reasons import Reason, register
from setup.shapes import listed, mapping, text, whole
from setup.stored_json import texts

# Ids in one search: their number is what it is asked for at most, and nobody has verified how long an expression may be.
CHUNK, FEWEST = 100, 10
# Assets that names are learnt from, and of those without any that are looked at by themselves.
SAMPLE, PROBES = 30, 2
# What is asked for one by one of a selection, where searches lack it; and of what searches do not know yet.
MOST_SINGLE, MOST_BEHIND = 250, 50
SIDE_BY_SIDE = 4
FRESH = timedelta(days=7)  # so long it counts what was learnt
NAMES = ("media_metadata", "image_metadata")  # of the details of an asset: the second one is the older name
NOT_INDEXED = Reason("cloudinary.not_indexed")
register({"cloudinary.not_indexed": "Cloudinary’s search does not know some of these assets yet."})


class Route(StrEnum):
    SEARCH = "search"
    SINGLE = "single"


@dataclass(frozen=True)
class Learned:
    """What a few assets have shown. `names`: the likely ones first; `calls`: what that has cost."""

    route: Route = Route.SEARCH
    names: Sequence[str] = ()
    calls: int = 0

    @classmethod
    def of(cls, environment: Environment) -> Self | None:
        """As the environment keeps it; None if nobody has looked lately."""
        known = mapping(mapping(environment.seen).get("embedded"))
        at = parse_datetime(text(known.get("at")) or "-")
        if at is None or timezone.now() - at > FRESH:
            return None
        single = known.get("route") == Route.SINGLE.value
        return cls(Route.SINGLE if single else Route.SEARCH, texts(known.get("names")))

    def cost(self, assets: int) -> int:
        """Calls of the hourly limit for so many assets."""
        return assets if self.route == Route.SINGLE else -(-assets // CHUNK)

    def allows(self, assets: int) -> bool:
        return self.route == Route.SEARCH or assets <= MOST_SINGLE


@dataclass(frozen=True)
class OfFile:
    """Of the version that Cloudinary answered for."""

    asset_id: str
    version: int
    embedded: Embedded


def learn(client: CloudinaryClient, ids: Sequence[str] = ()) -> Learned:
    """From some of these assets, or of the environment's newest pictures; kept with the environment. One search, and at most two
    more calls where it has nothing. Raises CloudinaryError."""
    known = [id for id in ids if id.isalnum()]
    sample = known[:: max(1, len(known) // SAMPLE)][:SAMPLE]
    calls, rows, refused = 1, list[Mapping[str, Any]](), False
    try:
        rows = _searched(client, _any_of(sample) if sample else "resource_type:image", SAMPLE)
    except CloudinaryError as error:
        if error.trouble != Trouble.BAD_REQUEST:
            raise
        refused = True
    found = [embedded_of(_answers(row)) for row in rows]
    route = Route.SEARCH
    if not any(one.values for one in found):
        silent = [id for row in rows if (id := text(row.get("asset_id")))] or list(sample)
        for id in silent[:PROBES]:
            calls += 1
            if one := _alone(client, id, ()):
                found.append(one.embedded)
        if refused or any(one.values for one in found):
            route = Route.SINGLE
    learned = Learned(route, offered(found), calls)
    _keep(client.environment, learned)
    return learned


def _keep(environment: Environment, learned: Learned) -> None:
    known = {"route": learned.route.value, "names": list(learned.names), "at": timezone.now().isoformat()}
    with transaction.atomic():
        row = Environment.objects.select_for_update().only("seen").get(pk=environment.pk)
        row.seen = {**row.seen, "embedded": known}
        row.save(update_fields=["seen"])
    environment.seen = row.seen


@dataclass
class Reading:
    """Of assets in the versions that are known of them, chunk by chunk. `versions`: by asset id. `wanted`: names that go first
    where a file carries more than is kept."""

    client: CloudinaryClient
    versions: Mapping[str, int]
    route: Route
    wanted: Sequence[str] = ()
    _size: int = field(default=CHUNK, init=False)
    _behind: int = field(default=0, init=False)

    def chunks(self) -> Iterator[list[OfFile]]:
        """Those that are gone are left out. Raises CloudinaryError: also where a search does not know them yet, after everything
        else was read."""
        left = list(self.versions)
        late = list[str]()
        while left:
            asked = left[: self._size]
            try:
                found = self._by_search(asked) if self.route == Route.SEARCH else list(self._singly(asked))
            except CloudinaryError as error:
                if error.trouble != Trouble.BAD_REQUEST or len(asked) <= FEWEST:
                    raise
                self._size = max(FEWEST, len(asked) // 2)
                continue
            left = left[len(asked) :]
            if self.route == Route.SEARCH:
                # What searches do not know yet, or know as it was, is asked for by itself.
                known = {one.asset_id: one for one in found}
                behind = [id for id in asked if id not in known or known[id].version < self.versions[id]]
                room = MOST_BEHIND - self._behind
                self._behind += len(behind)
                late += behind[max(0, room) :]
                found = [one for one in found if one.asset_id not in set(behind)]
                found += self._singly(behind[: max(0, room)])
            yield found
        if late:
            raise CloudinaryError(Trouble.AWAY, NOT_INDEXED)

    def _by_search(self, ids: Sequence[str]) -> list[OfFile]:
        known = [id for id in ids if id.isalnum()]
        rows = _searched(self.client, _any_of(known), len(known)) if known else []
        return [one for row in rows if (one := _of(row, self.wanted)) and one.asset_id in self.versions]

    def _singly(self, ids: Sequence[str]) -> Iterable[OfFile]:
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="embedded") as pool:
            ask: Callable[[str], OfFile | None] = lambda id: _alone(self.client, id, self.wanted)  # noqa: E731
            return [one for one in pool.map(ask, ids) if one]


def _any_of(ids: Sequence[str]) -> str:
    """Only what can be an id: https://cloudinary.com/documentation/search_expressions"""
    return f"asset_id:({' OR '.join(ids)})"


def _searched(client: CloudinaryClient, expression: str, most: int) -> list[Mapping[str, Any]]:
    """https://cloudinary.com/documentation/search_method"""
    asked = Search().expression(expression).max_results(most).with_field(NAMES[1])
    return list(listed(rows_of(client.read(asked.execute), "resources")))


def _alone(client: CloudinaryClient, id: str, wanted: Sequence[str]) -> OfFile | None:
    """None if it is gone. https://cloudinary.com/documentation/admin_api#get_details_of_a_single_resource_by_asset_id"""
    try:
        return _of(client.read(cloudinary.api.resource_by_asset_id, id, **dict.fromkeys(NAMES, True)), wanted)
    except CloudinaryError as error:
        if error.trouble == Trouble.GONE:
            return None
        raise


def _of(row: Mapping[str, Any], wanted: Sequence[str]) -> OfFile | None:
    id = text(row.get("asset_id"))
    return OfFile(id, whole(row.get("version")) or 1, embedded_of(_answers(row), wanted)) if id else None


def _answers(row: Mapping[str, Any]) -> list[Any]:
    return [row.get(name) for name in NAMES]
