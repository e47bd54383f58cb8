"""The size that people come with: 1,000 assets for 200 products in a store of the smallest plan."""

from collections import Counter

import pytest
from django.utils import timezone

from linking.models import ChangeRow, Link, Sync
from tests import pressing
from tests.scenes import asset, part_of, product


@pytest.fixture
def place(scene):
    shelf = [product(f"S{at}", pictures=2) for at in range(200)]
    pictures = [asset(f"p{at}", f"S{at % 200}", at % 5) for at in range(1000)]
    return scene(shelf, pictures, plan="basic")


@pytest.mark.full
def test_a_thousand_assets_are_appended_for_few_points_and_none_fails(place):
    chosen = place.select()
    sync = place.run(chosen)
    part = part_of(sync)
    assert Counter(part.changes.values_list("outcome", flat=True)) == {ChangeRow.Outcome.DONE: 1000}
    assert all(len(place.shop.product_with(f"product-s{at}").media) == 7 for at in range(200))
    assert part.points <= 1500
    print(f"append: {part.points} points, {part.requests} requests, {part.mutations} mutations")
    written = len(place.mutations())
    again = part_of(place.run(chosen))
    print(f"again: {again.points} points, {again.requests} requests, {again.mutations} mutations")
    assert len(place.mutations()) == written
    assert again.points <= 72  # as docs/bench.md says; SKUs and variants of the ledger cost nothing
    assert Counter(again.products.values_list("state", flat=True)) == {"unchanged": 200}


@pytest.mark.full
def test_a_thousand_assets_are_taken_back(place):
    back = part_of(place.undo(place.run(place.select())))
    assert Counter(back.products.values_list("state", flat=True)) == {"done": 200}
    assert all(len(place.shop.product_with(f"product-s{at}").media) == 2 for at in range(200))


@pytest.mark.full
def test_a_run_of_a_thousand_assets_is_aborted(place):
    sync = place.run(place.select(), dry_run=True)
    pressing.apply(sync)
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    part = part_of(place.finish(sync))
    assert part.state == part.State.ABORTED
    assert Counter(part.changes.values_list("outcome", flat=True)) == {ChangeRow.Outcome.ABORTED: 1000}


@pytest.mark.full
def test_a_thousand_links_are_taken_out_and_come_back(place):
    place.run(place.select())
    out = place.apply(place.finish(pressing.unlink(place.member, list(Link.objects.all()), "u")))
    assert all(len(place.shop.product_with(f"product-s{at}").media) == 2 for at in range(200))
    assert Link.objects.count() == 0
    place.undo(out)
    assert all(len(place.shop.product_with(f"product-s{at}").media) == 7 for at in range(200))


@pytest.mark.full
def test_a_thousand_failed_assets_are_tried_again(place):
    place.world.faults.add(
        service="shopify", kind="media_fails", match="image", code="IMAGE_PROCESSING_FAILURE", times=1000
    )
    sync = place.run(place.select())
    assert Counter(part_of(sync).changes.values_list("outcome", flat=True)) == {ChangeRow.Outcome.FAILED: 1000}
    again = part_of(place.retry(sync))
    assert Counter(again.changes.values_list("outcome", flat=True)) == {ChangeRow.Outcome.DONE: 1000}
