import cloudinary.api
import pytest
from cloudinary.exceptions import AlreadyExists, BadRequest, NotFound


def test_a_preset_can_be_made_read_listed_changed_and_deleted(served, keys):
    world = served()
    made = cloudinary.api.create_upload_preset(name="products", use_filename=True, unique_filename=False, **keys(world))
    assert (made["message"], made["name"]) == ("created", "products")
    found = cloudinary.api.upload_preset("products", **keys(world))
    assert (found["unsigned"], found["settings"]) == (False, {"use_filename": True, "unique_filename": False})
    assert [one["name"] for one in cloudinary.api.upload_presets(**keys(world))["presets"]] == ["products"]
    assert cloudinary.api.update_upload_preset("products", unsigned=True, **keys(world))["message"] == "updated"
    assert cloudinary.api.upload_preset("products", **keys(world))["unsigned"] is True
    assert cloudinary.api.delete_upload_preset("products", **keys(world))["message"] == "deleted"
    with pytest.raises(NotFound):
        cloudinary.api.upload_preset("products", **keys(world))


def test_a_taken_name_is_refused_and_what_stands_there_stays(served, keys):
    world = served()
    cloudinary.api.create_upload_preset(name="products", use_filename=True, **keys(world))
    with pytest.raises(AlreadyExists):
        cloudinary.api.create_upload_preset(name="products", **keys(world))
    assert cloudinary.api.upload_preset("products", **keys(world))["settings"] == {"use_filename": True}


def test_a_transformation_that_cannot_be_read_is_refused(served, keys):
    with pytest.raises(BadRequest, match="Invalid width"):
        cloudinary.api.create_upload_preset(name="x", raw_transformation="w_wide", **keys(served()))


def test_presets_come_in_pages(served, keys):
    world = served()
    for at in range(12):
        cloudinary.api.create_upload_preset(name=f"p{at:02}", **keys(world))
    first = cloudinary.api.upload_presets(**keys(world))
    rest = cloudinary.api.upload_presets(next_cursor=first["next_cursor"], **keys(world))
    assert (len(first["presets"]), [one["name"] for one in rest["presets"]]) == (10, ["p10", "p11"])


def test_presets_and_named_transformations_survive_a_restart(served, keys):
    world = served()
    cloudinary.api.create_upload_preset(name="kept", **keys(world))
    here = world.environments[0]
    assert type(here).load(here.dump(), world).presets == here.presets


def test_a_named_transformation_can_be_given_another_definition(served, keys):
    world = served(transformations={"small": "w_2"})
    cloudinary.api.update_transformation("small", unsafe_update="w_3", **keys(world))
    assert world.environments[0].transformations == {"small": "w_3"}
