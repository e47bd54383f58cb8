"""The drawn shop, with one picture in place of all drawings."""

from collections import Counter

import pytest

from sandbox.building import assortment
from sandbox.catalog import mess
from sandbox.catalog.drawn import announced, shots_of
from sandbox.catalog.drawn_assets import FIELDS, assets
from sandbox.catalog.drawn_products import METAFIELDS, products
from sandbox.catalog.goods import GOODS
from sandbox.catalog.records import Catalog
from sandbox.catalog.withheld import KINDS
from sandbox.cloudinary.contents import measure
from tests.sandbox.world.factories import film, picture


@pytest.fixture(scope="module")
def shop():
    shots = {(good.number, color, view): picture() for good in GOODS for color, view in shots_of(good)}
    chips = {color: picture() for good in GOODS for color in good.colors}
    library = assets(shots, chips, dict.fromkeys(mess.CLIPS, film()), picture((60, 60)))
    return Catalog(products=products(shots), assets=library, metadata_fields=FIELDS, metafields=METAFIELDS)


def skus(products):
    """How many products carry each SKU."""
    return Counter(sku for product in products for sku in {v.sku for v in product.variants if v.sku})


def test_it_has_about_sixty_products_and_270_assets(shop):
    assert (len(shop.products), 250 <= len(shop.assets) <= 300) == (60, True)


def test_public_ids_and_handles_are_unique_and_display_names_are_not(shop):
    assert len({asset.public_id for asset in shop.assets}) == len(shop.assets)
    assert len({product.handle for product in shop.products}) == 60
    assert max(Counter(asset.display_name for asset in shop.assets).values()) == 3


@pytest.mark.parametrize("store", [0, 1])
def test_each_of_two_stores_has_a_sku_on_two_products(shop, store):
    doubled = {sku for sku, count in skus(assortment(shop, store, 2)).items() if count > 1}
    assert doubled == {"FF-1007"}


@pytest.mark.parametrize("store", [0, 1])
def test_each_of_two_stores_has_near_misses_and_a_lower_case_twin(shop, store):
    known = set(skus(assortment(shop, store, 2)))
    assert {"SKU-012", "SKU-0012", "FF-1041", "ff-1041"} <= known


def test_some_skus_hold_quotes_colons_and_letters_beyond_ascii(shop):
    assert {'PLATE-10"', "A&B/45 (v2)", "Ø-340, grå", "FF 1033:X*"} <= set(skus(shop.products))


def test_most_assets_have_a_sku_of_the_store_and_some_do_not(shop):
    known = set(skus(shop.products))
    carried = [asset.metadata.get("sku") for asset in shop.assets]
    assert sum(sku in known for sku in carried) / len(carried) > 0.8
    assert (carried.count(None) > 10, any(sku and sku.endswith(" ") for sku in carried)) == (True, True)


def test_there_are_products_without_sku_drafts_archived_ones_and_full_galleries(shop):
    assert sum(all(v.sku is None for v in product.variants) for product in shop.products) == 4
    assert Counter(product.status for product in shop.products) == {"ACTIVE": 55, "DRAFT": 3, "ARCHIVED": 2}
    assert sum(bool(product.pictures) for product in shop.products) == len(mess.OLD_PICTURES)
    assert max(len(product.variants) for product in shop.products) == 12


def test_barcodes_are_unique_and_have_a_right_check_digit(shop):
    codes = [variant.barcode for product in shop.products for variant in product.variants]
    assert len(set(codes)) == len(codes)
    assert {len(code) for code in codes} == {13}
    assert all(sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(code)) % 10 == 0 for code in codes)


def test_one_metafield_can_be_searched_for_and_one_cannot(shop):
    assert {known.key: known.admin_filterable for known in shop.metafields} == {"material": True, "code": False}
    assert all(len(product.metafields) == 2 for product in shop.products)


def test_about_half_of_the_assets_have_an_alt_text(shop):
    assert 0.35 < sum(bool(asset.context.get("alt")) for asset in shop.assets) / len(shop.assets) < 0.65


def test_there_are_swatches_lifestyle_pictures_films_and_one_that_is_too_big(shop):
    kinds = Counter(asset.metadata["asset_type"] for asset in shop.assets)
    assert (kinds["swatch"] > 5, kinds["lifestyle"] > 30) == (True, True)
    assert sum(asset.public_id.endswith("-film") for asset in shop.assets) == 5
    assert mess.TOO_BIG_SIDE > 5000


def test_one_asset_of_each_kind_may_not_be_shown_and_one_of_each_format_loses_something_as_a_jpeg(shop):
    withheld = [asset for asset in shop.assets if asset.asset_folder == "Not to be shown"]
    assert {asset.public_id.rpartition("-")[2] for asset in withheld} >= {"private", "rejected", "placeholder"}
    assert len(withheld) == len(KINDS)
    formats = [asset for asset in shop.assets if asset.asset_folder == "Formats"]
    found = {asset.declared or measure(asset.content).format for asset in formats}
    assert found == {"svg", "psd", "avif", "heic", "jpg", "gif"}
    assert len({asset.metadata["sku"] for asset in (*withheld, *formats)}) == 1


def test_values_of_enums_and_sets_are_ids_of_their_fields(shop):
    ids = {field.external_id: set(field.values) for field in shop.metadata_fields}
    assert {asset.metadata["color"] for asset in shop.assets} <= ids["color"]
    assert {channel for asset in shop.assets for channel in asset.metadata["channels"]} <= ids["channels"]
    assert {asset.metadata["asset_type"] for asset in shop.assets} == ids["asset_type"]


def test_drawing_says_how_many_pictures_there_are_of_how_many_and_how_long_the_others_take():
    seconds, lines = iter((0.0, 2.0, 5.0)), []
    series = [[((1, "sand", "front"), b"")] * 20 for _ in range(3)]
    shots = list(announced(series, lines.append, total=60, now=lambda: next(seconds)))
    assert (len(shots), lines) == (60, ["  40 of 60 pictures, about 1 s left", "  60 of 60 pictures"])
