"""A draft that was left, taken up again: somebody who opens AssetLink with the same assets goes on where they stopped."""

from datetime import datetime, timedelta

from linking.models import GroupArrangement, SelectedAsset, Selection
from linking.models.selections import KEY_SETTINGS, RUN_SETTINGS
from linking.models.writing import save_fields
from setup.reasons import Reason

# So long ago at most; and so many of the latest selections are looked at.
KEPT = timedelta(days=7)
LOOKED_AT = 10

SETTINGS = (*KEY_SETTINGS, *RUN_SETTINGS, "offer", "view", "version")
OF_ASSETS = ("excluded", "alt", "alt_source", "caption", "caption_state", "caption_problem")
BACK = Reason("edit.resumed")


def resume(selection: Selection, *, now: datetime) -> bool:
    """A new selection takes over what the member did with the same assets, if nothing was linked with it yet. The row is
    saved. Answers whether there was something."""
    ids = set(selection.assets.values_list("asset_id", flat=True))
    draft = _draft(selection, ids, now=now)
    if draft is None:
        return False
    for name in SETTINGS:
        setattr(selection, name, getattr(draft, name))
    selection.last_change = {"text": BACK, "resumed": True}
    selection.save()
    selection.stores.set(draft.stores.all())
    _take_assets(selection, draft)
    rows = list(draft.arrangements.all())
    for row in rows:
        row.pk, row.selection = None, selection
    GroupArrangement.objects.bulk_create(rows)
    return True


def _draft(selection: Selection, ids: set[str], *, now: datetime) -> Selection | None:
    """The latest one of the member with these assets, if it was edited and not linked."""
    earlier = Selection.objects.filter(member=selection.member, created__gte=now - KEPT).exclude(pk=selection.pk)
    for known in earlier.order_by("-pk")[:LOOKED_AT]:
        if set(known.assets.values_list("asset_id", flat=True)) == ids:
            linked = known.syncs.filter(kind="link", dry_run=False).exists()
            return known if known.version and not linked else None
    return None


def _take_assets(selection: Selection, draft: Selection) -> None:
    known = {row.asset_id: row for row in draft.assets.defer("details")}
    rows: list[SelectedAsset] = list(selection.assets.defer("details"))
    for row in rows:
        for name in OF_ASSETS:
            setattr(row, name, getattr(known[row.asset_id], name))
        if row.caption_state == "asked":  # by a job of the draft, which does not answer here
            row.caption_state = ""
    save_fields(rows, OF_ASSETS)
