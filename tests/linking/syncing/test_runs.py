"""Runs: what is planned, what is done, what is said about it."""

import pytest
from django.utils import timezone

from linking.domain.filenames import read_mark
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync, Sync
from linking.shopify import files
from linking.syncing.lease import Lease, LeaseLost
from linking.syncing.run import Run
from linking.syncing.work import Next, work
from tests import pressing
from tests.scenes import Variant, asset, part_of, product
from tests.tiers import product_of

State = ProductSync.State


def outcomes(sync, **known) -> dict[str, str]:
    rows = ChangeRow.objects.filter(part__sync=sync, **known).exclude(asset_id="")
    return {row.name: row.outcome for row in rows}


def reasons(sync) -> dict[str, str]:
    return {row.name: str(row.reason) for row in ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")}


def test_a_dry_run_writes_nothing_and_tells_what_would_change(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    sync = place.run(place.select(), dry_run=True)
    assert place.mutations() == []
    assert part_of(sync).state == StoreSync.State.PLANNED
    [row] = part_of(sync).changes.all()
    assert (row.change, row.position_after, row.outcome) == ("add", 2, "pending")
    assert part_of(sync).products.get().before[0]["alt"] == "Old 0"


def test_applying_a_dry_run_does_what_was_shown(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    sync = place.run(place.select(), dry_run=True)
    place.apply(sync)
    assert place.assets_in("product-a") == ["product-a-0", "front"]
    assert part_of(sync).products.get().state == State.DONE


def test_applying_a_dry_run_refuses_the_product_that_moved_since_and_does_the_rest(scene):
    place = scene([product("a", pictures=1), product("b", pictures=1)], [asset("fa", "a", 1), asset("fb", "b", 2)])
    sync = place.run(place.select(), dry_run=True)
    place.delete_file(place.shop.product_with("product-a").media[0])
    place.apply(sync)
    rows = {row.handle: row for row in part_of(sync).products.all()}
    assert rows["product-a"].state == State.REFUSED
    assert "1 media item removed" in str(rows["product-a"].reason)
    assert rows["product-b"].state == State.DONE
    assert outcomes(sync) == {"fa": "refused", "fb": "done"}
    assert place.assets_in("product-a") == []


def test_assets_are_in_the_gallery_in_the_chosen_order(scene):
    names = {"c": 10, "a": 9, "b": 1, "d": None}
    assets = [asset(n, "x", i, metadata={"sequence": s} if s else {}) for i, (n, s) in enumerate(names.items())]
    place = scene([product("x")], assets)
    place.run(place.select(*names, order_field="metadata:sequence"))
    assert place.assets_in("product-x") == ["b", "a", "c", "d"]


def test_an_asset_of_several_products_is_one_file(scene):
    place = scene([product("a", tags=["t"]), product("b", tags=["t"])], [asset("front", shade=1, tags=["t"])])
    place.run(place.select(cloudinary_field="tags", shopify_field="tag"))
    assert place.assets_in("product-a") == place.assets_in("product-b") == ["front"]
    assert StoreFile.objects.count() == 1
    assert [entry["operation"] for entry in place.mutations()] == ["fileCreate", "fileUpdate"]


def test_two_groups_of_one_product_are_both_in_its_gallery(scene):
    both = product("p", variants=(Variant("Red", sku="red"), Variant("Blue", sku="blue")))
    place = scene([both], [asset("r", "red", 1), asset("b", "blue", 2)])
    place.run(place.select("r", "b", link_mode="reset"))
    assert place.assets_in("product-p") == ["r", "b"]


def test_every_asset_that_goes_nowhere_says_why(scene):
    twin = [product("twin", handle="t1"), product("twin", handle="t2")]
    place = scene(
        twin, [asset("nokey"), asset("unknown", "nope", 1), asset("twice", "twin", 2), asset("gone", "twin", 3)]
    )
    chosen = place.select()
    gone = chosen.assets.get(details__display_name="gone")
    gone.details = {}
    gone.save()
    reported = reasons(place.run(chosen))
    assert reported["nokey"] == "The asset has no value in “SKU”."
    assert reported["unknown"] == "No product has the SKU “nope”."
    assert reported["twice"] == "2 products have the SKU “twin”; only one should."
    assert reported[gone.asset_id] == "The asset no longer exists in Cloudinary."


def test_a_picture_that_shopify_refuses_fails_alone_and_nothing_is_unlinked(scene):
    place = scene(
        [product("a", pictures=2), product("b", pictures=1)],
        [asset(n, n[0], i) for i, n in enumerate(["a1", "a2", "b1"])],
    )
    place.world.faults.add(service="shopify", kind="media_fails", match="a1", code="IMAGE_PROCESSING_FAILURE")
    sync = place.run(place.select("a1", "a2", "b1", link_mode="reset"))
    assert outcomes(sync) == {"a1": "failed", "a2": "done", "b1": "done"}
    assert "could not process" in reasons(sync)["a1"]
    assert set(place.assets_in("product-a")) == {"a2", "product-a-0", "product-a-1"}
    assert place.assets_in("product-b") == ["b1"]


def test_a_failed_picture_is_brought_by_the_next_run(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.world.faults.add(service="shopify", kind="media_fails", match="front", code="IMAGE_DOWNLOAD_FAILURE")
    chosen = place.select()
    assert outcomes(place.run(chosen)) == {"front": "failed"}
    assert outcomes(place.run(chosen)) == {"front": "done"}
    assert len(place.gallery("product-a")) == 1


def test_an_asset_deleted_in_cloudinary_meanwhile_fails_alone(scene):
    place = scene([product("a")], [asset("front", "a", 1), asset("back", "a", 2)])
    chosen = place.select("front", "back")
    environment = place.world.environments[0]
    environment.remove(next(found for found in environment.assets.values() if found.display_name == "front"))
    sync = place.run(chosen)
    assert outcomes(sync) == {"front": "failed", "back": "done"}
    assert reasons(sync)["front"] == "The asset no longer exists in Cloudinary."


def test_a_product_deleted_between_match_and_link_fails_alone(scene):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    chosen = place.select()
    sync = place.run(chosen, dry_run=True)
    place.delete_product("product-a")
    place.apply(sync)
    assert outcomes(sync) == {"fa": "failed", "fb": "done"}
    assert "no longer exists" in reasons(sync)["fa"]
    again = place.run(chosen)  # the answer of the match is kept, and still names the product
    assert outcomes(again) == {"fa": "failed", "fb": "unchanged"}


def test_a_dead_token_stops_the_store_and_every_asset_says_so(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    sync = place.run(place.select(), dry_run=True)
    place.shop.access_token = "another"
    place.apply(sync)
    assert part_of(sync).state == StoreSync.State.FAILED
    assert "access token" in str(part_of(sync).problem)
    assert outcomes(sync) == {"front": "failed"}
    place.stores[0].refresh_from_db()
    assert place.stores[0].status == "broken"


def test_one_broken_store_does_not_keep_another_from_being_done(scene):
    place = scene([product("a"), product("b")], [asset("fb", "b", 1), asset("fa", "a", 2)], stores=2)
    place.world.shops[place.stores[1].domain].access_token = "another"
    sync = place.run(place.select())
    assert [part.state for part in sync.parts.order_by("store__name")] == ["done", "failed"]


def test_throttling_fails_nothing(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.world.faults.add(service="shopify", kind="throttled", times=12)
    sync = place.run(place.select())
    assert outcomes(sync) == {"front": "done"}
    assert part_of(sync).throttled >= 1


@pytest.mark.parametrize(
    ("kind", "operation"),
    product_of(
        ["lost_answer", "error_after", "internal_error_after", "http_503", "reset"],
        ["fileCreate", "fileUpdate", "productReorderMedia"],
    ),
)
@pytest.mark.cases(2)
def test_an_answer_that_never_came_doubles_nothing(scene, kind, operation):
    place = scene([product("a", pictures=2)], [asset("front", "a", 1), asset("back", "a", 2)])
    place.world.faults.add(service="shopify", kind=kind, operation=operation, times=1)
    chosen = place.select("front", "back", link_mode="prepend")
    sync = pressing.link(chosen, "token", dry_run=False)
    for _ in range(40):
        if work(part_of(sync).pk) == Next.NOTHING:
            break
    assert outcomes(sync) == {"front": "done", "back": "done"}
    assert place.assets_in("product-a") == ["front", "back", "product-a-0", "product-a-1"]
    ours = [found for found in place.shop.files.values() if read_mark(found.filename)]
    assert len(ours) == 2


def test_a_new_version_of_an_asset_takes_the_place_of_the_old_one(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    chosen = place.select(link_mode="prepend")
    place.run(chosen)
    environment = place.world.environments[0]
    environment.overwrite(next(iter(environment.assets.values())), None)
    [row] = part_of(place.run(place.select(link_mode="prepend"))).changes.exclude(asset_id="")
    assert (row.change, row.outcome) == ("replace", "done")
    assert place.assets_in("product-a") == ["front", "product-a-0"]
    assert Link.objects.count() == 1


def test_our_pictures_are_known_by_their_names_when_the_ledger_is_lost(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    place.run(place.select())
    before = len(place.mutations())
    StoreFile.objects.all().delete()
    Link.objects.all().delete()
    sync = place.run(place.select())
    assert part_of(sync).products.get().state == State.UNCHANGED
    assert len(place.mutations()) == before


def test_a_file_deleted_in_shopify_is_brought_again(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    chosen = place.select()
    place.run(chosen)
    place.delete_file(place.shop.product_with("product-a").media[0])
    assert outcomes(place.run(chosen)) == {"front": "done"}
    assert place.assets_in("product-a") == ["front"]


def test_a_button_pressed_many_times_is_one_run(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    chosen = place.select()
    assert len({pressing.link(chosen, "the same button", dry_run=False).pk for _ in range(20)}) == 1


def test_an_aborted_run_says_what_was_done_and_writes_no_more(scene):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    sync = pressing.link(place.select(), "token", dry_run=False)
    Sync.objects.filter(pk=sync.pk).update(abort_requested=sync.created)
    work(part_of(sync).pk)
    assert part_of(sync).state == StoreSync.State.ABORTED
    assert place.mutations() == []


def test_a_full_gallery_is_refused_before_anything_is_written(scene):
    place = scene([product("a", pictures=249)], [asset("x", "a", 1), asset("y", "a", 2)])
    sync = place.run(place.select())
    assert part_of(sync).products.get().state == State.REFUSED
    assert "251 media" in str(part_of(sync).products.get().reason)
    assert place.mutations() == []


def test_points_and_calls_are_stored_with_the_run(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    part = part_of(place.run(place.select()))
    assert part.mutations == len(place.mutations()) == 2
    totals = place.world.journal.as_json()["totals"][place.stores[0].domain]
    assert part.points <= totals["points"]  # matching spent the rest
    assert part.points > 0


def test_a_plan_is_not_applied_while_another_store_is_still_being_planned(scene):
    place = scene([product("a"), product("b")], [asset("fb", "b", 1), asset("fa", "a", 2)], stores=2)
    sync = pressing.link(place.select(), "token", dry_run=True)
    first, second = sync.parts.all()
    work(first.pk)
    with pytest.raises(pressing.CannotStart, match="every store is planned"):
        pressing.apply(sync)
    work(second.pk)
    pressing.apply(sync)
    assert not Sync.objects.get(pk=sync.pk).dry_run


def test_a_write_stays_in_once_another_worker_has_taken_over(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    part = part_of(pressing.link(place.select(), "token", dry_run=False))
    run = Run(part, Lease.take(part, "me", now=timezone.now()))
    run.guard()
    part.rows().update(owner="another", fence=part.fence + 5)
    with pytest.raises(LeaseLost):
        run.client.run(files.CREATE, files=[])
    assert place.mutations() == []
