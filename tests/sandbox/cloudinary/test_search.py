import cloudinary.uploader
import pytest
from cloudinary import Search
from cloudinary.exceptions import BadRequest

from tests.sandbox.world.factories import asset, film


def public_ids(world, keys, expression):
    answer = Search().expression(expression).max_results(500).execute(**keys(world))
    return {item["public_id"] for item in answer["resources"]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("resource_type:image", {"red", "blue", "shop/bag-1"}),
        ("resource_type:(image OR video)", {"red", "blue", "shop/bag-1", "film"}),
        ("resource_type:image AND tags=hero", {"red"}),
        ('metadata.sku="A-1"', {"red", "film"}),
        ('metadata.sku="A-1" AND NOT resource_type:video', {"red"}),
        ('metadata.sku="a-1"', {"red", "film"}),
        ('metadata.sku=""', {"blue"}),
        ('metadata.sku="say \\"hi\\" (2)"', {"shop/bag-1"}),
        ("metadata.color=red_1 OR metadata.color=blue_1", {"red", "blue"}),
        ("asset_folder:shop", {"shop/bag-1"}),
        ("public_id:shop/*", {"shop/bag-1"}),
        ("width>50 AND bytes<1000000 AND resource_type:image", {"red", "blue", "shop/bag-1"}),
        ("-tags=hero AND resource_type:image", {"blue", "shop/bag-1"}),
        ("hero", {"red"}),
        ("", {"red", "blue", "shop/bag-1", "film"}),
    ],
)
def test_expressions_find_what_they_say(served, keys, expression, expected):
    world = served(
        asset("red", tags=["hero", "x"], metadata={"sku": "A-1", "color": "red_1"}),
        asset("blue", metadata={"color": "blue_1"}),
        asset("shop/bag-1", asset_folder="shop", metadata={"sku": 'say "hi" (2)'}),
        asset("film", content=film(), metadata={"sku": "A-1"}),
    )
    assert public_ids(world, keys, expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "resource_type:image AND",
        "(tags=a",
        "metadata.sku=*1",
        "colour:red",
        "metadata.sku=a(b",
        'tags="open',
        "tags=a:b",
    ],
)
def test_what_cannot_be_read_is_refused_with_its_position(served, keys, expression):
    with pytest.raises(BadRequest, match=r"Query Error \(at position \d+\)"):
        public_ids(served(), keys, expression)


def test_search_sees_a_change_only_after_a_while(served, keys):
    world = served(asset("a"))
    world.settings.change({"index_lag": 5})
    cloudinary.uploader.add_tag("new", ["a"], **keys(world))
    assert public_ids(world, keys, "tags=new") == set()
    world.forward += 6
    assert public_ids(world, keys, "tags=new") == {"a"}


def test_a_page_has_50_by_default_and_goes_on_by_cursor(served, keys):
    world = served(*(asset(f"a{n}") for n in range(60)))
    search = Search().expression("resource_type:image")
    first = search.execute(**keys(world))
    rest = search.next_cursor(first["next_cursor"]).execute(**keys(world))
    assert (len(first["resources"]), len(rest["resources"]), "next_cursor" in rest) == (50, 10, False)
    assert first["total_count"] == 60


def test_more_than_500_a_page_are_refused(served, keys):
    with pytest.raises(BadRequest, match="max_results"):
        Search().max_results(501).execute(**keys(served()))


def test_with_field_brings_metadata_and_a_flat_context(served, keys):
    world = served(asset("a", context={"alt": "A"}, metadata={"sku": "1"}, tags=["x"]))
    search = Search().with_field("context").with_field("metadata").with_field("tags")
    item = search.execute(**keys(world))["resources"][0]
    assert (item["context"], item["metadata"], item["tags"]) == ({"alt": "A"}, {"sku": "1"}, ["x"])


def test_results_are_sorted_as_asked(served, keys):
    world = served(asset("b"), asset("c"), asset("a"))
    answer = Search().sort_by("public_id", "asc").execute(**keys(world))
    assert [item["public_id"] for item in answer["resources"]] == ["a", "b", "c"]
