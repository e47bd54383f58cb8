"""An adopted file is ours as long as a link says so: where the last gallery that adopted it gives it back, it is foreign again,
wherever else it stands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linking.links import checking
from linking.models import ChangeRow, Link, StoreFile
from linking.syncing import adopting
from sandbox.catalog.records import Picture, Product
from setup.security.actors import Actor
from tests import photos, pressing
from tests.scenes import Variant, asset, part_of


def shelf(*skus: str, filled: str = "p-0") -> list[Product]:
    """Products p-0, p-1 … of these SKUs; that with the handle `filled` has the picture already."""
    return [
        Product(
            handle=f"p-{at}",
            title=f"Product {at}",
            variants=(Variant(sku=sku),),
            pictures=[Picture(photos.photo(1), "1.jpg")] if filled == f"p-{at}" else [],
        )
        for at, sku in enumerate(skus)
    ]


def front():
    return asset("front", "a", content=photos.photo(1))


def both(place):
    """One asset into both products."""
    selection = place.select()
    picks = {str(place.stores[0].pk): [place.shop.product_with(f"p-{at}").id for at in range(2)]}
    selection.arrangements.create(keying=str(selection.keying), key="a", picks=picks)
    return selection


def add_anyway(place, selection, token="anyway"):
    """A plan that adopts nothing, applied."""
    run = pressing.link(selection, token, dry_run=True)
    run.arrangement = {**run.arrangement, "adopt": {"every": "none", "but": []}}
    run.save(update_fields=["arrangement"])
    return place.apply(place.finish(run))


def redraw(place):
    found = next(iter(place.world.environments[0].assets.values()))
    place.meddle("PUT", f"/world/assets/{found.asset_id}", {"redraw": True})


@pytest.mark.parametrize("filled", ["p-0", "p-1"])
@pytest.mark.cases(1)
def test_undo_of_a_run_gives_back_a_file_that_went_into_another_gallery(scene, filled):
    place = scene(shelf("a", "a", filled=filled), [front()])
    run = place.run(both(place))
    assert {len(place.gallery(f"p-{at}")) for at in range(2)} == {1}
    assert StoreFile.objects.get().adopted
    place.undo(run)
    assert not Link.objects.exists()
    assert not StoreFile.objects.filter(adopted=True).exists()


@pytest.mark.parametrize("adopted_first", [True, False])
@pytest.mark.cases(1)
def test_undo_product_by_product_gives_it_back(scene, adopted_first):
    place = scene(shelf("a", "a"), [front()])
    run = place.run(both(place))
    rows = sorted(part_of(run).products.all(), key=lambda row: bool(row.lookalikes) != adopted_first)
    for row in rows:
        place.undo(run, only=[[place.stores[0].pk, row.product_id]])
    assert (place.gallery("p-0"), place.gallery("p-1")) == (["1.jpg"], [])
    assert not StoreFile.objects.filter(adopted=True).exists()


def test_two_runs_undone_give_it_back(scene):
    """The first adopts it in one gallery, the second puts it into another."""
    place = scene(shelf("a", "b"), [front()])
    one = place.run(place.select())
    next(iter(place.world.environments[0].assets.values())).metadata["sku"] = "b"
    two = place.run(place.select())
    assert place.gallery("p-1") == ["1.jpg"]
    place.undo(one)
    assert not StoreFile.objects.filter(adopted=True).exists()
    assert Link.objects.get().product_id == place.shop.product_with("p-1").id
    place.undo(two)
    assert (place.gallery("p-0"), place.gallery("p-1")) == (["1.jpg"], [])


def test_a_new_version_after_undo_leaves_the_merchants_picture(scene):
    place = scene(shelf("a", "a"), [front()])
    place.undo(place.run(both(place)))
    redraw(place)
    add_anyway(place, both(place))
    assert place.assets_in("p-0") == ["1", "front"]
    assert place.assets_in("p-1") == ["front"]


def test_add_anyway_after_undo_brings_a_file_of_our_own(scene):
    place = scene(shelf("a", "a"), [front()])
    place.undo(place.run(both(place)))
    add_anyway(place, both(place))
    assert place.assets_in("p-0") == ["1", "front"]
    assert place.assets_in("p-1") == ["front"]


def test_the_same_file_in_a_gallery_that_never_adopted_it_is_the_merchants(scene):
    place = scene(shelf("a", "b"), [front()])
    theirs, other = place.shop.product_with("p-0"), place.shop.product_with("p-1")
    other.media.append(theirs.media[0])
    place.run(place.select())
    redraw(place)
    next(iter(place.world.environments[0].assets.values())).metadata["sku"] = "b"
    place.run(place.select())
    assert place.assets_in("p-1") == ["1", "front"]


def test_a_file_that_stood_in_the_gallery_all_the_while_is_adopted_and_not_brought(scene):
    """It cannot be added twice; a mirror leaves what it did not bring."""
    place = scene(shelf("a", "b"), [front()])
    place.shop.product_with("p-1").media.append(place.shop.product_with("p-0").media[0])
    place.run(place.select())
    next(iter(place.world.environments[0].assets.values())).metadata["sku"] = "b"
    add_anyway(place, place.select())
    assert place.gallery("p-1") == ["1.jpg"]
    assert Link.objects.get(product_id=place.shop.product_with("p-1").id).adopted


def test_what_was_taken_over_and_never_linked_is_not_ours_in_the_next_plan(scene):
    place = scene(shelf("a", "a"), [front()])
    run = place.run(both(place), dry_run=True)
    mark, medium = part_of(run).changes.get(change="add").file.mark, place.shop.product_with("p-0").media[0]
    adopting._take(part_of(run), {mark: medium})
    assert StoreFile.objects.get().adopted
    add_anyway(place, both(place))
    assert place.assets_in("p-0") == ["1", "front"]
    assert place.assets_in("p-1") == ["front"]


def test_forgotten_links_give_their_files_back(scene):
    place = scene(shelf("a"), [front()])
    place.run(place.select())
    Link.objects.update(gone=Link.Gone.GALLERY)
    checking.forget_gone(Actor(place.member))
    assert not StoreFile.objects.filter(adopted=True).exists()


def test_adopting_and_giving_back_cost_no_statement_a_picture(scene):
    counts = {}
    for many in (4, 12):
        skus = [f"s{many}-{at}" for at in range(many)]
        theirs = [
            Product(
                handle=f"p{many}-{at}",
                title=sku,
                variants=(Variant(sku=sku),),
                pictures=[Picture(photos.photo(at), f"{at}.jpg")],
            )
            for at, sku in enumerate(skus)
        ]
        place = scene(theirs, [asset(sku, sku, content=photos.photo(at)) for at, sku in enumerate(skus)])
        run = pressing.link(place.select(), f"run {many}", dry_run=False)
        with CaptureQueriesContext(connection) as there:
            place.finish(run)
        assert Link.objects.filter(store=place.stores[0]).exclude(adopted="").count() == many
        back = place.finish(pressing.undo(run, place.member, f"back {many}"))
        with CaptureQueriesContext(connection) as gone:
            place.apply(back)
        assert ChangeRow.objects.filter(part=part_of(back), outcome="done").count() == many
        counts[many] = (written(there), written(gone))
    assert counts[4] == counts[12]


def written(seen: CaptureQueriesContext) -> int:
    """Statements that change files or links."""
    names = ('UPDATE "linking_storefile"', 'DELETE FROM "linking_link"', 'DELETE FROM "linking_storefile"')
    return sum(any(name in one["sql"] for name in names) for one in seen.captured_queries)


def test_what_was_adopted_and_deleted_since_is_brought_like_any_other_file_wherever_it_comes(scene):
    place = scene(shelf("a", "b"), [asset("front", "a", content=photos.photo(1))])
    front = next(iter(place.world.environments[0].assets.values()))
    place.run(place.select("front"))
    place.delete_file(Link.objects.exclude(adopted="").get().medium_id)
    for sku, handle in (("b", "p-1"), ("a", "p-0")):
        front.metadata["sku"] = sku
        place.run(place.select("front"))
        assert place.assets_in(handle) == ["front"]
    assert not Link.objects.exclude(adopted="").exists()
    assert not StoreFile.objects.filter(adopted=True).exists()
