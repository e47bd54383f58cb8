"""Phases files and ready: every rendition that the plan needs becomes a READY file of the store, once.

A file's id enters a row's `file_id` only after the file's own name was read with the row's mark. Until then the ids that a
call answered are candidates (`pending_id`) of the rows of that call.
"""

import uuid
from collections.abc import Mapping, Sequence

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from linking import waiting
from linking.cloudinary.assets import CHUNK
from linking.domain.arrangements import KeptArrangement
from linking.domain.plan import Change
from linking.domain.reasons import NAME_LOST, NOT_SHOWN, RENAMED, file_reason
from linking.domain.waiting import Wait
from linking.models import ChangeRow, StoreFile
from linking.models.syncs import OPEN
from linking.models.writing import save_fields
from linking.planning.ledger import proved
from linking.planning.texts import AltTexts
from linking.shopify import files
from linking.shopify.files import FileState, NewFile, Refusal
from linking.syncing import addresses, uploads
from linking.syncing.run import Run
from setup.reasons import NONE, Reason, said
from setup.shopify.errors import Remedy, ShopifyError

State, Kind = StoreFile.State, StoreFile.Kind
# So often a file is asked for whose answers get lost.
TRIES = 5
SAVED = [
    "state",
    "problem",
    "file_id",
    "pending_id",
    "call",
    "proved",
    "sent",
    "attempt",
    "uploads",
    "awaited",
    "adopted",
]
SAVED += ["staged_url", *addresses.FIELDS]


def needed(run: Run) -> QuerySet[StoreFile]:
    """The renditions that galleries, or an upload's lines, still wait for."""
    # An upload has no products; a replaced content is not a new file.
    lines = ChangeRow.objects.filter(part=run.part, outcome=ChangeRow.Outcome.PENDING)
    lines = lines.filter(Q(product__state__in=OPEN) | Q(product=None, change=Change.ADD))
    return StoreFile.objects.filter(pk__in=lines.values("file")).order_by("pk")


def reset_failures(run: Run) -> None:
    """A new run gives files that failed another try, under another name, and looks again at those that were late. Where a
    name was taken and nobody found by whom, it is looked for once more first: the list of files has had its time."""
    rows = list(needed(run).filter(state__in=[State.FAILED, State.LATE]))
    for row in rows:
        if row.state == State.LATE and row.problem != RENAMED:
            row.state, row.problem, row.uploads = State.UPLOADED if row.pending_id else State.SENT, NONE, 0
            continue
        row.file_id, row.pending_id, row.sent, row.uploads, row.awaited = "", "", None, 0, None
        if row.problem == NAME_LOST:
            row.state = State.SENT
        else:
            rename(row)
    save(run, rows)


def rename(row: StoreFile) -> None:
    """The next try is asked for under another name."""
    row.state, row.problem, row.attempt, row.pending_id = State.PLANNED, NONE, row.attempt + 1, ""


def void(row: StoreFile) -> None:
    """Its asset is not where the file was fetched from any more, so the file may show another's: it stays in the store, and is
    nobody's. The next try is asked for from where the asset is now, unless it is lost."""
    if row.state == State.FAILED:
        row.attempt += 1
    else:
        rename(row)
    row.file_id, row.pending_id, row.sent, row.staged_url, row.uploads = "", "", None, "", 0


def take(run: Run, arrived: Sequence[StoreFile]) -> list[StoreFile]:
    """Those of files that have arrived that show their assets for sure: after the fetch these still stood where they were fetched
    from. The others are void, or LATE where Cloudinary could not be asked in time; until then they stay as they are. The caller
    saves them all."""
    looked = addresses.look(run, arrived)
    for row in (*looked.moved, *looked.lost):
        void(row)
    for row in looked.open if looked.trouble else ():
        row.state, row.problem = State.LATE, looked.trouble
    return looked.same


def confirm(run: Run) -> None:
    """What the ledger holds ready may have been deleted in Shopify, or be another's file by its name: look, and bring it again
    if so."""
    ready = {row.file_id: row for row in needed(run).filter(state=State.READY)}
    known = waiting.insist(lambda ids: files.states(run.client, ids), list(ready), run.client.pause)
    gone = [row for id, row in ready.items() if id not in known]
    failed = [row for id, row in ready.items() if id in known and known[id].status == "FAILED"]
    for row in gone:
        row.state, row.file_id, row.sent, row.adopted = State.PLANNED, "", None, False
    for row in failed:
        rename(row)
        row.file_id, row.sent, row.adopted = "", None, False
    save(run, [*gone, *failed])
    with run.fenced():
        proved(
            {id: row for id, row in ready.items() if row.state == State.READY}, {s.id: s.name for s in known.values()}
        )


