"""The assets that rows name: by asset ID and public ID a hundred a call, by file name by search.

Of public IDs those of images and videos that are delivered publicly are looked for. Others are found by their asset ID.
Cloudinary keeps accents as they were typed, composed or apart: names are looked for in both forms.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import cloudinary.api
from cloudinary.search import Search

from linking.cloudinary.assets import asset_of
from linking.cloudinary.searching import MOST, WITH, Quota
from linking.domain.assets import Asset
from linking.domain.searching import BadFilter, escaped
from linking.domain.sheet_columns import ASSET_ID, FILE_NAME, NAMING, PUBLIC_ID
from linking.domain.sheet_rows import stems
from linking.ingest.chunks import chunks
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, cursor_of, rows_of, unreadable
from setup.shapes import listed, whole
from setup.spelling import composed, forms, plain

CHUNK = 100
LONGEST_ID = 255
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
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
        possible = [id for id in ids if ID.fullmatch(id)]
        return {asset.asset_id: asset for some in chunks(possible, CHUNK) for asset in self._each(some, self._of_ids)}

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

    def searched(self, expression: str, most: int, cursor: str = "") -> tuple[list[Asset], int, str]:
        """A page: assets, how many match by Cloudinary's estimate, and where the next one begins. Raises CloudinaryError.

        https://cloudinary.com/documentation/search_api
        """
        asked = Search().expression(expression).sort_by("public_id", "asc").max_results(most)
        for name in WITH:
            asked.with_field(name)
        if cursor:
            asked.next_cursor(cursor)
        answer = self._asked(asked.execute)
        return _assets(answer), max(0, whole(answer.get("total_count")) or 0), cursor_of(answer, cursor)

    def _by_public_ids(self, public_ids: Sequence[str]) -> Mapping[str, list[Asset]]:
        found: dict[str, list[Asset]] = defaultdict(list)
        possible = [form for id in public_ids if len(id) <= LONGEST_ID for form in forms(id)]
        for kind in KINDS:
            for some in chunks(possible, CHUNK):
                for asset in self._each(some, partial(self._of_public_ids, kind)):
                    found[plain(asset.public_id)].append(asset)
        return found

    def _by_names(self, names: Sequence[str]) -> Mapping[str, list[Asset]]:
        """By display name, and by the last part of the public ID."""
        found: dict[str, list[Asset]] = defaultdict(list)
        possible = [name for name in names if len(name) <= LONGEST_ID]
        for some in chunks(possible, NAMES):
            wanted = {stem for name in some for stem in stems(name)}
            for asset in self._each(some, self._searched):
                tail = asset.public_id.rpartition("/")[2]
                for name in {composed(asset.display_name), composed(tail)} & wanted:
                    found[name].append(asset)
        return found

    def _each(self, names: Sequence[str], ask: Callable[[Sequence[str]], list[Asset]]) -> list[Asset]:
        """Where a call is refused, for one of its names or for their number, it is made again in halves. A name that is refused
        by itself is no asset's. Raises CloudinaryError."""
        try:
            return ask(names)
        except CloudinaryError as error:
            if error.trouble != Trouble.BAD_REQUEST:
                raise
        half = len(names) // 2
        return [*self._each(names[:half], ask), *self._each(names[half:], ask)] if half else []

    def _of_ids(self, ids: Sequence[str]) -> list[Asset]:
        """https://cloudinary.com/documentation/admin_api#get_resources"""
        return _assets(self._asked(cloudinary.api.resources_by_asset_ids, ids, **FLAGS))

    def _of_public_ids(self, kind: str, ids: Sequence[str]) -> list[Asset]:
        """https://cloudinary.com/documentation/admin_api#get_resources"""
        return _assets(self._asked(cloudinary.api.resources_by_ids, ids, resource_type=kind, type="upload", **FLAGS))

    def _searched(self, names: Sequence[str]) -> list[Asset]:
        """The index lags behind by seconds.

        https://cloudinary.com/documentation/search_expressions
        """
        spelled = dict.fromkeys(form for name in names for stem in stems(name) for form in forms(stem))
        clauses = " OR ".join(_clauses(spelled))
        found: list[Asset] = []
        cursors = [""]
        while clauses:
            asked = Search().expression(f"(resource_type:image OR resource_type:video) AND ({clauses})")
            asked.max_results(MOST)
            for name in WITH:
                asked.with_field(name)
            if cursors[-1]:
                asked.next_cursor(cursors[-1])
            try:
                answer = self._asked(asked.execute)
            except CloudinaryError as error:
                if cursors[-1] and error.trouble == Trouble.BAD_REQUEST:
                    raise unreadable() from error  # no name is at fault
                raise
            found += _assets(answer)
            cursors.append(cursor_of(answer, *cursors))
            if not cursors[-1]:
                break
        return found

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
    """Raises CloudinaryError where one has no asset ID: it may be any of those that seem not to be there."""
    rows = rows_of(answer, "resources")
    found = [asset_of(row) for row in listed(rows)]
    if len(found) < len(rows) or not all(one.asset_id for one in found):
        raise unreadable()
    return [one for one in found if one.public_id]
