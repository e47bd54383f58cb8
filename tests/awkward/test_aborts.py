"""What was under way when somebody pressed abort lands afterwards, and undo takes that for what it is."""

from collections import Counter
from contextlib import suppress

import pytest

from linking.models import ChangeRow, Link, ProductSync, Selection, Sync
from linking.runs import CannotStart
from tests.awkward.oracle import problems, same, untrue
from tests.awkward.scenarios import galleries
from tests.awkward.shop import SKUS, aborted_after, chosen, names, old, opened, press, undo
from tests.scenes import Scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.full
def test_an_order_whose_answer_was_lost_lands_after_the_abort(scene):
    """It has no job that could be asked about."""
    place = opened(scene)
    before = galleries(place)
    faults = place.world.faults
    faults.add(service="shopify", kind="slow_reorders", seconds=0.5, times=None)
    faults.add(service="shopify", kind="lost_answer", operation="productReorderMedia")
    sync = aborted_after(place, chosen(place, "position"), "productReorderMedia")
    assert untrue(place, sync) == []
    back = undo(place, sync)
    assert problems(back) + same("galleries", galleries(place), before) + same("links", Link.objects.count(), 0) == []


def turned_to_the_front(place: Scene) -> Selection:
    """Everything is linked already, behind what was there: now only what was there moves."""
    press(place, chosen(place, "append"))
    return chosen(place, "prepend")


def counts_of(sync: Sync) -> dict[tuple[str, str], int]:
    lines = ChangeRow.objects.filter(part__sync=sync).values_list("change", "outcome")
    return dict(Counter(lines))


def test_a_run_that_moves_nothing_but_other_peoples_pictures_counts_their_moves(scene):
    place = opened(scene)
    sync = press(place, turned_to_the_front(place))
    assert counts_of(sync) == {("keep", "unchanged"): 9, ("move", "done"): 6}
    assert untrue(place, sync) == []


def test_an_abort_tells_of_orders_that_were_carried_out_as_done(scene):
    place = opened(scene)
    sync = aborted_after(place, turned_to_the_front(place), "productReorderMedia")
    assert untrue(place, sync) == []
    moved = [sku for sku in SKUS if place.assets_in(f"product-{sku}") == [*names(sku), *old(sku)]]
    done = ProductSync.objects.filter(part__sync=sync, state="done").values_list("handle", flat=True)
    assert moved
    assert sorted(done) == [f"product-{sku}" for sku in moved]
    with suppress(CannotStart):
        assert problems(undo(place, sync)) == []


def test_an_order_that_never_shows_is_unconfirmed_with_no_place_that_was_not_seen(scene, settings):
    place = opened(scene)
    selection = turned_to_the_front(place)
    settings.PATIENCE = 0.01
    place.world.faults.add(service="shopify", kind="slow_reorders", seconds=9999.0, times=None)
    sync = press(place, selection)
    assert counts_of(sync) == {("keep", "unchanged"): 9, ("move", "unknown"): 6}
    for line in ChangeRow.objects.filter(part__sync=sync).select_related("product", "file"):
        gallery = place.shop.products[line.product.product_id].media
        assert line.position_after == gallery.index(line.medium) + 1, line.name
