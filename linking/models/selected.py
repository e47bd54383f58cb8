"""The assets that a run is about: those of one selection, or of all parts of a chain."""

from django.db.models import Q, QuerySet

from linking.models.selections import SelectedAsset, Selection
from linking.models.syncs import Sync


def selections_of(sync: Sync) -> list[Selection]:
    """In order; none if they are gone."""
    if sync.chain_id is not None:
        return list(Selection.of_chain(sync.chain_id).select_related("environment"))
    return [sync.selection] if sync.selection is not None else []


def assets_of(sync: Sync) -> QuerySet[SelectedAsset]:
    """In order; none if they are gone."""
    rows = SelectedAsset.objects.order_by("place")
    if sync.chain_id is not None:
        return rows.filter(selection__chain=sync.chain_id)
    return rows.filter(selection=sync.selection_id) if sync.selection_id is not None else rows.none()


def waiting_for(selection: int) -> QuerySet[Sync]:
    """Runs that began before it, or another part of its chain, was read."""
    return Sync.objects.filter(Q(selection=selection) | Q(chain__selections=selection), to_arrange=True)
