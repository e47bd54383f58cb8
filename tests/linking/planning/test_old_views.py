"""What a plan starts from is never a view from before what a run has just done, however long the answer was on its way."""

import pytest

from linking.models import ProductSync
from linking.shopify import galleries
from setup.shopify.client import ShopifyClient
from tests import pressing
from tests.awkward.shop import aborted_after, applied, chosen, come_to_rest, finish, opened, press, undo, write_alts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("reads", [0, 1])
@pytest.mark.cases(1)
def test_undo_gives_texts_back_although_the_first_answer_is_old_and_late(scene, reads):
    """The question comes while Shopify may show what was before, the answer when that time is over. Every second read is an old
    one: `reads` before it decide which."""
    place = opened(scene)
    press(place, chosen(place, "append"))
    was = {id: file.alt for id, file in place.shop.files.items()}
    selection = chosen(place, "append", alt_policy="overwrite")
    write_alts(selection, "New")
    place.world.faults.add(service="shopify", kind="stale_reads", seconds=0.9, code="alternating", times=None)
    run = press(place, selection)
    assert {id: file.alt for id, file in place.shop.files.items()} != was
    for _ in range(reads):
        galleries.read(ShopifyClient(place.stores[0]), ["gid://shopify/Product/1"])
    place.world.faults.add(service="shopify", kind="late_answer", seconds=1.5, match="query Galleries(")
    undone = undo(place, run)
    assert {id: file.alt for id, file in place.shop.files.items()} == was
    assert set(ProductSync.objects.filter(part__sync=undone).values_list("state", flat=True)) == {"done"}


def test_an_order_that_lands_after_an_abort_although_its_answer_was_lost_is_awaited_before_an_undo(scene):
    """There is no job to ask about: a plan made before it lands would find a gallery that somebody has changed."""
    place = opened(scene)
    before = {sku: place.assets_in(f"product-{sku}") for sku in "abc"}
    place.world.faults.add(service="shopify", kind="slow_reorders", seconds=2.5, times=None)
    place.world.faults.add(service="shopify", kind="lost_answer", operation="productReorderMedia", times=None)
    run = aborted_after(place, chosen(place, "prepend"), "productReorderMedia")
    place.world.faults.clear()
    plan = finish(place, pressing.undo(run, place.member, "undo"))
    come_to_rest(place)
    undone = applied(place, plan)
    assert {sku: place.assets_in(f"product-{sku}") for sku in "abc"} == before
    assert not ProductSync.objects.filter(part__sync=undone, state="refused").exists()
