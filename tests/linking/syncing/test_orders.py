"""How assets of a group, and groups of one product, stand in galleries: by lists, by a second field, as variants do."""

import pytest

from linking.models import ChangeRow, ProductSync
from linking.reporting.summary import settings_of
from linking.selection import last_settings, run_again
from sandbox.catalog.records import MetadataField, Variant
from tests.scenes import FIELDS, asset, part_of, product

KIND = MetadataField("kind", "Asset type", "enum", {"f": "Front", "b": "Back", "d": "Detail"})
SHOWN = MetadataField("shown", "Shown", "set", {"o": "Outdoors", "i": "Indoors"})


def pictures() -> list:
    kinds = [("detail", "d", None), ("back2", "b", 2), ("none", None, 1), ("back1", "b", 1), ("front", "f", 9)]
    return [
        asset(name, "a", at, metadata={"kind": kind, "sequence": place} if kind else {"sequence": place})
        for at, (name, kind, place) in enumerate(kinds)
    ]


def listed(place, **chosen):
    return place.select(order_field="metadata:kind", then_field="metadata:sequence", **chosen)


def test_a_list_orders_galleries_of_two_stores_and_the_second_run_changes_nothing(scene):
    place = scene([product("a")], pictures(), stores=2, fields=[*FIELDS, KIND])
    chosen = listed(place)
    shown = place.run(chosen, dry_run=True)
    names = ChangeRow.objects.filter(part__sync=shown).order_by("part", "position_after").values_list("name", flat=True)
    assert list(names) == ["front", "back1", "back2", "detail", "none"] * 2
    sync = place.apply(shown)
    assert place.assets_in("product-a") == ["front", "back1", "back2", "detail", "none"]
    words = "Front, Back, Detail as in Asset type; then Sequence, lowest first"
    assert dict(settings_of(sync))["Ordered by"] == words
    again = place.run(chosen)
    assert set(ProductSync.objects.filter(part__sync=again).values_list("state", flat=True)) == {"unchanged"}
    place.undo(sync)
    assert place.assets_in("product-a") == []


def test_descending_turns_the_list_around_and_what_has_no_value_stays_last(scene):
    place = scene([product("a")], pictures(), fields=[*FIELDS, KIND])
    place.run(listed(place, order_descending=True, then_descending=True))
    assert place.assets_in("product-a") == ["detail", "back2", "back1", "front", "none"]


def test_of_a_set_the_value_that_stands_first_in_the_list_decides(scene):
    assets = [asset("a", "a", 1, metadata={"shown": ["i"]}), asset("b", "a", 2, metadata={"shown": ["i", "o"]})]
    place = scene([product("a")], assets, fields=[*FIELDS, SHOWN])
    place.run(place.select(order_field="metadata:shown"))
    assert place.assets_in("product-a") == ["b", "a"]


def test_a_value_that_is_not_offered_any_more_keeps_its_place(scene):
    place = scene([product("a")], pictures(), fields=[*FIELDS, KIND])
    field = place.world.environments[0].fields["kind"]
    field.values[1]["state"] = "inactive"
    field.values.reverse()  # the entries say themselves where they stand
    place.run(listed(place))
    assert place.assets_in("product-a") == ["front", "back1", "back2", "detail", "none"]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("variants", ["small", "large", "tenth"]),
        ("key", ["tenth", "large", "small"]),
        ("list", ["large", "tenth", "small"]),
    ],
)
def test_groups_of_one_product_stand_as_was_chosen(scene, how, wanted):
    variants = tuple(Variant(sku=sku, title=sku) for sku in ("x-S", "x-L", "x-10"))
    assets = [asset("large", "x-L", 1), asset("tenth", "x-10", 2), asset("small", "x-S", 3)]
    place = scene([product("x", variants=variants)], assets)
    place.run(place.select(group_order=how))
    assert place.assets_in("product-x") == wanted


def test_a_catalog_that_is_read_whole_tells_the_order_of_variants_as_well(scene):
    variants = tuple(Variant(sku=sku, title=sku) for sku in ("x S", "x L"))
    place = scene([product("x", variants=variants)], [asset("large", "XL", 1), asset("small", "XS", 2)])
    place.run(place.select(fold=True))
    assert place.assets_in("product-x") == ["small", "large"]


def test_an_answer_of_a_release_that_did_not_ask_for_positions_leaves_the_groups_as_in_the_list(scene):
    variants = tuple(Variant(sku=sku, title=sku) for sku in ("x-S", "x-L"))
    place = scene([product("x", variants=variants)], [asset("large", "x-L", 1), asset("small", "x-S", 2)])
    chosen = place.select()
    place.run(chosen, dry_run=True)
    for answer in chosen.matches.get().keys.all():
        answer.products = [{name: one for name, one in card.items() if name != "positions"} for card in answer.products]
        answer.save()
    place.run(chosen)
    assert place.assets_in("product-x") == ["large", "small"]


def test_the_order_goes_with_a_run_that_is_run_again_and_with_the_settings_of_last_time(scene):
    place = scene([product("a")], pictures(), fields=[*FIELDS, KIND])
    chosen = {"order_descending": True, "then_descending": True, "group_order": "key"}
    sync = place.run(listed(place, **chosen))
    again = run_again.again(sync, place.member)
    wanted = {"order_field": "metadata:kind", "then_field": "metadata:sequence", **chosen}
    assert {name: getattr(again, name) for name in wanted} == wanted
    offered = last_settings.offer_to(place.member)["settings"]
    assert {name: offered[name] for name in wanted} == wanted
    assert part_of(sync).sync.group_order == "key"
