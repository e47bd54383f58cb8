"""Spreadsheets: read, checked, written and undone by their job, against the sandbox."""

import csv
import io
from datetime import datetime

import pytest
from django.utils import timezone

from linking import jobs
from linking.ingest.sheets import asking, writing
from linking.ingest.sheets.asking import CannotDo
from linking.models import Sheet, SheetRow
from linking.models.jobs import JobState
from linking.models.sheets import Stage
from linking.pages.sheets import sheet_context
from linking.reporting.sheets import lines
from setup.models import AuditEntry
from setup.security.actors import Actor


def of(place, name: str):
    return next(one for one in place.world.environments[0].assets.values() if one.display_name == name)


def work(sheet: Sheet) -> Sheet:
    """What workers do until nothing is left."""
    for _ in range(20):
        jobs.sheet(sheet.pk)
        sheet.refresh_from_db()
        if not sheet.busy:
            return sheet
    return sheet


def brought(place, content: bytes | str, name: str = "list.csv") -> Sheet:
    data = content.encode() if isinstance(content, str) else content
    parts = [data[at : at + asking.PART] for at in range(0, len(data), asking.PART)] or [b""]
    sheet = asking.begin(Actor(place.member), name, len(parts))
    for at, part in enumerate(parts):
        asking.take(sheet, at, part)
        sheet.refresh_from_db()
    return work(sheet)


def previewed(place, content: bytes | str) -> Sheet:
    sheet = brought(place, content)
    assert sheet.stage == Stage.COLUMNS, sheet.problem
    asking.check(sheet, sheet.columns)
    return work(sheet)


def written(place, sheet: Sheet) -> Sheet:
    asking.write(Actor(place.member), sheet)
    return work(sheet)


def states(sheet: Sheet) -> dict[int, str]:
    return dict(sheet.rows.order_by("place").values_list("place", "state"))


def library(place) -> dict[str, tuple[dict, dict]]:
    return {
        one.display_name: (dict(one.metadata), {key: text for key, text in one.context.items() if text})
        for one in place.world.environments[0].assets.values()
    }


GOOD = """File name;SKU;Sequence;Type;Channels;Ablaufdatum;Alt text
p0.jpg;A-1;1;Main picture;Web, TV;31.12.2027;A brown bag
p1;A-1;2;;;;
"""


def test_a_sheet_is_read_checked_written_and_undone(place):
    before = library(place)
    sheet = brought(place, GOOD)
    fields = ["sku", "sequence", "asset_type", "channels", "expiration"]
    assert sheet.columns == ["file_name", *(f"field:{id}" for id in fields), "alt"]
    assert not sheet.parts.exists()
    asking.check(sheet, sheet.columns)
    sheet = work(sheet)
    assert (sheet.stage, states(sheet)) == (Stage.PREVIEW, {2: "change", 3: "change"})
    assert library(place) == before, "a preview writes nothing"
    sheet = written(place, sheet)
    assert states(sheet) == {2: "written", 3: "written"}
    first = of(place, "p0")
    assert first.metadata == {
        "sku": "A-1",
        "sequence": 1,
        "asset_type": "main",
        "channels": ["web", "tv"],
        "expiration": "2027-12-31",
    }
    assert first.context["alt"] == "A brown bag"
    asking.undo(Actor(place.member), sheet)
    sheet = work(sheet)
    assert (sheet.stage, states(sheet)) == (Stage.UNDONE, {2: "undone", 3: "undone"})
    assert library(place) == before
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("pk"))[-2:] == [
        "sheet.write",
        "sheet.undo",
    ]


def test_each_row_says_why_it_changes_nothing(place):
    ids = {name: of(place, name) for name in ("p0", "p1", "p2")}
    sheet = previewed(
        place,
        "public_id,asset id,file name,sku,type\n"
        f"shop/p0,,,OLD-0,\n,{ids['p1'].asset_id},,B,\n,,p2.jpg,C,other\n"
        "shop/nobody,,,D,\nshop/p1,,,E,\n,,twin,F,\n,,,G,\nshop/p3,,,,\n",
    )
    assert states(sheet) == {
        2: "same",
        3: "change",
        4: "invalid",
        5: "unknown",
        6: "twice",
        7: "unknown",
        8: "invalid",
        9: "invalid",
    }
    codes = dict(sheet.rows.exclude(state__in=["same", "change"]).values_list("place", "reason"))
    assert {place: reason.code for place, reason in codes.items()} == {
        4: "sheet.no_entry",
        5: "sheet.unknown",
        6: "sheet.twice",
        7: "sheet.ambiguous",
        8: "sheet.no_asset",
        9: "sheet.nothing",
    }
    assert written(place, sheet).counts()["written"] == 1
    assert of(place, "p1").metadata["sku"] == "B"


