"""Assets added to a selection that is there, or taken out of it: what was arranged of the others stays. The new ones are read as
in a new selection, and no edit that was made on the state before is taken any more."""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from linking.models import SelectedAsset, Selection
from linking.models.jobs import asked_for
from linking.selection import extracts
from linking.selection.making import enqueue
from setup.words import _, ngettext, number


class CannotChange(Exception):
    """The text says why, and what to do."""


def holds(selection: Selection) -> set[str]:
    """Ids of its assets, of a chain those of all parts."""
    rows = SelectedAsset.objects.filter(selection__in=selection.whole().order_by())
    return set(rows.values_list("asset_id", flat=True))


def add(selection: Selection, asset_ids: Collection[str]) -> int:
    """At the end, in this order; how many were not in it yet. Raises CannotChange."""
    with transaction.atomic():
        row = _locked(selection)
        there = set(row.assets.values_list("asset_id", flat=True))
        new = [id for id in dict.fromkeys(asset_ids) if id not in there]
        if len(there) + len(new) > settings.SELECTION_MAX_ASSETS:
            raise CannotChange(_full(settings.SELECTION_MAX_ASSETS - len(there)))
        if not new:
            return 0
        last = row.assets.aggregate(last=Max("place"))["last"]
        first = 0 if last is None else last + 1
        SelectedAsset.objects.bulk_create(
            SelectedAsset(selection=row, place=place, asset_id=asset_id) for place, asset_id in enumerate(new, first)
        )
        _changed(row)
    enqueue(row)
    return len(new)


def take_out(selection: Selection, asset_ids: Collection[str]) -> int:
    """How many of these were in it. Raises CannotChange."""
    with transaction.atomic():
        row = _locked(selection)
        found = row.assets.filter(asset_id__in=asset_ids)
        pks = list(found.values_list("pk", flat=True))
        if pks and len(pks) == row.assets.count():
            raise CannotChange(_("Nothing would be left in your open selection. Choose fewer assets."))
        if not pks:
            return 0
        SelectedAsset.objects.filter(pk__in=pks).delete()
        _changed(row)
    enqueue(row)
    return len(pks)


def _locked(selection: Selection) -> Selection:
    """Raises CannotChange."""
    row = Selection.objects.select_for_update().get(pk=selection.pk)
    if row.chain_id is not None:
        raise CannotChange(_("Your open selection is divided into parts. Make a new selection instead."))
    return row


def _full(room: int) -> str:
    if room <= 0:
        return _("Your open selection is full. Make a new selection instead.")
    text = ngettext(
        "Your open selection has room for {n} more asset. Choose fewer, or make a new selection.",
        "Your open selection has room for {n} more assets. Choose fewer, or make a new selection.",
        room,
    )
    return text.format(n=number(room))


def _changed(row: Selection) -> None:
    """What is read of its assets is read again, of which those are asked for that have no details."""
    for name, value in asked_for(now=timezone.now()).items():
        setattr(row, name, value)
    row.version += 1
    row.last_change = {}
    row.save()
    extracts.changed(row.pk)
