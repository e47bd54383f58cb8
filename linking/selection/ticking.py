"""Which stores are ticked: in a new selection, when one is connected meanwhile, and all that match at once."""

from collections.abc import Collection

from linking.domain.stored import ticked_before
from linking.models import Selection, StoreMatch, Sync
from linking.selection import chaining
from setup.models import Member, Store
from setup.reasons import Reason

URL = "link-ticks"


def ticked_at_first(connected: Collection[int], last: Collection[int]) -> set[int]:
    """Of the connected stores: the only one, or else those that the person chose last time."""
    return set(connected) if len(connected) == 1 else set(connected) & set(last)


def tick_at_first(selection: Selection) -> None:
    """In a new selection, before the person has said anything."""
    connected = selection.environment.stores.open_to(selection.member)
    known = set(connected.values_list("pk", flat=True))
    selection.stores.set(ticked_at_first(known, last_choice(selection.member) if len(known) > 1 else ()))


def last_choice(member: Member) -> set[int]:
    """The stores that the member had ticked in the last selection that they edited, or linked in their last run, whichever began
    later. Selections are removed after a while, and runs stay."""
    edited = Selection.objects.filter(member=member, version__gt=0, stores__isnull=False).order_by("-pk").first()
    run = Sync.objects.filter(environment=member.environment_id, member=member, kind="link").first()
    if run is not None and (edited is None or run.created >= edited.created):
        return set(run.parts.values_list("store_id", flat=True))
    return set(edited.stores.values_list("pk", flat=True)) if edited else set()


def tick_the_only(selection: Selection, stores: dict[Store, bool]) -> dict[Store, bool]:
    """Before stores are asked: one that was connected meanwhile is ticked if there is no other one. One that was asked already is
    not new: who has unticked it meant it. `stores`: whether each is chosen; answers the same as it is now. Safe to repeat."""
    connected = [store for store in stores if store.is_open]
    if len(connected) != 1 or any(stores.values()) or selection.matches.filter(store=connected[0]).exists():
        return stores
    chaining.tick(selection, connected)
    return stores | {connected[0]: True}


def tick_all(selection: Selection) -> Reason:
    """Every connected store that has a product for at least one key, besides those that are ticked. Within `locking.edit`; the
    caller saves the row. Answers what was done."""
    known = selection.store_choices()
    matches = StoreMatch.objects.filter(selection__in=selection.whole().order_by(), known=True, matched__gt=0)
    matching = set(matches.values_list("store_id", flat=True))
    before = {store.pk for store, chosen in known.items() if chosen}
    connected = {store.pk for store in known if store.is_open}
    new = connected & matching - before
    if not new:
        return Reason("edit.all_ticked" if before & matching else "edit.no_store_matches")
    selection.stores.add(*new)
    said = Reason("edit.stores_ticked", count=len(new))
    was = {"stores": sorted(before)}
    selection.last_change = {"text": said, "back": {"do": "undo"}, "url": URL, "was": was}
    return said


def take_back(selection: Selection, was: object) -> Reason:
    """The stores that `last_change` keeps are ticked again, and no others. Within `locking.edit`."""
    before = ticked_before(was)
    if before is None:
        return Reason("edit.nothing_to_take_back")
    selection.last_change = {}
    selection.choose_stores(selection.store_choices(), {str(pk) for pk in before})
    return Reason("edit.taken_back")
