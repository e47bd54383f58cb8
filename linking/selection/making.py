"""The door to a new selection, wherever its assets come from: by the environment's defaults, or a draft of the same assets."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from linking import queue
from linking.models import SelectedAsset, Selection
from linking.selection import chaining, presets
from linking.selection.drafts import resume
from linking.selection.last_settings import offer_to
from linking.selection.ticking import tick_at_first
from setup.security.actors import Actor


def make(
    actor: Actor,
    asset_ids: Sequence[str],
    *,
    said_by: str = "",
    said_note: str = "",
    fresh: bool = False,
    decided: Callable[[Selection], None] | None = None,
    also: Callable[[Selection], None] = lambda selection: None,
) -> Selection:
    """A new selection of the actor, with the settings of last time as an offer; its details are fetched. With assets of which
    there is a draft, that goes on. Of more assets than one selection takes it is the first part of a chain
    (linking.selection.chaining). `said_by`: who handed the assets over, with what they say of them. `fresh`: without a draft, and
    with nothing ticked. `decided` settles what all parts have alike. `also` is done together with it, or neither is."""
    environment = actor.environment
    with transaction.atomic():
        selection = Selection.objects.create(
            environment=environment,
            member=actor.member,
            offer=offer_to(actor.member),
            said_by=said_by,
            said_note=said_note,
            **environment.defaults(),
        )
        SelectedAsset.objects.bulk_create(
            SelectedAsset(selection=selection, place=place, asset_id=asset_id)
            for place, asset_id in enumerate(asset_ids)
        )
        if not fresh and not resume(selection, now=timezone.now()):
            tick_at_first(selection)
            presets.begin(selection)
        if decided is not None:
            decided(selection)
        chaining.divide(selection)
        also(selection)
    enqueue(selection)
    return selection


def enqueue(selection: Selection) -> None:
    """Have the details of its assets be read; of a chain, of all parts."""
    for pk in selection.whole().values_list("pk", flat=True):
        queue.enqueue("fetch", pk)
