"""Two stores of one run with different settings: each gets what is said for it, in dry run, run, report, undo and all that
follows."""

import pytest

from linking.matching import asking
from linking.models import ChangeRow, ProductSync, Selection, StoreFile, StoreMatch
from linking.models.pictures import of_parts
from linking.pages.run.pictures import pictures_of
from linking.planning.broken_off import broken_off
from linking.selection import last_settings, run_again
from setup.models import Environment
from tests import pressing
from tests.linking.estimating.estimated import estimated, matched
from tests.linking.visits import enter, text_of
from tests.scenes import Variant, asset, product
from tests.totals import json_rows


@pytest.fixture
def two(scene):
    """Both stores have the product with two pictures."""
    return scene([product("a", pictures=2)], [asset("front", "a", 1)], stores=2)


def galleries(place, handle="product-a"):
    return [
        [shop.files[id].filename.split("-al")[0].removesuffix(".jpg") for id in shop.product_with(handle).media]
        for shop in (place.world.shops[store.domain] for store in place.stores)
    ]


def differing(place, **own):
    return {str(place.stores[1].pk): own}


def planned(sync):
    lines = ChangeRow.objects.filter(part__sync=sync).order_by("part__store", "place", "pk")
    return [(line.part.store_id, line.change, line.position_before, line.position_after) for line in lines]


@pytest.mark.parametrize(
    ("own", "there"),
    [
        ({"link_mode": "prepend"}, ["front", "product-a-0", "product-a-1"]),
        ({"link_mode": "position", "position": 2}, ["product-a-0", "front", "product-a-1"]),
        ({"link_mode": "overwrite_and_add"}, ["front", "product-a-1"]),
        ({"link_mode": "reset"}, ["front"]),
    ],
)
@pytest.mark.cases(1)
def test_each_store_gets_its_own_mode_as_shown_and_the_second_run_writes_nothing(two, own, there):
    chosen = two.select("front", store_settings=differing(two, **own))
    shown = two.run(chosen, dry_run=True)
    plan = planned(shown)
    assert galleries(two) == [["product-a-0", "product-a-1"]] * 2
    done = two.apply(shown)
    assert galleries(two) == [["product-a-0", "product-a-1", "front"], there]
    assert planned(done) == plan
    written = len(two.mutations())
    again = two.run(chosen)
    assert len(two.mutations()) == written
    assert set(ProductSync.objects.filter(part__sync=again).values_list("state", flat=True)) == {"unchanged"}
    two.undo(done)
    assert galleries(two) == [["product-a-0", "product-a-1"]] * 2


@pytest.mark.parametrize(("own", "plan_first"), [({"link_mode": "mirror"}, True), ({"link_mode": "prepend"}, False)])
def test_a_run_is_shown_first_if_one_of_its_stores_has_to_be(two, own, plan_first):
    chosen = two.select("front", store_settings=differing(two, **own))
    assert pressing.link(chosen, "t", dry_run=False).dry_run == plan_first
    chosen.stores.remove(two.stores[1])
    assert not pressing.link(chosen, "u", dry_run=False).dry_run


def test_what_takes_pictures_in_one_store_is_counted_and_confirmed_for_the_run(two):
    sync = two.finish(
        pressing.link(two.select("front", store_settings=differing(two, link_mode="reset")), "t", dry_run=False)
    )
    assert (sync.dry_run, sync.losses()) == (True, (2, 1))
    sums = {part.store_id: pictures_of(sync)[part.pk].sums for part in sync.parts.all()}
    assert [(sums[store.pk].added, sums[store.pk].lost) for store in two.stores] == [(1, 0), (1, 2)]


def test_what_overwrites_in_one_store_is_counted_as_the_store_does_it(two):
    """One picture is replaced by a new version, in the other store by another asset: they are not counted alike."""
    sync = two.run(two.select("front", store_settings=differing(two, link_mode="in_place")), dry_run=True)
    found = pictures_of(sync)
    sums = {part.store_id: found[part.pk].sums for part in sync.parts.all()}
    assert [(sums[store.pk].added, sums[store.pk].lost) for store in two.stores] == [(1, 0), (1, 1)]
    counted = of_parts(sync.parts.all())
    assert {part.store_id: counted[part.pk][0] for part in sync.parts.all()} == sums


