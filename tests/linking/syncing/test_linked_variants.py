"""The ledger knows for which variants an asset was linked, and their SKUs, whatever the matching field was."""

from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linking.links.checking import gone_links
from linking.links.store_counts import of_stores
from linking.models import KeyMatch, Link, LinkedVariant, ProductSync, StoreFile
from linking.models.ledger import GALLERY
from linking.operations import retention
from linking.pages.links import LinksFilter, chosen_links
from linking.planning.carriers import Carriers
from linking.syncing.carried import grown, record_unchanged, record_variants
from tests import pressing
from tests.scenes import Variant, asset, part_of, product

TWO = (Variant(sku="a", barcode="111", title="Blue"), Variant(sku="a2", barcode="222", title="Red"))


@pytest.fixture
def place(scene):
    """One product with two variants; `front` is named by the SKU of one, `both` by the handle."""
    return scene(
        [product("a", pictures=1, variants=TWO, handle="chair"), product("b")],
        [asset("front", "a", 1), asset("side", "a2", 2), asset("code", "222", 3), asset("both", "chair", 4)],
    )


def of_sku(place, sku: str) -> set[str]:
    names = {known.asset_id: known.display_name for known in place.world.environments[0].assets.values()}
    return {names[link.asset_id] for link in Link.objects.of_sku(place.stores[0], sku)}


def skus(place) -> dict[str, str]:
    """Of the product, by the variants' titles."""
    titles = {variant.id: variant.title for variant in place.shop.product_with("chair").variants}
    return {titles[row.variant_id]: row.sku for row in LinkedVariant.objects.all()}


def test_a_link_by_sku_is_one_of_the_variant_that_carries_it(place):
    place.run(place.select("front", "side"))
    assert skus(place) == {"Blue": "a", "Red": "a2"}
    assert (of_sku(place, "a"), of_sku(place, "a2"), of_sku(place, "b")) == ({"front"}, {"side"}, set())


def test_a_link_by_barcode_knows_the_sku(place):
    place.run(place.select("code", shopify_field="barcode"))
    assert (of_sku(place, "a2"), of_sku(place, "a")) == ({"code"}, set())


def test_a_link_by_a_field_of_the_product_is_one_of_all_its_variants(place):
    place.run(place.select("front"))
    place.run(place.select("both", shopify_field="handle"))
    assert (of_sku(place, "a"), of_sku(place, "a2")) == ({"front", "both"}, {"both"})


def test_only_a_field_of_the_product_costs_a_request_and_it_is_one(place):
    """Galleries, files and variants are asked for in the same calls, so the difference is what the SKUs cost."""
    by_sku = part_of(place.run(place.select("front")))
    again = part_of(place.run(place.select("front")))
    place.undo(by_sku.sync)
    by_handle = part_of(place.run(place.select("both", shopify_field="handle")))
    repeated = part_of(place.run(place.select("both", shopify_field="handle")))
    assert (again.products.get().state, repeated.products.get().state) == ("unchanged", "unchanged")
    assert repeated.requests - again.requests == 1
    assert by_handle.mutations == by_sku.mutations


def test_an_asset_of_several_keys_is_linked_for_all_of_them(scene):
    place = scene([product("a", variants=TWO, handle="chair")], [asset("front", None, 1, tags=["a", "a2", "unknown"])])
    place.run(place.select(cloudinary_field="tags"))
    assert of_sku(place, "a") == of_sku(place, "a2") == {"front"}


def test_a_variant_that_is_gone_and_a_sku_that_is_another_are_seen_by_the_next_run(place):
    chosen = place.select("both", shopify_field="handle")
    place.run(chosen)
    found = place.shop.product_with("chair")
    found.variants[0].sku = "new"
    del found.variants[1]
    assert part_of(place.run(chosen)).products.get().state == "unchanged"
    assert (skus(place), of_sku(place, "new"), of_sku(place, "a")) == ({"Blue": "new"}, {"both"}, set())


def forget(place) -> None:
    """As an earlier release left it: matches without SKUs, links without variants."""
    LinkedVariant.objects.all().delete()
    Link.objects.update(variants=None)
    for answer in KeyMatch.objects.all():
        answer.products = [{name: one for name, one in row.items() if name != "skus"} for row in answer.products]
        answer.save()


