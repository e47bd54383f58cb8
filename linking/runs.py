"""The one door through which a run begins or ends, whatever asks: rights, limits, rows, the queue and the audit log, in this
order.

Each press of a button makes one run, by its token. An actor is who presses (setup.security.actors).
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from linking import queue, rights
from linking.domain import stored
from linking.domain.arrangements import ARRANGED, Adopting, KeptArrangement
from linking.domain.named_products import Row as NamedRow
from linking.domain.plan import Change
from linking.domain.results import NEED_YOU
from linking.models import (
    ChangeRow,
    Firing,
    Link,
    ProductSync,
    Rule,
    Selection,
    SelectionChain,
    StoreFile,
    StoreSync,
    Sync,
)
from linking.rights import Verb
from linking.selection import making, older_files, run_again
from linking.selection.as_run import SETTINGS, as_named_run, as_run, keep_allowed
from setup.models import Store
from setup.natural_order import natural
from setup.security.actors import Actor
from setup.words import _, enumeration, ngettext, number

State = ProductSync.State
UNDOABLE = (State.DONE, State.PARTIAL, State.ABORTED, State.FAILED)


class CannotStart(Exception):
    """The text says why, and what to do."""


def _spend(actor: Actor, name: str, chain: SelectionChain | None) -> None:
    """As much as a run of each part of a chain would. Raises TooMany."""
    parts = Selection.of_chain(chain.pk).count() if chain is not None else 1
    for _part in range(max(1, parts)):
        actor.spend(name)


def link(
    actor: Actor,
    selection: Selection,
    token: str,
    *,
    dry_run: bool,
    named: Sequence[NamedRow] | None = None,
    confirmed: int | None = None,
    firing: Firing | None = None,
) -> Sync:
    """A run of the selection as it is arranged now; `named`: or as a program says, product by product. In a mode that is made to
    take media away it is always shown first; in any other it stops at its plan if that takes some away (linking.syncing.gate).
    `confirmed`: a program sees no plan, and says beforehand how many may leave; then it stops in any mode if others do.
    `firing`: of a rule, whose policy decides how far it goes. Raises TooMany."""
    _spend(actor, "dry_run" if dry_run else "sync", selection.chain)
    sync = as_run(selection, token) if named is None else as_named_run(selection, token, named)
    stores = _connected(actor, selection)
    if firing is None:
        sync.dry_run = dry_run or (confirmed is None and sync.plans_first_in(store.pk for store in stores))
    else:
        sync.rule, sync.firing, sync.policy = firing.rule, firing, firing.rule.allowed.kept
        sync.dry_run = dry_run or firing.rule.allowed.only_plans
    sync.confirmed = None if dry_run else confirmed
    begun = _begin(sync, stores)
    actor.record("sync.start", f"run {begun.key}", {"link_mode": begun.link_mode, "dry_run": begun.dry_run})
    return begun


def upload(
    actor: Actor,
    selection: Selection,
    token: str,
    *,
    dry_run: bool,
    new_versions: str = "add",
    confirmed: int | None = None,
) -> Sync:
    """The selection, as it is arranged now, to the Files of the chosen stores. What replaces contents is always shown first, but
    for as many as a program `confirmed`. Raises TooMany."""
    _spend(actor, "dry_run" if dry_run else "sync", selection.chain)
    sync, stores = as_run(selection, token), _connected(actor, selection)
    asks = new_versions == "replace" and confirmed is None
    shown = dry_run or (asks and older_files.would_replace(selection, stores))
    sync.kind, sync.dry_run, sync.new_versions = "upload", shown, new_versions
    sync.confirmed = None if dry_run else confirmed
    begun = _begin(sync, stores)
    details = {"kind": "upload", "dry_run": begun.dry_run, "new_versions": begun.new_versions}
    actor.record("sync.start", f"run {begun.key}", details)
    return begun


def _connected(actor: Actor, selection: Selection) -> list[Store]:
    """Raises NotAllowed where one of the stores is not the actor's to write to any more; pages show it unticked, and it is so
    from then on."""
    stores = list(selection.stores.filter(status=Store.Status.CONNECTED))
    try:
        rights.check_stores(actor, stores)
    except rights.NotAllowed:
        selection.stores.remove(*(store for store in stores if not actor.member.may_write_to(store)))
        raise
    return stores


def undo(actor: Actor, origin: Sync, token: str, *, only: Sequence[Sequence] = ()) -> Sync:
    """The way back, shown first. `only`: [[store pk, product id], …]; empty is all that the run changed.

    Raises CannotStart, NotAllowed, TooMany.
    """
    rights.check(actor, Verb.UNDO, origin)
    _spend(actor, "dry_run", origin.chain)
    if origin.busy or origin.dry_run:
        raise CannotStart(_("Only a finished run can be undone."))
    if origin.kind == "upload":
        raise CannotStart(
            _("An upload is not taken back: AssetLink never deletes files in Shopify. Delete them there.")
        )
    touched = ProductSync.objects.filter(part__sync=origin, state__in=UNDOABLE).exclude(result="", waits={})
    if not touched.exists():
        raise CannotStart(_("This run changed nothing that could be undone."))
    sync = _follower(origin, actor, token)
    sync.kind, sync.dry_run, sync.only = "undo", True, [list(pair) for pair in only]
    stores = Store.objects.filter(syncs__sync=origin)
    if only:
        stores = stores.filter(pk__in={pair[0] for pair in only})
    rights.check_stores(actor, stores)
    return _begun(actor, sync, stores)


def unlink(actor: Actor, links: Sequence[Link], token: str, *, rule: Rule | None = None) -> Sync:
    """These links out of their galleries, shown first. `rule`: that wants it; a person decides all the same. Raises CannotStart,
    TooMany."""
    actor.spend("dry_run")
    named: dict[str, dict[str, list[str]]] = {}
    for link in links:
        named.setdefault(str(link.store_id), {}).setdefault(link.product_id, []).append(link.medium_id)
    stores = Store.objects.filter(environment=actor.environment, pk__in=named, status=Store.Status.CONNECTED)
    rights.check_stores(actor, stores)
    if not stores:
        raise CannotStart(_("The stores of these links are not connected. Ask an admin to connect them again."))
    sync = Sync(environment=actor.environment, member=actor.member, token=token, kind="unlink", dry_run=True, rule=rule)
    sync.arrangement = {"unlink": named}
    begun = _begin(sync, list(stores))
    there = {store.pk for store in stores}
    actor.record("sync.unlink", f"run {begun.key}", {"links": sum(link.store_id in there for link in links)})
    return begun


def retry(actor: Actor, origin: Sync, token: str) -> Sync:
    """The products that failed, were refused or broken off, planned once more with the same settings. Raises CannotStart,
    NotAllowed, TooMany."""
    rights.check(actor, Verb.RETRY, origin)
    _spend(actor, "dry_run", origin.chain)
    if origin.busy or origin.dry_run:
        raise CannotStart(_("Only a finished run can be tried again."))
    if origin.kind in ("link", "upload") and origin.selection is None:
        raise CannotStart(_("The selection of this run is gone. Select the assets again in the Media Library."))
    if origin.to_arrange:
        raise CannotStart(_("AssetLink could not read the assets of this run. Begin it again."))
    if origin.kind in ("link", "upload") and not KeptArrangement.of(origin.arrangement).whole(*ARRANGED):
        raise CannotStart(run_again.UNREAD)
    if origin.kind == "upload":
        return _retry_upload(actor, origin, token)
    rows = ProductSync.objects.filter(part__sync=origin, state__in=NEED_YOU)
    failed = [list(pair) for pair in rows.values_list("part__store_id", "product_id")]
    lost = origin.parts.filter(state__in=[StoreSync.State.FAILED, StoreSync.State.ABORTED], products=None)
    stores = Store.objects.filter(pk__in={pair[0] for pair in failed} | set(lost.values_list("store_id", flat=True)))
    if not stores:
        raise CannotStart(_("Nothing of this run failed."))
    rights.check_stores(actor, stores)
    sync = _follower(origin, actor, token)
    sync.only = failed
    sync.dry_run = sync.plans_first_in(store.pk for store in stores)
    if origin.kind == "unlink":
        sync.kind, sync.dry_run = "unlink", True
    if origin.kind == "undo":
        sync.kind, sync.origin, sync.dry_run = "undo", origin.origin, True
    return _begun(actor, sync, stores, of=origin)


def plan_again(actor: Actor, origin: Sync, token: str, adopt: Adopting) -> Sync:
    """A dry run like this one, with another decision about what galleries have already. Raises CannotStart, NotAllowed,
    TooMany."""
    rights.check(actor, Verb.RETRY, origin)
    _spend(actor, "dry_run", origin.chain)
    if not origin.dry_run or origin.busy or origin.kind != "link":
        raise CannotStart(_("Only a finished dry run can be planned again."))
    if origin.selection is None:
        raise CannotStart(_("The selection of this run is gone. Select the assets again in the Media Library."))
    stores = list(Store.objects.filter(syncs__sync=origin).in_order())
    rights.check_stores(actor, stores)
    if away := [str(store) for store in stores if store.status != Store.Status.CONNECTED]:
        raise CannotStart(_away(away))
    sync = _follower(origin, actor, token)
    sync.origin, sync.only, sync.dry_run = origin.origin, origin.only, True
    sync.arrangement |= {"adopt": adopt.as_row()}
    begun = _begin(sync, stores)
    actor.record(
        "sync.start", f"run {begun.key}", {"link_mode": begun.link_mode, "dry_run": True, "adopt": adopt.every}
    )
    return begun


def _away(stores: list[str]) -> str:
    """A plan for the others alone would not be the one that the person decided on."""
    said = ngettext(
        "{stores} cannot be used at the moment, so nothing was planned. Ask an admin to connect or resume it, then plan again.",
        "{stores} cannot be used at the moment, so nothing was planned. Ask an admin to connect or resume them, then plan "
        "again.",
        len(stores),
    )
    return said.format(stores=enumeration(stores))


def _retry_upload(actor: Actor, origin: Sync, token: str) -> Sync:
    failed = [ChangeRow.Outcome.FAILED, ChangeRow.Outcome.ABORTED, ChangeRow.Outcome.UNKNOWN]
    lines = ChangeRow.objects.filter(part__sync=origin, outcome__in=failed)
    stores = Store.objects.filter(pk__in=lines.values("part__store"))
    if not stores:
        raise CannotStart(_("Nothing of this run failed."))
    rights.check_stores(actor, stores)
    sync = _follower(origin, actor, token)
    sync.kind, sync.new_versions = "upload", origin.new_versions
    sync.dry_run = lines.filter(change=Change.REPLACE).exists()  # as in `upload`
    only = lines.values_list("asset_id", flat=True).distinct().order_by()
    sync.arrangement |= {"only": list(only)}
    return _begun(actor, sync, stores)


def again(actor: Actor, origin: Sync) -> Selection:
    """A new selection of a run's assets, as it was arranged then; its details are fetched. Raises run_again.CannotRepeat,
    TooMany."""
    rights.check_works(actor)
    _spend(actor, "dry_run", origin.chain)
    selection = run_again.again(origin, actor.member)
    making.enqueue(selection)
    actor.record("sync.again", f"run {origin.key}", {"selection": str(selection.key)})
    return selection


def abort(actor: Actor, sync: Sync) -> bool:
    """Ask a run to stop. False if somebody has asked already; then its jobs are enqueued once more. Raises NotAllowed, and
    CannotStart for a run that has ended."""
    rights.check(actor, Verb.ABORT, sync)
    with transaction.atomic():
        sync.lock()  # a plan that ends meanwhile is shown: it must not be one that nobody can apply
        if not StoreSync.objects.busy().filter(sync=sync).exists():
            raise CannotStart(_("This run has ended already: there is nothing to abort."))
        fresh = Sync.objects.filter(pk=sync.pk, abort_requested=None).update(abort_requested=timezone.now())
    if fresh:
        actor.record("sync.abort", f"run {sync.key}", rights.whose(actor, sync))
    enqueue_all(sync)
    return bool(fresh)


def _name_files(sync: Sync) -> None:
    """As the plan showed it; but what another run is bringing keeps the name that was shown there."""
    lines = ChangeRow.objects.exclude(planned_name="").exclude(file=None)
    others = lines.filter(part__state=StoreSync.State.APPLYING).exclude(part__sync=sync).values("file")
    mine = lines.filter(part__sync=sync, part__state=StoreSync.State.PLANNED).exclude(file__in=others)
    StoreFile.objects.name_as_shown(dict(mine.values_list("file_id", "planned_name")))


def apply(actor: Actor, sync: Sync, *, leaving: int | None = None, replaced: int | None = None) -> None:
    """Exactly what the dry run showed; what has moved since is refused, product by product. `leaving`, `replaced`: how many media
    leave galleries, and how many files get another content, as a person has confirmed it.

    Raises CannotStart if those are not the plan's numbers, while a store is still being planned (its plan was not shown), and if
    the run was aborted. Of several presses one applies. Raises NotAllowed, TooMany.
    """
    rights.check(actor, Verb.APPLY, sync)
    rights.check_stores(actor, Store.objects.filter(syncs__sync=sync))
    if sync.dry_run:  # otherwise another press of the button was faster
        _check_planned(sync)
        _check_confirmed(sync, leaving or 0, replaced or 0)
    _spend(actor, "sync", sync.chain)
    with transaction.atomic():
        mine = Sync.objects.filter(pk=sync.pk, dry_run=True, abort_requested=None)
        planned = sync.parts.filter(state=StoreSync.State.PLANNED)
        applied = planned.exists() and mine.update(dry_run=False, as_shown=True)
        if applied:
            # Once more, where nothing comes between: another store may have been planned since.
            _check_planned(sync)
            _check_confirmed(sync, leaving or 0, replaced or 0)
            _name_files(sync)
            planned.update(state=StoreSync.State.APPLYING, started=None, finished=None, tries=0, away_since=None)
    enqueue_all(sync)
    if applied:
        actor.record("sync.apply", f"run {sync.key}", rights.whose(actor, sync))
    elif Sync.objects.filter(pk=sync.pk, dry_run=True).exclude(abort_requested=None).exists():
        raise CannotStart(_("This plan was aborted, or is too old; nothing was written. Start it again."))


def _check_planned(sync: Sync) -> None:
    if sync.parts.filter(state=StoreSync.State.PLANNING).exists():
        raise CannotStart(_("Wait until every store is planned; nothing was written."))


def _check_confirmed(sync: Sync, leaving: int, replaced: int) -> None:
    """A plan that takes media away, of whatever run, wants their number confirmed, as it was shown."""
    media, _galleries = sync.losses()
    if media and leaving != media:
        said = ngettext(
            "Confirm that {n} picture leaves its gallery; nothing was written.",
            "Confirm that {n} pictures leave their galleries; nothing was written.",
            media,
        )
        raise CannotStart(said.format(n=number(media)))
    if sync.kind == "upload" and replaced != (files := sync.replaces()):
        said = ngettext(
            "Confirm that the content of {n} file is replaced; nothing was written.",
            "Confirm that the content of {n} files is replaced; nothing was written.",
            files,
        )
        raise CannotStart(said.format(n=number(files)))


def _follower(origin: Sync, actor: Actor, token: str) -> Sync:
    fields = {name: getattr(origin, name) for name in (*SETTINGS, "keying")}
    fields["arrangement"] = stored.mapping(origin.arrangement)
    known = {"environment": origin.environment, "selection": origin.selection, "origin": origin}
    return Sync(member=actor.member, token=token, chain=origin.chain, **known, **fields)


def _begun(actor: Actor, sync: Sync, stores: Iterable[Store], *, of: Sync | None = None) -> Sync:
    """A run that follows `of`, or its origin."""
    made = _begin(sync, list(stores))
    verb, before = ("undo" if made.kind == "undo" else "retry"), of or sync.origin
    known = {"of": str(before.key), **rights.whose(actor, before)} if before else {"of": ""}
    actor.record(f"sync.{verb}", f"run {made.key}", known)
    return made


def _begin(sync: Sync, stores: list[Store]) -> Sync:
    """The unique token decides: pressed many times, a button makes one run."""
    sync.token = sync.token[:64]
    keep_allowed(sync)
    with transaction.atomic():
        known = Sync.objects.filter(environment=sync.environment, token=sync.token).first()
        if known is not None:
            return known
        Sync.objects.bulk_create([sync], ignore_conflicts=True)
        made = Sync.objects.get(environment=sync.environment, token=sync.token)
        fresh = made.key == sync.key
        if fresh:
            in_order = sorted(stores, key=lambda store: natural(str(store)))  # pages show them so
            StoreSync.objects.bulk_create(StoreSync(sync=made, store=store) for store in in_order)
    if fresh and not made.to_arrange:  # otherwise it is enqueued when its selection has been read
        enqueue_all(made)
    return made


def enqueue_all(sync: Sync) -> None:
    for part in sync.parts.all():
        queue.enqueue("sync", part.pk)
