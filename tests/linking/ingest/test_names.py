"""SKU by convention: assets are walked through by a job, previewed, written and undone as rows of a file are."""

import pytest

from linking.domain.conventions import Convention
from linking.domain.scopes import Assets
from linking.ingest.sheets import asking, finding, walking
from linking.ingest.sheets.asking import CannotDo
from linking.ingest.sheets.sources import NAMES
from linking.models.sheets import Stage
from linking.reporting.sheets import lines
from linking.selection import making
from sandbox.cloudinary.fields import datasource
from sandbox.cloudinary.records import MetadataField
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.models import AuditEntry
from setup.reasons import Reason
from setup.security.actors import Actor
from tests.linking.ingest.test_sheets import library, of, states, work
from tests.scenes import asset

FILLS = {"sku": "sku", "sequence": "sequence", "type": "asset_type"}


@pytest.fixture
def place(scene, monkeypatch):
    assets = [asset(f"A-{at}_{at}", sku="") for at in range(4)]
    found = scene([], [*assets, asset("B-1_7", sku="THEIRS"), asset("holiday", sku="")])
    found.world.settings.change({"index_lag": 0})
    here = found.world.environments[0]
    here.fields["asset_type"] = MetadataField("asset_type", "Asset type", "enum", values=datasource({"main": "Main"}))
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    return found


def gathered(place, *, pattern: str = "{sku}_{sequence}", reads: str = "name", replaces: bool = False, **scope):
    asked = {"pattern": pattern, "reads": reads, "fills": FILLS, "replaces": replaces}
    convention = Convention.of(asked)
    source = {"kind": NAMES, **convention.kept}
    actor = Actor(place.member)
    return work(asking.gather(actor, pattern, source, convention.columns, Assets.of(scope)))


def test_names_are_previewed_written_and_taken_back(place):
    before = library(place)
    sheet = gathered(place)
    assert sheet.stage == Stage.PREVIEW, sheet.problem
    assert sheet.counts() == {"change": 5, "miss": 1}
    assert library(place) == before, "a preview writes nothing"
    theirs = sheet.rows.get(name__endswith="B-1_7")
    assert theirs.wanted == {"field:sequence": "7"}, "the SKU that is there is kept"
    asking.write(Actor(place.member), sheet)
    sheet = work(sheet)
    assert sheet.counts() == {"written": 5, "miss": 1}
    assert of(place, "A-2_2").metadata == {"sku": "A-2", "sequence": 2}
    assert of(place, "B-1_7").metadata["sku"] == "THEIRS"
    assert gathered(place).counts() == {"same": 5, "miss": 1}, "a second time changes nothing"
    asking.undo(Actor(place.member), sheet)
    assert work(sheet).stage == Stage.UNDONE
    assert {name: {k: v for k, v in fields.items() if v} for name, (fields, _) in library(place).items()} == {
        name: {k: v for k, v in fields.items() if v} for name, (fields, _) in before.items()
    }
    report = b"".join(lines(sheet)).decode("utf-8-sig")
    assert "The name does not fit the pattern." in report
    assert [one.action for one in AuditEntry.objects.order_by("pk")][-2:] == ["sheet.write", "sheet.undo"]


def test_values_are_replaced_where_a_person_says_so_and_bad_ones_are_named(place):
    sheet = gathered(place, replaces=True)
    assert sheet.rows.get(name__endswith="B-1_7").wanted == {"field:sku": "B-1", "field:sequence": "7"}
    bad = gathered(place, pattern="{sku}_{type}", scope="search", search="public_id=shop/B-1_7")
    assert states(bad) == {1: "invalid"}
    assert bad.rows.get().reason == Reason("sheet.no_entry", field="Asset type", value="7")


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({"scope": "search", "search": "public_id=shop/B-1_7 OR public_id=shop/holiday"}, 2),
        ({"scope": "all", "without": "sku"}, 5),
        ({"scope": "folder", "folder": "nowhere"}, 0),
    ],
)
def test_what_is_walked_through_is_what_was_asked_for(place, scope, count):
    assert gathered(place, **scope).rows.count() == count


def test_a_selection_is_walked_in_its_order(place):
    ids = [of(place, name).asset_id for name in ("B-1_7", "A-0_0")]
    selection = making.make(Actor(place.member), ids)
    sheet = gathered(place, scope="selection", selection=selection.pk)
    assert list(sheet.rows.order_by("place").values_list("asset_id", flat=True)) == ids


def test_it_goes_on_where_it_broke_off_and_says_what_lies_beyond(place, monkeypatch):
    monkeypatch.setattr(walking, "PAGE", 2)
    monkeypatch.setattr(walking, "MOST", 5)
    real, calls = finding.Finder.searched, []

    def searched(self, expression, most, cursor=""):
        calls.append(cursor)
        if len(calls) == 2:
            raise CloudinaryError(Trouble.AWAY, Reason("cloudinary.crowded"))
        return real(self, expression, most, cursor)

    monkeypatch.setattr(finding.Finder, "searched", searched)
    sheet = gathered(place)
    assert sheet.rows.count() == 2
    assert sheet.busy, "it rests"
    type(sheet).objects.update(not_before=None)
    sheet = work(sheet)
    assert (sheet.stage, sheet.rows.count(), sheet.source["total"]) == (Stage.PREVIEW, 5, 6)
    assert calls[1] == calls[2] != "", "no page is asked for twice"


def test_a_cursor_that_cloudinary_forgot_is_followed_by_the_first_page(place, monkeypatch):
    monkeypatch.setattr(walking, "PAGE", 2)
    real, lost = finding.Finder.searched, []

    def searched(self, expression, most, cursor=""):
        if cursor and not lost:
            lost.append(cursor)
            raise CloudinaryError(Trouble.BAD_REQUEST, Reason("cloudinary.crowded"))
        return real(self, expression, most, cursor)

    monkeypatch.setattr(finding.Finder, "searched", searched)
    sheet = gathered(place)
    assert (sheet.stage, sheet.rows.count()) == (Stage.PREVIEW, 6)
    assert lost


def test_a_stop_leaves_a_preview_of_what_was_looked_at(place, monkeypatch):
    monkeypatch.setattr(walking, "PAGE", 2)
    real = walking._keep

    def keep(sheet, page, rows):
        real(sheet, page, rows)
        asking.stop(Actor(place.member), sheet)

    monkeypatch.setattr(walking, "_keep", keep)
    sheet = gathered(place)
    assert (sheet.stage, sheet.rows.count(), sheet.busy) == (Stage.PREVIEW, 2, False)
    with pytest.raises(CannotDo):
        asking.check(sheet, sheet.columns)


def test_a_search_that_cloudinary_refuses_says_so(place):
    sheet = gathered(place, scope="search", search="((")
    assert sheet.state == "failed"
    assert sheet.problem
