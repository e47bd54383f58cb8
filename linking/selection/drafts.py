"""A draft that was left, taken up again: somebody who opens AssetLink with the same assets goes on where they stopped."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from linking.models import GroupArrangement, SelectedAsset, Selection, Sync
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
    selection.stores.set(draft.stores.writable_by(selection.member))
    _take_assets(selection, draft)
    mine = {"selection": draft} if draft.chain_id is None else {"selection__chain": draft.chain_id}
    groups: dict[tuple[str, str], GroupArrangement] = {}
    # A group of a chain may be decided in several parts: the newest row takes over what the others know beyond it.
    for row in GroupArrangement.objects.filter(**mine).order_by("-pk"):
        if (known := groups.setdefault((row.keying, row.key), row)) is not row:
            known.merge(row)
    for row in groups.values():
        row.pk, row.selection = None, selection
    GroupArrangement.objects.bulk_create(groups.values())
    return True


def _draft(selection: Selection, ids: set[str], *, now: datetime) -> Selection | None:
    """The latest one of the member with these assets, if it was edited and not linked."""
    earlier = Selection.objects.filter(member=selection.member, created__gte=now - KEPT).exclude(pk=selection.pk)
    earlier = earlier.filter(Q(chain=None) | Q(part=1))
    for known in earlier.order_by("-pk")[:LOOKED_AT]:
        if set(_assets_of(known).values_list("asset_id", flat=True)) == ids:
            runs = Sync.objects.filter(selection__in=known.whole(), kind="link", dry_run=False)
            edited = known.whole().filter(version__gt=0).exists()
            return known if edited and not runs.exists() else None
    return None


def _assets_of(draft: Selection) -> QuerySet[SelectedAsset]:
    return SelectedAsset.objects.filter(selection__in=draft.whole().order_by())


def _take_assets(selection: Selection, draft: Selection) -> None:
    known = {row.asset_id: row for row in _assets_of(draft).defer("details")}
    rows: list[SelectedAsset] = list(selection.assets.defer("details"))
    for row in rows:
        for name in OF_ASSETS:
            setattr(row, name, getattr(known[row.asset_id], name))
        if row.caption_state == "asked":  # by a job of the draft, which does not answer here
            row.caption_state = ""
    save_fields(rows, OF_ASSETS)