@pytest.mark.parametrize(("field", "name"), [("sku", "front"), ("handle", "both")])
@pytest.mark.cases(1)
def test_links_of_an_earlier_release_are_filled_in_by_the_next_run_over_them(place, field, name):
    chosen = place.select(name, shopify_field=field)
    place.run(chosen)
    forget(place)
    assert of_sku(place, "a") == set()
    assert part_of(place.run(chosen)).products.get().state == "unchanged"
    assert of_sku(place, "a") == {name}


def test_a_dry_run_leaves_the_ledger_alone_until_it_is_applied(place):
    sync = place.run(place.select("front"), dry_run=True)
    assert not LinkedVariant.objects.exists()
    place.apply(sync)
    assert of_sku(place, "a") == {"front"}


def test_undo_brings_back_for_which_variants_an_asset_was_linked(place):
    place.run(place.select("front"))
    sync = place.run(place.select("both", "front", shopify_field="handle", link_mode="reset"))
    assert of_sku(place, "a2") == {"both"}
    place.undo(sync)
    assert (of_sku(place, "a"), of_sku(place, "a2")) == ({"front"}, set())


def test_what_was_unlinked_has_no_sku_until_that_is_undone(place):
    place.run(place.select("front"))
    out = place.apply(place.finish(pressing.unlink(place.member, list(Link.objects.all()), "u")))
    assert of_sku(place, "a") == set()
    place.undo(out)
    assert [link.variants for link in Link.objects.of_sku(place.stores[0], "a")] == [[variant_of(place, "Blue")]]


def variant_of(place, title: str) -> str:
    return next(one.id for one in place.shop.product_with("chair").variants if one.title == title)


def test_a_plan_keeps_what_its_links_will_say_for_the_run_that_goes_on_with_it(place):
    sync = place.run(place.select("front"), dry_run=True)
    row = ProductSync.objects.get(part__sync=sync)
    assert row.carriers["variants"] == [(variant_of(place, "Blue"), "a")]
    assert list(row.carriers["assets"].values()) == [[variant_of(place, "Blue")]]


def orphaned() -> int:
    return sum(rows.count() for rows, _ in retention.orphaned_variants(retention.Walk()))


def test_variants_go_with_the_last_run_that_could_bring_their_links_back(place):
    sync = place.run(place.select("front"))
    place.undo(sync)
    assert not Link.objects.exists()
    assert (orphaned(), LinkedVariant.objects.count()) == (0, 1)
    ProductSync.objects.all().delete()
    place.run(place.select("side"))
    ProductSync.objects.all().delete()
    assert orphaned() == 0  # the product has a link again
    Link.objects.all().delete()
    assert orphaned() == 2


def test_a_key_on_very_many_variants_stands_for_the_product():
    found = Carriers()
    ids = [f"v{at}" for at in range(251)]
    found.take(["x"], {"variants": ids[:250], "skus": dict.fromkeys(ids[:250], "S")})
    assert (len(found.assets["x"]), found.unread) == (250, False)
    found.take(["x"], {"variants": ids[250:], "skus": {"v250": "S"}})
    assert (found.assets["x"], len(found.skus)) == ([], 251)


def test_all_variants_of_a_large_product_are_known(scene):
    many = tuple(Variant(sku=f"s{at}", title=f"{at}") for at in range(600))
    place = scene([product("a", variants=many, handle="chair")], [asset("both", "chair", 1)])
    place.run(place.select(shopify_field="handle"))
    assert LinkedVariant.objects.count() == 600
    assert of_sku(place, "s599") == {"both"}


# Another look, another key, a store that does not answer


