"""Reports of uploads, unlinkings and undos: every format holds the rows of the database, says only what makes sense for such a
run, and adds up to what the page says and what the store did."""

from datetime import UTC, datetime, timedelta

import pytest

from linking.domain.plan import Change
from linking.models import ChangeRow, Link, SelectedAsset
from tests import pressing, totals
from tests.linking.syncing.test_uploads import new_version, press
from tests.linking.syncing.test_variants import shirt
from tests.scenes import asset, product
from tests.totals import book, csv_rows, json_rows, sheet_rows

NOT_OF_UPLOADS = {"Key", "Product", "Product ID", "Position before", "Position after", "Swatch of"}
NOT_OF_UPLOADS |= {"Product in Shopify", "Product handle", "Pictures of variants"}
NOT_OF_UNLINKS = {"Alt text before", "Alt text after", "Swatch of"}
SETTINGS = {"cloudinary_field", "shopify_field", "link_mode", "position", "ordered_by", "pictures_of_variants"}


@pytest.fixture
def uploaded(scene):
    """A run with every kind of line, in two stores: added, replaced, kept, given another alt text, left out, failed."""
    assets = [asset("kept", shade=1), asset("older", shade=2), asset("named", shade=3, context={"alt": "New words"})]
    assets += [asset("fresh", shade=4), asset("bad", shade=5), asset("out", shade=6)]
    place = scene([product("a")], assets, stores=2)
    press(place, place.select("kept", "older", "named"))
    new_version(place, "older", 9)
    chosen = place.select(alt_policy="overwrite")
    SelectedAsset.objects.filter(selection=chosen, details__display_name="out").update(excluded=True)
    place.world.faults.add(service="shopify", kind="media_fails", match="bad", code="IMAGE_PROCESSING_FAILURE", times=2)
    SelectedAsset.objects.filter(selection=chosen, details__display_name="named").update(alt="Another")
    place.world.journal.clear()
    return place, press(place, chosen, new_versions="replace")


@pytest.fixture
def unlinked(scene):
    """Two products: one loses two of three pictures and a variant's, of the other one picture was taken out by hand before."""
    assets = [asset("r1", "red", 1), asset("b1", "blue", 2), asset("top", "B", 3), asset("left", "B", 4)]
    place = scene([shirt((0,)), product("B", title="Table")], assets)
    place.run(place.select("r1", "b1", "top", "left", variant_pictures=True))
    gone = Link.objects.get(name="left")
    place.elsewhere_app("FilesUpdate", files=[{"id": gone.medium_id, "referencesToRemove": [gone.product_id]}])
    links = list(Link.objects.exclude(name="r1"))
    place.world.journal.clear()
    return place, place.apply(place.finish(pressing.unlink(place.member, links, "u")))


@pytest.fixture(params=["uploaded", "unlinked"])
def played(request):
    return request.getfixturevalue(request.param)


def rows_of(sync) -> list[ChangeRow]:
    lines = ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="", change=Change.KEEP)
    return list(lines.select_related("part__store", "product", "file").order_by("part_id", "place"))


@pytest.mark.cases(1)
def test_every_row_of_the_database_is_in_every_format_with_all_that_it_says(played):
    _, sync = played
    rows = rows_of(sync)
    wanted = [
        (
            row.part.store.domain,
            row.name,
            row.asset_id,
            row.get_change_display(),
            row.get_outcome_display(),
            str(row.reason),
            row.file.file_id if row.file and row.file.file_id else row.medium_id,
        )
        for row in rows
    ]
    columns = ("Store", "Asset", "Asset ID", "Planned", "Outcome", "Reason", "Shopify file ID")
    assert [tuple(row[name] for name in columns) for row in csv_rows(sync)] == wanted
    assert [tuple(row[name] or "" for name in columns) for row in sheet_rows(book(sync)["Rows"])] == wanted
    named = ("store", "asset", "asset_id", "planned", "outcome", "reason", "file_id")
    reported = [tuple(row[name] for name in named) for row in json_rows(sync, "change")]
    assert [(*row[:3], row[3].title(), row[4].title(), *row[5:]) for row in reported] == wanted
    assert len(wanted) > 3


@pytest.mark.cases(1)
def test_all_totals_are_those_of_the_database(played):
    _, sync = played
    counted = totals.of_database(sync)
    assert totals.of_csv(sync) == totals.of_json(sync) == totals.of_workbook(sync) == counted
    assert totals.of_json_summary(sync) == counted
    assert totals.of_page(sync) == totals.of_database(sync, all_media=True)


@pytest.mark.cases(1)
def test_what_a_run_cost_is_what_the_journal_counted(played):
    """Each store's requests, writes and points, in the summary, on its sheet and on the page."""
    place, sync = played
    counted = place.world.journal.totals()
    [summary] = json_rows(sync, "summary")
    sheet = [
        row for row in book(sync)["Summary"].iter_rows(values_only=True) if row[0] in counted and row[6] is not None
    ]
    page = totals.page_of(sync)
    assert [row["store"] for row in summary["stores_table"]] == [row[0] for row in sheet] == list(counted)
    for row, line in zip(summary["stores_table"], sheet, strict=True):
        cost = counted[row["store"]]
        wanted = (cost["requests"], cost["mutations"], cost["points"])
        assert (row["api_requests"], row["writes"], row["points"]) == line[7:10] == wanted
        assert f"{wanted[0]} requests, {wanted[1]} mutation" in page
        assert f"{wanted[2]} API points" in page
    assert sum(cost["mutations"] for cost in counted.values()) == len(place.mutations()) > 0


