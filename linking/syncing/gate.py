"""The gate between planning and writing: what takes pictures away, or replaces what files show, asks a person first.

A run that links, or replaces contents, passes it when all of its stores are planned. Where no plan takes anything away, it goes
on by itself; otherwise it ends here as a plan that is shown, and nothing was written in any store. A program may have confirmed
beforehand how much goes: then it goes on if that is the number of all plans together.

A rule's run is judged by its policy, each store for itself: the one that has to wait becomes a run of its own, a plan, and the
others go on. Of a rule that was switched off or deleted in the meantime, each plan waits, unless a person asked for it.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum

from linking import waiting
from linking.domain.policies import Policy
from linking.domain.waiting import Wait
from linking.models import StoreSync, Sync
from linking.models.plans import is_wanted
from linking.notices import noting
from linking.syncing.run import Run
from linking.waiting import Waits
from linking.webhooks import outbox
from setup.reasons import Reason

State = StoreSync.State
PLANS = Wait.PLANS.value


class Way(StrEnum):
    """What comes after planning."""

    GO = "go"  # write
    SHOW = "show"  # end as a plan
    WAIT = "wait"  # until the other stores are planned
    REFUSE = "refuse"  # it would have to ask, and others have begun to write


def is_planned(part: StoreSync) -> bool:
    """Whether it has its plan already, and waits here. One without any row is made once more."""
    return PLANS in Waits(part.waits) and part.changes.exists()


def way_on(run: Run) -> Way:
    """Of a store sync that is planned. What it decides for the whole run, it decides once. Raises LeaseLost."""
    part = run.part
    with run.fenced():
        sync = Sync.objects.select_for_update().defer("arrangement").get(pk=part.sync_id)
        others = list(sync.parts.select_related("store").exclude(pk=part.pk))
        way = _decided(sync, part, others)
        if way == Way.SHOW and sync.policy and not sync.dry_run and others:
            _split(sync, part, others)
        elif way == Way.SHOW:
            Sync.objects.filter(pk=sync.pk).update(dry_run=True)
            part.sync.dry_run = True
        elif way == Way.WAIT:
            part.rows().update(waits=part.waits, doing=_waiting_for(others))
    return way


def _decided(sync: Sync, part: StoreSync, others: Sequence[StoreSync]) -> Way:
    if sync.dry_run:
        return Way.SHOW
    if sync.policy:
        return _by_policy(sync, part)
    if sync.as_shown or (sync.kind != "link" and (sync.kind != "upload" or sync.new_versions != "replace")):
        return Way.GO
    if sync.confirmed:
        return _by_number(sync, part, others)
    if part.changes.taking_away().exists() or part.changes.replacing().exists():
        return Way.REFUSE if any(map(_has_begun, others)) else Way.SHOW
    return Way.WAIT if any(map(_is_unplanned, others)) and not _is_over(part) else Way.GO


def _by_policy(sync: Sync, part: StoreSync) -> Way:
    """Where it goes on, the plan is what was judged: what moves meanwhile is refused, and not planned again."""
    leaving, _galleries = part.changes.losses()
    media = sum(len(before) for before in part.products.values_list("before", flat=True) if isinstance(before, list))
    if not is_wanted(sync) or not Policy.of(sync.policy).allows(leaving, media):
        return Way.SHOW
    Sync.objects.filter(pk=sync.pk).update(as_shown=True)
    part.sync.as_shown = True
    return Way.GO


def _split(sync: Sync, part: StoreSync, others: Sequence[StoreSync]) -> None:
    """The store's plan becomes a run of its own, which waits for a person."""
    own = Sync.objects.get(pk=sync.pk)
    own.pk, own.key, own.token, own.dry_run = None, uuid.uuid4(), f"{sync.token[:40]}-{part.store_id}", True
    own.as_shown = False
    own._state.adding = True
    own.save(force_insert=True)
    part.rows().update(sync=own)
    part.sync = own
    if not any(one.busy for one in others):
        outbox.run_ended(others[0])  # the last one that it waited for is gone
        noting.run_ended(others[0])


def _by_number(sync: Sync, part: StoreSync, others: Sequence[StoreSync]) -> Way:
    """The number is of all stores, so it is known once each of them is planned. From then on the plan is as good as shown: what
    moves meanwhile is refused, and not planned again with another number."""
    if any(map(_is_unplanned, others)):
        return Way.SHOW if _is_over(part) else Way.WAIT
    if sync.to_confirm not in (0, sync.confirmed):
        return Way.SHOW
    Sync.objects.filter(pk=sync.pk).update(as_shown=True)
    part.sync.as_shown = True
    return Way.GO


def _has_begun(other: StoreSync) -> bool:
    """Whether it has written, or may any moment."""
    return other.state in (State.APPLYING, State.DONE) or other.mutations > 0


def _is_unplanned(other: StoreSync) -> bool:
    return other.state == State.PLANNING and not is_planned(other)


def _is_over(part: StoreSync) -> bool:
    """Whether the others were waited for long enough: one may be away, or another run's turn may last."""
    waits = Waits(part.waits)
    if PLANS not in waits:
        waits.miss(PLANS)
    part.waits = waits.kept
    return waiting.over(Wait.PLANS, waits.since(PLANS))


def _waiting_for(others: Sequence[StoreSync]) -> Reason:
    return Reason("doing.planned", stores=[str(one.store) for one in others if _is_unplanned(one)])
