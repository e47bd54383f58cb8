"""Phases ready and done of an upload to Files: lines are closed as their files arrive; contents are replaced in place."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from linking import waiting
from linking.domain.plan import Change
from linking.domain.reasons import ALT_LOST, NOT_REPLACED, NOT_SHOWN, file_reason
from linking.domain.waiting import Wait
from linking.models import ChangeRow, StoreFile
from linking.models.ledger import StoreFileQuerySet
from linking.models.writing import save_fields
from linking.shopify import files
from linking.shopify.files import FileState, Refusal
from linking.syncing import addresses
from linking.syncing.arrivals import Arrivals
from linking.syncing.run import Run
from linking.waiting import Waits
from setup.reasons import NONE, Reason
from setup.spelling import plain

Outcome, State = ChangeRow.Outcome, StoreFile.State
NEWER, LOST = Reason("file.newer"), Reason("file.lost")
# Files that may be there with another text than they shall have.
DESCRIBED = (Change.KEEP, Change.ADD, Change.REPLACE)
# So often a new content is asked for that Shopify drops without a word.
TRIES = 3
OF_FILE = ["file_id", "sent", "staged_url", *addresses.FIELDS]


class Publishing:
    """Works the lines of an upload until none is open."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.waits = Waits(run.part.waits)

    def publish(self) -> None:
        self._replace()
        described = (line for change in DESCRIBED for line in self._open(change))
        Texts(self.run).write([line for line in described if line.alt_after is not None and is_there(line)])

    def receive(self, arrivals: Arrivals) -> None:
        """Close the lines of new files, each as its file is READY, FAILED or late."""
        while True:
            self.run.tick()
            left = arrivals.look()
            self._close_arrived()
            if not left:
                break
            arrivals.wait()

    def _open(self, change: Change) -> list[ChangeRow]:
        lines = self.run.part.changes.filter(outcome=Outcome.PENDING, change=change, product=None)
        return list(lines.select_related("file"))

    def _close_arrived(self) -> None:
        closed = []
        for line in self._open(Change.ADD):
            if line.file is None or line.file.state == State.FAILED:
                line.outcome, line.reason = Outcome.FAILED, line.file.problem if line.file else LOST
            elif line.file.state == State.LATE:
                line.outcome, line.reason = Outcome.UNKNOWN, line.file.problem
            elif line.file.state == State.READY and not line.medium_id:
                line.medium_id = line.file.file_id
                line.outcome = arrived(line)
            else:
                continue
            closed.append(line)
        self._save(closed)

    def _save(self, lines: Sequence[ChangeRow]) -> None:
        settled = [line for line in lines if line.outcome != Outcome.PENDING or is_there(line)]
        if settled:
            with self.run.fenced():
                save_fields(settled, ["outcome", "reason", "medium_id", "alt_before"])
            self.run.progress()

    def _replace(self) -> None:
        """Repeating a replacement does no harm: the same content comes once more. But first it is looked whether it is needed."""
        began = timezone.now()
        while lines := [line for line in self._open(Change.REPLACE) if not is_there(line)]:
            self.run.tick()
            self.run.say(Reason("doing.replacing", left=len(lines)))
            asked = timezone.now()
            known = files.contents(self.run.client, [line.medium_id for line in lines])
            newest = self._newest([line.medium_id for line in lines])
            ask = [line for line in lines if self._look(line, known, newest)]
            self._take([line for line in lines if self._has_come(line, known)], known)
            recent = self._just_replaced([line.medium_id for line in ask], asked)
            ask = [line for line in ask if line.medium_id not in recent]
            self._save(lines)
            self._keep([])
            for at in range(0, len(ask), files.PER_CALL):
                self._ask(ask[at : at + files.PER_CALL])
            if any(line.outcome == Outcome.PENDING and not is_there(line) for line in lines):
                self.run.pause(waiting.next_look(began), Reason("doing.being_replaced"))

    def _newest(self, file_ids: list[str]) -> dict[str, int]:
        """File id -> the version of its asset that it shows, as far as the ledger knows."""
        rows = _rows_of(self.run, file_ids).filter(state=State.READY)
        return dict(rows.order_by("version").values_list("file_id", "version"))

    def _just_replaced(self, file_ids: list[str], at: datetime) -> set[str]:
        """Files that had got another content so short a time before `at` that the old one may have been shown then."""
        since = at - timedelta(seconds=waiting.seconds(Wait.MOVED))
        rows = _rows_of(self.run, file_ids).filter(state=State.READY)
        return set(rows.filter(sent__gt=since).exclude(former_marks=[]).values_list("file_id", flat=True))

    def _look(self, line: ChangeRow, known: Mapping[str, str], newest: Mapping[str, int]) -> bool:
        """Close the line if it is decided. True if Shopify has to be asked for it, again or for the first time."""
        row, id, url = line.file, line.medium_id, known.get(line.medium_id)
        begun = row is not None and row.file_id == id and row.sent is not None
        if row is None:
            line.outcome, line.reason = Outcome.FAILED, LOST
        elif url is None and self.waits.times(content_key(line)):
            self._await(line, f"absent:{id}", Outcome.UNKNOWN, NOT_SHOWN)
        elif url is None:
            self._await(line, f"absent:{id}", Outcome.FAILED, LOST)
        elif not begun and newest.get(id, 0) > row.version:
            line.outcome, line.reason = Outcome.FAILED, NEWER
        elif not url:
            self._await(line, f"content:of {id}", Outcome.UNKNOWN, NOT_SHOWN)
        elif self._has_come(line, known):
            pass  # looked at together with the others that have come
        else:
            self.waits.end(f"absent:{id}", f"content:of {id}")
            row.staged_url = url
            return self._may_ask(line)
        return False

    def _has_come(self, line: ChangeRow, known: Mapping[str, str]) -> bool:
        """Whether the file that was asked for another content shows one."""
        row, url = line.file, known.get(line.medium_id)
        begun = row is not None and row.file_id == line.medium_id and row.sent is not None
        return line.outcome == Outcome.PENDING and bool(url) and begun and row is not None and url != row.staged_url

    def _take(self, lines: Sequence[ChangeRow], known: Mapping[str, str]) -> None:
        """Contents that have come. Where an asset has moved since, what was fetched may be another's: it is asked for again, from
        where the asset is now."""
        of = {line.file.pk: line for line in lines if line.file}
        looked = addresses.look(self.run, [line.file for line in lines if line.file])
        for row in looked.same:
            self._replaced(row)
            of[row.pk].outcome = arrived(of[row.pk])
        for row in looked.moved:
            row.file_id, row.sent, row.staged_url = "", None, known[of[row.pk].medium_id]
            self.waits.end(content_key(of[row.pk]))
        self._keep(looked.moved)
        for row in looked.lost:
            self._give_up(of[row.pk], Outcome.FAILED, row.problem)
        for row in looked.open if looked.trouble else ():
            self._give_up(of[row.pk], Outcome.UNKNOWN, looked.trouble)

    def _may_ask(self, line: ChangeRow) -> bool:
        """While a content is on its way none is shown: one that shows the old one again and again was dropped."""
        key = content_key(line)
        if not self.waits.may_ask(key, [line.medium_id]):
            return False
        if self.waits.times(key) >= TRIES and not self.waits.refused(key):
            self._give_up(line, Outcome.FAILED, NOT_REPLACED)
            return False
        return True

    def _await(self, line: ChangeRow, key: str, outcome: ChangeRow.Outcome, reason: Reason) -> None:
        """Not shown, or its content is not; that may be for good."""
        if self.waits.miss(key):
            self._give_up(line, outcome, reason)

    def _keep(self, rows: Sequence[StoreFile]) -> None:
        with self.run.fenced():
            save_fields(rows, OF_FILE)
            keep(self.run, self.waits)

    def _ask(self, lines: Sequence[ChangeRow]) -> None:
        """The intent is written first: after a crash the address of the old content tells whether it was carried out."""
        if not (lines := self._deliverable(lines)):
            return
        self.run.heed_abort()
        rows = {line.medium_id: line.file for line in lines if line.file is not None}
        by_id = {line.medium_id: line for line in lines}
        for file_id, row in rows.items():
            row.file_id, row.sent = file_id, timezone.now()
            self.waits.ask(content_key(by_id[file_id]), [file_id])
        self._keep(list(rows.values()))
        ask = partial(self._replaced_by, {file_id: row.source_url for file_id, row in rows.items()})
        refused = dict(files.refused(ask, list(rows)))
        for id, line in by_id.items():
            if id in refused:
                self._refused(line, refused[id])
            else:
                self.waits.accept(content_key(line))
        self._save(lines)

    def _deliverable(self, lines: Sequence[ChangeRow]) -> list[ChangeRow]:
        """Those whose new content Cloudinary delivers; of the others the reason is kept. Where it cannot be asked for now, it is
        asked again in the next round."""
        looked = addresses.confirm(self.run, [line.file for line in lines if line.file])
        given_up = {row.pk for row in (*looked.lost, *(looked.open if looked.trouble else ()))}
        waiting_for = {row.pk for row in looked.open}
        with self.run.fenced():
            save_fields([*looked.same, *looked.moved, *looked.lost], addresses.FIELDS)
        lost = [line for line in lines if line.file_id in given_up]
        for line in lost:
            self._give_up(line, Outcome.FAILED, line.file.problem if line.file else LOST)
        self._save(lost)
        return [line for line in lines if line.file_id not in given_up | waiting_for]

    def _refused(self, line: ChangeRow, refusal: Refusal) -> None:
        """Nothing was begun: for now, or for good."""
        if refusal.wait:
            self.waits.refuse(content_key(line), refusal.wait)
        if not refusal.wait or self.waits.over(content_key(line)):
            self._give_up(line, Outcome.FAILED, file_reason(refusal.code, refusal.reason))
        elif line.file is not None:
            line.file.file_id, line.file.sent = "", None
            self._keep([line.file])

    def _replaced_by(self, sources: Mapping[str, str], ids: Sequence[str]) -> Sequence[Refusal]:
        return files.settled(lambda: files.replace(self.run.client, {id: sources[id] for id in ids}))

    def _give_up(self, line: ChangeRow, outcome: ChangeRow.Outcome, reason: Reason) -> None:
        """The next run starts again: the row forgets that it was asked for."""
        line.outcome, line.reason = outcome, reason
        if line.file is not None:
            line.file.file_id, line.file.sent, line.file.staged_url = "", None, ""
            self._keep([line.file])

    def _replaced(self, row: StoreFile) -> None:
        """The file shows the new version: the ledger's row of the old one has no file any more, and its mark stays in the file's
        name."""
        row.state, row.staged_url, row.problem, row.proved = State.READY, "", NONE, True
        with self.run.fenced():
            old = _rows_of(self.run, [row.file_id]).exclude(pk=row.pk)
            row.alt = next((one.alt for one in old if one.state == State.READY), row.alt)  # Shopify keeps it
            row.former_marks = sorted({mark for one in old for mark in (one.mark, *one.former_marks)} - {row.mark})
            save_fields([row], ["state", "staged_url", "problem", "proved", "former_marks", "alt"])
            ChangeRow.objects.filter(file__in=old, brought="", outcome=Outcome.DONE).update(brought=row.file_id)
            old.update(file_id="", state=State.PLANNED, sent=None)


