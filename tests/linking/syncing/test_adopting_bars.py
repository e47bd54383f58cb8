"""Galleries that another tool has filled from the same assets: what is the same picture is adopted, and nothing else."""

import pytest

from linking.models import Link
from linking.planning import adoption
from tests import photos
from tests.scenes import asset, part_of, product

SAME, OTHERS = ("same", "encoded", "resized"), ("square", "another")


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.full)])
def test_the_same_pictures_are_adopted_and_no_others(scene, monkeypatch, count):
    """Each asset in one of five ways: the same file, encoded again, at 2,048 pixels, cut to a square, and another picture of the
    product. Nothing stands there twice after an Append, and the look costs little beside the run."""
    ways = [(*SAME, *OTHERS)[at % 5] for at in range(count)]
    skus = [f"s{at}" for at in range(count)]
    assets = [asset(f"shot {at}", sku, content=photos.photo(at)) for at, sku in enumerate(skus)]
    others = [asset(f"other {at}", content=photos.photo(5000 + at)) for at in range(count) if ways[at] == "another"]
    place = scene([product(sku) for sku in skus], [*assets, *others], stores=1)
    known = {found.display_name: found for found in place.world.environments[0].assets.values()}
    for at, way in enumerate(ways):
        shown = known[f"other {at}"] if way == "another" else known[f"shot {at}"]
        way_in = "encoded" if way == "another" else way
        address = f"/world/stores/{place.stores[0].domain}/products/product-s{at}/pictures"
        place.meddle("POST", address, {"asset": shown.asset_id, "as": way_in})
    selection = place.select(*(f"shot {at}" for at in range(count)))
    with monkeypatch.context() as blind:
        blind.setattr(adoption, "strangers", lambda gallery, media: [])
        place.run(selection, dry_run=True)  # it asks for the products first
        without = part_of(place.run(selection, dry_run=True)).points
    look = part_of(place.run(selection, dry_run=True)).points - without
    run = part_of(place.run(selection))
    same = {f"shot {at}" for at, way in enumerate(ways) if way in SAME}
    assert set(Link.objects.exclude(adopted="").values_list("name", flat=True)) == same
    assert {line.name for line in run.changes.filter(change="add")} == {f"shot {at}" for at in range(count)} - same
    for at, way in enumerate(ways):
        assert len(place.gallery(f"product-s{at}")) == (1 if way in SAME else 2)
    assert 0 < look <= 0.2 * run.points, (look, without, run.points)


def test_what_differs_in_a_detail_is_another_picture(scene):
    """Another label, a twelfth of the width: neither is taken for the other."""
    red, blue = asset("red", "a", content=photos.photo(3, detail=True)), asset("blue", content=photos.photo(3))
    place = scene([product("a")], [red, blue])
    blue = next(one for one in place.world.environments[0].assets.values() if one.display_name == "blue")
    address = f"/world/stores/{place.stores[0].domain}/products/product-a/pictures"
    place.meddle("POST", address, {"asset": blue.asset_id, "as": "encoded", "name": "red.jpg"})
    run = place.run(place.select("red"))
    assert [line.change for line in part_of(run).changes.all()] == ["add"]
    assert not part_of(run).products.get().lookalikes
