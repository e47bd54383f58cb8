"""Phases files and ready: every rendition that the plan needs becomes a READY file of the store, once."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from linking.domain.arrivals import until_worth_asking
from linking.domain.filenames import read_mark
from linking.domain.plan import Change
from linking.domain.reasons import NAME_LOST, TOO_SLOW, TOO_SLOW_VIDEO, file_reason
from linking.models import ChangeRow, StoreFile
from linking.models.syncs import OPEN
from linking.models.writing import save_fields
from linking.shopify import files
from linking.shopify.files import FileState, NewFile
from linking.syncing import uploads
from linking.syncing.run import Run

State, Kind = StoreFile.State, StoreFile.Kind
DEADLINES = {
    Kind.IMAGE: (timedelta(minutes=5), TOO_SLOW),
    Kind.VIDEO: (timedelta(minutes=30), TOO_SLOW_VIDEO),
    Kind.FILE: (timedelta(minutes=5), TOO_SLOW),
}
# The list of files is an index that lags: how long a name that is taken may stay unfindable.
INDEX_LAG = timedelta(seconds=45)
SAVED = ["state", "problem", "file_id", "sent", "attempt", "uploads", "awaited"]


def needed(run: Run) -> QuerySet[StoreFile]:
    """The renditions that galleries, or an upload's lines, still wait for."""
    # An upload has no products; a replaced content is not a new file.
    lines = ChangeRow.objects.filter(part=run.part, outcome=ChangeRow.Outcome.PENDING)
    lines = lines.filter(Q(product__state__in=OPEN) | Q(product=None, change=Change.ADD))
    return StoreFile.objects.filter(pk__in=lines.values("file")).order_by("pk")


def forgive(run: Run) -> None:
    """A new run gives files that failed another try, under another name. Where the name was taken and nobody found by whom, it
    is looked for once more first: the list of files has had its time."""
    failed = list(needed(run).filter(state=State.FAILED))
    for row in failed:
        row.file_id, row.sent, row.uploads, row.awaited = "", None, 0, None
        if row.problem == NAME_LOST:
            row.state = State.SENT
        else:
            _rename(row)
    _save(run, failed)


def _rename(row: StoreFile) -> None:
    row.state, row.problem, row.attempt = State.PLANNED, "", row.attempt + 1


def confirm(run: Run) -> None:
    """What the ledger holds ready may have been deleted in Shopify: ask, and bring it anew if so."""
    ready = list(needed(run).filter(state=State.READY))
    known = files.states(run.client, [row.file_id for row in ready])
    for row in ready:
        row.state = State.READY if row.file_id in known else State.PLANNED
        row.file_id = row.file_id if row.file_id in known else ""
    _save(run, [row for row in ready if row.state == State.PLANNED])


def create(run: Run) -> None:
    """Ask for what is missing."""
    create_pictures(run)
    renew_staged(run)
    uploads.upload(run, needed(run).filter(kind=Kind.VIDEO))
    _ask(run, needed(run).filter(kind=Kind.VIDEO, state=State.STAGED))


def create_pictures(run: Run) -> None:
    """The quick part, which no video shall hold up."""
    adopt(run, list(needed(run).filter(state=State.SENT)))
    _ask(run, needed(run).exclude(kind=Kind.VIDEO).filter(state=State.PLANNED))


def _ask(run: Run, rows: QuerySet[StoreFile]) -> None:
    """250 a call. A file that was asked for without an answer is looked for before it is asked for again."""
    missing = list(rows)  # once: the question is dear, and no answer puts a row back among them
    for at in range(0, len(missing), files.PER_CALL):
        batch = missing[at : at + files.PER_CALL]
        run.tick()
        run.say(f"Bringing files into the store: {at} of {len(missing)}.")
        _intend(run, batch)
        _bring(run, batch)


