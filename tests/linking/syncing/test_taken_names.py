"""Names that are taken: how Shopify refuses them nobody has recorded, so every way of refusing ends in the same picture."""

import pytest

from linking.models import Link, StoreFile
from tests import pressing
from tests.linking.syncing.test_runs import outcomes
from tests.scenes import asset, product
from tests.tiers import product_of

WAYS = ["at_once", "whole_call", "later"]


@pytest.mark.parametrize(("duplicate_name", "refused_rows"), product_of(WAYS, ["alone", "with_all"]))
@pytest.mark.cases(1)
def test_a_file_that_the_ledger_lost_is_found_beside_new_ones_and_never_doubled(scene, duplicate_name, refused_rows):
    """The list of files, an index, does not show it yet when it is first looked for."""
    place = scene([product("a")], [asset(name, "a", at) for at, name in enumerate("pqrs")])
    place.world.settings.change({"duplicate_name": duplicate_name, "refused_rows": refused_rows, "index_lag": 1.5})
    place.run(place.select("q"))
    StoreFile.objects.all().delete()
    Link.objects.all().delete()
    [known] = place.shop.files
    place.elsewhere_app(
        "FilesUpdate", files=[{"id": known, "referencesToRemove": [place.shop.product_with("product-a").id]}]
    )
    sync = place.run(place.select())
    assert outcomes(sync) == dict.fromkeys("pqrs", "done")
    assert place.assets_in("product-a") == list("pqrs")
    assert place.shop.product_with("product-a").media[1] == known
    assert [file.status for file in place.shop.files.values()].count("READY") == 4
    assert len(place.shop.files) == (5 if duplicate_name == "later" else 4)


@pytest.mark.parametrize("refused_rows", ["alone", "with_all"])
@pytest.mark.cases(1)
def test_a_row_that_shopify_refuses_keeps_no_other_from_the_store(scene, refused_rows):
    place = scene([product("a")], [asset(name, "a", at) for at, name in enumerate("pqr")])
    place.world.settings.change({"refused_rows": refused_rows})
    sync = place.finish(pressing.link(place.select(), "t", dry_run=True))
    StoreFile.objects.filter(name__startswith="q-").update(source_url="ftp://somewhere.else/q.jpg")
    place.apply(sync)
    assert outcomes(sync) == {"p": "done", "q": "failed", "r": "done"}
    assert place.assets_in("product-a") == ["p", "r"]


def test_a_file_that_was_not_found_in_time_is_found_by_the_next_run_and_not_brought_twice(scene, settings):
    settings.PATIENCE = 0.02
    place = scene([product("a")], [asset("p", "a", 1)])
    place.world.settings.change({"index_lag": 9999})
    place.world.faults.add(service="shopify", kind="lost_answer", operation="fileCreate", times=1)
    sync = place.run(place.select())
    assert outcomes(sync) == {"p": "failed"}
    [known] = place.shop.files.values()
    place.world.forward += 10_000
    assert outcomes(place.retry(sync)) == {"p": "done"}
    assert place.shop.product_with("product-a").media == [known.id]
    assert list(place.shop.files) == [known.id]
