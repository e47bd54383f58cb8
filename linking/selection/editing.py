"""Edits of an arrangement by hand: what is excluded, and the order within a group. Each is made within `locking.edit` and leaves
its way back in the selection's last_change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from linking.domain.stored import arranged_before
from linking.models import BriefRow, GroupArrangement, SelectedAsset, Selection
from linking.models.writing import save_fields
from linking.selection import chaining
from linking.selection.arrangement import ArrangedGroup, Arrangement, arrangement_of, as_kept
from linking.selection.extracts import BriefRows, rows_of
from setup.reasons import NONE, Reason

UNDO = {"do": "undo"}
CHOSEN = {"picks", "by_hand"}


class NotThere(Exception):
    """The edit names a group or an asset that the selection does not have."""


@dataclass
class SelectionEdit:
    """A selection that is being edited, and what was changed of it so far: `numbers` of assets (their places in the
    selection), `groups` by their ids, those of them that were `ordered`, and those whose products were `chosen`. `said`: what was
    done, for the person."""

    selection: Selection
    rows: BriefRows
    arranged: Arrangement
    numbers: set[int] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    ordered: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)
    said: Reason = NONE

    @classmethod
    def of(cls, selection: Selection) -> "SelectionEdit":
        rows = rows_of(selection)
        return cls(selection, rows, arrangement_of(selection, rows))

    def group(self, id: str) -> ArrangedGroup:
        """Raises NotThere."""
        found = self.arranged.group(id)
        if found is None:
            raise NotThere
        return found

    def place_of(self, group: ArrangedGroup, number: int) -> int:
        """Of the asset with this number within the group, from 0. Raises NotThere."""
        row = next((row for row in self.rows if row.place == number), None)
        for place, asset in enumerate(group.assets):
            if row is not None and asset.asset_id == row.asset_id:
                return place
        raise NotThere

    def replace(self, group: ArrangedGroup) -> None:
        groups = [group if known.same == group.same else known for known in self.arranged.groups]
        self.arranged = replace(self.arranged, groups=groups)
        self.groups.add(group.id)

    def say(self, text: Reason, **was: object) -> None:
        """`was`: what takes the edit back."""
        self.said = text
        self.selection.last_change = {"text": text, "back": UNDO, "url": "link-arrange", "was": was}


def exclude(edit: SelectionEdit, numbers: Collection[int], *, out: bool) -> None:
    """Assets stay out of every group, or come back. Raises NotThere if none is named."""
    named = [row for row in edit.rows if row.place in numbers and row.known]
    if not named:
        raise NotThere
    changed = [row for row in named if row.excluded != out]
    _set_excluded(edit, {row.place: out for row in changed})
    if not changed:
        edit.said = _of("edit.already_excluded" if out else "edit.already_included", named)
        return
    done = _of("edit.excluded" if out else "edit.included", changed)
    edit.say(done, assets=[[row.place, not out] for row in changed])


def _of(code: str, rows: Sequence[BriefRow]) -> Reason:
    """Of one asset by its name, of several by their number."""
    named = {"name": rows[0].asset.name} if len(rows) == 1 else {}
    return Reason(code, count=len(rows), **named)


def _set_excluded(edit: SelectionEdit, states: Mapping[int, bool]) -> None:
    rows = [row for row in edit.rows if row.place in states]
    for out in (True, False):
        if places := [row.place for row in rows if states[row.place] == out]:
            SelectedAsset.objects.filter(selection=edit.selection, place__in=places).update(excluded=out)
    edit.rows.edit({row.place: {"excluded": states[row.place]} for row in rows})
    edit.numbers |= {row.place for row in rows}
    ids = {row.asset_id for row in rows}
    edit.groups |= {group.id for group in edit.arranged.groups if any(asset.asset_id in ids for asset in group.assets)}


def exclude_group(edit: SelectionEdit, id: str, *, out: bool) -> None:
    """The whole group is excluded, or comes back with what was excluded of it still excluded. Raises NotThere."""
    group = edit.group(id)
    if group.excluded == out:
        edit.said = Reason("edit.already_excluded" if out else "edit.already_included", count=1, name=group.key)
        edit.groups.add(group.id)  # the page may have shown it otherwise
        return
    keep(edit, group, excluded=out)
    edit.replace(replace(group, excluded=out))
    done = Reason("edit.group_excluded" if out else "edit.group_included", key=group.key)
    edit.say(done, groups=[[group.same, {"excluded": not out}]])


def move(edit: SelectionEdit, id: str, number: int, to: int) -> None:
    """Put an asset at a place of its group, counted from 1; a place that does not exist is the nearest that does. Raises
    NotThere."""
    group = edit.group(id)
    place = edit.place_of(group, number)
    assets = list(group.assets)
    if place >= group.last:  # a swatch, which has no order
        raise NotThere
    to = min(max(to, 1), group.last)
    asset = assets.pop(place)
    assets.insert(to - 1, asset)
    moved = "edit.moved" if to != place + 1 else "edit.unmoved"
    said = Reason(moved, key=group.key, name=asset.name, to=to, all=group.last)
    if to == place + 1:
        edit.said = said
        edit.ordered.add(group.id)  # the page may have shown it elsewhere
        return
    was = [known.asset_id for known in group.assets] if group.manual else []
    keep(edit, group, order=[known.asset_id for known in assets])
    edit.replace(replace(group, assets=tuple(assets), manual=True))
    edit.ordered.add(group.id)
    edit.say(said, groups=[[group.same, {"order": was}]])


def shift(edit: SelectionEdit, id: str, number: int, way: str) -> None:
    """Move an asset one `up` or `down`, or to the `top` or `bottom` of its group. Raises NotThere."""
    group = edit.group(id)
    place = edit.place_of(group, number) + 1
    targets = {"up": place - 1, "down": place + 1, "top": 1, "bottom": group.last}
    move(edit, id, number, targets[way])


def restore(edit: SelectionEdit, id: str, field: str | Reason) -> None:
    """Back to the order by the ordering field, which people call `field`; without one, to the order of selecting. Raises
    NotThere."""
    group = edit.group(id)
    if not group.manual:
        already = Reason("edit.already_as_selected", key=group.key)
        edit.said = Reason("edit.already_ordered_by", key=group.key, field=field) if field else already
        return
    was = [asset.asset_id for asset in group.assets]
    _redraw(edit, [keep(edit, group, order=[])])
    as_selected = Reason("edit.ordered_as_selected", key=group.key)
    done = Reason("edit.ordered_by", key=group.key, field=field) if field else as_selected
    edit.say(done, groups=[[group.same, {"order": was}]])


def ordered_by_hand(selection: Selection) -> QuerySet[GroupArrangement]:
    """Of the groups as they are made now; of a chain those of all parts, as the ordering field is that of all."""
    rows = GroupArrangement.objects.filter(keying=str(selection.keying)).exclude(order=[])
    chain = selection.chain_id
    return rows.filter(selection=selection) if chain is None else rows.filter(selection__chain=chain)


def discard_orders(selection: Selection) -> bool:
    """Every group back to the order by the ordering field, in all parts of a chain; the caller saves the row. Answers whether
    there was anything to discard. Raises chaining.Occupied."""
    by_hand = ordered_by_hand(selection)
    orders = [[key, {"order": order}] for key, order in by_hand.values_list("key", "order")]
    if orders:
        chaining.touch(selection)
        by_hand.update(order=[])
        text = Reason("edit.order_discarded", groups=len(orders))
        selection.last_change = {"text": text, "back": UNDO, "url": "link-arrange", "was": {"groups": orders}}
    return bool(orders)


def take_back(edit: SelectionEdit, was: object) -> None:
    """What `last_change` keeps: {"assets": [[number, excluded], …], "groups": [[same, {field: value}], …]}."""
    places, groups = arranged_before(was)
    _set_excluded(edit, places)
    known = {group.same: group for group in edit.arranged.groups}
    changed = [(known[same], fields) for same, fields in groups if same in known]
    _redraw(edit, [keep(edit, group, **fields) for group, fields in changed])
    edit.chosen |= {group.id for group, fields in changed if not CHOSEN.isdisjoint(fields)}
    _order_elsewhere(
        edit.selection, {same: fields["order"] for same, fields in groups if "order" in fields}, known.keys()
    )
    edit.said = Reason("edit.taken_back" if places or groups else "edit.nothing_to_take_back")
    if places or groups:
        edit.selection.last_change = {}


def _order_elsewhere(selection: Selection, orders: Mapping[str, list[str]], here: Collection[str]) -> None:
    """Manual orders of groups in other parts of the chain, which were discarded from this one. Raises chaining.Occupied."""
    if selection.chain_id is None or not (wanted := orders.keys() - here):
        return
    chaining.touch(selection)
    elsewhere = GroupArrangement.objects.filter(selection__chain=selection.chain_id, keying=str(selection.keying))
    rows = [row for row in elsewhere.exclude(selection=selection) if row.key in wanted]
    for row in rows:
        row.order = orders[row.key]
    save_fields(rows, ["order"])


def keep(edit: SelectionEdit, group: ArrangedGroup, **fields: Any) -> GroupArrangement:
    """What was decided of a group, in its row."""
    known = {"excluded": group.excluded, "picks": dict(group.picks), "by_hand": dict(group.by_hand)}
    known["order"] = [asset.asset_id for asset in group.assets] if group.manual else []
    # Whole, as what is known of the group may be in a row of an earlier release.
    row = GroupArrangement(
        selection=edit.selection, keying=str(edit.selection.keying), key=group.same, **known | fields
    )
    unique = ["selection", "keying", "key"]
    GroupArrangement.objects.bulk_create([row], update_conflicts=True, unique_fields=unique, update_fields=[*fields])
    return row


def _redraw(edit: SelectionEdit, kept: Iterable[GroupArrangement]) -> None:
    """Groups that are ordered by the field again, or as they were."""
    for row in kept:
        group = as_kept(edit.selection, edit.rows, row)
        edit.replace(group)
        edit.ordered.add(group.id)
