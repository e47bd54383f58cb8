"""What lists show of a selection's assets: a hundredth of their details, and all that groups are made of.

Made of the details once for every state of the assets, kept in a row for all processes, and in this process for what was looked
at last. What a person edits (excluded, alt texts, order, products) is in none of it: that is read every time.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import chain
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet

from linking.domain.assets import Asset
from linking.domain.fields import KEYED
from linking.models import BriefRow, SelectedAsset, SelectedRow, Selection, SelectionExtract
from linking.models.writing import save_fields
from linking.runtime.kept import Kept
from linking.selection.swatches import swatch_rule
from setup.swatch_rules import is_type_field

log = logging.getLogger(__name__)
Made = TypeVar("Made")
# Another one for another content of the rows.
FORMAT = 1
# Assets whose details are in memory at a time.
CHUNK = 20
# Fields that somebody has looked at since the assets changed; and what this process keeps: characters of rows, and of one
# extract things made of it.
MOST_CODES, MOST_KEPT, MOST_MADE = 24, 2_500_000, 8
EDITS = ("place", "excluded", "alt", "alt_source", "caption_state")
EDITED = Q(excluded=True) | Q(alt__isnull=False) | ~Q(caption_state="")
PLAIN = {one.name: one.default for one in fields(Asset)}


@dataclass(eq=False)
class Extract:
    """`codes`: the fields whose values the assets have. `size`: of its row, in characters."""

    stamp: str
    codes: frozenset[str]
    rows: tuple[BriefRow, ...]
    size: int
    _made: OrderedDict[object, Any] = field(default_factory=OrderedDict)

    def made(self, key: object, make: Callable[[], Made]) -> Made:
        """What `make` makes of the rows, once: nobody changes it."""
        if (found := self._made.get(key)) is None:
            found = self._made[key] = make()
            while len(self._made) > MOST_MADE:
                self._made.popitem(last=False)
        return found


class BriefRows(list[BriefRow]):
    """All rows of a selection in order, as they are edited now."""

    def __init__(self, rows: Iterable[BriefRow], extract: Extract) -> None:
        super().__init__(rows)
        self.extract = extract
        self._edited: set[int] = set()

    @property
    def edited(self) -> Iterator[BriefRow]:
        """Those that are not as in the extract, in order."""
        return (self[at] for at in sorted(self._edited))

    def edit(self, places: Mapping[int, Mapping[str, Any]]) -> None:
        """`places`: of a row -> what it has now."""
        at = self.extract.made("places", lambda: {row.place: at for at, row in enumerate(self.extract.rows)})
        for place, values in places.items():
            if place in at:
                self[at[place]] = self[at[place]]._replace(**values)
                self._edited.add(at[place])


def rows_of(selection: Selection, *codes: str) -> BriefRows:
    """`codes`: fields that are looked at besides the selection's own. Two queries at most, but where there is no extract yet."""
    extract = extract_of(selection, codes)
    rows = BriefRows(extract.rows, extract)
    edits = SelectedAsset.objects.filter(EDITED, selection=selection).order_by().values_list(*EDITS)
    rows.edit({place: dict(zip(EDITS[1:], values, strict=True)) for place, *values in edits})
    return rows


def extract_of(selection: Selection, codes: Collection[str] = ()) -> Extract:
    stamp, wanted = stamp_of(selection), codes_of(selection, codes)
    found = kept.get(selection.key, stamp)
    if found is None or not wanted <= found.codes:
        found = _read(selection, stamp)
        if found is None or not wanted <= found.codes:
            found = _make(selection, stamp, wanted, found.codes if found else ())
        kept.put(selection.key, stamp, found, found.size)
    return found


def stamp_of(selection: Selection) -> str:
    """Of what its assets are: the last release counts no versions, but says when it has read them."""
    return f"{FORMAT} {selection.assets_version} {selection.reread or ''} {selection.state}"


def codes_of(selection: Selection, more: Collection[str]) -> frozenset[str]:
    """Of fields that only the details have, each with what identifies it there."""
    rule = swatch_rule(selection.environment)
    named = [selection.cloudinary_field, selection.order_field, selection.then_field, str(rule.field or ""), *more]
    named += [selection.environment.expiration_field, *(f"metadata:{name}" for name in rule.types)]
    return frozenset(code for code in named if code.partition(":")[0] in KEYED)


