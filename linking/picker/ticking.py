"""What a member has ticked: one row, changed by what is ticked and unticked, so that two tabs never undo each other."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import transaction

from linking.cloudinary.renditions import withheld
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.domain.keying import Keying
from linking.domain.searching import TYPES, Filters
from linking.domain.showing import Shut, shut
from linking.models import Ticked
from linking.picker.walking import Page, Place, page_of
from setup.models import Environment, Member

# As rows keep it: asset id, resource type, keys.
Tick = tuple[str, str, tuple[str, ...]]
LONGEST_ID, LONGEST_KEY, MOST_KEYS = 255, 200, 20


class UsedUp(Exception):
    """What was ticked went into a selection already, or was unticked."""


@dataclass(frozen=True)
class Count:
    """`total` of what is ticked, by resource type; how many different keys that has, and how many assets have none; `beyond`:
    how many were not ticked, as a selection takes no more; `withheld`: how many not, as nobody may be shown them, by why."""

    total: int
    types: dict[str, int]
    keys: int
    keyless: int
    beyond: int = 0
    withheld: Mapping[Shut, int] = field(default_factory=dict)


def most() -> int:
    return settings.SELECTION_MAX_ASSETS


def ticked_of(member: Member) -> Ticked:
    """The member's row; one that is not there yet is not made."""
    return Ticked.objects.filter(member=member).first() or Ticked(member=member)


def change(member: Member, add: Iterable[Tick] = (), remove: Collection[str] = (), *, clear: bool = False) -> Count:
    """Add at the end what is not ticked yet, as far as it fits, and take away the ids in `remove`, or all."""
    with transaction.atomic():
        Ticked.objects.get_or_create(member=member)
        row = Ticked.objects.select_for_update().get(member=member)
        gone = set(remove)
        known: dict[str, Tick] = {} if clear else {one[0]: one for one in row.assets if one[0] not in gone}
        new = {one[0]: one for one in add if one[0] not in known and one[0] not in gone}
        room = max(0, most() - len(known))
        known |= dict(list(new.items())[:room])
        row.assets = list(known.values())
        row.save(update_fields=["assets", "changed"])
    return count(row.assets, beyond=max(0, len(new) - room))


def use_up(member: Member, ids: Collection[str]) -> None:
    """Take these away, for one selection: what another tab ticked meanwhile stays. Raises UsedUp if one of them is gone."""
    row = Ticked.objects.select_for_update().get(member=member)
    used = set(ids)
    left = [one for one in row.assets if one[0] not in used]
    if len(row.assets) - len(left) < len(used):
        raise UsedUp
    row.assets = left
    row.save(update_fields=["assets", "changed"])


def remember(member: Member, query: str) -> None:
    """The last search, for when the page is opened without one."""
    if not Ticked.objects.filter(member=member).update(query=query) and query:
        Ticked.objects.get_or_create(member=member, defaults={"query": query})


def count(ticks: Collection[Tick], beyond: int = 0) -> Count:
    types = Counter(kind for _id, kind, _keys in ticks)
    keys = {key for _id, _kind, found in ticks for key in found}
    return Count(len(ticks), dict(types), len(keys), sum(not found for *_, found in ticks), beyond)


def keying_of(environment: Environment) -> Keying:
    """How a new selection reads keys."""
    return Keying(CloudinaryField.parse(environment.default_cloudinary_field), fold=environment.default_fold)


def tick_of(environment: Environment, asset: Asset) -> Tick:
    return asset.asset_id, asset.resource_type, tuple(keying_of(environment).keys(asset)[:MOST_KEYS])


def sent(ids: Iterable[str], about: Iterable[str]) -> list[Tick]:
    """As the page sends them: ids, and about each its type and keys (`image`, a line for each key)."""
    found = []
    for id, known in zip(ids, about, strict=False):
        kind, *keys = known.split("\n")
        if 0 < len(id) <= LONGEST_ID and kind in TYPES:
            found.append((id, kind, tuple(key[:LONGEST_KEY] for key in keys if key)[:MOST_KEYS]))
    return found


def tick_all(member: Member, filters: Filters) -> tuple[Count, Page]:
    """All that match, from the beginning, as far as they fit and as far as calls reach. Raises BadFilter, CloudinaryError."""
    environment = member.environment
    page = page_of(environment, filters, Place(), most())
    troubles = {asset.asset_id: withheld(environment, asset) for asset in page.assets}
    found = [tick_of(environment, asset) for asset in page.assets if not troubles[asset.asset_id]]
    left_out = Counter(shut(trouble) for trouble in troubles.values() if trouble)
    return replace(change(member, found), withheld=left_out), page