def _bring(run: Run, batch: list[StoreFile]) -> None:
    """One call, or several: what Shopify does with the good rows of a call that has a bad one is not known, nor whether it
    says which one is bad."""
    answer = files.create(run.client, [_new(row) for row in batch])
    run.part.rows().update(setbacks=0)
    half = len(batch) // 2
    if half and not answer.ids and any(refusal.row is None for refusal in answer.refusals):
        _bring(run, batch[:half])
        _bring(run, batch[half:])
        return
    left = _attribute(run, batch, answer)
    if left and answer.refusals and not answer.ids:  # none was made because of others
        _bring(run, left)


def _intend(run: Run, batch: list[StoreFile]) -> None:
    """Before the call: if no answer comes, the rows tell that it may have been done."""
    now = timezone.now()
    for row in batch:
        row.state, row.sent = State.SENT, row.sent or now
    with run.fenced():
        asked = StoreFile.objects.filter(pk__in=[row.pk for row in batch])
        asked.update(state=State.SENT, sent=Coalesce("sent", Value(now, DateTimeField())))


def _new(row: StoreFile) -> NewFile:
    url = row.staged_url if row.kind == Kind.VIDEO else row.source_url
    return NewFile(row.file_name, url, row.alt, row.kind.upper())


def renew_staged(run: Run) -> None:
    """What was staged long ago, perhaps by a run that was aborted, is gone from the storage: upload it again."""
    stale = needed(run).filter(state=State.STAGED, staged_until__lt=timezone.now())
    StoreFile.objects.filter(pk__in=list(stale.values_list("pk", flat=True))).update(state=State.PLANNED, staged_url="")


def adopt(run: Run, rows: list[StoreFile]) -> None:
    """Find files by their name. Absent ones are asked for again, which cannot double them: their name is taken, or free. Where
    it is known to be taken, they are looked for until the list of files must show them."""
    found = files.by_name(run.client, [row.file_name for row in rows]) if rows else {}
    for row in rows:
        if state := found.get(row.file_name):
            row.file_id, row.state, row.problem = state.id, State.UPLOADED, ""
        elif row.problem != NAME_LOST:
            row.state = State.STAGED if row.kind == Kind.VIDEO and row.staged_url else State.PLANNED
        elif row.sent is None:
            _rename(row)
        elif timezone.now() - row.sent > INDEX_LAG:
            row.state = State.FAILED
    _save(run, rows)


def _attribute(run: Run, batch: list[StoreFile], answer: files.Created) -> list[StoreFile]:
    """Give ids to rows: in order, without the refused ones. Which file is which is checked again when it is READY. Answers
    the rows that were neither made nor refused."""
    refused = {0 if len(batch) == 1 else refusal.row: refusal for refusal in answer.refusals}
    accepted = []
    for at, row in enumerate(batch):
        refusal = refused.get(at)
        if refusal is None:
            accepted.append(row)
        elif refusal.name_taken:
            row.problem = NAME_LOST  # and SENT, as it is: it is looked for until the list of files shows it
        else:
            row.state, row.problem = State.FAILED, file_reason(refusal.code, refusal.message)
    made = len(accepted) == len(answer.ids)
    if made:
        for row, file_id in zip(accepted, answer.ids, strict=True):
            row.file_id, row.state, row.sent = file_id, State.UPLOADED, timezone.now()
    _save(run, batch)
    return [] if made else accepted


class Awaited(NamedTuple):
    """What there is to know of a file that is on its way, to see what became of it."""

    pk: int
    state: str
    kind: str
    mark: str
    file_id: str
    sent: datetime | None

    def is_there(self, found: FileState | None) -> bool:
        """READY, and the one that was asked for: answers are given to rows in order, but the file's own name has the last
        word."""
        if found is None or found.status != "READY":
            return False
        mark = read_mark(found.name)
        return mark is None or str(mark) == self.mark

    def is_amiss(self, found: FileState | None) -> bool:
        """Gone, failed, another one than was asked for, or later than can be."""
        if found is None or found.status in ("READY", "FAILED"):
            return not self.is_there(found)
        return self.sent is not None and timezone.now() - self.sent > DEADLINES[Kind(self.kind)][0]


