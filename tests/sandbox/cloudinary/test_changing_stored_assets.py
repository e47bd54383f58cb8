import time
from contextlib import nullcontext

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import AuthorizationRequired, BadRequest, NotFound
from cloudinary.utils import api_sign_request

from tests.sandbox.world.factories import HTTP, asset, picture


def test_metadata_is_written_to_all_ids_of_the_call_and_unknown_ids_are_left_out(served, keys, found):
    world = served(asset("a"), asset("b"))
    answer = cloudinary.uploader.update_metadata({"sku": "A-1"}, ["a", "b", "c"], **keys(world))
    assert answer["public_ids"] == ["a", "b"]
    assert found(world, "b").metadata == {"sku": "A-1"}


def test_values_with_equals_signs_and_bars_arrive_whole(served, keys, found):
    world = served(asset("a"))
    cloudinary.uploader.update_metadata({"sku": "a=b|c", "sequence": 7}, ["a"], **keys(world))
    assert found(world, "a").metadata == {"sku": "a=b|c", "sequence": 7}


def test_sets_are_written_as_lists_of_ids(served, keys, found):
    world = served(asset("a"))
    cloudinary.uploader.update_metadata({"channels": ["web", "print"]}, ["a"], **keys(world))
    assert found(world, "a").metadata == {"channels": ["web", "print"]}


def test_an_empty_value_clears_the_field(served, keys, found):
    world = served(asset("a", metadata={"sku": "1", "sequence": 1}))
    cloudinary.uploader.update_metadata({"sku": ""}, ["a"], **keys(world))
    assert found(world, "a").metadata == {"sequence": 1}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"nothing": "1"}, r'Metadata External IDs do not exist: \["nothing"\]'),
        ({"color": "Red"}, "'Red' is not valid for field 'Color'"),
        ({"sequence": "two"}, "'two' is not valid for field 'Sequence'"),
        ({"launched": "21.11.2026"}, "is not valid for field 'Launched'"),
        ({"launched": "20261121"}, "is not valid for field 'Launched'"),
        ({"channels": ["Web shop"]}, "is not valid for field 'Channels'"),
    ],
)
def test_metadata_that_does_not_fit_its_field_is_refused_and_nothing_is_written(served, keys, found, values, message):
    world = served(asset("a"))
    with pytest.raises(BadRequest, match=message):
        cloudinary.uploader.update_metadata({"sku": "new", **values}, ["a"], **keys(world))
    assert found(world, "a").metadata == {}


RULE = {
    "type": "and",
    "rules": [{"type": "greater_than", "equals": True, "value": 1}, {"type": "less_than", "value": 9}],
}


@pytest.mark.parametrize(("value", "fits"), [(0, False), (1, True), (8, True), (9, False)])
def test_values_obey_the_validation_of_their_field(served, keys, found, value, fits):
    world = served(asset("a"))
    given = {"external_id": "stars", "label": "Stars", "type": "integer", "validation": RULE}
    cloudinary.api.add_metadata_field(given, **keys(world))
    refused = nullcontext() if fits else pytest.raises(BadRequest, match="is not valid for field 'Stars'")
    with refused:
        cloudinary.uploader.update_metadata({"stars": value}, ["a"], **keys(world))
    assert found(world, "a").metadata == ({"stars": value} if fits else {})


def test_context_adds_keys_and_keeps_the_others(served, keys, found):
    world = served(asset("a", context={"alt": "old", "caption": "kept"}))
    cloudinary.uploader.add_context({"alt": "x & y = z"}, ["a"], **keys(world))
    assert found(world, "a").context == {"alt": "x & y = z", "caption": "kept"}
    cloudinary.uploader.remove_all_context(["a"], **keys(world))
    assert found(world, "a").context == {}


def test_context_values_hold_at_most_255_characters(served, keys):
    world = served(asset("a"))
    cloudinary.uploader.add_context({"alt": "é" * 255}, ["a"], **keys(world))
    with pytest.raises(BadRequest, match="255"):
        cloudinary.uploader.add_context({"alt": "é" * 256}, ["a"], **keys(world))


def test_tags_are_added_removed_and_replaced(served, keys, found):
    world = served(asset("a", tags=["old"]))
    cloudinary.uploader.add_tag("new,old", ["a"], **keys(world))
    assert found(world, "a").tags == ["old", "new"]
    cloudinary.uploader.remove_tag("old", ["a"], **keys(world))
    assert found(world, "a").tags == ["new"]
    cloudinary.uploader.replace_tag("other", ["a"], **keys(world))
    assert found(world, "a").tags == ["other"]
    cloudinary.uploader.remove_all_tags(["a"], **keys(world))
    assert found(world, "a").tags == []


