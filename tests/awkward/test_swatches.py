"""A swatch whose variant is not shown any more after it was written: nobody knows, and undo takes it back all the same."""

from linking.domain.reasons import NOT_SHOWN
from linking.models import ChangeRow
from linking.planning.swatches import current
from setup.shopify.client import ShopifyClient
from tests.awkward.file_scenarios import dressed, shown
from tests.awkward.oracle import same
from tests.awkward.shop import chosen, meanwhile, press, undo
from tests.scenes import part_of


def test_a_swatch_that_was_written_and_never_shows_may_have_been_set(scene):
    place = dressed(scene)
    before = shown(place)
    hidden = place.shop.product_with("shirt-0").variants[0].id

    def hide() -> None:
        place.world.faults.add(service="shopify", kind="ids_missing", match=hidden, code="null", times=None)

    with meanwhile(place, "metafieldsSet", hide) as done:
        sync = press(place, chosen(place, "append"))
    assert done
    line = ChangeRow.objects.get(part__sync=sync, owner_id=hidden)
    assert (line.outcome, line.reason) == ("unknown", NOT_SHOWN)
    place.world.faults.clear()
    undo(place, sync)
    assert same("swatches", shown(place), before) == []


def test_a_plan_right_after_a_run_looks_again_where_it_does_not_see_the_runs_swatches(scene):
    place = dressed(scene)
    sync = press(place, chosen(place, "append"))
    variants = [variant for product in place.shop.products.values() for variant in product.variants]
    written = {variant.id: variant.metafields["cloudinary.swatch"].value for variant in variants}
    kept = {variant.id: variant.metafields.copy() for variant in variants}
    looks = []

    def see_what_is_there(seconds: float, reason: str) -> None:
        looks.append(seconds)
        for variant in variants:
            variant.metafields.update(kept[variant.id])

    for variant in variants:
        del variant.metafields["cloudinary.swatch"]  # a view from before
    client = ShopifyClient(place.stores[0], pause=see_what_is_there)
    assert (current(part_of(sync), client, list(written)), len(looks)) == (written, 1)