def create(run: Run) -> None:
    """Ask for what is missing."""
    create_pictures(run)
    renew_staged(run)
    uploads.upload(run, needed(run).filter(kind=Kind.VIDEO))
    for row in _askable(needed(run).filter(kind=Kind.VIDEO, state=State.STAGED)):
        # One a call: should Shopify not keep a video's name, there is only one that it can be.
        run.say(Reason("doing.bringing_video", name=row.name))
        _ask(run, [row])


def create_pictures(run: Run) -> None:
    """The quick part, which no video shall hold up."""
    adopt(run, list(needed(run).filter(state=State.SENT)))
    missing = _askable(needed(run).exclude(kind=Kind.VIDEO).filter(state=State.PLANNED))
    for at in range(0, len(missing), files.PER_CALL):
        batch = missing[at : at + files.PER_CALL]
        looked = addresses.confirm(run, batch)
        save(run, batch)
        run.say(Reason("doing.bringing_files", at=at, all=len(missing)))
        if batch := [row for row in batch if row.state == State.PLANNED and row not in looked.open]:
            _ask(run, batch)


def _askable(rows: QuerySet[StoreFile]) -> list[StoreFile]:
    """Those that Shopify had no room for a moment ago are asked for later."""
    now = timezone.now()
    return [
        row
        for row in rows
        if row.awaited is None or row.sent is None or (now - row.sent).total_seconds() > waiting.next_look(row.awaited)
    ]


def _ask(run: Run, batch: Sequence[StoreFile]) -> None:
    """The intent is written first: if no answer comes, the rows tell that it may have been done."""
    run.tick()
    run.heed_abort()
    now, call = timezone.now(), uuid.uuid4().hex
    for row in batch:
        row.state, row.sent, row.call, row.pending_id, row.uploads = State.SENT, now, call, "", row.uploads + 1
    with run.fenced():
        asked = StoreFile.objects.filter(pk__in=[row.pk for row in batch])
        asked.update(state=State.SENT, sent=now, call=call, pending_id="", uploads=F("uploads") + 1)
    _bring(run, list(batch))


def _bring(run: Run, batch: list[StoreFile]) -> None:
    """One call, or several: what Shopify does with the good rows of a call that has a bad one is not known, nor whether it
    says which one is bad."""
    answer = _asked(run, batch)
    half, whole = len(batch) // 2, [refusal for refusal in answer.refusals if refusal.row is None]
    if half and not answer.ids and any(refusal.wait for refusal in whole):
        for row in batch:  # busy, no matter which row of the call is the cause
            refuse(row, whole[0])
        save(run, batch)
        return
    if half and not answer.ids and whole:
        _bring(run, batch[:half])
        _bring(run, batch[half:])
        return
    left = _attribute(run, batch, answer)
    if left and answer.refusals and not answer.ids:  # none was made because of others
        _bring(run, left)


def _asked(run: Run, batch: Sequence[StoreFile]) -> files.Created:
    """Without an answer nothing is known of any row: they stay SENT, and are looked for."""
    try:
        return files.create(run.client, [_new(row) for row in batch])
    except ShopifyError as error:
        if error.remedy == Remedy.LOOK:
            return files.Created(())
        if error.remedy != Remedy.GIVE_UP:
            raise
        return files.Created((), (Refusal(None, error.reason, error.code),))


def _new(row: StoreFile) -> NewFile:
    url = row.staged_url if row.kind == Kind.VIDEO else row.source_url
    return NewFile(row.file_name, url, row.alt, row.kind.upper())


def _attribute(run: Run, batch: list[StoreFile], answer: files.Created) -> list[StoreFile]:
    """Close the refused rows, and deal the ids among the others: whose they are, their names will tell. Answers the rows that
    were neither made nor refused; without a refusal they stay SENT, and are looked for."""
    refused = {0 if len(batch) == 1 else refusal.row: refusal for refusal in answer.refusals}
    accepted = [row for at, row in enumerate(batch) if at not in refused]
    for at, row in enumerate(batch):
        if refusal := refused.get(at):
            refuse(row, refusal)
    for row, id in zip(accepted, answer.ids, strict=False):
        row.pending_id, row.state, row.awaited, row.uploads = id, State.UPLOADED, None, 0
    save(run, batch)
    return [row for row in accepted if not row.pending_id] if refused else []


def refuse(row: StoreFile, refusal: Refusal) -> None:
    """What becomes of a row that was refused."""
    if refusal.name_taken:
        row.problem = NAME_LOST  # and SENT, as it is: it is looked for until the list of files shows it
        return
    row.problem = file_reason(refusal.code, refusal.reason)
    if refusal.wait and not waiting.over(refusal.wait, row.awaited):
        row.state = State.STAGED if row.kind == Kind.VIDEO else State.PLANNED
        row.awaited = row.awaited or timezone.now()
    else:
        row.state, row.awaited = State.FAILED, None


