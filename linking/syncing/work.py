"""The walk through a store sync, from wherever it stands."""

import logging
import uuid
from enum import StrEnum

from django.utils import timezone
from rq.timeouts import BaseTimeoutException

from linking import waiting
from linking.attempts import logged
from linking.domain.waiting import Wait
from linking.matching import answering, asking, naming
from linking.models import Selection, StoreMatch, StoreSync
from linking.models.selected import selections_of
from linking.planning import Planner, UndoPlanner, UnlinkPlanner, UploadPlanner, answered
from linking.planning.kept import kept_of
from linking.runtime import counters
from linking.syncing import adopting, arranging, ending, files, gate, leaving_out
from linking.syncing.arrivals import Arrivals
from linking.syncing.carried import record_unchanged, record_variants
from linking.syncing.gate import Way
from linking.syncing.lease import Lease, LeaseLost
from linking.syncing.products import Galleries
from linking.syncing.publishing import Publishing
from linking.syncing.run import Aborted, Run, SliceOver
from linking.syncing.swatch_links import list_unchanged
from linking.syncing.unlisted import list_again
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.reasons import Reason
from setup.shopify.auth import tokens
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
State = StoreSync.State
PLANNERS: dict[str, type[UndoPlanner] | type[UnlinkPlanner] | type[UploadPlanner]] = {
    "undo": UndoPlanner,
    "unlink": UnlinkPlanner,
    "upload": UploadPlanner,
}
# So often work may be lost in our own hands without anything getting done: workers that die, errors of ours.
MAX_LOST, MAX_CRASHES = 10, 3


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
        part.rows().filter(owner="", state__in=[State.PLANNING, State.APPLYING]).update(doing=Reason("doing.turn"))
        return Next.WAIT
    if lease.inherited:
        log.warning("Store sync %s lost its worker; this one goes on.", pk)
        counters.add({counters.TAKEOVERS: 1})
        part.spend(setbacks=1, tries=1)
        part.tries += 1
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
            return _walk(run)
        except Aborted:
            with run.whole():
                ending.abort(run)
            return Next.NOTHING
    except SliceOver:
        return Next.AGAIN
    except ShopifyError as error:
        return _setback(run, error)
    except CloudinaryError as error:
        return _unread(run, error)
    except LeaseLost:
        raise
    except BaseTimeoutException:
        run.part.spend(setbacks=1, tries=1)
        raise
    except Exception as error:
        return _crash(run, error)


def _setback(run: Run, error: ShopifyError) -> Next:
    """The store refuses us, or it does not answer: then look again, later, until it has been away for too long."""
    part = run.part
    if error.code == "paused":
        run.say(error.reason)
        return Next.WAIT  # the sweeper asks again
    if error.remedy == Remedy.STOP_STORE:
        part.store.break_off(error.reason)
    if error.remedy == Remedy.STOP_STORE or (error.remedy == Remedy.GIVE_UP and not _may_pass(part)):
        return _end(run, error.reason)
    return _await(run, error.reason, Wait.STORE, "run.away")


def _unread(run: Run, error: CloudinaryError) -> Next:
    """Whether something may be shown is not known while Cloudinary does not answer: until then it does not get into a shop."""
    if error.trouble not in (Trouble.AWAY, Trouble.BUSY):
        return _end(run, error.reason)
    return _await(run, error.reason, Wait.ASSETS, "run.unread")


def _await(run: Run, reason: Reason, what: Wait, given_up: str) -> Next:
    """Look again, later; when the deadline has passed, it ends with the reason of the code `given_up`."""
    part = run.part
    part.spend(setbacks=1)
    since = part.away_since or timezone.now()
    if waiting.over(what, since):
        return _end(run, Reason(given_up, text=reason, minutes=round(waiting.seconds(what) / 60)))
    part.rows().update(away_since=since)
    run.say(Reason("doing.look_again", text=reason))
    # A worker waits with it for a minute; then the sweeper asks again, and the worker is free for others.
    return Next.LATER if (timezone.now() - since).total_seconds() < 60 else Next.WAIT


def _may_pass(part: StoreSync) -> bool:
    """What cannot be planned is reported at once. A request that is refused in the middle of the work is tried a few times."""
    part.refresh_from_db(fields=["state", "tries"])
    if part.state != State.APPLYING or part.tries >= MAX_CRASHES:
        return False
    part.spend(tries=1)
    return True


def _crash(run: Run, error: Exception) -> Next:
    """An error of ours is named as such. It may be gone with the next look, and is not repeated for ever."""
    part, reference = run.part, logged(f"Store sync {run.part.pk}", error)
    part.spend(setbacks=1, tries=1)
    text = Reason("run.own_error", reference=reference)
    if part.tries + 1 >= MAX_CRASHES:
        return _end(run, Reason("run.given_up", text=text, times=part.tries + 1))
    run.say(Reason("doing.try_again", text=text))
    return Next.LATER