def test_what_somebody_changed_since_is_left_and_named(place):
    sheet = previewed(place, "file,sku,alt\np0,A,One\np1,B,Two\n")
    of(place, "p0").metadata["sku"] = "THEIRS"
    sheet = written(place, sheet)
    assert states(sheet) == {2: "left", 3: "written"}
    assert of(place, "p0").metadata["sku"] == "THEIRS"
    assert "alt" not in of(place, "p0").context
    assert "SKU" in str(sheet.rows.get(place=2).reason)
    of(place, "p1").metadata["sku"] = "THEIRS"
    asking.undo(Actor(place.member), sheet)
    sheet = work(sheet)
    assert states(sheet) == {2: "left", 3: "kept"}
    assert of(place, "p1").metadata["sku"] == "THEIRS"
    assert not of(place, "p1").context.get("alt")


def test_equal_values_go_in_one_call_and_no_more_than_a_hundred(place, monkeypatch):
    calls = []
    real = writing._call
    monkeypatch.setattr(
        writing, "_call", lambda client, doings, part: calls.append(len(doings)) or real(client, doings, part)
    )
    sheet = previewed(place, "file,sku,alt\n" + "".join(f"p{at},SAME,Same text\n" for at in range(5)) + "p5,OTHER,\n")
    written(place, sheet)
    assert sorted(calls) == [1, 5, 5]


def test_one_value_that_cloudinary_refuses_stops_no_other(place, monkeypatch):
    sheet = previewed(place, "file,type\n" + "".join(f"p{at},main\n" for at in range(4)))
    real = writing.cloudinary.uploader.update_metadata
    refused = of(place, "p2").public_id

    def by_rule(values, ids, **options):
        return real({"nothing": "x"} if refused in ids else values, ids, **options)

    monkeypatch.setattr(writing.cloudinary.uploader, "update_metadata", by_rule)
    sheet = written(place, sheet)
    assert states(sheet) == {2: "written", 3: "written", 4: "failed", 5: "written"}
    assert "nothing" in str(sheet.rows.get(place=4).reason)


def test_what_failed_is_tried_again_without_a_new_upload(place, monkeypatch):
    sheet = previewed(place, "file,sku\n" + "".join(f"p{at},N-{at}\n" for at in range(3)))
    real = writing.cloudinary.uploader.update_metadata
    refused = {of(place, "p1").public_id}

    def by_rule(values, ids, **options):
        return real({"nothing": "x"} if refused & set(ids) else values, ids, **options)

    monkeypatch.setattr(writing.cloudinary.uploader, "update_metadata", by_rule)
    sheet = written(place, sheet)
    assert states(sheet) == {2: "written", 3: "failed", 4: "written"}
    refused.clear()
    asking.retry(Actor(place.member), sheet)
    sheet = work(sheet)
    assert states(sheet) == {2: "written", 3: "written", 4: "written"}
    assert of(place, "p1").metadata["sku"] == "N-1"
    with pytest.raises(CannotDo):
        asking.retry(Actor(place.member), sheet)
    refused.add(of(place, "p1").public_id)
    asking.undo(Actor(place.member), sheet)
    sheet = work(sheet)
    assert states(sheet) == {2: "undone", 3: "stuck", 4: "undone"}
    refused.clear()
    asking.retry(Actor(place.member), sheet)
    assert states(work(sheet)) == {2: "undone", 3: "undone", 4: "undone"}
    assert of(place, "p1").metadata["sku"] == "OLD-1"


def test_what_a_field_demands_is_named_before_cloudinary_refuses_it(place):
    fields = place.world.environments[0].fields
    fields["sku"].validation = {"type": "strlen", "min": 2, "max": 5}
    fields["asset_type"].mandatory, fields["asset_type"].default_value = True, "main"
    sheet = previewed(place, "file,sku,type\np0,TOO-LONG,main\np1,N-1,\np2,N-2,swatch\n")
    assert states(sheet) == {2: "invalid", 3: "invalid", 4: "change"}
    assert sheet.rows.get(place=2).reason.code == "sheet.too_many_signs"
    assert str(sheet.rows.get(place=3).reason).startswith("Asset type must have a value.")
    sheet = written(place, sheet)
    asking.undo(Actor(place.member), sheet)
    sheet = work(sheet)
    assert states(sheet)[4] == "kept", "it had no type, and must keep one now"
    assert "Asset type" in str(sheet.rows.get(place=4).reason)
    assert of(place, "p2").metadata["sku"] == "OLD-2", "the rest of the row is undone"
    assert of(place, "p2").metadata["asset_type"] == "swatch"


def test_lists_are_shown_by_label_and_read_back_from_the_report(place):
    of(place, "p0").metadata["channels"] = ["tv"]
    sheet = previewed(place, "public_id,type,channels\nshop/p0,main,web\n")
    report = b"".join(lines(sheet)).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(report))
    assert (row["Asset type after"], row["Channels before"], row["Channels after"]) == ("Main picture", "TV", "Web")
    again = previewed(place, f"file,type,channels\np1,{row['Asset type after']},{row['Channels after']}\n")
    assert again.rows.get().wanted == sheet.rows.get().wanted


