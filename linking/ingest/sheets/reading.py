"""A file that has arrived becomes rows; then it is not needed any more."""

import tempfile
from collections.abc import Iterator
from itertools import islice

from django.db import transaction
from django.utils import timezone

from linking.attempts import Attempt, Hopeless
from linking.domain.sheet_columns import SheetField, proposed
from linking.ingest.sheets import files
from linking.ingest.sheets.fields import fields_of
from linking.models import Sheet, SheetRow
from linking.models.jobs import NO_TRIES, JobState
from linking.models.sheets import Stage
from setup.reasons import NONE

BATCH = 1000


class Superseded(Exception):
    """Somebody else reads it, or nobody wants it any more."""


def read(attempt: Attempt[Sheet]) -> bool:
    """False: all is read, or nobody wants it. Begun again, it begins from the first row. Raises Hopeless, CloudinaryError."""
    sheet = attempt.row
    fields = fields_of(sheet.environment)
    _empty(sheet)
    with tempfile.TemporaryFile(prefix="assetlink-sheet-") as file:
        for part in sheet.parts.order_by("place").iterator(chunk_size=1):
            file.write(bytes(part.content))
        try:
            heads = _keep(attempt, files.rows(file))
        except files.Unreadable as error:
            raise Hopeless(error.reason) from error
        except Superseded:
            return False
    _finish(sheet, heads, list(fields.values()))
    return False


def _empty(sheet: Sheet) -> None:
    while pks := list(sheet.rows.order_by().values_list("pk", flat=True)[:5000]):
        SheetRow.objects.filter(pk__in=pks).delete()


def _keep(attempt: Attempt[Sheet], found: Iterator[tuple[int, list[str]]]) -> list[str]:
    """The headings."""
    _, heads = next(found, (1, []))
    while some := list(islice(found, BATCH)):
        SheetRow.objects.bulk_create([SheetRow(sheet=attempt.row, place=place, cells=cells) for place, cells in some])
        attempt.alive()
        if not attempt.row.got_on(now=timezone.now()):
            raise Superseded
    return heads


def _finish(sheet: Sheet, heads: list[str], known: list[SheetField]) -> None:
    values = {"heads": heads, "columns": proposed(heads, known), "fields": {one.id: one.label for one in known}}
    with transaction.atomic():
        sheet.mine().update(stage=Stage.COLUMNS, state=JobState.DONE, problem=NONE, **NO_TRIES, **values)
        sheet.parts.all().delete()
