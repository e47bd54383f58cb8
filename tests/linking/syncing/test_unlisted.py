"""Links that the ledger has lost are found again by the next run over them."""

import pytest

from linking.models import Link, ProductSync
from tests.scenes import asset, catalog, connected, part_of, product, served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path):
    products = [product("a", pictures=1), product("b")]
    assets = [asset("front", "a", 1), asset("side", "a", 2), asset("other", "b", 3)]
    with served(catalog(products, assets), tmp_path) as (world, url):
        yield connected(world, url)


def ledger():
    return sorted(Link.objects.values_list("product_id", "asset_id", "medium_id", "key", "name"))


def test_a_ledger_that_was_lost_is_the_same_again(place):
    chosen = place.select(link_mode="append")
    place.run(chosen)
    before = ledger()
    Link.objects.all().delete()
    again = part_of(place.run(chosen))
    assert set(again.products.values_list("state", flat=True)) == {ProductSync.State.UNCHANGED}
    assert (len(before), ledger()) == (3, before)


def test_what_nobody_selected_is_not_taken_for_ours(place):
    place.run(place.select(link_mode="append"))
    Link.objects.all().delete()
    place.run(place.select("side", link_mode="append"))
    assert [name for *_, name in ledger()] == ["side"]
