"""A swatch whose variant is not shown any more after it was written: nobody knows, and undo takes it back all the same."""

from linking.domain.reasons import NOT_SHOWN
from linking.models import ChangeRow
from tests.awkward.file_scenarios import dressed, shown
from tests.awkward.oracle import same
from tests.awkward.shop import chosen, meanwhile, press, undo


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
