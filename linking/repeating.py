"""Run again: a new selection from an old run. Its assets are fetched anew; nothing is written until a button is pressed."""

from collections.abc import Iterable

from django.db import transaction

from linking.domain.galleries import DESTRUCTIVE, LinkMode
from linking.domain.keying import Keying
from linking.models import ChangeRow, GroupArrangement, ProductSync, SelectedAsset, Selection, Sync
from linking.models.selections import MODES, RUN_SETTINGS
from setup.models import Member, Store

KINDS = ("link", "upload")
BACK = "These are the assets of the run of {when:%-d %b %Y, %H:%M} UTC, arranged as they were then."
NOT_TAKEN = "{mode} takes media away, so it is not chosen again by itself: choose it if you want it."


class CannotRepeat(Exception):
    """The text says why, and what to do."""


def again(origin: Sync, member: Member) -> Selection:
    """The same assets in the same arrangement, with the same stores and settings. Raises CannotRepeat.

    A link mode that takes media away is never preselected.
    """
    if origin.kind not in KINDS:
        raise CannotRepeat("Only a run that links or uploads assets can be run again.")
    ids = assets_of(origin)
    if not ids:
        raise CannotRepeat("Nothing is left of this run's assets. Select them again in the Media Library.")
    keying = Keying.parse(origin.keying or origin.cloudinary_field)
    told = BACK.format(when=origin.created)
    taken = {name: getattr(origin, name) for name in RUN_SETTINGS}
    if origin.link_mode in DESTRUCTIVE:
        taken["link_mode"] = LinkMode.APPEND.value
        told += " " + NOT_TAKEN.format(mode=dict(MODES)[origin.link_mode])
    with transaction.atomic():
        selection = Selection.objects.create(
            environment=origin.environment,
            member=member,
            version=1,  # somebody decided on all of this
            last_change={"text": told, "resumed": True},
            **keying.settings,
            **taken,
        )
        connected = Store.objects.filter(syncs__sync=origin, status=Store.Status.CONNECTED)
        selection.stores.set(connected)
        _arrange(selection, origin, ids)
    return selection


def _arrange(selection: Selection, origin: Sync, ids: list[str]) -> None:
    excluded, alts = set(origin.arrangement.get("excluded", ())), origin.arrangement.get("alts", {})
    SelectedAsset.objects.bulk_create(
        SelectedAsset(
            selection=selection,
            place=place,
            asset_id=id,
            excluded=id in excluded,
            alt=alts.get(id),
            alt_source="typed" if id in alts else "",
        )
        for place, id in enumerate(ids)
    )
    keying = selection.keying
    rows: dict[str, GroupArrangement] = {}
    for key, order, out, picks in origin.arrangement.get("groups", ()):
        same = keying.same(key)
        row = GroupArrangement(selection=selection, keying=str(keying), key=same, excluded=out, picks=picks)
        row.order = order if len(order) > 1 else []
        rows.setdefault(same, row)
    GroupArrangement.objects.bulk_create(rows.values())


def assets_of(origin: Sync) -> list[str]:
    """Asset ids in the order in which they were selected; if the selection is gone, as the run itself tells."""
    if origin.selection is not None:
        return list(origin.selection.assets.order_by("place").values_list("asset_id", flat=True))
    return list(dict.fromkeys(id for id in _told(origin) if id))


def _told(origin: Sync) -> Iterable[str]:
    for group in origin.arrangement.get("groups", ()):
        yield from group[1]
    for incoming in ProductSync.objects.filter(part__sync=origin).values_list("incoming", flat=True):
        yield from (asset for asset, _ in incoming)
    yield from ChangeRow.objects.filter(part__sync=origin, product=None).values_list("asset_id", flat=True)