def keep_details(selection: Selection, rows: Sequence[SelectedAsset]) -> None:
    """Of assets that were read at Cloudinary."""
    if not rows:
        return
    with transaction.atomic():
        save_fields(rows, ["details", "thumbnail"])
        changed(selection.pk)


def changed(selection: int) -> None:
    """Within the transaction that changes details of its assets."""
    Selection.objects.filter(pk=selection).update(assets_version=F("assets_version") + 1)


# In the database


def _read(selection: Selection, stamp: str) -> Extract | None:
    """None as well for one that cannot be read: it is made again."""
    rows = SelectionExtract.objects.filter(selection=selection, stamp=stamp)
    body = rows.values_list("body", flat=True).first()
    try:
        known = json.loads(body or "null")
        return Extract(stamp, frozenset(known["codes"]), tuple(map(_row, known["rows"])), len(body or ""))
    except (KeyError, RecursionError, TypeError, ValueError):
        return None


def _row(known: list[Any]) -> BriefRow:
    pk, place, asset_id, thumbnail, details = known
    return BriefRow(int(pk), int(place), asset_id, Asset.of(details or {}, asset_id), details is not None, thumbnail)


def _make(selection: Selection, stamp: str, wanted: frozenset[str], before: Collection[str]) -> Extract:
    """Of the details, some at a time."""
    codes = wanted.union(before) if len(wanted.union(before)) <= MOST_CODES else wanted
    values = chain.from_iterable(some.values_list(*SelectedRow._fields) for some in _in_chunks(selection))
    rows = [_brief(SelectedRow._make(row), codes) for row in values]
    body = json.dumps({"codes": sorted(codes), "rows": [_kept(row) for row in rows]}, ensure_ascii=False)
    extract = SelectionExtract(selection=selection, stamp=stamp, body=body)
    try:
        with transaction.atomic():
            SelectionExtract.objects.bulk_create(
                [extract], update_conflicts=True, unique_fields=["selection"], update_fields=["stamp", "body"]
            )
    except OperationalError as error:  # the database is busy: who comes next makes it again
        log.warning("What lists show of selection %s was not kept: %s", selection.key, error)
    return Extract(stamp, codes, tuple(rows), len(body))


def whole(selection: Selection) -> Iterator[SelectedAsset]:
    """All rows in order with their details, a few in memory at a time."""
    return chain.from_iterable(_in_chunks(selection))


def _in_chunks(selection: Selection) -> Iterator[QuerySet[SelectedAsset]]:
    rows = selection.assets.order_by("place", "pk")
    pks = list(rows.values_list("pk", flat=True))
    for at in range(0, len(pks), CHUNK):
        yield rows.filter(pk__in=pks[at : at + CHUNK])


def _brief(row: SelectedRow, codes: Collection[str]) -> BriefRow:
    asset = row.asset
    metadata = {
        name: value for name, value in asset.metadata.items() if f"metadata:{name}" in codes or is_type_field(name)
    }
    context = {
        name: value
        for name, value in asset.context.items()
        if name == "alt" or f"context:{name}" in codes or is_type_field(name)
    }
    embedded = {name: values for name, values in asset.embedded.items() if f"embedded:{name}" in codes}
    asset = replace(asset, metadata=metadata, context=context, embedded=embedded)
    return BriefRow(row.pk, row.place, row.asset_id, asset, row.known, row.thumbnail)


def _kept(row: BriefRow) -> list[Any]:
    """Without what is as in any asset."""
    given = {name: value for name, value in asdict(row.asset).items() if value not in (PLAIN[name], {})}
    known = {name: value for name, value in given.items() if name != "asset_id"}
    if "known_as" in known:
        known["since"] = {"public_id": [known.pop("known_as"), row.asset.public_id]}
    return [row.pk, row.place, row.asset_id, row.thumbnail, known if row.known else None]


kept = Kept[Extract](MOST_KEPT)
