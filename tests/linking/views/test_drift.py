"""Drift: a page for each state, its report, and a plan that brings galleries back."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from linking.models import DriftFinding, LeftGallery, Link, LinkCheck, Sync
from linking.selection.fetching import fetch_selection
from setup.models import Environment, Member
from setup.reasons import said
from tests.linking.checked import add, check, describe, drift, reverse, take_out
from tests.linking.visits import enter, text_of
from tests.scenes import asset, part_of, product


@pytest.fixture
def place(scene):
    shelf = [product("A-1", title="Oak chair", pictures=1), product("B-2", title="Elm table", pictures=1)]
    found = scene(shelf, [asset("front", "A-1", 1), asset("side", "A-1", 2), asset("top", "B-2", 3)])
    found.sync = found.run(found.select("front", "side", "top"))
    return found


@pytest.fixture
def drifted(place):
    """Of the chair the order, of the table a picture and an alt text; and somebody's picture among those of the chair."""
    reverse(place, "product-a-1")
    add(place, "product-a-1", place.shop.product_with("product-b-2").media[0])
    describe(place, "top", "")
    take_out(place, "side")
    check(place)
    return place


def mend(client, place, store=None, **fields):
    place.clicks += 1
    sent = {"store": (store or place.stores[0]).pk, "token": f"m{place.clicks}", **fields}
    return enter(client, place.member).post("/links/drift/mend/", sent, follow=True)


def mended(client, place) -> Sync:
    """The plan, as it is shown."""
    mend(client, place)
    sync = Sync.objects.latest("pk")
    fetch_selection(sync.selection_id)
    return place.finish(sync)


def test_before_the_first_check_the_page_says_how_to_begin(client, place):
    page = text_of(enter(client, place.member).get("/links/drift/"))
    assert "Nothing has been checked yet." in page
    assert "Mend" not in page


def test_while_links_are_checked_the_page_says_how_far_it_is(client, place):
    answer = enter(client, place.member).post("/links/check/", {"back": "drift"}, follow=True)
    assert answer.request["PATH_INFO"] == "/links/drift/"
    assert "The links are being checked." in text_of(answer)
    assert 'hx-trigger="every 2s"' in answer.content.decode()


def test_when_nothing_has_drifted_the_page_says_so(client, place):
    check(place)
    page = text_of(enter(client, place.member).get("/links/drift/"))
    assert "Nothing has drifted." in page
    assert "Checked" in page


def test_a_check_that_failed_says_why(client, place):
    place.world.faults.add(service="shopify", kind="http_401", times=99)
    check(place)
    page = text_of(enter(client, place.member).get("/links/drift/"))
    assert str(LinkCheck.objects.get().problem) in page
    assert "Nothing has drifted." not in page


def test_each_finding_says_what_people_know_it_by(client, drifted):
    page = text_of(enter(client, drifted.member).get("/links/drift/"))
    for said_there in ("Oak chair", "side", "Missing: 1", "It is not in the gallery any more.", "Added by others: 1"):
        assert said_there in page, said_there
    assert "Mend North …" in page


def test_findings_are_found_by_store_and_kind(client, drifted):
    enter(client, drifted.member)
    page = text_of(client.get("/links/drift/", {"kind": "missing", "store": drifted.stores[0].pk}))
    assert "It is not in the gallery any more." in page
    assert "AssetLink did not put" not in page
    assert "No differences found." in text_of(client.get("/links/drift/", {"store": drifted.stores[0].pk + 1}))
    assert "Oak chair" in text_of(client.get("/links/drift/", {"kind": "nonsense"}))


def test_more_findings_follow_where_the_shown_ones_end(client, place, django_assert_max_num_queries):
    store, seen = place.stores[0], place.sync.created
    known = {"store": store, "kind": "missing", "seen": seen}
    rows = [DriftFinding(product_id=f"p{at}", title=f"Chair {at:03}", **known) for at in range(110)]
    DriftFinding.objects.bulk_create(rows)
    enter(client, place.member)
    shown, address = "", "/links/drift/"
    while address:
        with django_assert_max_num_queries(12):
            html = client.get(address, headers={"HX-Request": "true"}).content.decode()
        shown += html
        address = next(iter(re.findall(r'hx-get="([^"]*after[^"]*)"', html)), "")
    assert all(shown.count(row.title) == 1 for row in rows)


def test_a_viewer_reads_and_is_offered_no_plan(client, drifted):
    Member.objects.update(granted_role="viewer")
    page = text_of(enter(client, Member.objects.get()).get("/links/drift/"))
    assert "Missing: 1" in page
    assert "Mend" not in page
    assert "Check links" not in page


