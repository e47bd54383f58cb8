"""Starting runs: the button, applying what was shown, undoing, and trying failures again. Each press makes one run."""

from collections.abc import Sequence

from django.db import transaction

from linking import queue
from linking.domain import stored
from linking.domain.arrangements import KeptArrangement
from linking.models import ChangeRow, Link, ProductSync, Selection, StoreSync, Sync
from linking.models.selections import RUN_SETTINGS
from linking.selection.arrangement import freeze
from setup.models import Member, Store

SETTINGS = ("cloudinary_field", *RUN_SETTINGS)
State = ProductSync.State
UNDOABLE = (State.DONE, State.PARTIAL, State.ABORTED, State.FAILED)
RETRIED = (State.FAILED, State.PARTIAL, State.REFUSED, State.ABORTED)
UNREAD = "What is kept of this run's arrangement cannot be read. Select its assets again in the Media Library."


class CannotStart(Exception):
    """The text says why, and what to do."""


def link(selection: Selection, token: str, *, dry_run: bool) -> Sync:
    """A run of the selection as it is arranged now. In a mode that is made to take media away it is always shown first; in any
    other it stops at its plan if that takes some away (linking.syncing.gate)."""
    fields = {name: getattr(selection, name) for name in SETTINGS}
    sync = Sync(member=selection.member, selection=selection, environment=selection.environment, token=token, **fields)
    sync.dry_run = dry_run or sync.destructive
    sync.keying, sync.arrangement = str(selection.keying), freeze(selection)
    stores = selection.stores.filter(status=Store.Status.CONNECTED)
    return _begin(sync, list(stores))


def upload(selection: Selection, token: str, *, dry_run: bool, new_versions: str = "add") -> Sync:
    """The selection, as it is arranged now, to the Files of the chosen stores."""
    fields = {name: getattr(selection, name) for name in SETTINGS}
    sync = Sync(member=selection.member, selection=selection, environment=selection.environment, token=token, **fields)
    sync.kind, sync.dry_run, sync.new_versions = "upload", dry_run, new_versions
    sync.keying, sync.arrangement = str(selection.keying), freeze(selection)
    stores = selection.stores.filter(status=Store.Status.CONNECTED)
    return _begin(sync, list(stores))


def undo(origin: Sync, member: Member, token: str, *, only: Sequence[Sequence] = ()) -> Sync:
    """The way back, shown first. `only`: [[store pk, product id], …]; empty is all that the run changed.

    Raises CannotStart.
    """
    if origin.busy or origin.dry_run:
        raise CannotStart("Only a finished run can be undone.")
    if origin.kind == "upload":
        raise CannotStart("An upload is not taken back: AssetLink never deletes files in Shopify. Delete them there.")
    touched = ProductSync.objects.filter(part__sync=origin, state__in=UNDOABLE).exclude(result="", waits={})
    if not touched.exists():
        raise CannotStart("This run changed nothing that could be undone.")
    sync = _follower(origin, member, token)
    sync.kind, sync.dry_run, sync.only = "undo", True, [list(pair) for pair in only]
    stores = Store.objects.filter(syncs__sync=origin)
    if only:
        stores = stores.filter(pk__in={pair[0] for pair in only})
    return _begin(sync, list(stores))


def unlink(member: Member, links: Sequence[Link], token: str) -> Sync:
    """These links out of their galleries, shown first. Raises CannotStart."""
    named: dict[str, dict[str, list[str]]] = {}
    for link in links:
        named.setdefault(str(link.store_id), {}).setdefault(link.product_id, []).append(link.medium_id)
    stores = Store.objects.filter(environment=member.environment, pk__in=named, status=Store.Status.CONNECTED)
    if not stores:
        raise CannotStart("The stores of these links are not connected. Ask an admin to connect them again.")
    sync = Sync(environment=member.environment, member=member, token=token, kind="unlink", dry_run=True)
    sync.arrangement = {"unlink": named}
    return _begin(sync, list(stores))


