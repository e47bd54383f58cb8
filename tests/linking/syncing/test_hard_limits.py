"""Shopify's limits on lists and pages, met by runs that are larger than one of them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from linking.cloudinary import delivery, renditions
from linking.domain import limits
from linking.models import ProductSync
from linking.planning import linking
from sandbox.catalog.records import Picture, Product
from tests.scenes import Variant, asset, part_of, picture, product

State = ProductSync.State
MANY = 260  # of everything that Shopify takes 250 of


def rows(sync) -> dict[str, str]:
    return {row.handle: row.state for row in part_of(sync).products.all()}


@pytest.fixture
def sale(scene):
    """One picture that more products show than one call may name."""
    shelf = [product(f"s{at}", tags=("sale",)) for at in range(MANY)]
    return scene(shelf, [asset("badge", "sale", 1), asset("other", "sale", 2)])


@pytest.mark.full
def test_one_picture_goes_to_more_products_than_one_row_may_name_and_out_of_them_again(sale):
    sync = sale.run(sale.select("badge", shopify_field="tag"))
    assert set(rows(sync).values()) == {State.DONE}
    assert sale.assets_in("product-s0") == sale.assets_in(f"product-s{MANY - 1}") == ["badge"]
    back = sale.undo(sync)
    assert set(rows(back).values()) == {State.DONE}
    assert sale.assets_in("product-s0") == sale.assets_in(f"product-s{MANY - 1}") == []


def test_variants_beyond_the_first_page_keep_their_pictures_too(scene):
    sizes = tuple(Variant(f"V{at}", sku="big" if at == 0 else f"v{at}") for at in range(MANY))
    shelf = Product(
        handle="big", title="Big", variants=sizes, pictures=[Picture(picture(1), "old.jpg", "", [MANY - 1])]
    )
    place = scene([shelf], [asset("new", "big", 2)])
    old = place.shop.product_with("big").variants[-1].picture
    sync = place.run(place.select(link_mode="in_place"))
    assert place.shop.files[place.shop.product_with("big").variants[-1].picture].filename.startswith("new")
    place.undo(sync)
    assert place.shop.product_with("big").variants[-1].picture == old


def test_an_address_longer_than_shopify_takes_keeps_its_own_asset_out_and_no_other(scene):
    long = asset("long", "a", 1, public_id="shop/" + "漢" * 240)
    place = scene([product("a")], [long, asset("short", "a", 2)])
    sync = place.run(place.select())
    reported = {row.name: (row.outcome, str(row.reason)) for row in part_of(sync).changes.all()}
    assert (reported["short"][0], reported["long"][0]) == ("done", "skipped")
    assert "shorter public ID" in reported["long"][1]
    assert place.assets_in("product-a") == ["short"]


def test_a_plan_does_not_weigh_heavy_pictures_for_ever(scene, monkeypatch):
    """Each may have to be made for it, and a worker that plans too long is taken for dead."""
    monkeypatch.setattr(limits, "IMAGE", replace(limits.IMAGE, bytes=10))
    monkeypatch.setattr(linking, "WEIGHING", 0.5)
    asked = []
    clock = SimpleNamespace(monotonic=lambda: 0.3 * len(asked))  # each takes so long
    monkeypatch.setattr(linking, "time", clock)
    monkeypatch.setattr(renditions, "time", clock)
    monkeypatch.setattr(delivery, "weigh", asked.append)
    place = scene([product("a")], [asset(f"p{at}", "a", at) for at in range(10)])
    sync = place.run(place.select(), dry_run=True)
    assert part_of(sync).changes.filter(outcome="pending").count() == 10
    assert len(asked) < 4