@pytest.mark.parametrize(
    ("kind", "times"), [("http_420", 30), ("http_503", 30), ("cursor_stuck", None)], ids=lambda one: str(one)
)
@pytest.mark.cases(1)
def test_skus_that_cannot_be_read_keep_nobody_from_linking_and_are_read_by_the_next_run(
    place, monkeypatch, kind, times
):
    monkeypatch.setattr("linking.shopify.variants.PER_READ_OF_SKUS", 1)
    chosen = place.select("both", shopify_field="handle")
    place.world.faults.add(service="shopify", kind=kind, match="query VariantSkus", times=times)
    part = part_of(place.run(chosen))
    assert (part.state, place.assets_in("chair")[-1], skus(place)) == ("done", "both", {})
    assert part.products.get().carriers["whole"] is False
    place.world.faults.clear()
    place.run(chosen)
    assert (skus(place), of_sku(place, "a")) == ({"Blue": "a", "Red": "a2"}, {"both"})


@pytest.mark.full
def test_a_plan_that_is_older_than_what_the_ledger_saw_brings_no_sku_back(place):
    chosen = place.select("both", shopify_field="handle")
    old = place.run(chosen, dry_run=True)
    place.shop.product_with("chair").variants[0].sku = "new"
    place.run(place.select("side", "both", shopify_field="handle"))
    place.apply(old)
    assert skus(place) == {"Blue": "new", "Red": "a2"}


@pytest.mark.full
def test_a_look_that_saw_the_same_is_newer_than_a_plan_that_was_made_before_it(place):
    chosen = place.select("both", shopify_field="handle")
    place.run(chosen)
    place.shop.product_with("chair").variants[0].sku = "once"
    old = place.run(chosen, dry_run=True)
    place.shop.product_with("chair").variants[0].sku = "a"
    place.run(chosen)
    place.apply(old)
    assert skus(place) == {"Blue": "a", "Red": "a2"}


@pytest.mark.full
def test_an_answer_to_a_key_that_was_kept_is_older_than_what_was_read_since(place):
    chosen = place.select("front")
    place.run(chosen)
    place.shop.product_with("chair").variants[0].sku = "new"
    place.run(place.select("both", shopify_field="handle"))
    place.run(chosen)
    assert skus(place) == {"Blue": "new", "Red": "a2"}


@pytest.fixture
def twice(scene):
    """An asset that both variants name, each by another field."""
    return scene(
        [product("a", variants=TWO, handle="chair")], [asset("front", "a", 1, tags=["a2"]), asset("side", "a", 2)]
    )


def test_a_run_by_another_key_adds_its_variants_to_a_link_that_stays(twice):
    place = twice
    place.run(place.select("front"))
    place.run(place.select("front", cloudinary_field="tags"))
    assert of_sku(place, "a") == of_sku(place, "a2") == {"front"}
    place.run(place.select("side"))
    place.run(place.select("front", "side", link_mode="prepend"))
    assert of_sku(place, "a2") == {"front"}


@pytest.mark.full
def test_undo_takes_away_the_variants_that_its_run_added_to_a_link(twice):
    place = twice
    place.run(place.select("front", "side"))
    sync = place.run(place.select("front", cloudinary_field="tags", link_mode="append"))
    assert part_of(sync).products.get().state == "done"  # it was moved to the end
    assert (of_sku(place, "a"), of_sku(place, "a2")) == ({"front", "side"}, {"front"})
    place.undo(sync)
    assert (of_sku(place, "a"), of_sku(place, "a2")) == ({"front", "side"}, set())


@pytest.mark.parametrize(
    ("before", "ids", "whole", "after"),
    [
        (None, ["a"], False, ["a"]),
        (["b"], ["a"], False, ["b", "a"]),
        (["gone", "b"], ["a"], False, ["gone", "b", "a"]),
        (["gone", "b"], ["a"], True, ["b", "a"]),
        ([], ["a"], True, []),
        (["a"], [], True, []),
        ([f"v{at}" for at in range(250)], ["a"], False, []),
    ],
)
def test_variants_of_a_link_only_grow_but_for_those_that_the_product_lost(before, ids, whole, after):
    assert grown(before, ids, {"variants": [("a", "A"), ("b", "B")], "whole": whole}) == after


@pytest.mark.full
def test_undo_brings_back_that_no_run_had_seen_the_variants(twice):
    place = twice
    place.run(place.select("front", "side"))
    Link.objects.update(variants=None)
    sync = place.run(place.select("front"))
    assert of_sku(place, "a") == {"front"}
    place.undo(sync)
    assert set(Link.objects.values_list("variants", flat=True)) == {None}


