"""The walk through a store sync, from wherever it stands."""

import logging
import uuid
from enum import StrEnum

from django.utils import timezone
from rq.timeouts import BaseTimeoutException

from linking import matching, tally
from linking.models import StoreSync
from linking.planning import Planner, UndoPlanner, UnlinkPlanner, UploadPlanner, answered
from linking.syncing import files, settling
from linking.syncing.lease import Lease, LeaseLost
from linking.syncing.products import Galleries
from linking.syncing.publishing import Publishing
from linking.syncing.run import Aborted, Run, SliceOver
from setup.shopify_auth import tokens
from setup.shopify_errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
State = StoreSync.State
PLANNERS: dict[str, type[UndoPlanner] | type[UnlinkPlanner] | type[UploadPlanner]] = {
    "undo": UndoPlanner,
    "unlink": UnlinkPlanner,
    "upload": UploadPlanner,
}
MAX_SETBACKS = 10
BROKE_OFF = "The work on this store broke off {n} times without getting on. Run again: what is done stays done."


class Next(StrEnum):
    """What the job does after a slice."""

    NOTHING = "nothing"  # finished, or somebody else works on it
    AGAIN = "again"
    LATER = "later"  # after a setback: give the store a moment
    WAIT = "wait"  # another run writes in this store


def work(pk: int, *, owner: str = "", job_id: str = "") -> Next:
    """One slice. Safe to call at any time, any number of times, by anybody, also for a run that is gone with its environment.
    `owner` is a name that no other slice has."""
    part = StoreSync.objects.select_related("sync__environment", "sync__selection", "store").filter(pk=pk).first()
    if part is None or not part.busy:
        return Next.NOTHING
    lease = Lease.take(part, owner or uuid.uuid4().hex, now=timezone.now(), job_id=job_id)
    if lease is None:
        waiting = "Another run writes in this store; this one follows."
        part.rows().filter(owner="", state__in=[State.PLANNING, State.APPLYING]).update(doing=waiting)
        return Next.WAIT
    if lease.inherited:
        log.warning("Store sync %s lost its worker; this one goes on.", pk)
        tally.add({tally.TAKEOVERS: 1})
        part.spend(setbacks=1)
        part.setbacks += 1
    run = Run(part, lease)
    try:
        with run.kept_alive():
            return _guarded(run)
    except LeaseLost:
        log.info("Store sync %s was taken over.", pk)
        return Next.NOTHING
    finally:
        run.flush()
        lease.release()


def _guarded(run: Run) -> Next:
    """Every way in which a slice can end."""
    try:
        try:
            _walk(run)
        except Aborted:
            with run.whole():
                settling.abort(run)
    except SliceOver:
        return Next.AGAIN
    except ShopifyError as error:
        return _setback(run, error)
    except LeaseLost:
        raise
    except BaseTimeoutException:
        run.part.spend(setbacks=1)
        raise
    except Exception:
        log.exception("Store sync %s met an error of ours.", run.part.pk)
        return _setback(run, ShopifyError(Remedy.LATER, "AssetLink met an error of its own; it is in the app's log."))
    return Next.NOTHING


def _setback(run: Run, error: ShopifyError) -> Next:
    """The store as a whole is lost, or it may have done what we asked without telling: then look again, later."""
    part = run.part
    if error.code == "paused":
        run.say(error.text)
        return Next.WAIT  # the sweeper asks again
    if error.remedy in (Remedy.STOP_STORE, Remedy.GIVE_UP) or part.setbacks >= MAX_SETBACKS:
        if error.remedy == Remedy.STOP_STORE:
            part.store.break_off(error.text)
        with run.fenced():
            settling.fail_all(part, error.text)
        return Next.NOTHING
    part.spend(setbacks=1)
    run.say(f"{error.text} Looking again in a moment.")
    return Next.LATER


def _walk(run: Run) -> None:
    part = run.part
    run.tick()
    if part.setbacks >= MAX_SETBACKS:
        # Each worker that took this up died or hung, and nothing was written in between.
        raise ShopifyError(Remedy.GIVE_UP, BROKE_OFF.format(n=part.setbacks))
    if part.started is None:
        with run.fenced():
            part.rows().update(started=timezone.now())
            if part.state == State.APPLYING:
                files.forgive(run)
    tokens.admit(part.store)
    if part.state == State.PLANNING:
        _plan(run)
        run.flush()
        with run.fenced():
            if part.sync.dry_run:
                settling.finish(part, State.PLANNED)
                return
            part.rows().update(state=State.APPLYING)
            files.forgive(run)
        if part.brings_videos():
            raise SliceOver  # the next job gets the time for it
    files.confirm(run)
    files.create_pictures(run)
    if part.sync.kind == "upload":
        publishing = Publishing(run)
        if part.brings_videos():
            publishing.receive(files.Arrivals(run))  # no picture waits for the upload of a video
        files.create(run)
        publishing.receive(files.Arrivals(run))
        publishing.work()
        run.flush()
        with run.fenced():
            settling.finish(part, State.DONE)
        return
    galleries = Galleries(run)
    if part.brings_videos():
        galleries.work(files.Arrivals(run), everything=False)  # what waits for no video does not wait for its upload
    files.create(run)
    galleries.work(files.Arrivals(run))
    run.flush()
    with run.fenced():
        settling.finish(part, State.DONE)


def _plan(run: Run) -> None:
    """Plan by the store's answer; ask first if it has not been asked."""
    run.say("Reading the galleries.")
    if planner := PLANNERS.get(run.part.sync.kind):
        with run.whole():
            planner(run.part, run.client, run.fenced).plan()
        return
    match = answered(run.part)
    selection = run.part.sync.selection
    if match is None and selection is not None:
        question, _ = matching.ask(selection, run.part.store, now=timezone.now())
        matching.answer(question, run.client)
        match = answered(run.part)
    if match is None:
        text = "The fields of the selection were changed while the run began. Start it again."
        raise ShopifyError(Remedy.GIVE_UP, text, "fields_changed")
    with run.whole():
        Planner(run.part, run.client, run.fenced).plan(match)