def renew_staged(run: Run) -> None:
    """What was staged long ago, perhaps by a run that was aborted, is gone from the storage: upload it again."""
    stale = needed(run).filter(state=State.STAGED, staged_until__lt=timezone.now())
    StoreFile.objects.filter(pk__in=list(stale.values_list("pk", flat=True))).update(state=State.PLANNED, staged_url="")


def adopt(run: Run, rows: Sequence[StoreFile]) -> None:
    """Find files that were asked for without an answer, or whose name is taken, by their marks. What the list of files does
    not show is not asked for again before the list must show it: a second call might make a second file. As many at a time as
    Cloudinary is asked about at once, so that a slice that ends in the middle has got on, however slow the store is."""
    for at in range(0, len(rows), CHUNK):
        _adopt(run, rows[at : at + CHUNK])


def _adopt(run: Run, rows: Sequence[StoreFile]) -> None:
    names, again = {row.mark: row.file_name for row in rows}, {row.mark for row in rows if row.attempt > 1}
    named = files.by_mark(run.client, names, exact=again)
    others = _held_by_others(run, {state.id for state in named.found.values()})
    found: dict[int, FileState] = {}
    for row in rows:
        state = named.found.get(row.mark)
        if state and others.get(state.id, row.pk) == row.pk:
            found[row.pk] = state
        elif state and row.problem == NAME_LOST and state.name == row.file_name:
            rename(row)  # a file that has got another content since
        elif row.problem == NAME_LOST and row.sent is None:
            rename(row)
        else:
            _not_found(run, row, named.nameless)
    right = take(run, [row for row in rows if row.pk in found])
    for row in right:
        row.file_id, row.state, row.problem, row.proved, row.pending_id = found[row.pk].id, State.READY, NONE, True, ""
    _take_texts(run, [(row, found[row.pk].alt) for row in right])
    save(run, rows)


def _take_texts(run: Run, found: Sequence[tuple[StoreFile, str]]) -> None:
    """Files that were there without being in our ledger, with another text than they were to be made with: they get another
    one as if the plan had known of them."""
    texts = AltTexts.of(run.part.sync, KeptArrangement.of(run.part.sync.arrangement))
    for row, alt in found:
        if (text := texts.of_asset(row.asset_id, row.alt, alt)) is not None:
            lines = ChangeRow.objects.filter(part=run.part, file=row, outcome=ChangeRow.Outcome.PENDING)
            with run.fenced():
                lines.filter(owner_id="", alt_after=None).update(alt_before=alt, alt_after=text)


def _held_by_others(run: Run, file_ids: set[str]) -> dict[str, int]:
    """File id -> the row that holds it: a file that was given a newer version's content keeps its first name."""
    held = StoreFile.objects.for_galleries().filter(store=run.part.store_id, file_id__in=file_ids)
    return dict(held.values_list("file_id", "pk"))


def _not_found(run: Run, row: StoreFile, nameless: int) -> None:
    if nameless and not waiting.over(Wait.PICTURE, row.sent):
        return  # one that is still being processed may be it
    if row.sent is not None and not waiting.over(Wait.NAME, row.sent):
        return
    if row.problem == NAME_LOST:
        row.state = State.FAILED
    elif row.uploads >= TRIES:
        row.state, row.problem = State.LATE, NOT_SHOWN
    else:
        row.state = State.STAGED if row.kind == Kind.VIDEO and row.staged_url else State.PLANNED


def save(run: Run, rows: Sequence[StoreFile]) -> None:
    if rows:
        with run.fenced():
            save_fields(rows, SAVED)


def reason_of(state: FileState | None) -> Reason:
    """Why a file failed."""
    return file_reason(state.code, said(state.message)) if state else NONE


def look_again(run: Run, failed: Mapping[str, Sequence[StoreFile]]) -> None:
    """`failed`: rows by why Shopify gave them up. If it could not fetch one, its asset may have moved: then it is asked for
    again, from where it is now."""
    rows = [row for code in addresses.NOT_FETCHED for row in failed.get(code, ()) if row.state == State.FAILED]
    for row in addresses.look(run, rows).moved:
        rename(row)
        row.sent = None


def settle_failed(row: StoreFile, state: FileState) -> None:
    """A file that Shopify gave up."""
    if state.code in files.NAME_TAKEN:
        # Not asked for again: each time would leave one more file that failed in the store.
        row.state, row.pending_id, row.problem = State.SENT, "", NAME_LOST
    else:
        row.state, row.pending_id, row.problem = State.FAILED, "", reason_of(state)