@pytest.mark.parametrize("damage", ["all", {"a": 1}, 3, [1], [None, "x"]], ids=str)
@pytest.mark.cases(2)
def test_damaged_variants_are_not_all_variants(place, damage):
    place.run(place.select("front"))
    Link.objects.update(variants=damage)
    assert of_sku(place, "a") == of_sku(place, "a2") == set()


@pytest.mark.full
def test_what_plans_saw_costs_the_same_queries_for_any_number_of_products(scene):
    place = scene([product(f"s{at}") for at in range(12)], [asset(f"p{at}", f"s{at}", at) for at in range(12)])
    few, many = place.select("p0", "p1"), place.select()
    place.run(many)
    parts = [part_of(place.run(few)), part_of(place.run(many))]
    asked = []
    for part in parts:
        Link.objects.update(variants=None)
        LinkedVariant.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_variants(part, transaction.atomic)
            record_unchanged(part, transaction.atomic)
        asked.append(len([one for one in queries if one["sql"].startswith("SELECT")]))
    assert asked[0] == asked[1] <= 6
    assert LinkedVariant.objects.count() == Link.objects.exclude(variants=None).count() == 12


def test_variants_are_written_in_small_transactions(scene, monkeypatch):
    monkeypatch.setattr("linking.syncing.carried.ROWS", 100)
    many = tuple(Variant(sku=f"s{at}", title=f"{at}") for at in range(250))
    place = scene([product("a", variants=many, handle="chair")], [asset("both", "chair", 1)])
    part = part_of(place.run(place.select(shopify_field="handle")))
    LinkedVariant.objects.all().delete()
    counts = []

    @contextmanager
    def counted():
        before = LinkedVariant.objects.count()
        with transaction.atomic():
            yield
        counts.append(LinkedVariant.objects.count() - before)

    record_variants(part, counted)
    record_variants(part, counted)
    assert counts == [100, 100, 50]


def test_orphaned_variants_are_looked_for_a_few_products_at_a_time(place, monkeypatch):
    monkeypatch.setattr(retention, "PRODUCTS", 2)
    place.run(place.select("front"))
    store = place.stores[0]
    LinkedVariant.objects.bulk_create(
        LinkedVariant(store=store, product_id=f"p{at}", variant_id=f"{at}-{of}") for at in range(5) for of in range(3)
    )
    walk = retention.Walk()
    removed, slices = Counter(), 0
    done = False
    while not done and slices < 200:
        some, done = retention.clean(now=timezone.now(), seconds=-1, walk=walk)
        removed += some
        slices += 1
    assert (removed["variants"], LinkedVariant.objects.count()) == (15, 1)
    assert slices > 3
    assert walk == retention.Walk()


# Other renditions of the same assets


def test_a_rendition_for_another_role_is_a_row_beside_it_that_runs_leave_alone(place):
    place.run(place.select("front"))
    beside = [StoreFile.objects.get(), Link.objects.get()]
    for row in beside:
        assert row.role == GALLERY
        row.pk, row.role = None, "thumbnail"
    file, link = beside
    file.file_id, link.medium_id = "gid://shopify/MediaImage/999", "gid://shopify/MediaImage/999"
    file.save()
    link.save()
    place.run(place.select("front", "side", link_mode="reset"))
    assert len(place.assets_in("chair")) == 2
    assert StoreFile.objects.filter(role="thumbnail").count() == Link.objects.filter(role="thumbnail").count() == 1
    assert of_sku(place, "a") == {"front"}
    assert len([one for one in Link.objects.of_sku(place.stores[0], "a") if one.role == GALLERY]) == 1
    everything = LinksFilter(store=place.stores[0].pk)
    assert len(chosen_links(place.environment, everything, None, 9)) == 2
    assert chosen_links(place.environment, everything, [str(link.pk)], 9) == []
    assert of_stores(place.stores)[place.stores[0].pk].links == 2
    Link.objects.update(gone=Link.Gone.FILE)
    assert gone_links(place.environment).count() == 2
