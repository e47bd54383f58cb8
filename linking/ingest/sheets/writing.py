"""Changes are written to Cloudinary, and taken back: the same walk in two directions.

Before each call the assets are looked at, by their IDs. So a walk that broke off goes on where it was, nothing is written to
another asset that has the public ID by now, and what somebody changed since the preview stays.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass

import cloudinary.api
import cloudinary.uploader
from django.db.models import Q
from django.utils import timezone

from linking.attempts import Attempt
from linking.domain import stored
from linking.domain.assets import Asset
from linking.domain.field_checks import emptied
from linking.domain.sheet_columns import ALT, CONTEXT, FIELD, TAGS, SheetField
from linking.domain.sheet_rows import Value, back, mark, split, turned
from linking.domain.write_back import tags_moved
from linking.ingest.sheets.bases import keep_bases
from linking.ingest.sheets.checking import current_of, save
from linking.ingest.sheets.fields import fields_of
from linking.ingest.sheets.finding import Finder
from linking.ingest.sheets.own_writes import foresee, is_own
from linking.models import Sheet, SheetRow
from linking.models.jobs import NO_TRIES, JobState
from linking.models.sheets import MAY_BE_WRITTEN, Row, Stage
from linking.runtime import process
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, unreadable
from setup.reasons import NONE, Reason, joined

BATCH = 100  # rows that are looked at together, and the most public IDs of a call
AT_ONCE = 4
FIELDS = "fields"
# What is written of an asset, one call each; of tags it is added first, then removed what is not wanted any more.
ADDED, REMOVED = "added", "removed"
PARTS = (FIELDS, CONTEXT, ADDED, REMOVED)
GONE = Reason("sheet.gone")


@dataclass(frozen=True)
class Way:
    """`of`: the rows that are to be dealt with; then each is `done`, `moved` or `failed`. `partly`: whether the rest of a row is
    written of which somebody changed something."""

    of: Q
    done: Row
    moved: Row
    failed: Row
    ends: Stage
    old: Callable[[SheetRow], object]
    new: Callable[[SheetRow], object]
    partly: bool


FORTH = Way(
    of=Q(state=Row.CHANGE),
    done=Row.WRITTEN,
    moved=Row.LEFT,
    failed=Row.FAILED,
    ends=Stage.WRITTEN,
    old=lambda row: row.old,
    new=lambda row: row.wanted,
    partly=False,
)
BACK = Way(
    of=MAY_BE_WRITTEN,
    done=Row.UNDONE,
    moved=Row.KEPT,
    failed=Row.STUCK,
    ends=Stage.UNDONE,
    old=lambda row: row.wanted,
    new=lambda row: row.old,
    partly=True,
)


Part = Mapping[str, Value]


@dataclass
class Doing:
    """`left`: what is still to be written to an asset, by PARTS: fields by external ID, the context by its keys, tags below
    TAGS; `write`: all of it, by code; `why`: what was refused of it; `partly`: something of the row stays as it is."""

    row: SheetRow
    asset: Asset
    left: dict[str, Part]
    write: Part
    why: Reason = NONE
    partly: bool = False


def go(attempt: Attempt[Sheet], until: float, way: Way) -> bool:
    """True: there is more to do. Raises Rest, CloudinaryError."""
    sheet = attempt.row
    client = CloudinaryClient(sheet.environment)
    finder = Finder(client)
    # Only what is taken back is ever emptied.
    fields = fields_of(sheet.environment) if way.partly else {}
    if not way.partly:
        add_entries(sheet, client)
    while rows := list(sheet.rows.filter(way.of).order_by("state", "alike", "place")[:BATCH]):
        if any(row.alike for row in rows):
            _begin(rows)
        try:
            _write(sheet, rows, way, finder, client, fields)
        finally:
            for row in rows:
                row.cells = []  # what they say is in `wanted`; a library of sheets would keep it twice
            save(rows, ("state", "reason", "cells"))
            remember(sheet, rows, way)
        attempt.alive()
        if not sheet.got_on(now=timezone.now()):
            return False
        if process.ending or time.monotonic() > until:
            return True
    sheet.mine().update(stage=way.ends, state=JobState.DONE, problem=NONE, **NO_TRIES)
    return False


def add_entries(sheet: Sheet, client: CloudinaryClient) -> None:
    """Values that are not in a list are refused, so the list has them first. Undo leaves them there: others may use them by then.
    What others added meanwhile stays as they called it. Raises CloudinaryError.

    https://cloudinary.com/documentation/metadata_api#add_and_update_values_in_a_metadata_field_datasource
    """
    wanted = {id: stored.mapping(some) for id, some in stored.mapping(sheet.source.get("additions")).items()}
    if not any(wanted.values()):
        return
    fields = fields_of(sheet.environment, client)
    for id, some in wanted.items():
        known = fields.get(id)
        new = {one: label for one, label in some.items() if known and one not in known.labels and one not in known.gone}
        if new:
            entries = [{"external_id": one, "value": label} for one, label in new.items()]
            client.call(cloudinary.api.update_metadata_field_datasource, id, entries)


def remember(sheet: Sheet, rows: Sequence[SheetRow], way: Way) -> None:
    """What was written of Shopify's values: the next time it is known as ours."""
    if sheet.source.get("kind") == "products":
        done = [row for row in rows if row.state == way.done]
        keep_bases(sheet.environment, {row.asset_id: back(way.new(row)) for row in done})


def _begin(rows: Sequence[SheetRow]) -> None:
    """Before anything of them is written: a worker that is lost in between cannot say what it wrote."""
    for row in rows:
        row.alike = ""
    save(rows, ("alike",))


