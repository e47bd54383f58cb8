"""Runs against the sandbox: every link mode does what it says, and a second time writes nothing."""

import pytest

from linking.models import ChangeRow, Link, ProductSync
from tests.scenes import asset, part_of, product

MODES = {
    "in_place": ["front", "back", "product-a-2"],
    "overwrite_and_add": ["front", "back", "product-a-2"],
    "reset": ["front", "back"],
    "append": ["product-a-0", "product-a-1", "product-a-2", "front", "back"],
    "prepend": ["front", "back", "product-a-0", "product-a-1", "product-a-2"],
    "position": ["product-a-0", "front", "back", "product-a-1", "product-a-2"],
    "mirror": ["product-a-0", "product-a-1", "product-a-2", "front", "back"],
}


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_gives_the_gallery_that_it_promises_and_the_second_run_writes_nothing(scene, mode):
    place = scene([product("a", pictures=3)], [asset("front", "a", 1), asset("back", "a", 2)])
    selection = place.select("front", "back", link_mode=mode, position=2)
    sync = place.run(selection)
    assert place.assets_in("product-a") == MODES[mode]
    assert part_of(sync).products.get().state == ProductSync.State.DONE
    written = len(place.mutations())
    again = place.run(selection)
    assert len(place.mutations()) == written
    assert part_of(again).products.get().state == ProductSync.State.UNCHANGED
    assert set(part_of(again).changes.values_list("outcome", flat=True)) <= {ChangeRow.Outcome.UNCHANGED}
    assert Link.objects.count() == 2
