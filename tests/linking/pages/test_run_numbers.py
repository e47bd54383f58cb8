"""What the pages of a run count: swatches as pictures of a product, replacements as such, and all that is listed."""

from django.utils import timezone

from linking.domain.plan import Change
from linking.domain.swatches import number
from linking.models import ChangeRow, ProductSync, StoreSync
from linking.pages.run.numbers import numbers_of
from linking.pages.run.pictures import pictures_of, total
from linking.pages.run.progress import progress_of
from sandbox.catalog.records import Product
from setup.reasons import said
from tests.linking.visits import enter, text_of
from tests.scenes import Variant, asset, part_of, product


def shirts(scene):
    """Two shirts in three sizes each, a swatch for each of them, and one that comes too late."""
    shelf = [
        Product(handle=key, title=key.title(), variants=tuple(Variant(size, sku=key) for size in "SML"))
        for key in ("red", "blue")
    ]
    chips = [asset(f"{key}-chip", key, at, tags=["swatch"]) for at, key in enumerate(("red", "blue"), 2)]
    return scene(shelf, [asset("front", "red", 1), *chips, asset("late-chip", "red", 4, tags=["swatch"])])


def pairs(sync, change: Change) -> set[tuple[str, str]]:
    lines = ChangeRow.objects.filter(part__sync=sync, change=change).exclude(owner_id="")
    return {(str(product), asset_id) for product, asset_id in lines.values_list("product", "asset_id")}


def test_a_swatch_is_one_picture_of_its_product_however_many_variants_show_it(client, scene):
    place = shirts(scene)
    sync = place.run(place.select())
    lines = ChangeRow.objects.filter(part__sync=sync, change=Change.ADD).exclude(owner_id="")
    assert lines.count() == 6
    sums = total(pictures_of(sync))
    assert (sums.did_swatch, sums.swatches) == (2, 2) == (number(pairs(sync, Change.ADD)),) * 2
    ChangeRow.objects.filter(pk=lines.first().pk).update(outcome="failed")
    assert total(pictures_of(sync)).did_swatch == 1  # one size has none
    enter(client, place.member)
    assert "Added 1 picture, set 1 of 2 swatches." in text_of(client.get(f"/syncs/{sync.key}/"))


def test_undoing_says_how_many_swatches_it_removes_before_and_after(client, scene):
    place = shirts(scene)
    sync = place.run(place.select())
    enter(client, place.member)
    assert "Undo shows a plan first: 1 picture leaves 1 gallery, 2 swatches go back." in text_of(
        client.get(f"/syncs/{sync.key}/")
    )
    undone = place.undo(sync)
    page = text_of(client.get(f"/syncs/{undone.key}/"))
    assert "Removed 1 picture from 1 gallery, removed 2 swatches." in page
    assert "1 swatch removed" in text_of(client.get(f"/syncs/{undone.key}/products/"))


def test_a_replacement_that_failed_is_no_addition(scene):
    place = scene([product("a")], [asset("front", "a", 1), asset("side", "a", 2)])
    sync = place.run(place.select())
    lines = ChangeRow.objects.filter(part__sync=sync)
    lines.filter(name="front").update(change=Change.REPLACE, outcome="failed", reason=said("Not processed."))
    sums = total(pictures_of(sync))
    assert (sums.did_add, sums.added, sums.did_replace, sums.replaced, sums.lost) == (1, 1, 0, 1, 0)
    sync.link_mode = "in_place"  # there it may have been another asset's place
    assert total(pictures_of(sync)).added == 2


def test_what_is_settled_while_a_page_of_progress_is_made_is_in_its_numbers(scene):
    place = scene([product("a"), product("b")], [asset("f", "a", 1), asset("g", "b", 2)])
    sync = place.run(place.select())
    part_of(sync).rows().update(state=StoreSync.State.APPLYING, owner="w", lease_until=timezone.now(), finished=None)
    rows = ProductSync.objects.filter(part__sync=sync)
    rows.update(state=ProductSync.State.WORKING)
    before = numbers_of(sync)
    rows.update(state=ProductSync.State.DONE)
    found = progress_of(sync, before, now=timezone.now())
    assert (len(found.latest), found.settled, found.galleries) == (2, 2, 2)
    [part] = found.parts
    assert part.far == ["<b>2</b> of 2 pictures", "<b>2</b> of 2 galleries"]
    assert {one.said for one in found.latest} == {"1 added"}


def test_just_done_shows_and_names_each_swatch_once(scene):
    place = shirts(scene)
    sync = place.run(place.select())
    part_of(sync).rows().update(state=StoreSync.State.APPLYING, owner="w", lease_until=timezone.now(), finished=None)
    latest = progress_of(sync, numbers_of(sync), now=timezone.now()).latest
    assert {(one.said, sum(tile.swatch for tile in one.strip)) for one in latest} == {
        ("1 added, 1 swatch set", 1),
        ("1 swatch set", 1),
    }
