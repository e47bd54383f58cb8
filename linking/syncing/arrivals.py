"""Phase ready: asking by id until every file is READY or FAILED, seldom and seldomer, and finding out which one is whose."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from linking import waiting
from linking.cloudinary.assets import CHUNK
from linking.domain.arrivals import Expected, Pairing, Seen, pair, until_worth_asking
from linking.domain.filenames import mark_of_made
from linking.domain.reasons import RENAMED, TOO_SLOW, TOO_SLOW_VIDEO
from linking.domain.waiting import Wait
from linking.models import StoreFile
from linking.shopify import files
from linking.shopify.files import FileState
from linking.syncing.files import create, look_again, needed, save, settle_failed, take
from linking.syncing.run import Run
from setup.reasons import NONE, Reason

State, Kind = StoreFile.State, StoreFile.Kind
WAITS = {
    Kind.IMAGE: (Wait.PICTURE, TOO_SLOW),
    Kind.VIDEO: (Wait.VIDEO, TOO_SLOW_VIDEO),
    Kind.FILE: (Wait.PICTURE, TOO_SLOW),
}
# So long (s) files that have arrived wait for others, to be asked about together.
SOME = 4.0


class Awaited(NamedTuple):
    """What there is to know of a file that is on its way. As values: rows take thrice as long to be made."""

    pk: int
    state: str
    kind: str
    mark: str
    pending_id: str
    call: str
    sent: datetime | None


class Arrivals:
    """Files of a taken name, and those whose answer was lost, are looked for meanwhile."""

    # So many are asked for at once, in turns: a run that waits for ten thousand does not ask for all of them each time.
    WINDOW = 4 * files.PER_CALL

    def __init__(self, run: Run) -> None:
        self.run = run
        self.looked = self.taken = time.monotonic()
        self.interval = waiting.soonest()
        self.due = self.looked + self.interval
        self.left = self._waiting().count()
        self.asked: dict[str, int] = {}
        # Row -> its file, which is there: the store is not asked about it again while it waits to be confirmed with others.
        self.there: dict[int, str] = {}
        # Rows of files that are there under names that tell nothing.
        self.renamed: set[int] = set()
        self.round = 0

    def _waiting(self) -> QuerySet[StoreFile]:
        no_room = Q(state__in=[State.PLANNED, State.STAGED], awaited__isnull=False, sent__isnull=False)
        # Those that Cloudinary could not be asked about, also when it answers again.
        unasked = Q(state=State.PLANNED) & ~Q(kind=Kind.VIDEO)
        return needed(self.run).filter(Q(state__in=[State.UPLOADED, State.SENT]) | no_room | unasked)

    def look(self) -> int:
        """Ask, if it is time to. How many files are still on their way."""
        if not self.left or time.monotonic() < self.due:
            return self.left
        waiting_rows = [Awaited(*values) for values in self._waiting().values_list(*Awaited._fields)]
        uploaded = [row for row in waiting_rows if row.state == State.UPLOADED]
        coming = [row for row in uploaded if row.pk not in self.there]
        window = self._least_recently_asked(coming)
        known = files.states(self.run.client, [row.pending_id for row in window])
        came, ready, settled = self._pair(window, uploaded, known)
        if len(uploaded) < len(waiting_rows) or settled:
            create(self.run)
            self.left = self._waiting().count()
        else:
            self.left = len(uploaded) - ready
        if len(window) == len(coming) or 2 * came < len(window):
            self._pace(came)
        self.run.say(Reason("doing.processing_files"))
        return self.left

    def _pace(self, ready: int) -> None:
        self.interval = min(5.0, self.interval * 1.07)
        now = time.monotonic()
        calls = -(-min(self.left, self.WINDOW) // files.PER_CALL)
        pace = until_worth_asking(came=ready, since=now - self.looked, calls=calls, at_most=self.interval)
        self.looked, self.due = now, now + pace

    def _least_recently_asked(self, rows: Sequence[Awaited]) -> list[Awaited]:
        """Whole calls, as files are distinguished by what else their call has made."""
        calls: dict[str, list[Awaited]] = {}
        for row in rows:
            calls.setdefault(row.call, []).append(row)
        self.round += 1
        window: list[Awaited] = []
        for call in sorted(calls, key=lambda call: self.asked.get(call, 0)):
            if not window or len(window) + len(calls[call]) <= self.WINDOW:
                window += calls[call]
                self.asked[call] = self.round
        return window

    def _pair(
        self, window: Sequence[Awaited], uploaded: Sequence[Awaited], known: Mapping[str, FileState]
    ) -> tuple[int, int, int]:
        """How many files were found to be there, how many rows became READY, and how many others did not stay as they were."""
        proved: dict[int, str] = {}
        changed: dict[int, tuple[str, FileState | None]] = {}
        calls: dict[str, list[Awaited]] = {}
        for row in window:
            calls.setdefault(row.call, []).append(row)
        seen = seen_of(known)
        for rows in calls.values():
            pairing = pair([Expected(row.pk, row.mark, row.pending_id) for row in rows], seen)
            proved |= pairing.proved
            changed |= self._changes(rows, pairing, known)
        self.there |= proved
        right, void = dict[int, str](), 0
        if self._worth_asking(len(self.there), len(uploaded) - len(changed)):
            right, void = self._take()
        held = {row.pk: row.pending_id for row in uploaded}
        self._arrived([pk for pk, id in right.items() if held[pk] == id])
        others = {pk: id for pk, id in right.items() if held[pk] != id}
        settled = self._settle(changed, others)
        return len(proved), len(right), settled + void

    def _worth_asking(self, arrived: int, coming: int) -> bool:
        """Cloudinary's calls are few: it is asked about files that have arrived when they fill a call, are all of those that may
        come, or have waited for some seconds."""
        return bool(arrived) and (arrived >= CHUNK or arrived >= coming or time.monotonic() - self.taken > SOME)

    def _take(self) -> tuple[dict[int, str], int]:
        """Rows of files that show what they shall, each with its file, and how many others did not stay as they were. The rest
        waits on."""
        rows = list(StoreFile.objects.filter(pk__in=self.there))
        right = {row.pk: self.there[row.pk] for row in take(self.run, rows)}
        others = [row for row in rows if row.pk not in right]
        changed = [row for row in others if row.state != State.UPLOADED]
        save(self.run, changed)
        self.there = {row.pk: self.there[row.pk] for row in others if row.state == State.UPLOADED}
        self.taken = time.monotonic()
        return right, len(changed)

    def _changes(
        self, rows: Sequence[Awaited], pairing: Pairing, known: Mapping[str, FileState]
    ) -> dict[int, tuple[str, FileState | None]]:
        """Row -> its candidate from now on, and what is shown of it if it failed."""
        changed: dict[int, tuple[str, FileState | None]] = {pk: (id, known[id]) for pk, id in pairing.failed.items()}
        for row in rows:
            if row.pk in pairing.dealt:
                id = pairing.dealt[row.pk]
                if id != row.pending_id or self._is_late(row) or self._is_absent(row, known):
                    changed[row.pk] = (id, None)
                    seen = known.get(row.pending_id)
                    self.renamed |= {row.pk} if seen is not None and seen.there else set()
        return changed

    def _since(self, row: Awaited) -> datetime | None:
        """An earlier run's file gets its time again."""
        started = self.run.part.started
        return max(row.sent, started) if row.sent and started else row.sent

    def _is_late(self, row: Awaited) -> bool:
        return waiting.over(WAITS[Kind(row.kind)][0], self._since(row))

    def _is_absent(self, row: Awaited, known: Mapping[str, FileState]) -> bool:
        return row.pending_id not in known and waiting.over(Wait.ABSENT, self._since(row))

    def _arrived(self, pks: Sequence[int]) -> None:
        if pks:
            with self.run.fenced():
                rows = StoreFile.objects.filter(pk__in=pks)
                rows.update(state=State.READY, file_id=F("pending_id"), pending_id="", proved=True, problem=NONE)
            self.run.progress()

    def _settle(self, changed: Mapping[int, tuple[str, FileState | None]], proved: Mapping[int, str]) -> int:
        """Rows that got another candidate, failed, are late, or whose file another row held as its candidate."""
        rows = list(StoreFile.objects.filter(pk__in=[*changed, *proved]))
        given_up: dict[str, list[StoreFile]] = {}
        for row in rows:
            if row.pk in proved:
                row.file_id, row.pending_id, row.state, row.proved = proved[row.pk], "", State.READY, True
                continue
            id, failed = changed[row.pk]
            self._judge(row, id, failed)
            given_up.setdefault(failed.code if failed else "", []).append(row)
        look_again(self.run, given_up)
        save(self.run, rows)
        return len(rows)

    def _judge(self, row: StoreFile, id: str, failed: FileState | None) -> None:
        if failed is not None:
            settle_failed(row, failed)
        elif not id or (id == row.pending_id and not waiting.over(WAITS[Kind(row.kind)][0], self._since_of(row))):
            # No file is left for it, or the one that was answered is not there: it is looked for by its name.
            row.state, row.pending_id, row.sent = State.SENT, "", timezone.now()
        elif id != row.pending_id:
            row.pending_id = id
        else:
            row.state, row.problem = State.LATE, RENAMED if row.pk in self.renamed else WAITS[Kind(row.kind)][1]

    def _since_of(self, row: StoreFile) -> datetime | None:
        return self._since(Awaited(row.pk, row.state, row.kind, row.mark, row.pending_id, row.call, row.sent))

    def wait(self) -> None:
        self.run.pause(max(0.0, self.due - time.monotonic()), Reason("doing.processing"))


def seen_of(known: Mapping[str, FileState]) -> dict[str, Seen]:
    """READY without a content to read the name from is not there yet."""
    return {
        id: Seen(state.there, state.status == "FAILED", str(mark_of_made(state.name) or ""))
        for id, state in known.items()
    }
