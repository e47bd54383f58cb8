"""Phase files, for videos: each is streamed from Cloudinary into a staged upload of the store, one at a time.

A row that is UPLOADING when a worker meets it was left by a dead one: what has arrived of it cannot be asked for, so it begins
again with another target. Only a complete upload becomes a file, so a broken one leaves nothing in the store.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from linking import waiting
from linking.cloudinary.delivery import NotDelivered, Stream
from linking.domain import limits
from linking.domain.waiting import DEADLINES
from linking.models import StoreFile
from linking.shopify import uploads
from linking.shopify.uploads import BrokenUpload, Refused
from linking.syncing import addresses
from linking.syncing.run import Aborted, Run, SliceOver
from setup.reasons import NONE, Reason
from setup.shopify.errors import ShopifyError

State = StoreFile.State
TRIES = 5
# How often the work looks up from an upload: for an abort, for the lease, and to tell how far it is.
LOOK = 0.5

T = TypeVar("T")


def upload(run: Run, videos: QuerySet[StoreFile]) -> None:
    """Until every one of `videos` is STAGED or FAILED. One that Cloudinary is still making holds up no other."""
    interval = 1.0
    while rows := list(videos.filter(state__in=[State.PLANNED, State.UPLOADING])):
        if not sum(_bring(run, row) for row in rows):
            run.pause(interval, Reason("doing.making_videos"))
            interval = min(15.0, interval * 2)


def _bring(run: Run, row: StoreFile) -> bool:
    """One attempt. False if it is too early for it."""
    run.tick()
    looked = addresses.confirm(run, [row])
    if row.state == State.FAILED or looked.moved or looked.same:
        _keep(run, row, State(row.state), problem=row.problem, source_url=row.source_url, addressed=row.addressed)
    if row.state == State.FAILED or looked.open:
        return row.state == State.FAILED
    if row.uploads >= TRIES:
        _keep(run, row, State.FAILED, problem=Reason("file.not_uploaded", tries=TRIES))
        return True
    stream = Stream()
    try:
        _patiently(run, lambda: stream.open(row.source_url), say=lambda: Reason("doing.fetching_video", name=row.name))
        if trouble := limits.video_weight_trouble(stream.size):
            raise NotDelivered(trouble)
        row.awaited = None
        _attempt(run, row, stream)
    except NotDelivered as trouble:
        return _has_moved(run, row, trouble) or _put_off(run, row, trouble)
    except Refused as refusal:
        _keep(run, row, State.FAILED, problem=refusal.reason)
    except BrokenUpload as broken:
        _keep(run, row, State.PLANNED, problem=broken.reason)
        run.pause(min(15.0, 0.5 * 2**row.uploads), Reason("doing.begins_again", text=broken.reason))
    except (Aborted, SliceOver, ShopifyError):
        _keep(run, row, State.PLANNED, uploads=max(0, row.uploads - 1) if row.state == State.UPLOADING else row.uploads)
        raise
    finally:
        stream.stop()
        stream.close()
    return True


def _attempt(run: Run, row: StoreFile, stream: Stream) -> None:
    """One target, one upload. The row tells beforehand that it is under way, so a crash cannot hide it."""
    _keep(run, row, State.UPLOADING, uploads=row.uploads + 1)
    target = uploads.stage(run.client, row.file_name, stream.size)
    until = timezone.now() + uploads.LIFETIME
    progress = CountedStream(stream)
    _patiently(
        run,
        lambda: uploads.send(target, row.file_name, stream.size, progress),
        say=lambda: progress.said(row.name),
    )
    _keep(run, row, State.STAGED, staged_url=target.source, staged_until=until, problem=NONE, uploads=0)
    run.progress()


def _has_moved(run: Run, row: StoreFile, trouble: NotDelivered) -> bool:
    """Whether what is not delivered stands elsewhere by now: then it is fetched from there. If it is gone, or no longer the same,
    that is the reason."""
    if trouble.reason.code not in addresses.NOT_DELIVERED:
        return False
    looked = addresses.look(run, [row])
    if not looked.moved and not looked.lost:
        return False
    state = State.FAILED if looked.lost else State.PLANNED
    _keep(run, row, state, awaited=None, problem=row.problem, source_url=row.source_url, addressed=row.addressed)
    return True


def _put_off(run: Run, row: StoreFile, trouble: NotDelivered) -> bool:
    """Nothing came from Cloudinary: give the video up, or ask again later, for a while."""
    since, wait = row.awaited or timezone.now(), trouble.wait
    if wait and not waiting.over(wait, since):
        _keep(run, row, State.PLANNED, awaited=since)
        return False
    problem = trouble.reason
    if wait:
        problem = Reason("file.still_making", text=problem, minutes=round(DEADLINES[wait].seconds / 60))
    _keep(run, row, State.FAILED, awaited=None, problem=problem)
    return True


def _keep(run: Run, row: StoreFile, state: StoreFile.State, **values: object) -> None:
    changes = {"state": state, "awaited": row.awaited, **values}
    for name, value in changes.items():
        setattr(row, name, value)
    with run.fenced():
        row.save(update_fields=list(changes))


class CountedStream:
    """A stream's pieces, counted."""

    def __init__(self, stream: Stream) -> None:
        self._stream, self._sent = stream, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream.pieces():
            yield piece
            self._sent += len(piece)

    def said(self, name: str) -> Reason:
        """`12 of 340 MB`; another one for every megabyte."""
        whole = self._sent // limits.MB * limits.MB
        return Reason("doing.uploading_video", name=name, sent=whole, size=self._stream.size)


def _patiently(run: Run, transfer: Callable[[], T], *, say: Callable[[], Reason]) -> T:
    """Run `transfer` in a thread of its own and look up from it all the time: a connection that hangs keeps nobody from hearing
    an abort. It may outlast the slice. `transfer` touches no database; its stream is stopped when it is left alone."""
    results: list[T] = []
    errors: list[BaseException] = []
    over = threading.Event()

    def carry_out() -> None:
        try:
            results.append(transfer())
        except BaseException as error:
            errors.append(error)
        finally:
            over.set()

    threading.Thread(target=carry_out, name="upload", daemon=True).start()
    said = NONE
    while not over.wait(LOOK):
        run.watch()
        if said != (said := say()):
            run.say(said)
    if errors:
        raise errors[0]
    return results[0]