def test_each_store_is_asked_with_its_own_field_and_again_only_if_that_changes(scene):
    made = product("a", pictures=1, variants=(Variant(sku="a", barcode="b"),))
    place = scene([made], [asset("front", "a", 1), asset("back", "b", 2)], stores=2)
    chosen = place.select("front", "back", store_settings=differing(place, shopify_field="barcode"))
    place.run(chosen)
    assert galleries(place) == [["product-a-0", "front"], ["product-a-0", "back"]]
    asked = {match.store_id: (match.shopify_field, match.question) for match in StoreMatch.objects.all()}
    assert [field for field, _ in (asked[store.pk] for store in place.stores)] == ["sku", "barcode"]
    chosen.store_settings = {}
    asking.ask(chosen)
    now = {match.store_id: (match.shopify_field, match.question) for match in StoreMatch.objects.all()}
    assert now == asked | {place.stores[1].pk: ("sku", 2)}


def test_each_store_gets_its_own_rendition_unless_that_is_no_longer_allowed(two):
    Environment.objects.update(allowed_transformations=["square"])
    two.environment.refresh_from_db()
    chosen = two.select("front", store_settings=differing(two, transformation="square"))
    chosen.environment = two.environment
    marks = [StoreFile.objects.get(store=store).mark for store in two.stores if two.run(chosen)]
    assert len(set(marks)) == 2
    Environment.objects.update(allowed_transformations=[])
    sync = two.run(Selection.objects.get(pk=chosen.pk), dry_run=True)
    assert sync.for_store(two.stores[1].pk).transformation == ""


def test_an_estimate_counts_each_store_by_its_own_settings(two):
    chosen = matched(two.select("front", store_settings=differing(two, link_mode="reset")))
    known = estimated(chosen).result["counted"]
    assert (known["added"], known["taken"]) == (2, 2)


def test_a_retry_and_a_run_again_have_the_same_settings_but_never_a_mode_that_takes_away(two):
    own = differing(two, link_mode="reset", position=3)
    sync = two.run(two.select("front", store_settings=own))
    assert not sync.dry_run
    ProductSync.objects.filter(part__sync=sync).update(state="failed")
    again = pressing.retry(sync, two.member, "r")
    assert (again.store_settings, again.dry_run) == (own, True)
    selection = run_again.again(sync, two.member)
    assert selection.store_settings == differing(two, link_mode="append", position=3)
    assert "Reset" in str(selection.last_change["text"])
    assert last_settings.offer_to(two.member)["settings"]["store_settings"] == selection.store_settings


def test_a_run_that_was_broken_off_goes_on_by_the_mode_of_its_store(two):
    """Overwriting begins with what the broken run found, in that store only."""
    chosen = two.select("front", store_settings=differing(two, link_mode="in_place"))
    sync = two.run(chosen)
    ProductSync.objects.filter(part__sync=sync).update(state="aborted")
    parts = {part.store_id: part for part in pressing.link(chosen, "t", dry_run=True).parts.all()}
    assert [len(broken_off(parts[store.pk])) for store in two.stores] == [1, 1]
    other = two.select("front", link_mode="append")
    parts = {part.store_id: part for part in pressing.link(other, "u", dry_run=True).parts.all()}
    assert [len(broken_off(parts[store.pk])) for store in two.stores] == [1, 0]


def test_page_and_report_say_which_store_had_what(client, two):
    sync = two.run(two.select("front", store_settings=differing(two, link_mode="prepend")), dry_run=True)
    page = text_of(enter(client, two.member).get(f"/syncs/{sync.key}/"))
    assert "Append, 1 store differs" in page
    assert "Settings of this store Prepend" in " ".join(page.split())
    [summary] = json_rows(sync, "summary")
    assert [row["settings_of_this_store"] for row in summary["stores_table"]] == [None, "Prepend"]
