"""Swatches go to the metafield of their product or variant, never into the gallery."""

import pytest

from linking.domain.swatches import first_come
from linking.models import Link, ProductSync
from sandbox.catalog.records import MetadataField, Product
from tests.scenes import FIELDS, Variant, asset, part_of, product


@pytest.fixture
def shelf(scene):
    """A shirt in two colours with a swatch each (and one too many), and a mug that is matched as a product."""
    shirt = Product(handle="shirt", title="Shirt", variants=(Variant("Red", sku="red"), Variant("Blue", sku="blue")))
    place = scene(
        [shirt, product("mug", title="Mug", handle="mug")],
        [
            asset("r1", "red", 1),
            asset("r-swatch", "red", 2, tags=["swatch"]),
            asset("r-swatch-2", "red", 3, tags=["swatch"]),
            asset("b-swatch", "blue", 4, tags=["swatch"]),
            asset("mug-swatch", "Mug", 5, tags=["swatch"]),
        ],
    )
    place.environment.swatch_field, place.environment.swatch_value = "tags", "swatch"
    place.environment.save()
    return place


def named(place, handle: str) -> list[str]:
    """What the metafields of the variants name, or of the product if its variants have none."""
    shop = place.shop
    found = shop.product_with(handle)
    owners = [variant.id for variant in found.variants] + [found.id]
    nodes = place.elsewhere_app("OwnerMetafields", ids=owners, namespace="cloudinary", key="swatch")["nodes"]
    values = [(node.get("metafield") or {}).get("value") for node in nodes]
    return [shop.files[value].filename.split("-al")[0] for value in values if value]


def test_a_variants_swatch_goes_to_the_variant_and_stays_out_of_the_gallery(shelf):
    sync = shelf.run(shelf.select("r1", "r-swatch", "b-swatch"))
    assert named(shelf, "shirt") == ["r-swatch", "b-swatch"]
    assert shelf.assets_in("shirt") == ["r1"]
    assert part_of(sync).products.get().state == ProductSync.State.DONE


def test_a_product_that_was_matched_by_its_title_gets_the_swatch_itself(shelf):
    shelf.run(shelf.select("mug-swatch", shopify_field="title"))
    assert named(shelf, "mug") == ["mug-swatch"]
    assert shelf.assets_in("mug") == []


def test_of_several_swatches_the_first_wins_and_the_others_say_so(shelf):
    sync = shelf.run(shelf.select("r-swatch", "r-swatch-2"))
    assert named(shelf, "shirt") == ["r-swatch"]
    [line] = part_of(sync).changes.filter(outcome="skipped")
    assert (line.name, "first" in str(line.reason)) == ("r-swatch-2", True)


def test_the_second_run_writes_no_swatch(shelf):
    chosen = shelf.select("r1", "r-swatch", "b-swatch")
    shelf.run(chosen)
    written = len(shelf.mutations())
    again = shelf.run(chosen)
    assert len(shelf.mutations()) == written
    assert part_of(again).products.get().state == ProductSync.State.UNCHANGED


def test_an_undone_swatch_is_gone_or_the_one_before(shelf):
    first = shelf.run(shelf.select("r-swatch"))
    second = shelf.run(shelf.select("r-swatch-2"))
    assert named(shelf, "shirt") == ["r-swatch-2"]
    shelf.undo(second)
    assert named(shelf, "shirt") == ["r-swatch"]
    shelf.undo(first)
    assert named(shelf, "shirt") == []


def listed(place) -> dict[str, int]:
    """By asset, how many owners the ledger knows whose swatch it is."""
    names = {one.asset_id: one.display_name for one in place.world.environments[0].assets.values()}
    return {names[row.asset_id]: len(row.variants) for row in Link.objects.filter(role="swatch")}


def test_the_ledger_knows_whose_swatch_an_asset_is_until_it_is_another_ones(shelf):
    first = shelf.run(shelf.select("r1", "r-swatch", "b-swatch", "mug-swatch"))
    assert listed(shelf) == {"r-swatch": 1, "b-swatch": 1}
    assert [link.role for link in Link.objects.in_galleries()] == ["gallery"]
    second = shelf.run(shelf.select("r-swatch-2"))
    assert listed(shelf) == {"r-swatch-2": 1, "b-swatch": 1}
    shelf.undo(second)
    assert listed(shelf) == {"r-swatch": 1, "b-swatch": 1}
    shelf.undo(first)
    assert listed(shelf) == {}


def test_a_swatch_that_the_ledger_has_lost_is_listed_by_the_next_run(shelf):
    chosen = shelf.select("r-swatch", "b-swatch")
    shelf.run(chosen)
    Link.objects.all().delete()
    shelf.run(chosen)
    assert listed(shelf) == {"r-swatch": 1, "b-swatch": 1}


def test_a_definition_is_made_when_it_is_missing_and_only_then(shelf):
    shelf.run(shelf.select("r-swatch"))
    shelf.run(shelf.select("b-swatch"))
    made = [entry for entry in shelf.mutations() if entry["operation"] == "metafieldDefinitionCreate"]
    assert [entry["variables"]["definition"]["ownerType"] for entry in made] == ["PRODUCTVARIANT"]


def test_a_swatch_that_shopify_refuses_fails_alone(shelf):
    shelf.world.faults.add(service="shopify", kind="media_fails", match="r-swatch", code="IMAGE_PROCESSING_FAILURE")
    sync = shelf.run(shelf.select("r1", "r-swatch", "b-swatch"))
    assert named(shelf, "shirt") == ["b-swatch"]
    assert shelf.assets_in("shirt") == ["r1"]
    assert part_of(sync).changes.get(name="r-swatch").outcome == "failed"


def test_without_a_rule_the_type_field_tells_by_its_label_and_an_admins_none_is_kept(scene):
    kinds = MetadataField("kind_7", "Asset type", "enum", {"p": "Product shot", "s": "Swatch"})
    chip = asset("chip", "red", 2, metadata={"kind_7": "s"})
    shirt = Product(handle="shirt", title="Shirt", variants=(Variant("Red", sku="red"), Variant("Blue", sku="blue")))
    place = scene([shirt], [asset("r1", "red", 1), chip], fields=[*FIELDS, kinds])
    sync = place.run(place.select())
    assert (place.assets_in("shirt"), named(place, "shirt")) == (["r1"], ["chip"])
    place.undo(sync)
    assert named(place, "shirt") == []
    place.environment.no_swatches = True
    place.environment.save()
    place.run(place.select())
    assert (sorted(place.assets_in("shirt")), named(place, "shirt")) == (["chip", "r1"], [])
    place.environment.no_swatches = False  # what landed in a gallery before leaves it with what is mirrored
    place.environment.save()
    place.run(place.select(link_mode="mirror"))
    assert (place.assets_in("shirt"), named(place, "shirt")) == (["r1"], ["chip"])


def test_the_first_swatch_of_an_owner_wins():
    assert first_come({"v1": ["a", "b", "a"], "v2": ["b"]}) == ({"v1": "a", "v2": "b"}, [("v1", "b")])
