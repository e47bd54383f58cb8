"""The oracle sees what it is there to see: each of these is a broken promise."""

from collections import Counter

import pytest

from linking.domain.reasons import ABORTED, NOT_SHOWN
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync
from setup.reasons import said
from tests import pressing, totals
from tests.chaos.oracle import report, violations
from tests.scenes import asset, picture, product

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(scene):
    """A run that went well, and its world."""
    place = scene(
        [product("a", pictures=1), product("b")], [asset("fa", "a", 1), asset("ga", "a", 2), asset("fb", "b", 3)]
    )
    sync = place.run(place.select(link_mode="prepend"))
    return place, sync


def findings(played) -> str:
    place, sync = played
    return "; ".join(violations(place, [sync]))


def test_a_run_that_went_well_breaks_no_promise(played):
    assert findings(played) == ""


@pytest.mark.full
def test_a_picture_that_is_in_the_store_twice_is_seen(played):
    place, _ = played
    name = place.gallery("product-a")[0]
    twin = next(file for file in place.shop.files.values() if file.filename == place.gallery("product-b")[0])
    twin.filename = name
    assert f"2 files of {'al' + name.rpartition('-al')[2].removesuffix('.jpg')}" in findings(played)


@pytest.mark.full
def test_an_asset_that_is_twice_in_a_gallery_is_seen(played):
    place, _ = played
    media = place.shop.product_with("product-a").media
    media.append(media[0])
    assert "product-a: 2 times asset" in findings(played)


@pytest.mark.full
def test_a_gallery_in_another_order_than_planned_is_seen(played):
    place, _ = played
    place.shop.product_with("product-a").media.reverse()
    assert "product-a (prepend) is done: planned" in findings(played)


def test_a_picture_that_was_lost_although_it_is_reported_as_done_is_seen(played):
    place, _ = played
    place.shop.product_with("product-b").media.clear()
    assert "says that fb was linked, and it is not there" in findings(played)


@pytest.mark.full
def test_a_picture_that_is_there_although_it_is_reported_as_aborted_is_seen(played):
    ChangeRow.objects.filter(name="fb").update(outcome="aborted")
    assert "says that fb was not linked, and it is there" in findings(played)


@pytest.mark.full
def test_what_is_unconfirmed_may_be_there_or_not(played):
    place, _ = played
    ChangeRow.objects.filter(name="fb").update(outcome="unknown", reason=NOT_SHOWN)
    StoreSync.objects.update(outcome_counts={"done": 2, "unknown": 1})
    assert findings(played) == ""
    place.shop.product_with("product-b").media.clear()
    ProductSync.objects.filter(handle="product-b").update(state="partial")
    assert findings(played) == "product-b ended as partial: "


@pytest.mark.full
def test_what_is_unconfirmed_without_a_reason_is_seen(played):
    ChangeRow.objects.filter(name="fb").update(outcome="unknown")
    assert "says that fb is unconfirmed, and not why" in findings(played)


@pytest.mark.full
def test_a_line_without_an_outcome_is_seen(played):
    ChangeRow.objects.filter(name="fb").update(outcome="pending")
    assert "1 lines have no outcome" in findings(played)


@pytest.mark.full
def test_an_asset_without_a_row_in_the_report_is_seen(played):
    ChangeRow.objects.filter(name="fb").delete()
    assert "1 assets have no row in the report" in findings(played)


@pytest.mark.full
def test_a_product_that_ended_otherwise_than_expected_is_seen(played):
    ProductSync.objects.filter(handle="product-b").update(state="partial", reason=said("Why not."))
    assert "product-b ended as partial: Why not." in findings(played)


@pytest.mark.full
def test_a_run_that_never_ended_is_seen(played):
    StoreSync.objects.update(state="applying")
    assert "has not ended: applying" in findings(played)


def test_a_write_outside_of_every_run_is_seen(played):
    StoreSync.objects.update(started="2026-01-01T00:00:00Z", finished="2026-01-01T00:00:01Z")
    assert "fileCreate 1 was sent outside of every run" in findings(played)


@pytest.mark.full
def test_two_runs_at_once_in_one_store_are_seen(played):
    place, first = played
    second = place.run(place.select(link_mode="append"))
    StoreSync.objects.filter(sync=second).update(started=first.parts.get().started)
    assert "had ended" in "; ".join(violations(place, [first, second]))


@pytest.mark.full
def test_a_file_that_was_deleted_in_the_store_is_seen(played):
    place, _ = played
    place.delete_file(place.shop.product_with("product-b").media[0])
    assert "fileDelete was sent" in findings(played)


# What the page, the report and the journal say


@pytest.mark.full
def test_a_page_that_counts_otherwise_is_seen(played, monkeypatch):
    shown_on_page = totals.page_of
    monkeypatch.setattr(totals, "page_of", lambda sync: shown_on_page(sync).replace("<b>3</b> Done", "<b>4</b> Done"))
    assert "the page counts {('north.myshopify.com', 'Done'): 4" in findings(played)


@pytest.mark.parametrize("name", ["of_csv", "of_json", "of_json_summary", "of_workbook"])
@pytest.mark.cases(1)
def test_a_report_that_counts_otherwise_is_seen(played, monkeypatch, name):
    monkeypatch.setattr(totals, name, lambda sync: Counter({("north.myshopify.com", "Done"): 2}))
    assert "counts {('north.myshopify.com', 'Done'): 2}, the database" in findings(played)


