import cloudinary.api
import pytest
from cloudinary import SearchFolders
from cloudinary.exceptions import BadRequest, NotFound

from tests.sandbox.world import factories
from tests.sandbox.world.factories import asset

FOLDERS = ("Catalogue/AW26/Knitwear", "Catalogue/AW26/Bags", "Catalogue/SS26", "Films", "")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """No test changes it."""
    assets = (asset(f"a{at}", asset_folder=folder, created_at=1000.0 + at) for at, folder in enumerate(FOLDERS))
    made = factories.world(tmp_path_factory.mktemp("library"), assets=assets)
    with factories.serving(made):
        yield made


def paths(answer):
    return [folder["path"] for folder in answer["folders"]]


def test_the_root_has_the_first_part_of_each_folder(library, keys):
    answer = cloudinary.api.root_folders(**keys(library))
    assert (paths(answer), answer["total_count"], answer["next_cursor"]) == (["Catalogue", "Films"], 2, None)


def test_a_folder_has_those_right_below_it_with_name_and_path(library, keys):
    answer = cloudinary.api.subfolders("Catalogue/AW26", **keys(library))
    found = [(one["name"], one["path"]) for one in answer["folders"]]
    assert found == [("Bags", "Catalogue/AW26/Bags"), ("Knitwear", "Catalogue/AW26/Knitwear")]
    assert cloudinary.api.subfolders("Films", **keys(library))["folders"] == []


def test_a_folder_that_is_not_there_is_a_404(library, keys):
    with pytest.raises(NotFound, match="Can't find folder with path Nothing"):
        cloudinary.api.subfolders("Nothing", **keys(library))


def test_folders_come_by_ten_and_go_on_by_cursor(served, keys):
    world = served(*(asset(f"a{at}", asset_folder=f"F{at:02}") for at in range(12)))
    first = cloudinary.api.root_folders(**keys(world))
    rest = cloudinary.api.root_folders(next_cursor=first["next_cursor"], **keys(world))
    assert (len(first["folders"]), paths(rest), rest["next_cursor"]) == (10, ["F10", "F11"], None)
    assert len(cloudinary.api.root_folders(max_results=500, **keys(world))["folders"]) == 12


def test_a_new_folder_is_there_without_assets_with_those_above_it(served, keys):
    world = served()
    cloudinary.api.create_folder("Press/2026", **keys(world))
    assert paths(cloudinary.api.subfolders("Press", **keys(world))) == ["Press/2026"]


def test_fixed_folders_are_parts_of_public_ids(served, keys):
    world = served(asset("shop/bags/a", asset_folder="Elsewhere"))
    world.settings.change({"folders": "fixed"})
    assert paths(cloudinary.api.root_folders(**keys(world))) == ["shop"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name:knit*", {"Catalogue/AW26/Knitwear"}),
        ("name=AW26", {"Catalogue/AW26"}),
        ('path:"Catalogue/AW26/*"', {"Catalogue/AW26/Knitwear", "Catalogue/AW26/Bags"}),
        ("name:nothing", set()),
    ],
)
def test_folders_are_found_by_name_and_path(library, keys, expression, expected):
    answer = SearchFolders().expression(expression).execute(**keys(library))
    assert (set(paths(answer)), answer["total_count"]) == (expected, len(expected))


def test_found_folders_are_sorted_the_newest_first_unless_asked_otherwise(library, keys):
    assert paths(SearchFolders().max_results(2).execute(**keys(library))) == ["Films", "Catalogue/SS26"]
    by_path = SearchFolders().sort_by("path", "asc").execute(**keys(library))
    assert paths(by_path) == sorted(paths(by_path))


@pytest.mark.parametrize("order", [("path", "downwards"), ("size", "asc")])
def test_an_order_that_folders_do_not_have_is_refused(library, keys, order):
    with pytest.raises(BadRequest, match="sort_by"):
        SearchFolders().sort_by(*order).execute(**keys(library))


@pytest.mark.parametrize("expression", ["AW26", "colour:red", "name:"])
def test_another_search_for_folders_is_refused(library, keys, expression):
    with pytest.raises(BadRequest, match="Query Error"):
        SearchFolders().expression(expression).execute(**keys(library))
