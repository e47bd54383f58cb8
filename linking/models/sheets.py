"""Spreadsheets that say something of assets: the file while it arrives, its rows, and what became of each."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Count, Q, QuerySet

from linking.domain import stored
from linking.models.jobs import JobRow, JobState
from setup.models import Environment, Member
from setup.reason_field import ReasonField
from setup.reasons import Reason
from setup.stored_json import StoredJSON, texts


class Stage(models.TextChoices):
    """What is done with a sheet, or was done last. `Sheet.state` says whether a worker is needed."""

    ARRIVING = "arriving", "Arriving"
    READING = "reading", "Reading"
    COLUMNS = "columns", "Columns"  # a person chooses them
    CHECKING = "checking", "Checking"
    PREVIEW = "preview", "Preview"
    WRITING = "writing", "Writing"
    WRITTEN = "written", "Written"
    UNDOING = "undoing", "Undoing"
    UNDONE = "undone", "Undone"


class Row(models.TextChoices):
    """What becomes of a row."""

    READ = "", "Read"  # not checked yet
    CHANGE = "change", "Change"
    SAME = "same", "Unchanged"
    UNKNOWN = "unknown", "Unknown asset"
    INVALID = "invalid", "Invalid value"
    TWICE = "twice", "Duplicate"
    WRITTEN = "written", "Written"
    FAILED = "failed", "Failed"  # a part of it may be written
    LEFT = "left", "Left"  # somebody changed it since the preview
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Kept"  # not all was undone: somebody changed it since
    STUCK = "stuck", "Not undone"
    MISS = "miss", "Does not fit"  # of a source: it says nothing of this asset
    CONFLICT = "conflict", "Conflict"  # of a source: somebody else wrote there, so nothing is written


# What is there to undo: what is written, wholly or in part; and what a worker had begun to write when it was lost.
MAY_BE_WRITTEN = Q(state__in=[Row.WRITTEN, Row.FAILED]) | Q(state=Row.CHANGE, alike="")


class Sheet(JobRow):
    """`heads`: the file's headings; `columns`: what each column holds (linking.domain.sheet_columns); `fields`: those that were
    checked against, {external ID: label}; `entries`: of the lists among them, as linking.reporting.sheets reads them.

    `source`: where its rows come from, if from no file: the `kind` of source (linking.ingest.sheets.sources), what that asks for,
    the `scope` of assets, and how far the walk is: `cursor`, `looked` at, `total` by Cloudinary's estimate, `over`."""

    AGAIN = Reason("job.ask_again")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="sheets")
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=255)
    stage = models.CharField(
        max_length=20, choices=Stage.choices, default=Stage.ARRIVING, db_default=Stage.ARRIVING.value
    )
    heads = StoredJSON(default=list, db_default=[], shape=texts)
    columns = StoredJSON(default=list, db_default=[], shape=texts)
    fields = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    entries = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    source = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    # Of the file: parts that it comes in.
    parts_in_all = models.PositiveIntegerField(default=0, db_default=0)
    created = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "spreadsheet"
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="sheets_under_way")]

    def __str__(self) -> str:
        return self.name

    def mine(self) -> "QuerySet[Sheet]":
        """This row, as long as it is the work that was claimed, and nobody has stopped it."""
        return Sheet.objects.filter(pk=self.pk, state=JobState.RUNNING, stage=self.stage)

    def counts(self) -> dict[str, int]:
        """By what became of them."""
        return dict(self.rows.order_by().values_list("state").annotate(n=Count("pk")))

    def may_be_changed_by(self, member: Member) -> bool:
        """By the person who uploaded it, and by admins."""
        return member.is_admin or self.member_id == member.pk


class SheetPart(models.Model):
    """A piece of the file, until its rows are read."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="parts")
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "place"], name="a_part_of_a_sheet_comes_once")]


class SheetRow(models.Model):
    """`place`: its number in the file, from 2 on under one line of headings. `wanted` and `old`: values by code, of what differs
    (linking.domain.sheet_rows.kept). `alike`: the same for rows that one call writes, and empty as soon as a
    worker begins to write them."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    cells = StoredJSON(default=list, db_default=[], shape=texts)
    state = models.CharField(
        max_length=10, choices=Row.choices, blank=True, default=Row.READ, db_default=Row.READ.value
    )
    reason = ReasonField()
    name = models.CharField(max_length=1000, blank=True, default="", db_default="")
    asset_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    public_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    wanted: Any = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    old: Any = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    alike = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "place"], name="a_row_of_a_sheet_is_there_once")]
        indexes = [
            models.Index(fields=["sheet", "state", "alike", "place"], name="rows_of_sheets_to_do"),
            models.Index(fields=["sheet", "asset_id"], name="rows_of_sheets_by_asset"),
        ]
