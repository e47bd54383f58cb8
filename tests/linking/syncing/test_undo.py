"""Undo brings back the gallery that a run found: media, order, alt texts and variants' pictures. Retry tries what failed."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linking.domain.galleries import LinkMode
from linking.models import Link, ProductSync, StoreSync
from sandbox.catalog.records import Picture, Product
from setup.models import Store
from tests import pressing
from tests.scenes import Variant, asset, part_of, picture, product
from tests.tiers import drawn

State = ProductSync.State


def state_of(place, handle: str):
    """Everything that undo has to bring back."""
    shop = place.shop
    found = shop.product_with(handle)
    media = [(id, shop.files[id].alt) for id in found.media]
    return media, [variant.picture for variant in found.variants]


def test_a_run_can_be_undone(scene):
    place = scene([product("a", pictures=3)], [asset("front", "a", 1), asset("back", "a", 2)])
    before = state_of(place, "product-a")
    sync = place.run(place.select(link_mode="reset"))
    assert state_of(place, "product-a") != before
    back = place.undo(sync)
    assert state_of(place, "product-a") == before
    assert part_of(back).products.get().state == State.DONE
    assert Link.objects.count() == 0


def test_undo_is_shown_before_anything_is_written(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    sync = place.run(place.select())
    written = len(place.mutations())
    shown = place.finish(pressing.undo(sync, place.member, "u"))
    assert len(place.mutations()) == written
    assert part_of(shown).state == StoreSync.State.PLANNED
    assert [line.change for line in part_of(shown).changes.all()] == ["unlink"]


def test_the_way_back_calls_every_picture_by_its_own_name(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1), asset("back", "a", 2)])
    sync = place.run(place.select("front", "back", link_mode="overwrite_and_add"))
    shown = place.finish(pressing.undo(sync, place.member, "u"))
    reported = {line.change: set() for line in part_of(shown).changes.all()}
    for line in part_of(shown).changes.all():
        reported[line.change].add(line.name)
    assert reported == {"add": {"Old 0"}, "unlink": {"front", "back"}}


def test_an_undone_run_can_be_undone_again(scene):
    place = scene([product("a", pictures=2)], [asset("front", "a", 1)])
    sync = place.run(place.select(link_mode="reset"))
    after = state_of(place, "product-a")
    place.undo(place.undo(sync))
    assert state_of(place, "product-a") == after
    assert Link.objects.count() == 1


def test_a_gallery_that_somebody_changed_since_is_left_as_it_is(scene):
    place = scene([product("a", pictures=2), product("b", pictures=2)], [asset("fa", "a", 1), asset("fb", "b", 2)])
    sync = place.run(place.select(link_mode="prepend"))
    place.delete_file(place.shop.product_with("product-a").media[1])
    left = state_of(place, "product-a")
    back = place.undo(sync)
    rows = {row.handle: row for row in part_of(back).products.all()}
    assert (rows["product-a"].state, rows["product-b"].state) == (State.REFUSED, State.DONE)
    assert "Somebody changed" in str(rows["product-a"].reason)
    assert state_of(place, "product-a") == left
    assert place.assets_in("product-b") == ["product-b-0", "product-b-1"]


def test_one_product_or_one_store_can_be_undone(scene):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    sync = place.run(place.select())
    chosen = part_of(sync).products.get(handle="product-b")
    place.undo(sync, only=[[place.stores[0].pk, chosen.product_id]])
    assert place.assets_in("product-a") == ["fa"]
    assert place.assets_in("product-b") == []


def test_a_picture_deleted_meanwhile_cannot_come_back_and_says_so(scene):
    place = scene([product("a", pictures=2)], [asset("fa", "a", 1)])
    old = place.shop.product_with("product-a").media[0]
    sync = place.run(place.select(link_mode="reset"))
    place.delete_file(old)
    back = place.undo(sync)
    assert place.assets_in("product-a") == ["product-a-1"]
    assert [str(line.reason) for line in part_of(back).changes.filter(change="skip")] == [
        "Somebody deleted the picture in Shopify; it cannot come back."
    ]


def test_retry_runs_only_what_failed(scene):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    place.world.faults.add(service="shopify", kind="media_fails", match="fa", code="IMAGE_PROCESSING_FAILURE")
    sync = place.run(place.select())
    written = len(place.mutations())
    again = place.retry(sync)
    assert [row.handle for row in part_of(again).products.all()] == ["product-a"]
    assert part_of(again).products.get().state == State.DONE
    assert len(place.mutations()) == written + 2
    assert place.assets_in("product-a") == ["fa"]


def test_retry_does_all_of_a_store_that_had_to_stop_before_its_plan(scene):
    """Beside one of which single products failed."""
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2), asset("x", "x")], stores=2)
    north, south = place.stores
    code = {"code": "IMAGE_PROCESSING_FAILURE", "store": north.domain}
    place.world.faults.add(service="shopify", kind="media_fails", match="fa", **code)
    place.world.faults.add(service="shopify", kind="http_402", store=south.domain, times=None)
    sync = place.run(place.select())
    place.meddle("DELETE", "/faults")
    Store.objects.update(status=Store.Status.CONNECTED)
    again = {part.store_id: part for part in place.retry(sync).parts.all()}
    handles = {pk: {row.handle for row in part.products.all()} for pk, part in again.items()}
    there = {one.handle for one in place.world.shops[south.domain].products.values()}
    assert handles == {north.pk: {"product-a"}, south.pk: there}
    skipped = {pk: part.changes.filter(change="skip").count() for pk, part in again.items()}
    assert skipped == {north.pk: 0, south.pk: 3 - len(there)}, "and tells of the assets that have no product there"
    assert there
    assert skipped[south.pk]


def test_alt_texts_that_were_overwritten_come_back(scene):
    place = scene([product("a")], [asset("front", "a", 1, context={"alt": "New"})])
    chosen = place.select()
    place.run(chosen)
    medium = place.shop.product_with("product-a").media[0]
    place.elsewhere("FileUpdate", files=[{"id": medium, "alt": "By hand"}])
    sync = place.run(place.select(alt_policy="overwrite"))
    assert place.shop.files[medium].alt == "New"
    place.undo(sync)
    assert place.shop.files[medium].alt == "By hand"


NAMES = ["p", "q", "r"]


@settings(max_examples=drawn(3, 48), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    mode=st.sampled_from(LinkMode),
    pictures=st.lists(st.sampled_from(["", "Old alt"]), max_size=4),
    incoming=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
    before=st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    shown_by=st.lists(st.integers(0, 3), max_size=3),
    wishes=st.booleans(),
    position=st.integers(1, 4),
)
def test_undo_of_any_mode_brings_back_any_gallery_exactly(
    scene, mode, pictures, incoming, before, shown_by, wishes, position
):
    there = [
        Picture(picture(at), f"old-{at}.jpg", alt, [v for v, shown in enumerate(shown_by) if shown == at])
        for at, alt in enumerate(pictures)
    ]
    sizes = tuple(Variant(f"V{at}", sku="a" if at == 0 else f"v{at}") for at in range(3))
    shelf = Product(handle="product-a", title="A", variants=sizes, pictures=there)
    place = scene([shelf], [asset(name, "a", at, context={"alt": f"Alt {name}"}) for at, name in enumerate(NAMES)])
    if before:
        place.run(place.select(*before))
    found = state_of(place, "product-a")
    chosen = place.select(
        *incoming, link_mode=mode.value, position=position, alt_policy="overwrite", variant_pictures=wishes
    )
    sync = place.run(chosen)
    if part_of(sync).products.get().state != State.UNCHANGED:
        place.undo(sync)
    assert state_of(place, "product-a") == found


def test_a_variants_picture_that_somebody_chose_since_stays(scene):
    sizes = (Variant("Red", sku="a"), Variant("Blue", sku="v"))
    there = [Picture(picture(at), f"old-{at}.jpg", "", [0, 1] if at == 0 else []) for at in range(3)]
    place = scene([Product(handle="product-a", title="A", variants=sizes, pictures=there)], [asset("new", "a", 9)])
    sync = place.run(place.select(link_mode="in_place"))
    red, blue = place.shop.product_with("product-a").variants
    old, chosen = (next(id for id, f in place.shop.files.items() if f.filename == f"old-{at}.jpg") for at in (0, 1))
    red.picture = chosen
    place.undo(sync)
    assert (red.picture, blue.picture) == (chosen, old)
