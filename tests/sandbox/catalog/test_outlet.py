"""A second product environment, with a part of the assets."""

from sandbox.building import build
from sandbox.catalog.outlet import SHARE
from tests.scenes import asset, catalog


def test_it_has_whole_groups_of_the_first_ones_assets_and_they_are_its_own(tmp_path):
    assets = [asset(f"{at}-{view}", f"SKU-{at:02}") for at in range(SHARE + 1) for view in range(2)]
    found = build(catalog([], [*assets, asset("logo")]), folder=tmp_path, base_url="http://localhost:1", outlet=True)
    first, second = found.environments
    assert second.cloud_name == f"{first.cloud_name}-outlet"
    assert second.keys.api_key != first.keys.api_key
    there = list(second.assets.values())
    assert sorted(one.display_name for one in there) == ["0-0", "0-1", f"{SHARE}-0", f"{SHARE}-1"]
    assert not second.assets.keys() & first.assets.keys()
    there[0].metadata["sku"] = "another"
    assert {one.metadata.get("sku") for one in first.assets.values()} == {
        None,
        *(f"SKU-{at:02}" for at in range(SHARE + 1)),
    }