@pytest.mark.full
@pytest.mark.cases(1)
def test_times_are_those_of_the_run(played):
    _, sync = played
    for row in sheet_rows(book(sync)["Rows"]):
        part = sync.parts.get(store__domain=row["Store"])
        assert isinstance(row["Time (UTC)"], datetime)
        rounded = timedelta(milliseconds=1)  # as workbooks keep times
        when = row["Time (UTC)"].replace(tzinfo=UTC)
        assert part.started <= when <= part.finished + rounded


# Uploads


def test_an_upload_tells_nothing_of_products_and_places(uploaded):
    _, sync = uploaded
    assert book(sync).sheetnames == ["Summary", "Rows"]
    for head in (csv_rows(sync)[0], sheet_rows(book(sync)["Rows"])[0]):
        assert not NOT_OF_UPLOADS & head.keys()
    assert not {"product", "key", "position_after"} & json_rows(sync, "change")[0].keys()
    assert json_rows(sync, "product_without_asset") == []
    [summary] = json_rows(sync, "summary")
    assert "products_table" not in summary
    assert not SETTINGS & summary.keys()
    assert (summary["type"], summary["new_versions"]) == ("Upload", "Replace the file’s content")


def test_rows_of_an_upload_are_what_the_journal_says_was_done(uploaded):
    place, sync = uploaded
    by_store = {store.domain: [] for store in place.stores}
    for row in csv_rows(sync):
        by_store[row["Store"]].append(row)
    for domain, rows in by_store.items():
        files = place.world.shops[domain].files
        entries = [entry for entry in place.mutations() if entry["store"] == domain]
        created = [
            row for entry in entries if entry["operation"] == "fileCreate" for row in entry["variables"]["files"]
        ]
        changed = [
            row for entry in entries if entry["operation"] == "fileUpdate" for row in entry["variables"]["files"]
        ]
        assert {row["filename"].partition("-al")[0] for row in created} == {
            row["Asset"] for row in rows if row["Planned"] == "Add"
        }
        assert {row["id"] for row in changed if "originalSource" in row} == {
            row["Shopify file ID"] for row in rows if row["Planned"] == "Replace"
        }
        done = {row["Shopify file ID"] for row in rows if row["Outcome"] in ("Done", "Unchanged")}
        assert done == {id for id, file in files.items() if file.status == "READY"}
        assert {row["Asset"]: (row["Planned"], row["Outcome"]) for row in rows} == {
            "kept": ("Keep", "Unchanged"),
            "older": ("Replace", "Done"),
            "named": ("Keep", "Done"),
            "fresh": ("Add", "Done"),
            "bad": ("Add", "Failed"),
            "out": ("Skip", "Skipped"),
        }


# Unlinking, and its undo


def test_an_unlinking_tells_products_and_places_and_no_settings(unlinked):
    _, sync = unlinked
    assert book(sync).sheetnames == ["Summary", "Rows"]
    for head in (csv_rows(sync)[0], sheet_rows(book(sync)["Rows"])[0]):
        assert not NOT_OF_UNLINKS & head.keys()
        assert {"Product", "Position before", "Pictures of variants"} <= head.keys()
    [summary] = json_rows(sync, "summary")
    assert not (SETTINGS | {"alt_texts", "new_versions"}) & summary.keys()
    assert summary["type"] == "Unlink"
    assert [row["products"] for row in summary["products_table"]] == [2]


@pytest.mark.full
def test_rows_of_an_unlinking_are_what_the_journal_says_was_done(unlinked):
    place, sync = unlinked
    rows = sheet_rows(book(sync)["Rows"])
    entries = [entry for entry in place.mutations() if entry["operation"] == "fileUpdate"]
    removed = {
        (row["id"], product)
        for entry in entries
        for row in entry["variables"]["files"]
        for product in row["referencesToRemove"]
    }
    assert removed == {
        (row["Shopify file ID"], row["Product ID"])
        for row in rows
        if (row["Planned"], row["Outcome"]) == ("Unlink", "Done")
    }
    reported = {row["Asset"]: (row["Planned"], row["Position before"], row["Pictures of variants"]) for row in rows}
    assert reported == {
        "r1": ("Keep", 2, None),
        "b1": ("Unlink", 3, "No longer the picture of Blue."),
        "top": ("Unlink", 1, "No longer the picture of the only variant."),
        "left": ("Skip", None, None),
    }


def test_an_undo_names_the_run_that_it_takes_back_and_tells_its_rows(unlinked):
    place, sync = unlinked
    back = place.undo(sync)
    [summary] = json_rows(back, "summary")
    assert (summary["type"], summary["of_run"]) == ("Undo", str(sync.key))
    assert not SETTINGS & summary.keys()
    reported = {row["Asset"]: (row["Planned"], row["Outcome"], row["Pictures of variants"]) for row in csv_rows(back)}
    assert reported == {
        "r1": ("Keep", "Unchanged", ""),
        "b1": ("Add", "Done", "Picture of Blue."),
        "top": ("Add", "Done", "Picture of the only variant."),
    }
    assert totals.of_csv(back) == totals.of_database(back)
    assert totals.of_page(back) == totals.of_database(back, all_media=True)