def _end(run: Run, reason: Reason) -> Next:
    """The end of a run that cannot go on. Whatever its rows hold, it ends."""
    try:
        with run.fenced():
            ending.fail_all(run.part, reason)
    except (LeaseLost, BaseTimeoutException):
        raise
    except Exception:
        log.exception("Store sync %s could not tell of everything at its end.", run.part.pk)
        with run.fenced():
            ending.end_bare(run.part, reason)
    return Next.NOTHING


def _walk(run: Run) -> Next:
    part = run.part
    run.tick()
    if part.tries >= MAX_LOST:
        # Each worker that took this up died or hung, and nothing got done in between.
        raise ShopifyError(Remedy.GIVE_UP, Reason("run.broke_off", times=part.tries))
    if part.started is None:
        if part.state == State.APPLYING:
            leaving_out.read_again(run)
            record_variants(part, run.fenced)
        with run.fenced():
            part.rows().update(started=timezone.now())
            if part.state == State.APPLYING:
                files.reset_failures(run)
    if not arranging.arrange(run):
        return Next.WAIT  # its selection is read by a job of its own, which then asks for this one
    tokens.admit(part.store)
    if part.state == State.PLANNING:
        if not gate.is_planned(part):
            _plan(run)
            run.flush()
        if (ended := _gate(run)) is not None:
            return ended
    leaving_out.by_what_is_known(run)
    adopting.take_over(run)
    files.confirm(run)
    files.create_pictures(run)
    (_upload if part.sync.kind == "upload" else _link)(run)
    run.flush()
    list_again(part, run.fenced)
    list_unchanged(part, run.fenced)
    record_unchanged(part, run.fenced)
    with run.fenced():
        ending.finish(part, State.DONE)
    return Next.NOTHING


def _gate(run: Run) -> Next | None:
    """None if the plan is to be carried out now."""
    part, way = run.part, gate.way_on(run)
    if way == Way.WAIT:
        return Next.WAIT
    if way == Way.REFUSE:
        if contents := part.changes.replacing().count():
            return _end(run, Reason("run.contents_unconfirmed", files=contents))
        media, galleries = part.changes.losses()
        return _end(run, Reason("run.unconfirmed", media=media, galleries=galleries))
    if way == Way.GO:
        record_variants(part, run.fenced)
    with run.fenced():
        if way == Way.SHOW:
            run.show()
            ending.finish(part, State.PLANNED)
            return Next.NOTHING
        part.waits = {}
        part.rows().update(state=State.APPLYING, waits={})
        files.reset_failures(run)
    if part.brings_videos() or StoreSync.objects.at_gate().filter(sync=part.sync_id).exists():
        raise SliceOver  # the next job gets the time for it, and others that waited for this one are enqueued
    return None


def _upload(run: Run) -> None:
    publishing = Publishing(run)
    if run.part.brings_videos():
        publishing.receive(Arrivals(run))  # no picture waits for the upload of a video
    files.create(run)
    publishing.receive(Arrivals(run))
    publishing.publish()


def _link(run: Run) -> None:
    galleries = Galleries(run)
    if run.part.brings_videos():
        galleries.link(Arrivals(run), everything=False)  # what waits for no video does not wait for its upload
    files.create(run)
    galleries.link(Arrivals(run))


def _plan(run: Run) -> None:
    """Plan by the store's answer; ask first if it has not been asked."""
    run.say(Reason("doing.reading_galleries"))
    if planner := PLANNERS.get(run.part.sync.kind):
        with run.whole():
            planner(run.part, run.client, run.fenced).plan()
        return
    match_in = _named if run.part.sync.names_products else _match
    matches = [match_in(run, selection) for selection in selections_of(run.part.sync)]
    if not matches:
        raise ShopifyError(Remedy.GIVE_UP, Reason("run.fields_changed"), "fields_changed")
    with run.whole():
        Planner(run.part, run.client, run.fenced).plan(*matches)


def _match(run: Run, selection: Selection) -> StoreMatch:
    match = answered(run.part, selection)
    if match is None:
        question, _ = asking.put(selection, run.part.store, now=timezone.now())
        answering.answer(question, run.client)
        match = answered(run.part, selection)
    if match is None:
        raise ShopifyError(Remedy.GIVE_UP, Reason("run.fields_changed"), "fields_changed")
    return match


def _named(run: Run, selection: Selection) -> StoreMatch:
    """By no field: a program named the products."""
    groups = kept_of(run.part.sync).groups
    return naming.ask(selection, run.part.store, run.client, [group.asks for group in groups if group.asks])
