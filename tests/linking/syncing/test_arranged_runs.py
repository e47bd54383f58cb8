"""What a person arranged is what a run does: exclusions, order by hand, picks, ways of reading keys, alt texts."""

from linking.models import ChangeRow, GroupArrangement, SelectedAsset, Selection
from tests import pressing
from tests.scenes import asset, product

HAND = "Excluded by hand."


def ids(selection: Selection) -> dict[str, str]:
    return {row.asset.name: row.asset_id for row in selection.assets.all()}


def arrange(selection: Selection, key: str, **known) -> None:
    GroupArrangement.objects.update_or_create(
        selection=selection, keying=str(selection.keying), key=selection.keying.same(key), defaults=known
    )


def exclude(selection: Selection, *names: str) -> None:
    known = ids(selection)
    SelectedAsset.objects.filter(selection=selection, asset_id__in=[known[name] for name in names]).update(
        excluded=True
    )


def reported(sync) -> dict[str, tuple[str, str]]:
    rows = ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")
    return {row.name: (row.outcome, str(row.reason)) for row in rows}


def test_an_excluded_asset_stays_out_and_the_report_says_why(scene):
    place = scene([product("a")], [asset("front", "a", 1), asset("back", "a", 2)])
    chosen = place.select()
    exclude(chosen, "front")
    sync = place.run(chosen)
    assert place.assets_in("product-a") == ["back"]
    assert reported(sync) == {"front": ("skipped", HAND), "back": ("done", "")}


def test_a_mirror_takes_an_asset_away_that_was_excluded_since(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1), asset("back", "a", 2)])
    chosen = place.select("front", "back")
    place.run(chosen)
    exclude(chosen, "front")
    chosen.link_mode = "mirror"
    chosen.save()
    place.run(chosen)
    assert place.assets_in("product-a") == ["product-a-0", "back"]


def test_an_excluded_group_stays_out_as_a_whole(scene):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    chosen = place.select()
    arrange(chosen, "a", excluded=True)
    sync = place.run(chosen)
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == ([], ["fb"])
    assert reported(sync)["fa"] == ("skipped", "Its group was excluded by hand.")


def test_the_order_by_hand_is_the_order_in_the_gallery_and_what_it_does_not_name_follows(scene):
    place = scene([product("a")], [asset(name, "a", at) for at, name in enumerate("1234")])
    chosen = place.select("1", "2", "3", "4", order_field="display_name")
    known = ids(chosen)
    arrange(chosen, "a", order=[known["3"], known["1"]])
    place.run(chosen)
    assert place.assets_in("product-a") == ["3", "1", "2", "4"]


def test_an_ambiguous_key_stays_out_until_somebody_picks_products(scene):
    twins = [product("a", handle="one"), product("a", handle="two"), product("a", handle="three")]
    place = scene(twins, [asset("front", "a", 1)])
    chosen = place.select()
    sync = place.run(chosen)
    assert reported(sync)["front"] == ("skipped", "3 products have the SKU “a”; only one should.")
    picked = [place.shop.product_with(handle).id for handle in ("one", "three")]
    arrange(chosen, "a", picks={str(place.stores[0].pk): picked})
    place.run(chosen)
    assert [place.assets_in(handle) for handle in ("one", "two", "three")] == [["front"], [], ["front"]]


def test_a_pick_of_a_product_that_the_store_does_not_offer_counts_for_nothing(scene):
    place = scene([product("a", handle="one"), product("a", handle="two"), product("c")], [asset("front", "a", 1)])
    chosen = place.select()
    arrange(chosen, "a", picks={str(place.stores[0].pk): [place.shop.product_with("product-c").id]})
    assert reported(place.run(chosen))["front"][0] == "skipped"
    assert place.mutations() == []


def test_a_pattern_takes_the_key_out_of_a_name(scene):
    place = scene(
        [product("AB-1")], [asset("AB-1_front", shade=1), asset("AB-1_back", shade=2), asset("other", shade=3)]
    )
    chosen = place.select(cloudinary_field="display_name", pattern=r"^([A-Z]+-\d+)_", order_field="display_name")
    sync = place.run(chosen)
    assert [name.partition("-al")[0] for name in place.gallery("product-ab-1")] == ["ab-1-back", "ab-1-front"]
    assert reported(sync)["other"][0] == "skipped"


def test_a_separator_puts_an_asset_into_several_products(scene):
    place = scene([product("a"), product("b")], [asset("both", "a; b", 1)])
    place.run(place.select(separator=";"))
    assert place.assets_in("product-a") == place.assets_in("product-b") == ["both"]


def test_case_and_spaces_count_unless_they_are_ignored(scene):
    place = scene([product("AB 1")], [asset("front", "ab1", 1), asset("back", "Ab 1", 2)])
    assert {outcome for outcome, _ in reported(place.run(place.select())).values()} == {"skipped"}
    place.run(place.select("front", "back", fold=True))
    assert place.assets_in("product-ab-1") == ["front", "back"]


def test_the_alt_text_that_was_decided_on_reaches_shopify_and_an_empty_one_too(scene):
    own = {"alt": "Own"}
    place = scene(
        [product("a")], [asset(name, "a", at, context=own) for at, name in enumerate(("own", "typed", "none"))]
    )
    chosen = place.select("own", "typed", "none")
    SelectedAsset.objects.filter(selection=chosen, asset_id=ids(chosen)["typed"]).update(
        alt="Typed", alt_source="typed"
    )
    SelectedAsset.objects.filter(selection=chosen, asset_id=ids(chosen)["none"]).update(alt="", alt_source="typed")
    place.run(chosen)
    media = place.shop.product_with("product-a").media
    assert [place.shop.files[id].alt for id in media] == ["Own", "Typed", ""]


def test_an_edit_after_the_button_changes_nothing_about_the_run(scene):
    place = scene([product("a")], [asset("front", "a", 1), asset("back", "a", 2)])
    chosen = place.select("front", "back")
    sync = pressing.link(chosen, "pressed", dry_run=False)
    exclude(chosen, "front", "back")
    arrange(chosen, "a", excluded=True)
    place.finish(sync)
    assert place.assets_in("product-a") == ["front", "back"]


def test_a_retry_does_what_was_arranged_for_the_first_run(scene):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    chosen = place.select()
    sync = place.run(chosen, dry_run=True)
    place.delete_product("product-a")
    sync = place.apply(sync)
    exclude(chosen, "fa", "fb")
    again = place.retry(sync)
    assert again.arrangement == sync.arrangement
    assert reported(again)["fa"][0] == "failed"


def test_a_named_rendition_is_linked_if_an_admin_allows_it_and_the_default_otherwise(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.world.environments[0].transformations["small"] = "c_limit,w_20"
    place.environment.allowed_transformations = ["small"]
    place.environment.save()
    place.run(place.select(transformation="small"))
    [file] = place.shop.files.values()
    assert file.content.width == 20
    place.environment.allowed_transformations = []
    place.environment.save()
    sync = place.run(place.select(transformation="small", link_mode="reset"))
    assert sync.transformation == ""
