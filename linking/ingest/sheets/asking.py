"""What people do with a spreadsheet: bring it in parts, say what its columns hold, write, stop, undo. Jobs do the work."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from linking import queue
from linking.domain.scopes import Assets
from linking.domain.sheet_columns import SheetField, names_assets, possible, writes
from linking.models import Sheet, SheetPart
from linking.models.jobs import JobState, asked_for
from linking.models.sheets import MAY_BE_WRITTEN, Row, Stage
from setup.reasons import NONE
from setup.security.actors import Actor
from setup.words import _

PART, MOST_BYTES = 512 * 1024, 50 * 1024 * 1024
MOST_PARTS = MOST_BYTES // PART
# What stopping leaves behind.
STOPS = {Stage.CHECKING: Stage.COLUMNS, Stage.WRITING: Stage.WRITTEN, Stage.UNDOING: Stage.WRITTEN}
# By what was done last: rows that failed, what they become, and what is done with them.
RETRIED = {
    Stage.WRITTEN: (Row.FAILED, Row.CHANGE, Stage.WRITING),
    Stage.UNDONE: (Row.STUCK, Row.WRITTEN, Stage.UNDOING),
}
TRIED_AGAIN = (Stage.READING, *STOPS)


class CannotDo(Exception):
    """The text says why, and what to do."""


def begin(actor: Actor, name: str, parts: int) -> Sheet:
    """For a file of so many parts. Raises CannotDo."""
    if not 0 < parts <= MOST_PARTS:
        raise CannotDo(_("The file is larger than 50 MB. Split it, and upload the parts one after another."))
    known = {"environment": actor.environment, "member": actor.member, "state": JobState.DONE}
    return Sheet.objects.create(**known, name=name[:255], parts_in_all=parts)


def take(sheet: Sheet, place: int, content: bytes) -> None:
    """A part, in any order, also twice, as where an answer got lost; when all are there the file is read. Raises CannotDo."""
    if not 0 <= place < sheet.parts_in_all or len(content) > PART:
        raise CannotDo(_("AssetLink could not take the file. Upload it again."))
    if sheet.stage != Stage.ARRIVING:
        return
    SheetPart.objects.bulk_create([SheetPart(sheet=sheet, place=place, content=content)], ignore_conflicts=True)
    if sheet.parts.count() == sheet.parts_in_all and _moved(sheet, [Stage.ARRIVING], Stage.READING):
        queue.enqueue("sheet", sheet.pk)


def gather(actor: Actor, name: str, source: Mapping[str, Any], columns: Sequence[str], assets: Assets) -> Sheet:
    """A sheet without a file: `source` says where its rows come from (linking.ingest.sheets.sources). Its preview is made at
    once."""
    known = {"environment": actor.environment, "member": actor.member, "columns": list(columns)}
    work = {"stage": Stage.CHECKING, **asked_for(now=timezone.now())}
    sheet = Sheet.objects.create(**known, **work, name=name[:255], source={**source, "scope": assets.kept})
    queue.enqueue("sheet", sheet.pk)
    return sheet


def check(sheet: Sheet, columns: Sequence[str]) -> None:
    """Have the rows looked at with this mapping. Raises CannotDo."""
    known = [SheetField(id, str(label), "") for id, label in sheet.fields.items()]
    if len(columns) != len(sheet.heads) or not possible(columns, known):
        raise CannotDo(_("Two columns hold the same, or a field is gone. Choose each once."))
    if not names_assets(columns):
        raise CannotDo(_("Choose the column that names the assets: file name, public ID or asset ID."))
    if not writes(columns):
        raise CannotDo(_("Choose at least one column with values to write."))
    fresh = {"state": Row.READ, "reason": NONE, "name": "", "asset_id": "", "public_id": ""}
    with transaction.atomic():
        if not _moved(sheet, [Stage.COLUMNS, Stage.PREVIEW], Stage.CHECKING, columns=list(columns)):
            raise CannotDo(_("This spreadsheet is already being worked on."))
        sheet.rows.exclude(state=Row.READ).update(**fresh, wanted={}, old={}, alike="")
    queue.enqueue("sheet", sheet.pk)


def write(actor: Actor, sheet: Sheet) -> None:
    """After the preview, or after a stop. Raises CannotDo."""
    if not sheet.rows.filter(state=Row.CHANGE).exists():
        raise CannotDo(_("There is nothing to write."))
    _ask(sheet, [Stage.PREVIEW, Stage.WRITTEN], Stage.WRITING)
    actor.record("sheet.write", sheet.name, {"rows": sheet.rows.filter(state=Row.CHANGE).count()})


def retry(actor: Actor, sheet: Sheet) -> None:
    """What failed: to be written, or to be undone, once more, each row from where it is. Raises CannotDo."""
    if sheet.rows.filter(state=Row.CHANGE).exists():
        raise CannotDo(_("Write the other rows first."))
    failed, then, stage = RETRIED.get(Stage(sheet.stage), (None, None, None))
    if stage is None or not sheet.rows.filter(state=failed).exists():
        raise CannotDo(_("No row has failed."))
    with transaction.atomic():
        if not _moved(sheet, [Stage(sheet.stage)], stage):
            raise CannotDo(_("This spreadsheet is already being worked on."))
        rows = sheet.rows.filter(state=failed).update(state=then, reason=NONE)
    queue.enqueue("sheet", sheet.pk)
    actor.record("sheet.retry", sheet.name, {"rows": rows})


def undo(actor: Actor, sheet: Sheet) -> None:
    """Also once more, of what a worker was about to write when somebody stopped it. Raises CannotDo."""
    if not sheet.rows.filter(MAY_BE_WRITTEN).exists():
        raise CannotDo(_("There is nothing to undo."))
    _ask(sheet, [Stage.WRITTEN, Stage.UNDONE], Stage.UNDOING)
    actor.record("sheet.undo", sheet.name)


def stop(actor: Actor, sheet: Sheet) -> None:
    """What is written stays, and can be undone. Raises CannotDo."""
    for stage, then in STOPS.items():
        rows = Sheet.objects.filter(pk=sheet.pk, stage=stage)
        if sheet.source and stage == Stage.CHECKING:
            then = Stage.PREVIEW  # of what was looked at so far
        if rows.exclude(state=JobState.DONE).update(stage=then, state=JobState.DONE, problem=NONE):
            actor.record("sheet.stop", sheet.name)
            return
    raise CannotDo(_("It has ended already."))


def again(sheet: Sheet) -> None:
    """What failed is begun again where it was. Raises CannotDo."""
    found = Sheet.objects.filter(pk=sheet.pk, state=JobState.FAILED, stage__in=TRIED_AGAIN)
    if not found.update(**asked_for(now=timezone.now())):
        raise CannotDo(_("This spreadsheet is already being worked on."))
    queue.enqueue("sheet", sheet.pk)


def _ask(sheet: Sheet, before: Sequence[Stage], stage: Stage) -> None:
    """Raises CannotDo."""
    if not _moved(sheet, before, stage):
        raise CannotDo(_("This spreadsheet is already being worked on."))
    queue.enqueue("sheet", sheet.pk)


def _moved(sheet: Sheet, before: Sequence[Stage], stage: Stage, **values: object) -> bool:
    """For one caller, and only from there."""
    rows: QuerySet[Sheet] = Sheet.objects.filter(pk=sheet.pk, stage__in=before, state=JobState.DONE)
    return bool(rows.update(stage=stage, **asked_for(now=timezone.now()), **values))
