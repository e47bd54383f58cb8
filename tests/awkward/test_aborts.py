"""What was under way when somebody pressed abort lands afterwards, and undo takes that for what it is."""

import pytest

from linking.models import Link
from tests.awkward.oracle import problems, same, untrue
from tests.awkward.scenarios import galleries
from tests.awkward.shop import aborted_after, chosen, opened, undo

pytestmark = pytest.mark.django_db(transaction=True)


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
