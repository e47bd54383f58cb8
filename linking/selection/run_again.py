"""Run again: a new selection from an old run. Its assets are fetched again; nothing is written until a button is pressed."""

from collections.abc import Iterable

from django.db import transaction

from linking.domain.alts import AltSource
from linking.domain.arrangements import ARRANGED, KeptArrangement, KeptGroup
from linking.domain.keying import Keying, compiled
from linking.domain.per_store import modes_of, without_taking
from linking.domain.stored import pairs
from linking.models import ChangeRow, GroupArrangement, ProductSync, SelectedAsset, Selection, Sync
from linking.models.selected import assets_of as selected
from linking.models.selections import RUN_SETTINGS
from linking.selection import chaining
from setup.models import Member, Store
from setup.reasons import Reason, joined
from setup.words import _, gettext_lazy

KINDS = ("link", "upload")
UNREAD = gettext_lazy("AssetLink cannot read how this run was arranged. Select its assets again in the Media Library.")


class CannotRepeat(Exception):
    """The text says why, and what to do."""


def again(origin: Sync, member: Member) -> Selection:
    """The same assets in the same arrangement, with the same stores and settings. Raises CannotRepeat.

    A link mode that takes media away is never preselected.
    """
    if origin.kind not in KINDS:
        raise CannotRepeat(_("You can run again only what links or uploads assets."))
    if origin.kind == "link" and origin.names_products:
        raise CannotRepeat(_("A program named the products of this run. Have it send its request again."))
    ids = assets_of(origin)
    if not ids:
        raise CannotRepeat(_("None of this run’s assets is left. Select assets in the Media Library."))
    try:
        keying = Keying.parse(origin.keying or origin.cloudinary_field)
        compiled(keying.pattern)
    except ValueError as error:
        raise CannotRepeat(f"{UNREAD} ({error})") from None
    kept = KeptArrangement.of(origin.arrangement)
    if origin.arrangement != {} and not kept.whole(*ARRANGED):
        raise CannotRepeat(str(UNREAD))
    said = Reason("edit.again", when=origin.created.isoformat())
    taken = {name: getattr(origin, name) for name in RUN_SETTINGS}
    modes = modes_of(taken)
    taken |= without_taking(taken)
    for mode in sorted(modes - modes_of(taken)):
        said = joined(said, Reason("edit.mode_not_taken", mode=Reason(f"mode.{mode}")))
    with transaction.atomic():
        selection = Selection.objects.create(
            environment=origin.environment,
            member=member,
            version=1,  # somebody decided on all of this
            last_change={"text": said, "resumed": True},
            **keying.settings,
            **taken,
        )
        connected = Store.objects.open_to(member).filter(syncs__sync=origin)
        selection.stores.set(connected)
        _arrange(selection, kept, ids)
        chaining.divide(selection)
    return selection


def _arrange(selection: Selection, kept: KeptArrangement, ids: list[str]) -> None:
    SelectedAsset.objects.bulk_create(
        SelectedAsset(
            selection=selection,
            place=place,
            asset_id=id,
            excluded=id in kept.excluded,
            alt=kept.alts.get(id),
            alt_source=kept.alt_sources.get(id, AltSource.TYPED) if id in kept.alts else "",
        )
        for place, id in enumerate(ids)
    )
    keying = selection.keying
    rows: dict[str, GroupArrangement] = {}
    for group in kept.groups:
        same = keying.same(group.key)
        row = GroupArrangement(selection=selection, keying=str(keying), key=same, excluded=group.excluded)
        row.picks, row.by_hand, row.order = dict(group.picks), dict(group.by_hand), _order_of(group)
        rows.setdefault(same, row)
    GroupArrangement.objects.bulk_create(rows.values())


def _order_of(group: KeptGroup) -> list[str]:
    """The order by hand, if there was one. Runs that did not keep that get theirs back as it was."""
    return list(group.assets) if group.manual is not False and len(group.assets) > 1 else []


def assets_of(origin: Sync) -> list[str]:
    """Asset ids in the order in which they were selected; if the selection is gone, as the run itself tells."""
    if origin.selection is not None:
        return list(selected(origin).values_list("asset_id", flat=True))
    return list(dict.fromkeys(id for id in _named_by(origin) if id))


def _named_by(origin: Sync) -> Iterable[str]:
    for group in KeptArrangement.of(origin.arrangement).groups:
        yield from group.assets
    for incoming in ProductSync.objects.filter(part__sync=origin).values_list("incoming", flat=True):
        yield from (asset for asset, _media in pairs(incoming))
    yield from ChangeRow.objects.filter(part__sync=origin, product=None).values_list("asset_id", flat=True)