def retry(origin: Sync, member: Member, token: str) -> Sync:
    """The products that failed, were refused or broken off, planned anew with the same settings. Raises CannotStart."""
    if origin.busy or origin.dry_run:
        raise CannotStart("Only a finished run can be tried again.")
    if origin.kind in ("link", "upload") and origin.selection is None:
        raise CannotStart("The selection of this run is gone. Select the assets again in the Media Library.")
    if origin.kind in ("link", "upload") and not KeptArrangement.of(origin.arrangement).whole(
        "groups", "excluded", "alts", "alt_sources"
    ):
        raise CannotStart(UNREAD)
    if origin.kind == "upload":
        return _retry_upload(origin, member, token)
    rows = ProductSync.objects.filter(part__sync=origin, state__in=RETRIED)
    failed = [list(pair) for pair in rows.values_list("part__store_id", "product_id")]
    lost = origin.parts.filter(state__in=[StoreSync.State.FAILED, StoreSync.State.ABORTED], products=None)
    stores = Store.objects.filter(pk__in={pair[0] for pair in failed} | set(lost.values_list("store_id", flat=True)))
    if not stores:
        raise CannotStart("Nothing of this run failed.")
    sync = _follower(origin, member, token)
    sync.only = failed
    sync.dry_run = sync.destructive
    if origin.kind == "unlink":
        sync.kind, sync.dry_run = "unlink", True
    if origin.kind == "undo":
        sync.kind, sync.origin, sync.dry_run = "undo", origin.origin, True
    return _begin(sync, list(stores))


def _retry_upload(origin: Sync, member: Member, token: str) -> Sync:
    failed = [ChangeRow.Outcome.FAILED, ChangeRow.Outcome.ABORTED, ChangeRow.Outcome.UNKNOWN]
    lines = ChangeRow.objects.filter(part__sync=origin, outcome__in=failed)
    stores = Store.objects.filter(pk__in=lines.values("part__store"))
    if not stores:
        raise CannotStart("Nothing of this run failed.")
    sync = _follower(origin, member, token)
    sync.kind, sync.new_versions = "upload", origin.new_versions
    only = lines.values_list("asset_id", flat=True).distinct().order_by()
    sync.arrangement |= {"only": list(only)}
    return _begin(sync, list(stores))


def apply(sync: Sync) -> None:
    """Exactly what the dry run showed; what has moved since is refused, product by product.

    Raises CannotStart while a store is still being planned: its plan was not shown.
    """
    # Where a store is at work already, another press of the button was faster.
    if sync.dry_run and sync.parts.filter(state=StoreSync.State.PLANNING).exists():
        raise CannotStart("Wait until every store is planned; nothing was written.")
    with transaction.atomic():
        mine = Sync.objects.filter(pk=sync.pk, dry_run=True, abort_requested=None)
        planned = sync.parts.filter(state=StoreSync.State.PLANNED)
        if planned.exists() and mine.update(dry_run=False, as_shown=True):
            planned.update(state=StoreSync.State.APPLYING, started=None, finished=None, tries=0)
    ring_for(sync)


def _follower(origin: Sync, member: Member, token: str) -> Sync:
    fields = {name: getattr(origin, name) for name in (*SETTINGS, "keying")}
    fields["arrangement"] = stored.mapping(origin.arrangement)
    known = {"environment": origin.environment, "selection": origin.selection, "origin": origin}
    return Sync(member=member, token=token, **known, **fields)


def _begin(sync: Sync, stores: list[Store]) -> Sync:
    """The unique token decides: pressed many times, a button makes one run."""
    sync.token = sync.token[:64]
    if sync.transformation not in sync.environment.allowed_transformations:
        sync.transformation = ""  # it was allowed when it was chosen, and is not any more
    with transaction.atomic():
        known = Sync.objects.filter(environment=sync.environment, token=sync.token).first()
        if known is not None:
            return known
        Sync.objects.bulk_create([sync], ignore_conflicts=True)
        made = Sync.objects.get(environment=sync.environment, token=sync.token)
        fresh = made.key == sync.key
        if fresh:
            StoreSync.objects.bulk_create(StoreSync(sync=made, store=store) for store in stores)
    if fresh:
        ring_for(made)
    return made


def ring_for(sync: Sync) -> None:
    for part in sync.parts.all():
        queue.enqueue("sync", part.pk)