class Texts:
    """Alt texts of files that are in the store already: written, and read back before they are called done."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.waits = Waits(run.part.waits)

    def write(self, lines: Sequence[ChangeRow]) -> None:
        """`lines` of files that stay, each with the text that it shall get."""
        began = timezone.now()
        while left := [line for line in lines if line.outcome == Outcome.PENDING]:
            self.run.tick()
            due = [line for line in left if self.waits.may_ask(text_key(line), [line.medium_id])]
            for at in range(0, len(due), files.PER_CALL):
                self._write(due[at : at + files.PER_CALL])
            known = files.states(self.run.client, [line.medium_id for line in left])
            for line in left:
                self._judge(line, known.get(line.medium_id))
            self._close([line for line in left if line.outcome != Outcome.PENDING])
            if any(line.outcome == Outcome.PENDING for line in left):
                self.run.pause(waiting.next_look(began), Reason("doing.alt_texts"))

    def _write(self, lines: Sequence[ChangeRow]) -> None:
        self.run.tick()
        self.run.heed_abort()
        texts = {line.medium_id: line.alt_after or "" for line in lines}
        for line in lines:
            self.waits.ask(text_key(line), [line.medium_id])
        with self.run.fenced():
            keep(self.run, self.waits)

        def ask(ids: Sequence[str]) -> Sequence[Refusal]:
            return files.settled(lambda: files.describe(self.run.client, {id: texts[id] for id in ids}))

        refused = dict(files.refused(ask, list(texts)))
        for line in lines:
            self._settle(line, refused.get(line.medium_id))

    def _settle(self, line: ChangeRow, refusal: Refusal | None) -> None:
        if refusal is None:
            self.waits.accept(text_key(line))
        elif refusal.wait:
            self.waits.refuse(text_key(line), refusal.wait)
        if refusal is not None and (not refusal.wait or self.waits.over(text_key(line))):
            line.outcome, line.reason = Outcome.FAILED, file_reason(refusal.code, refusal.reason)

    def _judge(self, line: ChangeRow, state: FileState | None) -> None:
        if line.outcome != Outcome.PENDING:
            return
        if state is not None and plain(state.alt) == plain(line.alt_after or ""):
            line.outcome = Outcome.DONE
        elif self.waits.unseen(text_key(line)):
            line.outcome, line.reason = Outcome.UNKNOWN, ALT_LOST

    def _close(self, lines: Sequence[ChangeRow]) -> None:
        texts = {line.medium_id: line.alt_after or "" for line in lines if line.outcome == Outcome.DONE}
        with self.run.fenced():
            save_fields(lines, ["outcome", "reason"])
            rows = list(_rows_of(self.run, texts))
            for row in rows:
                row.alt = texts[row.file_id]
            save_fields(rows, ["alt"])
        self.run.progress()


def is_there(line: ChangeRow) -> bool:
    """Whether the file is in the store as the line wants it, whatever its text."""
    if line.change == Change.KEEP:
        return True
    return line.file is not None and line.file.state == State.READY and line.medium_id == line.file.file_id


def arrived(line: ChangeRow) -> ChangeRow.Outcome:
    """Of a line whose file is there: done, unless it waits for its text."""
    return Outcome.DONE if line.alt_after is None else Outcome.PENDING


def content_key(line: ChangeRow) -> str:
    return f"content:{line.medium_id}"


def text_key(line: ChangeRow) -> str:
    return f"alt:{line.medium_id}"


def keep(run: Run, waits: Waits) -> None:
    """Under the run's fence."""
    run.part.rows().update(waits=waits.kept)


def _rows_of(run: Run, file_ids: Collection[str]) -> StoreFileQuerySet:
    """The ledger's rows of these files of the store."""
    return StoreFile.objects.for_galleries().filter(store=run.part.store_id, file_id__in=list(file_ids))
