"""A product that one answer does not show is no product that is gone; and what is gone is reported, asset by asset."""

import pytest

from linking.domain.reasons import VANISHED
from linking.models import ChangeRow
from tests.awkward.oracle import lost, promised, right, untrue
from tests.awkward.shop import chosen, opened, press


@pytest.mark.parametrize("code", ["left_out", "null"])
@pytest.mark.cases(1)
def test_a_product_that_one_answer_leaves_out_is_matched_all_the_same(scene, code):
    place = opened(scene)
    product_id = place.shop.product_with("product-a").id
    place.world.faults.add(service="shopify", kind="ids_missing", match=product_id, code=code)
    sync = press(place, chosen(place, "append"))
    assert place.world.faults.as_json() == []
    assert untrue(place, sync) + right(place, promised("append")) == []


def test_assets_of_a_product_that_only_the_search_still_knows_say_so(scene):
    place = opened(scene)
    product_id = place.shop.product_with("product-a").id
    place.world.faults.add(service="shopify", kind="ids_missing", match=product_id, code="null", times=None)
    sync = press(place, chosen(place, "append"))
    lines = ChangeRow.objects.filter(part__sync=sync, key="a").order_by("name")
    reported = [(line.name, line.outcome, line.reason) for line in lines]
    assert reported == [(f"a{at}", "skipped", VANISHED) for at in range(3)]
    assert lost(sync) == []
