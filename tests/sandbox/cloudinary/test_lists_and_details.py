import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import BadRequest, NotFound

from tests.sandbox.world.factories import asset, film


def test_a_list_goes_on_by_cursor_until_there_is_none(served, keys):
    world = served(*(asset(f"a{n}") for n in range(5)))
    seen, cursor = [], None
    for _ in range(3):
        page = cloudinary.api.resources(max_results=2, next_cursor=cursor, **keys(world))
        seen += [item["public_id"] for item in page["resources"]]
        cursor = page.get("next_cursor")
    assert sorted(seen) == ["a0", "a1", "a2", "a3", "a4"]
    assert cursor is None


@pytest.mark.parametrize("wrong", [{"max_results": 501}, {"next_cursor": "nonsense"}])
def test_pages_hold_at_most_500_and_cursors_cannot_be_made_up(served, keys, wrong):
    with pytest.raises(BadRequest):
        cloudinary.api.resources(**wrong, **keys(served(asset("a"))))


def test_one_asset_by_its_id_tells_everything(served, keys, found):
    world = served(asset("v", content=film(), tags=["x"], context={"alt": "A"}, metadata={"sku": "1"}))
    detail = cloudinary.api.resource_by_asset_id(found(world, "v").asset_id, **keys(world))
    assert (detail["tags"], detail["context"]["custom"], detail["metadata"]) == (["x"], {"alt": "A"}, {"sku": "1"})
    assert detail["duration"] == pytest.approx(2, abs=0.1)


def test_one_asset_by_a_public_id_with_folders_and_odd_characters(served, keys):
    world = served(asset("shop/ærø & co/bag (1)"))
    assert cloudinary.api.resource("shop/ærø & co/bag (1)", **keys(world))["public_id"] == "shop/ærø & co/bag (1)"


def test_what_is_not_there_is_a_404_that_names_it(served, keys):
    with pytest.raises(NotFound, match="Resource not found - shop/b"):
        cloudinary.api.resource("shop/b", **keys(served(asset("shop/a"))))


def test_an_asset_that_is_gone_is_gone_at_once_and_its_id_is_never_used_again(served, keys, found):
    world = served(asset("a"))
    asset_id = found(world, "a").asset_id
    cloudinary.uploader.destroy("a", **keys(world))
    world.environments[0].add_asset(content=film(), public_id="a")
    with pytest.raises(NotFound):
        cloudinary.api.resource_by_asset_id(asset_id, **keys(world))
