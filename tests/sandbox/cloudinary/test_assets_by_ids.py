import cloudinary.api
import pytest
from cloudinary.exceptions import BadRequest

from tests.sandbox.world.factories import asset, film


def test_unknown_ids_are_left_out_without_a_word(served, keys, found):
    world = served(asset("shop/a"))
    known = found(world, "shop/a").asset_id
    answer = cloudinary.api.resources_by_asset_ids([known, "0" * 32], **keys(world))
    assert [item["public_id"] for item in answer["resources"]] == ["shop/a"]
    assert answer["next_cursor"] is None


def test_a_hundred_ids_fit_into_a_call_and_one_more_is_refused(served, keys):
    world = served()
    cloudinary.api.resources_by_asset_ids([f"{n:032x}" for n in range(100)], **keys(world))
    with pytest.raises(BadRequest, match="at most 100"):
        cloudinary.api.resources_by_asset_ids([f"{n:032x}" for n in range(101)], **keys(world))


def test_the_limit_of_older_descriptions_can_be_had(served, keys):
    world = served()
    world.settings.change({"ids_per_call": 10})
    with pytest.raises(BadRequest, match="at most 10"):
        cloudinary.api.resources_by_asset_ids([f"{n:032x}" for n in range(11)], **keys(world))


@pytest.mark.parametrize("name", ["display_name", "duration", "sku"])
def test_fields_that_cloudinary_does_not_name_are_refused(served, keys, found, name):
    world = served(asset("a"))
    with pytest.raises(BadRequest, match=name):
        cloudinary.api.resources_by_asset_ids([found(world, "a").asset_id], fields=["bytes", name], **keys(world))


def test_what_an_asset_lacks_is_absent(served, keys, found):
    world = served(asset("a"))
    options = {"tags": True, "context": True, "metadata": True, **keys(world)}
    (shown,) = cloudinary.api.resources_by_asset_ids([found(world, "a").asset_id], **options)["resources"]
    assert not {"tags", "context", "metadata", "duration"} & set(shown)


def test_an_environment_with_fixed_folders_knows_no_display_names(served, keys, found):
    world = served(asset("shop/a"))
    world.settings.change({"folders": "fixed"})
    (shown,) = cloudinary.api.resources_by_asset_ids([found(world, "shop/a").asset_id], **keys(world))["resources"]
    assert (shown["folder"], {"asset_folder", "display_name"} & set(shown)) == ("shop", set())


def test_the_order_is_not_the_callers(served, keys):
    world = served(*(asset(f"a{n}") for n in range(8)))
    asked = sorted(world.environments[0].assets, reverse=True)
    answer = cloudinary.api.resources_by_asset_ids(asked, **keys(world))
    assert [item["asset_id"] for item in answer["resources"]] == asked[::-1]


def test_tags_context_and_metadata_come_only_when_asked_for(served, keys, found):
    world = served(asset("a", tags=["x"], context={"alt": "A bag"}, metadata={"sku": "A-1", "sequence": 2}))
    ids = [found(world, "a").asset_id]
    plain = cloudinary.api.resources_by_asset_ids(ids, **keys(world))["resources"][0]
    assert not {"tags", "context", "metadata"} & set(plain)
    full = cloudinary.api.resources_by_asset_ids(ids, tags=True, context=True, metadata=True, **keys(world))
    item = full["resources"][0]
    assert (item["tags"], item["context"]) == (["x"], {"custom": {"alt": "A bag"}})
    assert item["metadata"] == {"sku": "A-1", "sequence": 2}


def test_context_and_metadata_are_absent_where_there_are_none(served, keys, found):
    world = served(asset("a"))
    ids = [found(world, "a").asset_id]
    item = cloudinary.api.resources_by_asset_ids(ids, context=True, metadata=True, **keys(world))["resources"][0]
    assert not {"context", "metadata"} & set(item)


def test_enums_and_sets_are_answered_as_datasource_ids_not_labels(served, keys, found):
    world = served(asset("a", metadata={"color": "red_1", "channels": ["web"]}))
    ids = [found(world, "a").asset_id]
    item = cloudinary.api.resources_by_asset_ids(ids, metadata=True, **keys(world))["resources"][0]
    assert item["metadata"] == {"color": "red_1", "channels": ["web"]}


def test_images_and_videos_mix_in_one_call_and_lists_tell_no_duration(served, keys, found):
    world = served(asset("a"), asset("v", content=film()))
    ids = [found(world, "a").asset_id, found(world, "v").asset_id]
    items = cloudinary.api.resources_by_asset_ids(ids, **keys(world))["resources"]
    assert sorted(item["resource_type"] for item in items) == ["image", "video"]
    assert not any("duration" in item for item in items)


def test_fields_wins_over_the_flags_and_the_two_ids_always_come_along(served, keys, found):
    world = served(asset("a", tags=["x"], context={"alt": "A"}))
    ids = [found(world, "a").asset_id]
    answer = cloudinary.api.resources_by_asset_ids(ids, fields=["tags", "bytes"], context=True, **keys(world))
    assert set(answer["resources"][0]) == {"asset_id", "public_id", "tags", "bytes"}


def test_by_public_ids_asks_one_pair_of_types(served, keys):
    world = served(asset("shop/a"), asset("v", content=film()))
    answer = cloudinary.api.resources_by_ids(["shop/a", "v"], resource_type="image", type="upload", **keys(world))
    assert [item["public_id"] for item in answer["resources"]] == ["shop/a"]


def test_a_sizes_and_kinds_are_those_of_the_bytes(served, keys, found):
    world = served(asset("a"))
    item = cloudinary.api.resources_by_asset_ids([found(world, "a").asset_id], **keys(world))["resources"][0]
    assert (item["width"], item["height"], item["format"], item["type"]) == (80, 100, "jpg", "upload")
    assert len(item["asset_id"]) == 32
