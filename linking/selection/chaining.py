"""Chains: what was selected at once and is more than one page takes, as selections that are its parts.

The parts are split between groups, so a page has whole groups; when the field of the keys changes, the split follows. What a
person decided moves with its asset or its group: exclusions, alt texts, orders, products. Settings and stores are those of the
chain: whichever part they are set on, the others follow. A run is of all parts, as one (linking.selection.as_run).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import OperationalError, transaction

from linking.domain.assets import Asset
from linking.domain.chains import in_pieces, split
from linking.domain.fields import CloudinaryField
from linking.domain.keying import Keying
from linking.models import GroupArrangement, SelectedAsset, Selection, SelectionChain
from linking.models.jobs import JobState
from linking.models.selected import waiting_for
from linking.models.selections import KEY_SETTINGS, RUN_SETTINGS
from linking.selection import last_settings, presets
from setup.models import Store

# What all parts have alike, besides their stores.
SHARED = (*KEY_SETTINGS, *RUN_SETTINGS, "offer", "view")
AT_ONCE = 500


class Occupied(Exception):
    """Somebody edits another part at this moment."""


def divide(selection: Selection) -> None:
    """A new selection of more assets than a part takes becomes the first part of a chain. The row is saved. Nothing is known of
    the assets yet, so pieces follow each other; `settle` splits them between groups once their details are there."""
    places = list(selection.assets.order_by("place").values_list("place", flat=True))
    pieces = list(in_pieces(len(places), settings.SELECTION_MAX_ASSETS))
    if len(pieces) < 2:
        return
    known = {"environment": selection.environment, "member": selection.member}
    selection.chain = SelectionChain.objects.create(most=settings.SELECTION_MAX_ASSETS, **known)
    selection.part = 1
    selection.save(update_fields=["chain", "part"])
    stores = list(selection.stores.all())
    for number, piece in enumerate(pieces[1:], 2):
        one = _like(selection, number, stores)
        selection.assets.filter(place__gte=places[piece[0]], place__lte=places[piece[-1]]).update(selection=one)


def _like(selection: Selection, number: int, stores: Iterable[Store]) -> Selection:
    """Another part, without assets. It shows no sentence about what was taken over: the first one does."""
    known = {
        name: getattr(selection, name)
        for name in (*SHARED, "offered_fields", "state", "reread", "said_by", "said_note")
    }
    one = Selection.objects.create(
        environment=selection.environment,
        member=selection.member,
        chain=selection.chain,
        part=number,
        version=selection.version,
        **known,
    )
    one.stores.set(stores)
    return one


class Row(NamedTuple):
    """An asset, as far as it matters here."""

    pk: int
    selection_id: int
    asset: Asset
    known: bool


def settle(selection: Selection, offered_by: Callable[[list[Asset]], list[dict[str, Any]]], **done: object) -> bool:
    """A part has its details, and gets what is `done` with that. When all parts have theirs, they get the same settings and are
    split by them. `offered_by`: the fields that assets offer. Whether they are all there.

    What takes time is done before anything is locked; if another part was ready meanwhile, once more, with both."""
    while True:
        prepared = _prepared(selection, offered_by) if _others_are_read(selection) else None
        with transaction.atomic():
            chain = SelectionChain.objects.select_for_update().get(selections=selection.pk)
            last = _others_are_read(selection)
            if last and prepared is None:
                continue
            if not selection.mine().update(**done):
                return False
            if not last or prepared is None:
                return False
            _settle(chain, *prepared)
            return True


def _others_are_read(selection: Selection) -> bool:
    return not selection.whole().exclude(pk=selection.pk).exclude(state=JobState.DONE).exists()


def _prepared(
    selection: Selection, offered_by: Callable[[list[Asset]], list[dict[str, Any]]]
) -> tuple[dict[str, Any], "Split"]:
    """The settings of all parts, and how the chain is split by them."""
    first, rows = selection.whole()[0], _rows_of(selection.chain_id)
    offered = offered_by([row.asset for row in rows if row.known])
    known: dict[str, Any] = {"offered_fields": offered}
    if not waiting_for(first.pk).exists():  # a run that waits for it said its fields
        known |= last_settings.sensible(first, offered)
    for name, value in known.items():
        setattr(first, name, value)
    known |= presets.begun(first)
    known |= last_settings.settled(first, known)
    return known, Split.of(rows, first.keying, offered, selection.chain.most if selection.chain else 0)


def _settle(chain: SelectionChain, known: Mapping[str, Any], found: "Split") -> None:
    parts = list(Selection.of_chain(chain.pk))
    for one in parts:
        for name, value in known.items():
            setattr(one, name, value)
    _regroup(chain, parts, found)
    for one in parts:
        one.save(update_fields=[name for name in known if name != "offered_fields"])


@dataclass(frozen=True)
class Split:
    """How the assets of a chain are split by their keys: places in `rows` of each part, the fields that each part offers, and
    what identifies the keys of each asset."""

    rows: Sequence[Row]
    keying: Keying
    keys: Sequence[Sequence[str]]
    parts: Sequence[Sequence[int]]
    offered: Sequence[list[dict[str, Any]]]

    @classmethod
    def of(cls, rows: Sequence[Row], keying: Keying, offered: Iterable[Mapping[str, Any]], most: int) -> "Split":
        keys = [[keying.same(key) for key in keying.keys(row.asset)] if row.known else [] for row in rows]
        parts = split(keys, most)
        of_parts = [[rows[place].asset for place in part if rows[place].known] for part in parts]
        fields = list(offered)
        return cls(rows, keying, keys, parts, [counted(fields, assets) for assets in of_parts])


# While it is edited


def shared(part: Selection) -> tuple[object, ...]:
    """What all parts have alike, as this one has it now. One query."""
    stores = frozenset(part.stores.values_list("pk", flat=True))
    return (*(getattr(part, name) for name in SHARED), stores)


def follow(part: Selection) -> None:
    """The settings of this part were edited: the others take them over, and the split follows the keys. Within the transaction
    of the edit; the caller saves the row. Raises Occupied."""
    chain = part.chain
    if chain is None:
        return
    rows, stores = _others(part), list(part.stores.all())
    for one in rows:
        for name in SHARED:
            setattr(one, name, getattr(part, name))
        one.version += 1
        # What was done there last may have set the same: taking that back would take back this newer edit.
        one.last_change = {}
        one.stores.set(stores)
    known = sorted([part, *rows], key=lambda one: (one.part == 0, one.part, one.pk))
    if str(part.keying) != chain.keying:
        found = Split.of(_rows_of(chain.pk), part.keying, part.offered_fields, chain.most)
        _regroup(chain, known, found, keep=part)
    for one in rows:
        one.save(update_fields=[*SHARED, "version", "last_change"])


def touch(part: Selection) -> None:
    """Something of the other parts is being changed from this one: who looks at them sees an older state. Raises Occupied."""
    for one in _others(part) if part.chain_id is not None else ():
        one.version += 1
        one.save(update_fields=["version"])


def _others(part: Selection) -> list[Selection]:
    """Of its chain, locked. Raises Occupied."""
    others = Selection.objects.filter(chain=part.chain_id).exclude(pk=part.pk).order_by("part", "pk")
    try:
        return list(others.select_for_update(nowait=True))
    except OperationalError as error:
        raise Occupied from error


def _regroup(chain: SelectionChain, parts: Sequence[Selection], found: Split, keep: Selection | None = None) -> None:
    """Assets move between the chain's parts, and with them what was decided for their groups. A part that is not needed any more
    is kept for later, without a number; never `keep`, which somebody looks at."""
    homes = _homes(parts, len(found.parts), keep)
    home_of = {place: home for home, part in zip(homes, found.parts, strict=True) for place in part}
    moving: dict[int, list[int]] = {}
    for place, row in enumerate(found.rows):
        if row.selection_id != home_of[place].pk:
            moving.setdefault(home_of[place].pk, []).append(row.pk)
    for pk, moved in moving.items():
        _move(moved, pk)
    _move_decisions(
        chain, found.keying, {key: home_of[place].pk for place, own in enumerate(found.keys) for key in own}
    )
    everywhere = list(dict.fromkeys([*parts, *homes]))
    for one in everywhere:
        one.part, one.assets_version = 0, one.assets_version + 1
    for number, (home, offered) in enumerate(zip(homes, found.offered, strict=True), 1):
        home.part, home.offered_fields = number, offered
    for one in everywhere:
        one.save(update_fields=["part", "assets_version", "offered_fields"])
    chain.keying = str(found.keying)
    chain.save(update_fields=["keying"])


def _rows_of(chain: int | None) -> list[Row]:
    rows = SelectedAsset.objects.filter(selection__chain=chain).order_by("place")
    values = rows.values_list("pk", "selection_id", "asset_id", "details").iterator(AT_ONCE)
    return [Row(pk, home, Asset.of(details, id), bool(details)) for pk, home, id, details in values]


def _homes(parts: Sequence[Selection], needed: int, keep: Selection | None) -> list[Selection]:
    """So many of the parts in order, with new ones where they are too few."""
    homes = list(parts[:needed])
    if keep is not None and keep not in homes:
        homes[-1:] = [keep]
    first = parts[0]
    if needed > len(homes):
        stores = list(first.stores.all())
        homes += [_like(first, 0, stores) for _ in range(needed - len(homes))]
    return homes


def _move(pks: Sequence[int], home: int) -> None:
    """Captions that were asked for are asked of a part: who waits for one of a moved asset asks again."""
    for at in range(0, len(pks), AT_ONCE):
        rows = SelectedAsset.objects.filter(pk__in=pks[at : at + AT_ONCE])
        rows.update(selection=home)
        rows.filter(caption_state="asked").update(caption_state="")


def _move_decisions(chain: SelectionChain, keying: Keying, homes: Mapping[str, int]) -> None:
    """What was decided for groups, as they are made now, goes where they are. Of other keys it stays until they come back. A
    group that was decided in several parts, as one of its assets came back there, is decided once: by what was decided where it
    is, then by the newest (GroupArrangement.merge)."""
    decided = GroupArrangement.objects.filter(selection__chain=chain, keying=str(keying))
    places: dict[str, list[tuple[int, int]]] = {}
    for pk, home, key in decided.order_by("-pk").values_list("pk", "selection_id", "key"):
        if key in homes:
            places.setdefault(key, []).append((pk, home))
    moving: dict[int, list[int]] = {}
    doubled: list[list[int]] = []
    for key, rows in places.items():
        rows.sort(key=lambda row: row[1] != homes[key])
        if len(rows) > 1:
            doubled.append([pk for pk, _home in rows])
        if rows[0][1] != homes[key]:
            moving.setdefault(homes[key], []).append(rows[0][0])
    _merge(doubled)
    for home, pks in moving.items():
        for at in range(0, len(pks), AT_ONCE):
            GroupArrangement.objects.filter(pk__in=pks[at : at + AT_ONCE]).update(selection=home)


def _merge(doubled: Sequence[Sequence[int]]) -> None:
    """`doubled`: rows of one group each, the one that stays first."""
    for pks in doubled:
        known = GroupArrangement.objects.in_bulk(pks)
        stays, *gone = (known[pk] for pk in pks)
        for row in gone:
            stays.merge(row)
        stays.save(update_fields=["excluded", "order", "picks", "by_hand"])
        GroupArrangement.objects.filter(pk__in=pks[1:]).delete()


def counted(offered: Iterable[Mapping[str, Any]], assets: Sequence[Asset]) -> list[dict[str, Any]]:
    """The same fields, each with how many of these assets have a value in it."""
    fields = [(one, CloudinaryField.parse(one["code"])) for one in offered]
    return [{**one, "filled": sum(bool(field.values(asset)) for asset in assets)} for one, field in fields]


def tick(selection: Selection, stores: Sequence[Store]) -> None:
    """Stores that are ticked before anybody edits."""
    with transaction.atomic():
        for one in selection.whole():
            one.stores.add(*stores)
