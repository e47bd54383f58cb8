"""Phases ready and done of an upload to Files: lines are closed as their files arrive; contents are replaced in place."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from linking.domain.plan import Change
from linking.domain.reasons import NOT_REPLACED, file_reason
from linking.models import ChangeRow, StoreFile
from linking.models.writing import save_fields
from linking.shopify import files
from linking.shopify.files import Refusal
from linking.syncing.files import Arrivals
from linking.syncing.run import Run

Outcome, State = ChangeRow.Outcome, StoreFile.State
# Shopify tells nothing of a replacement that failed. After AGAIN without a sign it is asked once more, TRIES times in all.
AGAIN = timedelta(seconds=20)
TRIES = 3
# And how long a file may show no content at all, because a new one is under way: ours, or somebody else's.
PATIENCE = timedelta(minutes=5)
NEWER = "The file shows a newer version by now than the one that was planned. Nothing was written; plan again."
LOST = "The file whose content was to be replaced is gone from the store. Run again to add it as a new one."


class Publishing:
    """Works the lines of an upload until none is open."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def work(self) -> None:
        self._replace()
        self._describe()

    def receive(self, arrivals: Arrivals) -> None:
        """Close the lines of new files, each as its file is READY or FAILED."""
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
            elif line.file.state == State.READY:
                line.outcome, line.medium_id = Outcome.DONE, line.file.file_id
            else:
                continue
            closed.append(line)
        self._save(closed)

    def _save(self, lines: list[ChangeRow]) -> None:
        if lines:
            with self.run.fenced():
                save_fields(lines, ["outcome", "reason", "medium_id", "alt_before"])

    def _replace(self) -> None:
        """Repeating a replacement does no harm: the same content comes once more. But first it is looked whether it is needed."""
        interval = 0.25
        while lines := self._open(Change.REPLACE):
            self.run.tick()
            self.run.say(f"Replacing the contents of files: {len(lines):,} to go.")
            known = files.contents(self.run.client, [line.medium_id for line in lines])
            newest = self._newest([line.medium_id for line in lines])
            ask = [line for line in lines if self._look(line, known, newest)]
            self._save([line for line in lines if line.outcome != Outcome.PENDING])
            for at in range(0, len(ask), files.PER_CALL):
                self._ask(ask[at : at + files.PER_CALL])
            if any(line.outcome == Outcome.PENDING for line in lines):
                self.run.pause(interval, "Shopify is replacing contents.")
                interval = min(5.0, interval * 1.5)

    def _newest(self, file_ids: list[str]) -> dict[str, int]:
        """File id -> the version of its asset that it shows, as far as the ledger knows."""
        rows = StoreFile.objects.filter(store=self.run.part.store_id, file_id__in=file_ids, state=State.READY)
        return dict(rows.order_by("version").values_list("file_id", "version"))

    def _look(self, line: ChangeRow, known: dict[str, str], newest: dict[str, int]) -> bool:
        """Close the line if it is decided. True if Shopify has to be asked for it, again or for the first time."""
        row, url = line.file, known.get(line.medium_id)
        if row is None or url is None:
            line.outcome, line.reason = Outcome.FAILED, LOST
            return False
        begun = row.file_id == line.medium_id and row.sent is not None
        if not begun and newest.get(line.medium_id, 0) > row.version:
            line.outcome, line.reason = Outcome.FAILED, NEWER
            return False
        if begun and url and url != row.staged_url:
            self._replaced(row)
            line.outcome = Outcome.DONE
            return False
        if begun and row.sent and timezone.now() - row.sent < AGAIN:
            return False
        if begun and row.uploads >= TRIES:
            self._give_up([line], NOT_REPLACED)
            return False
        if not url:
            self._await(line, row, since=row.sent if begun else row.awaited)
            return False
        row.staged_url = url if not begun else row.staged_url
        return True

    def _await(self, line: ChangeRow, row: StoreFile, *, since: datetime | None) -> None:
        """A content is under way, and may be for good."""
        if since is None:
            row.awaited = timezone.now()
            with self.run.fenced():
                save_fields([row], ["awaited"])
        elif timezone.now() - since > PATIENCE:
            self._give_up([line], NOT_REPLACED)

    def _ask(self, lines: list[ChangeRow]) -> None:
        """The intent is written first: after a crash the address of the old content tells whether it was carried out."""
        rows = {line.pk: line.file for line in lines if line.file is not None}
        for line in lines:
            row = rows[line.pk]
            row.file_id, row.sent, row.uploads = line.medium_id, timezone.now(), row.uploads + 1
        with self.run.fenced():
            save_fields(list(rows.values()), ["file_id", "sent", "uploads", "staged_url"])
        sources = {line.medium_id: rows[line.pk].source_url for line in lines}
        by_id = {line.medium_id: line for line in lines}
        ask = partial(self._replaced_by, sources)
        for id, refusal in files.refused(ask, list(by_id)):
            self._give_up([by_id[id]], file_reason(refusal.code, refusal.message))
        self._save([line for line in lines if line.outcome != Outcome.PENDING])
        self.run.part.rows().update(setbacks=0)

    def _replaced_by(self, sources: Mapping[str, str], ids: Sequence[str]) -> Sequence[Refusal]:
        return files.replace(self.run.client, {id: sources[id] for id in ids})

    def _give_up(self, lines: list[ChangeRow], reason: str) -> None:
        """The next run begins anew: the rows forget that they were asked for."""
        rows = []
        for line in lines:
            line.outcome, line.reason = Outcome.FAILED, reason
            if line.file is not None:
                row = line.file
                row.file_id, row.sent, row.uploads, row.staged_url, row.awaited = "", None, 0, "", None
                rows.append(row)
        with self.run.fenced():
            save_fields(rows, ["file_id", "sent", "uploads", "staged_url", "awaited"])

    def _replaced(self, row: StoreFile) -> None:
        """The file shows the new version: the ledger's row of the old one has no file any more."""
        row.state, row.staged_url, row.uploads, row.problem, row.awaited = State.READY, "", 0, "", None
        with self.run.fenced():
            save_fields([row], ["state", "staged_url", "uploads", "problem", "awaited"])
            old = StoreFile.objects.filter(store=row.store_id, file_id=row.file_id).exclude(pk=row.pk)
            ChangeRow.objects.filter(file__in=old, brought="", outcome=Outcome.DONE).update(brought=row.file_id)
            old.update(file_id="", state=State.PLANNED, sent=None)

    def _describe(self) -> None:
        """Alt texts of files that are there already."""
        lines = {line.medium_id: line for line in self._open(Change.KEEP)}
        ids = list(lines)
        for at in range(0, len(ids), files.PER_CALL):
            self.run.tick()
            self._write_alts([lines[id] for id in ids[at : at + files.PER_CALL]])

    def _write_alts(self, lines: list[ChangeRow]) -> None:
        texts = {line.medium_id: line.alt_after or "" for line in lines}
        refused = files.refused(lambda ids: files.describe(self.run.client, {id: texts[id] for id in ids}), list(texts))
        wrong = {id: file_reason(refusal.code, refusal.message) for id, refusal in refused}
        for line in lines:
            line.outcome = Outcome.FAILED if line.medium_id in wrong else Outcome.DONE
            line.reason = wrong.get(line.medium_id, "")
        told = [id for id in texts if id not in wrong]
        with self.run.fenced():
            save_fields(lines, ["outcome", "reason"])
            rows = list(StoreFile.objects.filter(store=self.run.part.store_id, file_id__in=told))
            for row in rows:
                row.alt = texts[row.file_id]
            save_fields(rows, ["alt"])