@pytest.mark.parametrize("at", range(3))
def test_a_worker_that_is_lost_while_it_writes_is_followed_by_one_that_goes_on(place, monkeypatch, at):
    monkeypatch.setattr(writing, "BATCH", 2)
    before = library(place)
    sheet = previewed(place, "file,sku,alt\n" + "".join(f"p{at},N-{at},Text {at}\n" for at in range(6)))
    asking.write(Actor(place.member), sheet)
    left = iter([None] * at)
    real = writing.save

    def save(rows, names):
        if next(left, "over") == "over":
            raise KeyboardInterrupt
        real(rows, names)

    monkeypatch.setattr(writing, "save", save)
    with pytest.raises(KeyboardInterrupt):
        jobs.sheet(sheet.pk)
    monkeypatch.setattr(writing, "save", real)
    Sheet.objects.filter(pk=sheet.pk).update(heartbeat_at=datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone()))
    sheet = work(sheet)
    assert set(states(sheet).values()) == {"written"}
    assert [of(place, f"p{at}").metadata["sku"] for at in range(6)] == [f"N-{at}" for at in range(6)]
    asking.undo(Actor(place.member), sheet)
    work(sheet)
    assert library(place) == before


def test_what_a_lost_worker_had_written_is_taken_back_also_after_a_stop(place, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    before = library(place)
    sheet = previewed(place, "file,sku\n" + "".join(f"p{at},N-{at}\n" for at in range(6)))
    asking.write(Actor(place.member), sheet)
    real = writing.save

    def save(rows, names):
        if "state" in names:
            raise KeyboardInterrupt
        real(rows, names)

    monkeypatch.setattr(writing, "save", save)
    with pytest.raises(KeyboardInterrupt):
        jobs.sheet(sheet.pk)
    monkeypatch.setattr(writing, "save", real)
    asking.stop(Actor(place.member), sheet)
    sheet.refresh_from_db()
    assert (sheet.stage, sheet.counts()) == (Stage.WRITTEN, {"change": 6})
    assert library(place) != before
    assert sheet_context(sheet, place.member)["may_undo"]
    asking.undo(Actor(place.member), sheet)
    assert (work(sheet).counts(), library(place)) == ({"undone": 2, "change": 4}, before)


def test_an_old_value_that_ends_with_a_backslash_takes_no_other_in(place):
    of(place, "p0").metadata |= {"sku": "A\\", "asset_type": "main"}
    sheet = written(place, previewed(place, "public id,sku,type\nshop/p0,B,swatch\n"))
    asking.undo(Actor(place.member), sheet)
    assert work(sheet).counts() == {"undone": 1}
    assert of(place, "p0").metadata == {"sku": "A\\", "asset_type": "main"}


def test_a_stop_leaves_the_rest_for_later(place, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    sheet = previewed(place, "file,sku\n" + "".join(f"p{at},N-{at}\n" for at in range(6)))
    asking.write(Actor(place.member), sheet)
    real = writing.save

    def save(rows, names):
        real(rows, names)
        if Sheet.objects.get(pk=sheet.pk).stage == Stage.WRITING:
            asking.stop(Actor(place.member), sheet)

    monkeypatch.setattr(writing, "save", save)
    sheet = work(sheet)
    assert (sheet.stage, sheet.counts()) == (Stage.WRITTEN, {"written": 2, "change": 4})
    monkeypatch.setattr(writing, "save", real)
    assert written(place, sheet).counts() == {"written": 6}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.empty"),
        (b"file,sku\n", "sheet.empty"),
        (b"PK\x03\x04 this is no workbook", "sheet.unreadable"),
        (("a," * 70 + "a\n" + "b\n").encode(), "sheet.too_wide"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(place, content, code):
    sheet = brought(place, content)
    assert (sheet.state, sheet.problem.code) == (JobState.FAILED, code)


def test_only_what_can_be_is_done(place):
    sheet = brought(place, GOOD)
    for columns in (["alt"] * 7, [""] * 7, ["file_name", *[""] * 6], sheet.columns[:-1]):
        with pytest.raises(CannotDo):
            asking.check(sheet, columns)
    for verb in (asking.write, asking.undo, asking.stop):
        with pytest.raises(CannotDo):
            verb(Actor(place.member), sheet)
    with pytest.raises(CannotDo):
        asking.take(sheet, 1, b"x")
    with pytest.raises(CannotDo):
        asking.again(sheet)
    with pytest.raises(CannotDo):
        asking.begin(Actor(place.member), "x", asking.MOST_PARTS + 1)
    asking.take(sheet, 0, b"of a part whose answer got lost")
    assert (SheetRow.objects.count(), sheet.parts.count()) == (2, 0)
