from dataclasses import replace

import pytest

from sandbox.building import build
from tests.sandbox.world.factories import asset, catalog, product, world

TWENTY = [product(f"p{n}", f"S-{n}") for n in range(20)]


def handles(shop):
    return {known.handle for known in shop.products.values()}


def test_one_store_has_every_product(tmp_path):
    (shop,) = world(tmp_path, products=TWENTY).shops.values()
    assert len(shop.products) == 20


def test_two_stores_overlap_only_in_part_and_miss_nothing_together(tmp_path):
    first, second = world(tmp_path, products=TWENTY, stores=2).shops.values()
    assert (len(handles(first)), len(handles(second)), len(handles(first) & handles(second))) == (15, 15, 10)
    assert len(handles(first) | handles(second)) == 20


def test_the_first_store_has_all_of_an_own_export_and_the_second_a_part(tmp_path):
    own = replace(catalog(products=TWENTY), first_has_all=True)
    first, second = build(own, folder=tmp_path, base_url="http://localhost:1").shops.values()
    assert (len(handles(first)), len(handles(second))) == (20, 15)


def test_a_few_skus_are_the_second_stores_own(tmp_path):
    first, second = world(tmp_path, products=TWENTY, stores=2).shops.values()
    skus = [{v.sku for p in shop.products.values() for v in p.variants} for shop in (first, second)]
    assert {"S-10"} <= skus[0]
    assert {"S-10-S2"} == {sku for sku in skus[1] if sku.endswith("-S2")}


def test_stores_are_of_different_plans_unless_one_is_forced(tmp_path):
    mixed = world(tmp_path / "a", products=TWENTY, stores=3)
    assert [shop.plan for shop in mixed.shops.values()] == ["basic", "advanced", "plus"]
    forced = build(catalog(products=TWENTY), folder=tmp_path / "b", base_url="http://x", stores=2, plan="plus")
    assert [shop.plan for shop in forced.shops.values()] == ["plus", "plus"]


@pytest.mark.parametrize("stores", [1, 2, 5])
def test_every_store_has_a_domain_and_a_token_of_its_own(tmp_path, stores):
    shops = world(tmp_path, products=TWENTY, stores=stores, store_names=("Fjord & Fern",)).shops
    assert len(shops) == len({shop.access_token for shop in shops.values()}) == stores
    assert next(iter(shops)) == "fjord-and-fern.myshopify.com"


def test_keys_are_drawn_again_for_every_world(tmp_path):
    one, other = (world(tmp_path / name).environments[0].keys for name in ("a", "b"))
    assert not set(vars(one).values()) & set(vars(other).values())


def test_assets_that_share_a_picture_share_its_bytes(tmp_path):
    known = world(tmp_path, assets=[asset(f"a{n}") for n in range(50)])
    assert len({one.blob for one in known.environments[0].assets.values()}) == 1
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


def test_a_taken_public_id_is_refused(tmp_path):
    with pytest.raises(ValueError, match="already has"):
        world(tmp_path, assets=[asset("a"), asset("a")])