def test_a_rename_keeps_the_asset_id(served, keys, found):
    world = served(asset("a"))
    before = found(world, "a").asset_id
    assert cloudinary.uploader.rename("a", "folder/b", **keys(world))["asset_id"] == before
    assert cloudinary.api.resource("folder/b", **keys(world))["asset_id"] == before
    with pytest.raises(NotFound):
        cloudinary.uploader.rename("a", "c", **keys(world))


def test_a_rename_does_not_overwrite_by_default(served, keys):
    world = served(asset("a"), asset("b"))
    with pytest.raises(BadRequest, match="to_public_id b already exists"):
        cloudinary.uploader.rename("a", "b", **keys(world))
    cloudinary.uploader.rename("a", "b", overwrite=True, **keys(world))
    assert len(world.environments[0].assets) == 1


def delivered(world, public_id, type="upload"):
    address = f"{world.base_url}/res/{world.environments[0].cloud_name}/image/{type}/f_jpg/v1/{public_id}.jpg"
    return HTTP.request("GET", address).status


@pytest.mark.parametrize(("invalidate", "old"), [(False, 200), (True, 404)])
def test_a_renamed_asset_is_unknown_at_its_old_address_but_for_what_the_cdn_holds(served, keys, invalidate, old):
    world = served(asset("a"))
    assert delivered(world, "a") == 200
    cloudinary.uploader.rename("a", "b", invalidate=invalidate, **keys(world))
    assert (delivered(world, "a"), delivered(world, "b")) == (old, 200)


def test_a_rename_to_another_type_moves_the_address(served, keys):
    world = served(asset("a"))
    cloudinary.uploader.rename("a", "a", to_type="private", **keys(world))
    assert (delivered(world, "a"), delivered(world, "a", "private")) == (404, 401)
    with pytest.raises(BadRequest, match="Invalid to_type"):
        cloudinary.uploader.rename("a", "a", type="private", to_type="public", **keys(world))


def test_a_deleted_asset_comes_back_with_its_id_unless_its_place_is_taken(served, keys, found):
    world = served(asset("a"), asset("b"))
    ids = {name: found(world, name).asset_id for name in "ab"}
    for name in "ab":
        cloudinary.uploader.destroy(name, invalidate=True, **keys(world))
    assert delivered(world, "a") == 404
    world.environments[0].add_asset(content=picture(), public_id="b")
    answer = cloudinary.api.restore_by_asset_ids([*ids.values(), "0" * 32], **keys(world))
    assert answer[ids["a"]]["public_id"] == "a"
    assert answer[ids["b"]] == answer["0" * 32] == {"error": "no_backup"}
    assert found(world, "a").asset_id == ids["a"]
    assert cloudinary.api.restore(["a"], **keys(world))["a"] == {"error": "no_backup"}


def test_destroy_says_whether_there_was_something(served, keys):
    world = served(asset("a"))
    assert cloudinary.uploader.destroy("a", **keys(world))["result"] == "ok"
    assert cloudinary.uploader.destroy("a", **keys(world))["result"] == "not found"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_both_signature_algorithms_are_taken(served, keys, found, algorithm):
    world = served(asset("a"))
    cloudinary.uploader.add_tag("x", ["a"], signature_algorithm=algorithm, **keys(world))
    assert found(world, "a").tags == ["x"]


def test_a_wrong_signature_is_refused_and_the_string_to_sign_is_named(served, keys, found):
    world = served(asset("a"))
    with pytest.raises(AuthorizationRequired, match=r"Invalid Signature \w{40}. String to sign - 'command=add&"):
        cloudinary.uploader.add_tag("x", ["a"], **keys(world, api_secret="wrong"))
    assert found(world, "a").tags == []


def test_a_parameter_that_was_not_signed_is_noticed(served):
    world = served(asset("a"))
    environment = world.environments[0]
    form = {"public_id": "a", "timestamp": str(int(time.time()))}
    form["signature"] = api_sign_request(form, environment.keys.api_secret)
    form |= {"api_key": environment.keys.api_key, "invalidate": "1"}
    answer = HTTP.request("POST", f"{world.base_url}/v1_1/{environment.cloud_name}/image/destroy", fields=form)
    assert answer.status == 401


def test_a_signature_of_more_than_an_hour_ago_is_stale(served):
    world = served(asset("a"))
    environment = world.environments[0]
    form = {"public_id": "a", "timestamp": str(int(time.time()) - 3700)}
    form["signature"] = api_sign_request(form, environment.keys.api_secret)
    form["api_key"] = environment.keys.api_key
    answer = HTTP.request("POST", f"{world.base_url}/v1_1/{environment.cloud_name}/image/destroy", fields=form)
    assert (answer.status, b"Stale request" in answer.data) == (400, True)


def test_other_environments_keys_do_not_open_this_one(served, keys):
    world = served(asset("a"))
    with pytest.raises(AuthorizationRequired, match="unknown api_key"):
        cloudinary.uploader.add_tag("x", ["a"], **keys(world, api_key="123"))
