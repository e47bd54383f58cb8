"""A run that the store broke off in the middle: what it had put into galleries is known as ours by the runs that follow."""

from linking.models import ProductSync, StoreSync
from tests.scenes import asset, part_of, product


def test_what_a_run_linked_before_the_store_shut_it_out_leaves_with_the_next_mirror(scene):
    place = scene([product("a", pictures=1)], [asset("first", "a", 1), asset("second", "a", 2)])
    # The plan and the first look are answered; then the token is revoked.
    place.world.faults.add(service="shopify", kind="http_401", match="query Galleries", after=2, times=None)
    broken = place.run(place.select("first"))
    assert part_of(broken).state == StoreSync.State.FAILED
    assert place.assets_in("product-a") == ["product-a-0", "first"]
    place.world.faults.clear()
    place.stores[0].answered()
    sync = place.run(place.select("second", link_mode="mirror"))
    assert part_of(sync).products.get().state == ProductSync.State.DONE
    assert place.assets_in("product-a") == ["product-a-0", "second"]
