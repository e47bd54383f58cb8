"""Galleries are worked in windows: a round fits into a slice, however many there are and however slow the store is."""

from linking.models import ProductSync, StoreSync
from linking.shopify import galleries
from linking.syncing import products
from linking.syncing.work import Next, work
from tests import pressing
from tests.linking.visits import ask_and_answer
from tests.scenes import asset, part_of, product


def test_more_galleries_than_a_slice_can_read_are_linked_all_the_same(scene, settings, monkeypatch):
    monkeypatch.setattr(galleries, "PER_READ", 1)
    monkeypatch.setattr(products, "WINDOW", 3)
    place = scene([product(f"s{at}", tags=("sale",), pictures=1) for at in range(12)], [asset("fa", "sale", 1)])
    chosen = place.select(shopify_field="tag", link_mode="prepend")
    ask_and_answer(chosen)
    sync = pressing.link(chosen, "t", dry_run=False)
    settings.LEASE_SECONDS = 3
    place.world.faults.add(service="shopify", kind="slow", operation="nodes", seconds=0.2, times=None)
    for _ in range(20):
        if work(part_of(sync).pk) == Next.NOTHING:
            break
    assert part_of(sync).state == StoreSync.State.DONE
    assert set(part_of(sync).products.values_list("state", flat=True)) == {ProductSync.State.DONE}
    assert place.assets_in("product-s11") == ["fa", "product-s11-0"]