class Arrivals:
    """Asks by id until every file is READY or FAILED, seldom and seldomer. Files of a taken name are looked for meanwhile."""

    # So many are asked for at once, in turns: whoever waits for ten thousand does not ask for all of them each time.
    WINDOW = 4 * files.PER_CALL

    def __init__(self, run: Run) -> None:
        self.run = run
        self.looked = time.monotonic()
        self.interval, self.due = 0.25, self.looked + 0.25
        self.total = self.left = self._waiting().count()
        self.asked: dict[int, int] = {}
        self.round = 0

    def _waiting(self) -> QuerySet[StoreFile]:
        return needed(self.run).filter(state__in=[State.UPLOADED, State.SENT])

    def look(self) -> int:
        """Ask, if it is time to. How many files are still on their way."""
        if not self.left or time.monotonic() < self.due:
            return self.left
        # A thousand are looked at several times a second: as values, for rows take thrice as long to be made.
        waiting = [Awaited(*values) for values in self._waiting().values_list(*Awaited._fields)]
        self.total = max(self.total, len(waiting))
        uploaded = [row for row in waiting if row.state == State.UPLOADED]
        window = self._least_recently_asked(uploaded)
        known = files.states(self.run.client, [row.file_id for row in window])
        ready = [row.pk for row in window if row.is_there(known.get(row.file_id))]
        _arrived(self.run, ready)
        amiss = {row.pk: known.get(row.file_id) for row in window if row.is_amiss(known.get(row.file_id))}
        settled = _mend(self.run, amiss)
        if any(row.state == State.SENT for row in waiting) or any(row.state == State.SENT for row in settled):
            create(self.run)
            self.left = self._waiting().count()
        else:
            self.left = len(uploaded) - len(ready) - len(settled)
        if len(window) == len(uploaded) or 2 * len(ready) < len(window):
            self.interval = min(5.0, self.interval * 1.07)
            now = time.monotonic()
            calls = -(-min(self.left, self.WINDOW) // files.PER_CALL)
            pace = until_worth_asking(came=len(ready), since=now - self.looked, calls=calls, at_most=self.interval)
            self.looked, self.due = now, now + pace
        self.run.say(f"Shopify is processing files: {self.total - self.left} of {self.total}.")
        return self.left

    def _least_recently_asked(self, rows: list["Awaited"]) -> list["Awaited"]:
        self.round += 1
        window = sorted(rows, key=lambda row: (self.asked.get(row.pk, 0), row.pk))[: self.WINDOW]
        self.asked |= dict.fromkeys((row.pk for row in window), self.round)
        return window

    def wait(self) -> None:
        self.run.pause(max(0.0, self.due - time.monotonic()), "Shopify is processing files.")


def _arrived(run: Run, pks: list[int]) -> None:
    if pks:
        with run.fenced():
            StoreFile.objects.filter(pk__in=pks).update(state=State.READY)


def _mend(run: Run, amiss: Mapping[int, FileState | None]) -> list[StoreFile]:
    """The rows of files that are amiss, as they are from now on. `amiss`: by pk what Shopify says of each."""
    rows = list(StoreFile.objects.filter(pk__in=list(amiss)))
    for row in rows:
        _judge(row, amiss[row.pk])
    _save(run, rows)
    return rows


def _judge(row: StoreFile, state: FileState | None) -> None:
    """What becomes of a file that is amiss."""
    if state is None:
        row.state, row.problem = State.FAILED, file_reason("FILE_DOES_NOT_EXIST", "")
    elif state.status == "READY":
        row.state, row.file_id = State.SENT, ""
    elif state.status == "FAILED" and state.code in files.NAME_TAKEN:
        # Not asked for again: each time would leave one more file that failed in the store.
        row.state, row.file_id, row.problem = State.SENT, "", NAME_LOST
    elif state.status == "FAILED":
        row.state, row.problem = State.FAILED, file_reason(state.code, state.message)
    else:
        row.state, row.problem = State.FAILED, DEADLINES[Kind(row.kind)][1]


def _save(run: Run, rows: list[StoreFile]) -> None:
    if rows:
        with run.fenced():
            save_fields(rows, SAVED)
