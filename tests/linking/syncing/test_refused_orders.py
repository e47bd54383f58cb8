"""An order that Shopify refuses for good: what was to leave still leaves, and the gallery says what it lacks wherever it is
shown."""

from linking.models import ProductSync
from linking.pages.run.filter import RunFilter
from linking.pages.run.problems import troubles_of_galleries
from linking.reporting.rows import lines_of
from tests.scenes import asset, part_of, product


def test_a_refused_order_keeps_nothing_in_the_gallery_and_is_a_problem_of_its_own(scene):
    place = scene([product("a", pictures=2)], [asset("one", "a", 1), asset("two", "a", 2)])
    place.run(place.select("one"))
    sync = place.run(place.select("one", "two", link_mode="reset"))
    refused = {"kind": "refused", "operation": "productReorderMedia", "code": "INVALID", "times": None}
    place.world.faults.add(service="shopify", **refused)
    back = place.undo(sync)
    row = part_of(back).products.get()
    assert len(place.gallery("product-a")) == 3
    assert "two" not in place.assets_in("product-a")
    assert (row.state, row.reason.code) == (ProductSync.State.PARTIAL, "gallery.order_refused")
    assert {line.outcome for line in row.changes.all()} <= {"done", "unchanged"}

    [trouble] = troubles_of_galleries(back)
    assert (trouble.title.partition(":")[0], trouble.galleries) == ("AssetLink could not set the order", 1)
    found = RunFilter.of(back, {"whole": str(trouble.whole)})
    assert list(found.products()) == [row]
    assert {kind.code: kind.galleries for kind in found.kinds()}["problem"] == 1
    own = [line for line in lines_of(back) if line.asset == "(the whole gallery)"]
    assert [(line.planned, line.outcome, line.reason_code) for line in own] == [
        ("move", "failed", "gallery.order_refused")
    ]
