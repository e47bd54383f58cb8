"""The assets that rows name: by asset ID and public ID a hundred a call, by file name by search.

Of public IDs those of images and videos that are delivered publicly are looked for. Others are found by their asset ID.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import cloudinary.api
from cloudinary.search import Search

from linking.cloudinary.assets import asset_of
from linking.cloudinary.searching import MOST, WITH, Quota
from linking.domain.assets import Asset
from linking.domain.searching import BadFilter, escaped
from linking.domain.sheet_columns import ASSET_ID, FILE_NAME, NAMING, PUBLIC_ID
from linking.domain.sheet_rows import stems
from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.shapes import listed, text
from setup.spelling import composed

CHUNK = 100
NAMES = 20  # of one search: two fields and two spellings of each
KINDS = ("image", "video")
# This share of the hourly limit is left to everybody else who works with the environment.
OTHERS = 0.2
FLAGS = dict.fromkeys(WITH, True)
Named = tuple[str, str]  # by which of NAMING, and the name


class Rest(Exception):
    """`until`: when Cloudinary's next hour begins."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Finder:
    """Asks for one environment. Raises Rest before it takes more than its share of the hourly limit."""

    def __init__(self, client: CloudinaryClient) -> None:
        self._client = client
        self._quotas: dict[str, Quota] = {}  # searches may have a limit of their own

    def by_ids(self, ids: Sequence[str]) -> dict[str, Asset]:
        """By asset ID. Raises CloudinaryError."""
        found: dict[str, Asset] = {}
        for some in _chunks(ids, CHUNK):
            answer = self._asked(cloudinary.api.resources_by_asset_ids, some, **FLAGS)
            found |= {asset.asset_id: asset for asset in _assets(answer)}
        return found

    def named(self, keys: Iterable[Named]) -> dict[Named, list[Asset]]:
        """What each name stands for; several assets may have the same file name. Raises CloudinaryError."""
        by: dict[str, list[str]] = {one: [] for one in NAMING}
        for how, name in dict.fromkeys(keys):
            by[how].append(name)
        ids = self.by_ids(by[ASSET_ID])
        places = self._by_public_ids(by[PUBLIC_ID])
        names = self._by_names(by[FILE_NAME])
        found: dict[Named, list[Asset]] = {}
        for name in by[ASSET_ID]:
            found[ASSET_ID, name] = [ids[name]] if name in ids else []
        for name in by[PUBLIC_ID]:
            found[PUBLIC_ID, name] = places.get(name, [])
        for name in by[FILE_NAME]:
            each = {one.asset_id: one for stem in stems(name) for one in names.get(stem, [])}
            found[FILE_NAME, name] = list(each.values())
        return found

    def _by_public_ids(self, public_ids: Sequence[str]) -> Mapping[str, list[Asset]]:
        """https://cloudinary.com/documentation/admin_api#get_resources"""
        found: dict[str, list[Asset]] = defaultdict(list)
        for kind in KINDS:
            for some in _chunks(public_ids, CHUNK):
                answer = self._asked(cloudinary.api.resources_by_ids, some, resource_type=kind, type="upload", **FLAGS)
                for asset in _assets(answer):
                    found[asset.public_id].append(asset)
        return found

    def _by_names(self, names: Sequence[str]) -> Mapping[str, list[Asset]]:
        """By display name, and by the last part of the public ID. The index lags behind by seconds.

        https://cloudinary.com/documentation/search_expressions
        """
        found: dict[str, list[Asset]] = defaultdict(list)
        for some in _chunks(names, NAMES):
            wanted = dict.fromkeys(stem for name in some for stem in stems(name))
            either = " OR ".join(_clauses(wanted))
            if not either:
                continue
            for asset in self._searched(f"(resource_type:image OR resource_type:video) AND ({either})"):
                tail = asset.public_id.rpartition("/")[2]
                for name in {composed(asset.display_name), composed(tail)} & wanted.keys():
                    found[name].append(asset)
        return found

    def _searched(self, expression: str) -> Iterator[Asset]:
        cursor = ""
        while True:
            asked = Search().expression(expression).max_results(MOST)
            for name in WITH:
                asked.with_field(name)
            if cursor:
                asked.next_cursor(cursor)
            answer = self._asked(asked.execute)
            yield from _assets(answer)
            if not (cursor := text(answer.get("next_cursor"))):
                return

    def _asked(self, function: object, *args: object, **options: object) -> dict:
        name = getattr(function, "__name__", "")
        quota = self._quotas.get(name, Quota())
        if quota.most and quota.until and quota.left < quota.most * OTHERS:
            raise Rest(datetime.fromtimestamp(quota.until, UTC))
        answer = self._client.read(function, *args, **options)  # type: ignore[arg-type]
        self._quotas[name] = Quota.of(answer)
        return answer


def _clauses(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        try:
            text = escaped(name)
        except BadFilter:
            continue  # no asset is called so
        yield f'display_name="{text}"'
        yield f'filename="{text}"'


def _assets(answer: Mapping) -> list[Asset]:
    found = [asset_of(row) for row in listed(rows_of(answer, "resources"))]
    return [one for one in found if one.asset_id and one.public_id]


def _chunks(items: Sequence[str], most: int) -> Iterator[list[str]]:
    for at in range(0, len(items), most):
        yield list(items[at : at + most])