@pytest.mark.full
def test_numbers_of_history_that_differ_are_seen(played):
    StoreSync.objects.update(outcome_counts={"done": 1})
    assert "History counts {'Done': 1}" in findings(played)


@pytest.mark.full
def test_something_linked_that_no_line_tells_of_is_seen(played):
    ChangeRow.objects.filter(name="fb").update(outcome="skipped")
    assert "linked ('gid://shopify/Product/" in findings(played)


@pytest.mark.full
def test_a_line_of_something_that_was_never_done_is_seen(played):
    place, _ = played
    place.world.journal.clear()
    assert "a line says so, the journal does not" in findings(played)


def test_a_file_that_was_created_twice_is_seen(played):
    place, _ = played
    [entry] = [entry for entry in place.mutations() if entry["operation"] == "fileCreate"]
    known = {name: entry[name] for name in ("at", "store", "operation", "document", "variables", "cost", "request_id")}
    place.world.journal.record(user_errors=[], **known)
    assert "was created 2 times" in findings(played)


@pytest.mark.full
def test_a_file_that_the_ledger_lost_is_seen(played):
    StoreFile.objects.filter(changes__name="fb").update(name="another.jpg")
    assert "the ledger does not know it" in findings(played)


# Unlinkings and uploads


@pytest.fixture
def unlinked(played):
    place, first = played
    plan = pressing.unlink(place.member, list(Link.objects.exclude(name="fa")), "u")
    return place, first, place.apply(place.finish(plan))


def findings_of(place, *syncs) -> str:
    return "; ".join(violations(place, syncs))


@pytest.mark.full
def test_an_unlinking_that_went_well_breaks_no_promise(unlinked):
    assert findings_of(*unlinked) == ""


@pytest.mark.full
def test_a_link_without_a_row_in_the_report_is_seen(unlinked):
    ChangeRow.objects.filter(name="ga", change="unlink").delete()
    assert "1 links have no row in the report" in findings_of(*unlinked)


@pytest.mark.full
def test_something_unlinked_that_no_line_tells_of_is_seen(unlinked):
    ChangeRow.objects.filter(name="ga", change="unlink").update(outcome="aborted")
    assert "unlinked ('gid://shopify/Product/" in findings_of(*unlinked)


@pytest.mark.full
def test_something_unlinked_whose_line_is_unconfirmed_is_no_trouble(unlinked):
    ChangeRow.objects.filter(name="ga", change="unlink").update(outcome="unknown", reason=NOT_SHOWN)
    assert "unlinked (" not in findings_of(*unlinked)


@pytest.fixture
def uploaded(played):
    place, first = played
    known = next(row for row in place.world.environments[0].assets.values() if row.display_name == "fb")
    place.world.environments[0].overwrite(known, picture(9))
    plan = pressing.upload(place.select(), "up", dry_run=True, new_versions="replace")
    return place, first, place.apply(place.finish(plan))


@pytest.mark.full
def test_an_upload_that_went_well_breaks_no_promise(uploaded):
    assert findings_of(*uploaded) == ""


@pytest.mark.full
def test_a_content_that_was_replaced_without_a_line_is_seen(uploaded):
    ChangeRow.objects.filter(change="replace", product=None).delete()
    assert "replaced ('gid://shopify/MediaImage/" in findings_of(*uploaded)


@pytest.mark.full
def test_a_content_that_is_said_to_be_replaced_and_was_not_is_seen(uploaded):
    row = ChangeRow.objects.get(change="replace", product=None)
    StoreFile.objects.filter(pk=row.file_id).update(source_url="https://example.org/other.jpg")
    assert "replaced ('gid://shopify/MediaImage/" in findings_of(*uploaded)


@pytest.mark.full
def test_an_uploaded_file_that_is_not_there_is_seen(played):
    place, first = played
    sync = place.finish(pressing.upload(place.select(), "up", dry_run=False))
    ChangeRow.objects.filter(part__sync=sync, name="fb").update(medium_id="gid://shopify/MediaImage/0")
    assert "is in the store, and it is not" in findings_of(place, first, sync)


@pytest.mark.full
def test_a_file_that_was_asked_for_although_its_line_says_that_nothing_was_done_is_seen(scene):
    place = scene([], [asset("fa", "a", 1)])
    sync = place.finish(pressing.upload(place.select(), "up", dry_run=False))
    assert findings_of(place, sync) == ""
    ChangeRow.objects.filter(part__sync=sync).update(outcome="aborted", reason=ABORTED)
    StoreSync.objects.update(outcome_counts={"aborted": 1})
    assert "was not uploaded, and it was asked for" in findings_of(place, sync)


def test_a_run_that_tries_failures_again_needs_rows_of_these_alone(played):
    place, sync = played
    ChangeRow.objects.filter(name="fb").update(outcome="failed")
    ProductSync.objects.filter(handle="product-b").update(state="failed")
    again = place.retry(sync)
    assert list(report(again)) == []
    again.parts.get().changes.all().delete()
    assert list(report(again)) == [f"1 assets have no row in the report of {place.stores[0].domain}"]
