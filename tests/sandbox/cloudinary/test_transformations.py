import cloudinary.api
import pytest
from cloudinary.exceptions import AlreadyExists, BadRequest, NotFound

from sandbox.cloudinary.transformation import Malformed, parse
from sandbox.cloudinary.urls import parse as parse_url


def test_a_named_transformation_can_be_made_read_listed_and_deleted(served, keys):
    world = served()
    assert cloudinary.api.create_transformation("small", "c_fill,w_20", **keys(world))["message"] == "created"
    assert cloudinary.api.transformation("t_small", **keys(world))["name"] == "t_small"
    assert [one["name"] for one in cloudinary.api.transformations(**keys(world))["transformations"]] == ["t_small"]
    assert cloudinary.api.delete_transformation("small", **keys(world))["message"] == "deleted"
    with pytest.raises(NotFound):
        cloudinary.api.transformation("t_small", **keys(world))


def test_a_definition_that_cannot_be_read_is_refused(served, keys):
    with pytest.raises(BadRequest, match="Invalid width"):
        cloudinary.api.create_transformation("small", "w_wide", **keys(served()))


def test_a_taken_name_is_refused(served, keys):
    with pytest.raises(AlreadyExists):
        cloudinary.api.create_transformation("small", "w_1", **keys(served(transformations={"small": "w_2"})))


@pytest.mark.parametrize(
    "text",
    [
        "w_100,h_50,c_fill",
        "c_pad,b_rgb:ff00aa,w_10,h_10",
        "b_auto:predominant,c_pad,w_9,h_9",
        "q_auto:best/f_png",
        "e_trim:10/e_shadow",
        "fl_progressive.lossy",
        "a_-20",
        "so_1.5",
        "r_max",
        "ar_16:9,c_fill,w_90",
        "dpr_auto",
    ],
)
def test_what_the_documentation_names_is_read(text):
    assert parse(text, {}).steps


@pytest.mark.parametrize("text", ["w", "w_-1", "width_100", "q_0", "c_", "f_jpg\nx", "h_1e3", "w_10;h_10", "b_rgb:ggg"])
def test_what_is_malformed_is_refused(text):
    with pytest.raises(Malformed):
        parse(text, {})


def test_named_transformations_that_call_themselves_end():
    with pytest.raises(Malformed):
        parse("t_a", {"a": "t_b", "b": "t_a"})


@pytest.mark.parametrize(
    ("rest", "transformation", "name"),
    [
        ("v1/shop/a.jpg", "", "shop/a.jpg"),
        ("f_jpg,q_auto/v1/shop/a", "f_jpg,q_auto", "shop/a"),
        ("s--AbCd_-12--/f_jpg/v1/a", "f_jpg", "a"),
        ("shop/a.jpg", "", "shop/a.jpg"),
        ("w_20/shop/a.jpg", "w_20", "shop/a.jpg"),
        ("red_shirts/a.jpg", "", "red_shirts/a.jpg"),
        ("w_20", "", "w_20"),
        ("v1/v2/a", "", "v2/a"),
    ],
)
def test_urls_are_taken_apart_as_the_service_does(rest, transformation, name):
    address = parse_url(rest)
    assert (address.transformation, address.name) == (transformation, name)
