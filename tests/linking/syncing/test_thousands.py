"""More than one page takes, at its real size: 2,300 assets for 460 products in a store of the smallest plan."""

from collections import Counter

import pytest

from linking.models import ChangeRow, Link
from tests.linking.chained import launched, run_of
from tests.scenes import asset, part_of, product


@pytest.fixture
def place(scene):
    shelf = [product(f"S{at}", pictures=2) for at in range(460)]
    return scene(shelf, [asset(f"p{at:04}", f"S{at % 460}", at % 5) for at in range(2300)], plan="basic")


@pytest.mark.full
def test_thousands_of_assets_are_linked_in_one_run_and_taken_back_in_one(place):
    first = launched(place)
    parts = list(first.whole())
    assert [part.assets.count() for part in parts] == [1000, 1000, 300]
    sync = run_of(place, first)
    part = part_of(sync)
    assert Counter(part.changes.values_list("outcome", flat=True)) == {ChangeRow.Outcome.DONE: 2300}
    assert all(len(place.shop.product_with(f"product-s{at}").media) == 7 for at in range(460))
    print(f"append: {part.points} points, {part.requests} requests, {part.mutations} mutations")
    written = len(place.mutations())
    again = part_of(run_of(place, parts[2]))
    assert len(place.mutations()) == written
    assert Counter(again.products.values_list("state", flat=True)) == {"unchanged": 460}
    print(f"again: {again.points} points, {again.requests} requests")
    place.undo(sync)
    assert all(len(place.shop.product_with(f"product-s{at}").media) == 2 for at in range(460))
    assert Link.objects.count() == 0