def _write(
    sheet: Sheet,
    rows: Sequence[SheetRow],
    way: Way,
    finder: Finder,
    client: CloudinaryClient,
    fields: Mapping[str, SheetField],
) -> None:
    """Rows of calls that got no answer stay as they are: the next look tells what became of them. Raises Rest,
    CloudinaryError."""
    now = finder.by_ids([row.asset_id for row in rows])
    doings = [doing for row in rows if (doing := _planned(sheet, row, now.get(row.asset_id), way, fields))]
    if is_own(sheet):
        foresee(sheet.environment, [(doing.asset, doing.write) for doing in doings])
    failure = None
    for part in PARTS:
        asked = [doing for doing in doings if part in doing.left and not doing.why]
        failure = failure or _in_calls(client, asked, part)
    for doing in doings:
        if doing.why or not doing.left:
            _settle(doing, way)
    if failure is not None:
        raise failure


def _planned(
    sheet: Sheet, row: SheetRow, asset: Asset | None, way: Way, fields: Mapping[str, SheetField]
) -> Doing | None:
    """None where nothing is to be written; the row then says why."""
    row.reason = NONE
    if asset is None:
        row.state, row.reason = way.failed, GONE
        return None
    old, new = back(way.old(row)), back(way.new(row))
    current = current_of(asset, new)
    step = turned(current, old, new)
    stays = emptied(fields, step.write)
    write = {code: value for code, value in step.write.items() if code not in stays}
    row.reason = joined(_of("sheet.moved", sheet, step.moved), _of("sheet.must_stay", sheet, stays))
    if not write or (step.moved and not way.partly):
        row.state = way.moved if row.reason else way.done
        return None
    return Doing(row, asset, _parts(write, current), write, partly=bool(row.reason))


def _parts(write: Mapping[str, Value], current: Mapping[str, Value]) -> dict[str, Part]:
    metadata, context = split(write)
    tags = [tags_moved(current.get(code, ()), value) for code, value in write.items() if code.startswith(TAGS)]
    added, removed = (tuple(sorted(tag for pair in tags for tag in pair[at])) for at in (0, 1))
    found: dict[str, Part] = {FIELDS: metadata, CONTEXT: context}
    found |= {ADDED: {TAGS: added} if added else {}, REMOVED: {TAGS: removed} if removed else {}}
    return {part: values for part, values in found.items() if values}


def _of(code: str, sheet: Sheet, codes: Sequence[str]) -> Reason:
    return Reason(code, values=[label_of(sheet, one) for one in codes]) if codes else NONE


def _settle(doing: Doing, way: Way) -> None:
    if doing.why:
        doing.row.state, doing.row.reason = way.failed, doing.why
    else:
        doing.row.state = way.moved if doing.partly else way.done


def _in_calls(client: CloudinaryClient, doings: Iterable[Doing], part: str) -> CloudinaryError | None:
    """One call for the same values in the same place, some side by side. After one without an answer no other begins."""
    alike: dict[str, list[Doing]] = defaultdict(list)
    for doing in doings:
        values = doing.left[part]
        asset = doing.asset
        same = mark(values, asset.resource_type, asset.delivery_type)
        alike[same].append(doing)
    failure = None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = [(mine, pool.submit(_call, client, mine, part)) for mine in alike.values()]
        for mine, call in calls:
            try:
                refused = call.result()
            except CancelledError:
                continue
            except CloudinaryError as error:
                failure = failure or error
                for _mine, other in calls:
                    other.cancel()
                continue
            for doing in mine:
                del doing.left[part]
                doing.why = refused.get(doing.asset.public_id, NONE)
    return failure


def _call(client: CloudinaryClient, doings: Sequence[Doing], part: str) -> dict[str, Reason]:
    """Public ID -> why it was not written. Raises CloudinaryError."""
    first = doings[0]
    # A backslash at the end of an old value would take the next pair in, so that it goes last.
    values = dict(sorted(first.left[part].items(), key=lambda pair: str(pair[1]).endswith("\\")))
    options = {"resource_type": first.asset.resource_type, "type": first.asset.delivery_type}
    sent = ",".join(values[TAGS]) if part in (ADDED, REMOVED) else {id: _sent(value) for id, value in values.items()}
    return _each(
        lambda ids: client.call(_writer(part), sent, ids, **options), [doing.asset.public_id for doing in doings]
    )


def _writer(part: str) -> Callable[..., dict]:
    if part == CONTEXT:
        return cloudinary.uploader.add_context
    if part == FIELDS:
        return cloudinary.uploader.update_metadata
    return cloudinary.uploader.add_tag if part == ADDED else cloudinary.uploader.remove_tag


def _sent(value: Value) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _each(write: Callable[[list[str]], Mapping], ids: list[str]) -> dict[str, Reason]:
    """What is refused for some is tried in halves, so that it is written to all others. Raises CloudinaryError.

    https://cloudinary.com/documentation/image_upload_api_reference#metadata, #context and #tags; missing assets are left out of
    the answer.
    """
    try:
        written = write(ids).get("public_ids")
    except CloudinaryError as error:
        if error.trouble != Trouble.BAD_REQUEST:
            raise
        if len(ids) == 1:
            return {ids[0]: error.reason}
        half = len(ids) // 2
        return _each(write, ids[:half]) | _each(write, ids[half:])
    if not isinstance(written, list):
        raise unreadable()
    return {id: GONE for id in ids if id not in written}


def label_of(sheet: Sheet, code: str) -> str | Reason:
    """What people call what is written."""
    if code == ALT:
        return Reason("sheet.alt")
    if not code.startswith(FIELD):
        return code.partition(":")[2]
    id = code.removeprefix(FIELD)
    label = sheet.fields.get(id)
    return label if isinstance(label, str) and label else id
