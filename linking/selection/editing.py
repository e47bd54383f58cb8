"""Edits of an arrangement by hand: what stays out, and the order within a group. Each is made within `editing.edit` and leaves
its way back in the selection's last_change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from linking.domain.stored import arranged_before
from linking.models import GroupArrangement, SelectedAsset, Selection
from linking.models.writing import save_fields
from linking.selection.arrangement import ArrangedGroup, Arrangement, arrangement_of

UNDO = {"do": "undo"}


class NotThere(Exception):
    """The edit names a group or an asset that the selection does not have."""


@dataclass
class Draft:
    """A selection that is being edited, and what was changed of it so far: `numbers` of assets (their places in the
    selection), `groups` by their ids, and those of them that were `ordered`. `told`: what was done, for the person."""

    selection: Selection
    rows: Sequence[SelectedAsset]
    arranged: Arrangement
    numbers: set[int] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    ordered: set[str] = field(default_factory=set)
    told: str = ""

    @classmethod
    def of(cls, selection: Selection) -> "Draft":
        rows = list(selection.assets.all())
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

    def say(self, text: str, **was: object) -> None:
        """`was`: what takes the edit back."""
        self.told = text
        self.selection.last_change = {"text": text, "back": UNDO, "url": "link-arrange", "was": was}


def exclude(draft: Draft, numbers: Collection[int], *, out: bool) -> None:
    """Assets stay out of every group, or come back. Raises NotThere if none is named."""
    named = [row for row in draft.rows if row.place in numbers and row.details]
    if not named:
        raise NotThere
    changed = [row for row in named if row.excluded != out]
    _set_excluded(draft, {row.place: out for row in changed})
    done = "excluded" if out else "included again"
    if not changed:
        draft.told = f"{_assets(named)} already {'excluded' if out else 'included'}."
        return
    draft.say(f"{_assets(changed)} {done}.", assets=[[row.place, not out] for row in changed])


def _assets(rows: Sequence[SelectedAsset]) -> str:
    return f"{rows[0].asset.name} is" if len(rows) == 1 else f"{len(rows):,} assets are"


def _set_excluded(draft: Draft, states: Mapping[int, bool]) -> None:
    rows = [row for row in draft.rows if row.place in states]
    for row in rows:
        row.excluded = states[row.place]
    save_fields(rows, ["excluded"])
    draft.numbers |= {row.place for row in rows}
    ids = {row.asset_id for row in rows}
    draft.groups |= {
        group.id for group in draft.arranged.groups if any(asset.asset_id in ids for asset in group.assets)
    }


def exclude_group(draft: Draft, id: str, *, out: bool) -> None:
    """The whole group stays out, or comes back with what was excluded of it still excluded. Raises NotThere."""
    group = draft.group(id)
    _keep(draft, group, excluded=out)
    draft.replace(replace(group, excluded=out))
    draft.say(
        f"{group.key} is {'excluded' if out else 'included again'}.", groups=[[group.same, {"excluded": not out}]]
    )


def move(draft: Draft, id: str, number: int, to: int) -> None:
    """Put an asset at a place of its group, counted from 1; a place that does not exist is the nearest that does. Raises
    NotThere."""
    group = draft.group(id)
    place = draft.place_of(group, number)
    assets = list(group.assets)
    to = min(max(to, 1), len(assets))
    asset = assets.pop(place)
    assets.insert(to - 1, asset)
    told = f"{group.key}: {asset.name} {'moved to' if to != place + 1 else 'stays at'} position {to} of {len(assets)}."
    if to == place + 1:
        draft.told = told
        draft.ordered.add(group.id)  # the page may have shown it elsewhere
        return
    was = [known.asset_id for known in group.assets] if group.manual else []
    _keep(draft, group, order=[known.asset_id for known in assets])
    draft.replace(replace(group, assets=tuple(assets), manual=True))
    draft.ordered.add(group.id)
    draft.say(told, groups=[[group.same, {"order": was}]])


def shift(draft: Draft, id: str, number: int, way: str) -> None:
    """Move an asset one `up` or `down`, or to the `top` or `bottom` of its group. Raises NotThere."""
    group = draft.group(id)
    place = draft.place_of(group, number) + 1
    targets = {"up": place - 1, "down": place + 1, "top": 1, "bottom": len(group.assets)}
    move(draft, id, number, targets[way])


def restore(draft: Draft, id: str, by: str) -> None:
    """Back to the order by the ordering field, which people call `by`. Raises NotThere."""
    group = draft.group(id)
    if not group.manual:
        draft.told = f"{group.key}: the order is already {by}."
        return
    was = [asset.asset_id for asset in group.assets]
    _keep(draft, group, order=[])
    _redraw(draft, [group.same])
    draft.say(f"{group.key}: ordered {by} again.", groups=[[group.same, {"order": was}]])


def take_back(draft: Draft, was: object) -> None:
    """What `last_change` keeps: {"assets": [[number, excluded], …], "groups": [[same, {field: value}], …]}."""
    places, groups = arranged_before(was)
    _set_excluded(draft, places)
    known = {group.same: group for group in draft.arranged.groups}
    changed = [(known[same], fields) for same, fields in groups if same in known]
    for group, fields in changed:
        _keep(draft, group, **fields)
    if changed:
        _redraw(draft, [group.same for group, _ in changed])
    draft.told = "Taken back." if places or groups else "There is nothing to take back any more."


def _keep(draft: Draft, group: ArrangedGroup, **fields: Any) -> None:
    row = GroupArrangement(selection=draft.selection, keying=str(draft.selection.keying), key=group.same, **fields)
    unique = ["selection", "keying", "key"]
    GroupArrangement.objects.bulk_create([row], update_conflicts=True, unique_fields=unique, update_fields=[*fields])


def _redraw(draft: Draft, same: Collection[str]) -> None:
    """Read the arrangement again, where groups are ordered by the field again or as they were."""
    draft.arranged = arrangement_of(draft.selection, draft.rows)
    touched = {group.id for group in draft.arranged.groups if group.same in same}
    draft.groups |= touched
    draft.ordered |= touched