def test_another_environment_sees_nothing_of_it_and_mends_nothing(client, drifted):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    eve = Member.objects.create(environment=other, external_id="e", name="Eve")
    enter(client, eve)
    assert "Oak chair" not in text_of(client.get("/links/drift/"))
    assert "Oak chair" not in b"".join(client.get("/links/drift/report/").streaming_content).decode()
    count = Sync.objects.count()
    reported = client.post("/links/drift/mend/", {"store": drifted.stores[0].pk}, follow=True)
    assert "Choose a store of this product environment." in text_of(reported)
    assert Sync.objects.count() == count


def test_the_report_has_a_row_for_each_finding(client, drifted):
    enter(client, drifted.member)
    content = b"".join(client.get("/links/drift/report/").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == DriftFinding.objects.count() == len(drift(drifted))
    [missing] = [row for row in rows if row["Drift"] == "Missing"]
    assert (missing["Asset"], missing["Product"], missing["Store"]) == ("side", "Oak chair", "North")
    sheet = load_workbook(io.BytesIO(b"".join(client.get("/links/drift/report/?format=xlsx").streaming_content))).active
    cells = [[("" if cell is None else str(cell)) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[:5] for row in cells[1:]] == [list(row.values())[:5] for row in rows]
    filtered = b"".join(client.get("/links/drift/report/?kind=missing").streaming_content).decode()
    assert len(filtered.splitlines()) == 2
    assert client.get("/links/drift/report/?format=jsonl").status_code == 404


def test_a_formula_in_an_alt_text_is_a_text_in_the_report(client, place):
    describe(place, "top", "=1+1")
    check(place)
    content = b"".join(enter(client, place.member).get("/links/drift/report/").streaming_content).decode()
    assert "'=1+1" in content


def test_mending_is_shown_first_and_brings_galleries_back(client, drifted):
    written = len(drifted.mutations())
    plan = mended(client, drifted)
    assert (plan.kind, plan.dry_run, plan.link_mode) == ("link", True, "mirror")
    assert len(drifted.mutations()) == written
    assert not part_of(plan).changes.filter(change="unlink").exists()
    drifted.apply(plan)
    shown = [name for name in drifted.assets_in("product-a-1") if not name.startswith("product-")]
    assert shown == ["front", "side"]
    assert len(drifted.assets_in("product-a-1")) == 4, "what others put there stays"
    check(drifted)
    assert drift(drifted) == set()


def test_mending_writes_the_alt_text_that_was_there_and_the_newer_version(client, scene):
    place = scene([product("A-1")], [asset("front", "A-1", 1, context={"alt": "Oak chair"}), asset("side", "A-1", 2)])
    place.run(place.select())
    describe(place, "front", "Somebody’s")
    place.meddle("PUT", f"/world/assets/{Link.objects.get(name='side').asset_id}", {"redraw": True})
    check(place)
    assert drift(place) == {("front", "alt", 1), ("side", "version", 1)}
    plan = mended(client, place)
    assert set(part_of(plan).changes.values_list("name", "change")) == {("front", "keep"), ("side", "replace")}
    place.apply(plan)
    check(place)
    assert drift(place) == set()


def test_only_products_that_drifted_are_in_the_plan(client, drifted):
    plan = mended(client, drifted)
    assert {row.handle for row in part_of(plan).products.all()} == {"product-a-1"}


def test_what_a_run_takes_no_more_of_is_left_for_another_plan(client, drifted, settings):
    describe(drifted, "top", "Somebody’s")
    check(drifted)
    settings.SELECTION_MAX_ASSETS = 2
    assert "1 more product needs a plan of its own." in text_of(mend(client, drifted))


@pytest.mark.full
def test_each_rendition_has_a_plan_of_its_own(client, drifted):
    describe(drifted, "top", "Somebody’s")
    check(drifted)
    drifted.environment.allowed_transformations = ["small"]
    drifted.environment.save()
    LeftGallery.objects.filter(product_id=Link.objects.get(name="top").product_id).update(transformation="small")
    page = text_of(mend(client, drifted))
    assert "1 more product needs a plan of its own." in page
    assert Sync.objects.latest("pk").transformation == ""


def test_where_nothing_can_be_mended_that_is_said(client, place):
    place.delete_product("product-b-2")
    check(place)
    count = Sync.objects.count()
    assert "Mend North" not in text_of(enter(client, place.member).get("/links/drift/"))
    assert "Nothing has drifted here that a plan can mend." in text_of(mend(client, place))
    place.stores[0].break_off(said("gone"))
    assert "North is not connected." in text_of(mend(client, place))
    assert Sync.objects.count() == count


@pytest.mark.full
def test_one_press_of_the_button_makes_one_plan(client, drifted):
    for _ in range(2):
        mend(client, drifted, token="same")
    assert Sync.objects.filter(dry_run=True).count() == 1
