"""Files are called by the environment's template: for the first product that gets them, once and for all."""

import pytest

from linking.domain.filenames import read_mark
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.reporting.rows import lines_of
from sandbox.catalog.records import Variant
from tests import pressing
from tests.linking.syncing.test_runs import outcomes
from tests.scenes import asset, product

NAMED = "The file is named after Oak chair, the first product that gets it."


@pytest.fixture
def named(scene):
    def build(template: str, products=None, assets=None, **known):
        variants = (Variant(sku="o-G", title="Grün", options={"Farbe": "Grün"}), Variant(sku="o-R", title="Rot"))
        shelf = products or [product("o", title="Stühle", variants=variants)]
        place = scene(shelf, assets or [asset("front", "o-G", 1), asset("back", "o-G", 2)], **known)
        place.environment.file_name_template = template
        place.environment.save()
        return place

    return build


def words(place, store: int = 0) -> list[str]:
    files = place.world.shops[place.stores[store].domain].files.values()
    return [file.filename.partition("-al")[0] for file in files if file.status == "READY"]


def test_a_file_is_called_after_its_product_in_every_store_and_the_second_run_changes_nothing(named):
    place = named("{product.title} {option.color} {key} {position}", stores=2)
    chosen = place.select()
    sync = place.apply(place.run(chosen, dry_run=True))
    assert words(place) == words(place, 1) == ["stuehle-gruen-o-g-1", "stuehle-gruen-o-g-2"]
    assert all(read_mark(name) for name in place.gallery("product-o"))
    again = place.run(chosen)
    assert set(ProductSync.objects.filter(part__sync=again).values_list("state", flat=True)) == {"unchanged"}
    place.undo(sync)
    assert place.gallery("product-o") == []


def test_what_a_file_has_no_value_for_is_left_out(named):
    place = named("{option.Material}-{product.handle}-{asset.name}")
    place.run(place.select())
    assert words(place) == ["product-o-front", "product-o-back"]


def test_an_option_of_which_the_variants_have_several_values_is_left_out(named):
    variants = tuple(Variant(sku="x", title=one, options={"Size": one}) for one in ("S", "L"))
    place = named(
        "{product.title} {option.size}", [product("x", title="Oak", variants=variants)], [asset("front", "x")]
    )
    place.run(place.select())
    assert words(place) == ["oak"]


def two_products(named, template: str = "{product.title}"):
    shelf = [product("a", title="Oak chair"), product("b", title="Pine table")]
    return named(template, shelf, [asset("both", shade=1, tags=["a", "b"]), asset("one", shade=2, tags=["b"])])


def said(sync) -> dict[tuple[str, str], str]:
    rows = ChangeRow.objects.filter(part__sync=sync).exclude(product=None).select_related("product")
    return {(row.product.title, row.name): str(row.reason) for row in rows}


def test_an_asset_of_several_products_takes_the_first_and_says_so(named):
    place = two_products(named)
    sync = place.run(place.select(cloudinary_field="tags"), dry_run=True)
    wanted = {("Oak chair", "both"): "", ("Pine table", "both"): NAMED, ("Pine table", "one"): ""}
    assert said(sync) == wanted
    place.apply(sync)
    assert (said(sync), words(place)) == (wanted, ["oak-chair", "pine-table"])


def test_without_a_product_in_the_template_there_is_nothing_to_say(named):
    place = two_products(named, "")
    sync = place.run(place.select(cloudinary_field="tags"))
    assert set(said(sync).values()) == {""}
    assert words(place) == ["both", "one"]


def test_another_template_renames_nothing_that_a_store_has(named):
    place = two_products(named)
    chosen = place.select(cloudinary_field="tags")
    first = place.run(chosen)
    before = words(place)
    place.environment.file_name_template = "new {product.title}"
    place.environment.save()
    place.undo(first)
    sync = place.run(chosen)
    assert words(place) == before
    assert set(said(sync).values()) == {""}  # an earlier run has named them


def test_a_plan_that_was_never_applied_holds_up_no_other_template(named):
    place = two_products(named)
    chosen = place.select(cloudinary_field="tags")
    place.run(chosen, dry_run=True)
    place.environment.file_name_template = "new {product.title}"
    place.environment.save()
    place.run(chosen)
    assert words(place) == ["new-oak-chair", "new-pine-table"]


def test_each_of_two_shown_plans_brings_its_files_under_the_names_that_it_showed(named):
    place = two_products(named)
    chosen = place.select(cloudinary_field="tags")
    first = place.run(chosen, dry_run=True)
    place.environment.file_name_template = "new {product.title}"
    place.environment.save()
    second = place.run(chosen, dry_run=True)
    for sync, word in ((first, "oak-chair-al"), (second, "new-oak-chair-al")):
        lines = ChangeRow.objects.filter(part__sync=sync, product__title="Oak chair")
        assert [line.name_of_file.startswith(word) for line in lines] == [True]
        assert [line.file_name.startswith(word) for line in lines_of(sync) if line.product == "Oak chair"] == [True]
    place.apply(first)
    assert words(place) == ["oak-chair", "pine-table"]
    place.apply(second)  # what is there is not named again
    assert words(place) == ["oak-chair", "pine-table"]


def test_a_plan_that_was_applied_brings_its_files_under_the_names_that_it_showed(named):
    place = two_products(named)
    chosen = place.select(cloudinary_field="tags")
    first = place.run(chosen, dry_run=True)
    pressing.apply(first)  # and no worker has come to it yet
    place.environment.file_name_template = "new {product.title}"
    place.environment.save()
    place.run(chosen, dry_run=True)
    place.finish(first)
    assert words(place) == ["oak-chair", "pine-table"]


def test_a_retry_keeps_the_words_whatever_the_template_is_by_then(named, settings):
    settings.PATIENCE = 0.02
    place = named("{product.title}", [product("a", title="Oak chair")], [asset("p", "a", 1)])
    place.world.settings.change({"index_lag": 9999})
    place.world.faults.add(service="shopify", kind="lost_answer", operation="fileCreate", times=1)
    sync = place.run(place.select())
    assert outcomes(sync) == {"p": "failed"}
    place.environment.file_name_template = ""
    place.environment.save()
    place.world.forward += 10_000
    assert outcomes(place.retry(sync)) == {"p": "done"}
    assert words(place) == ["oak-chair"]
    assert len(place.shop.files) == 1
    assert StoreFile.objects.get().name.startswith("oak-chair-al")


def test_an_upload_to_files_has_no_product_and_leaves_its_parts_out(named):
    place = named("{product.title} {asset.name} {position}")
    chosen = place.select()
    assert {
        row.change
        for row in ChangeRow.objects.filter(part__sync=place.finish(pressing.upload(chosen, "u", dry_run=False)))
    } == {"add"}
    assert words(place) == ["front", "back"]


def test_a_swatch_is_called_after_its_product_and_colour(named):
    place = named(
        "{product.title} {option.colour} swatch {position}", assets=[asset("chip", "o-G", 1, tags=["swatch"])]
    )
    place.run(place.select())
    assert words(place) == ["stuehle-gruen-swatch"]
