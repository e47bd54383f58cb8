"""A gallery that cannot be read to its end is refused before anything is written to it."""

import pytest

from linking.domain.reasons import ENDLESS
from linking.models import ChangeRow
from setup.reasons import Reason
from tests.awkward.oracle import nothing_left, problems, promised, right, untrue
from tests.awkward.shop import SKUS, chosen, names, old, opened, press
from tests.scenes import picture


def reported(sync) -> dict[str, tuple[str, Reason]]:
    """Asset -> outcome and reason."""
    lines = ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")
    return {line.name: (line.outcome, line.reason) for line in lines}


@pytest.mark.parametrize("mode", ["append", "reset", "in_place"])
@pytest.mark.cases(1)
def test_a_gallery_of_more_than_a_thousand_media_is_refused_and_the_others_are_linked(scene, mode):
    place = opened(scene)
    pictures = [{"content": picture(at % 5), "filename": f"m-{at}.jpg", "alt": ""} for at in range(1001)]
    product = place.shop.products[place.shop.add_product(handle="many", title="Many", pictures=pictures)]
    place.shop.product_with("product-a").media = product.media
    before = list(product.media)
    selection = chosen(place, mode)
    sync = press(place, selection)
    assert {reported(sync)[name] for name in names("a")} == {("refused", ENDLESS)}
    assert place.shop.product_with("product-a").media == before
    others = {sku: shown for sku, shown in promised(mode).items() if sku != "a"}
    assert right(place, others) + problems(sync) == []
    written = [
        entry for entry in place.mutations() if place.shop.product_with("product-a").id in str(entry["variables"])
    ]
    assert written == []


def test_galleries_whose_cursor_does_not_move_are_refused_and_nothing_is_written(scene):
    place = opened(scene)
    place.world.faults.add(service="shopify", kind="cursor_stuck", match="query Galleries", times=None)
    selection = chosen(place, "append")
    sync = press(place, selection)
    assert set(reported(sync).values()) == {("refused", ENDLESS)}
    assert place.mutations() == []
    place.world.faults.clear()
    assert right(place, {sku: old(sku) for sku in SKUS}) == []
    assert untrue(place, press(place, selection)) + right(place, promised("append")) == []
    assert nothing_left(place, selection) == []
