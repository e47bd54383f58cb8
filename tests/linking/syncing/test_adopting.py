"""Galleries that another tool has filled: what is there already is adopted, and comes back as it was by undo."""

import pytest

from linking.adopting import comparing, thumbnails
from linking.models import Link, MediumLook, ProductSync, StoreFile
from sandbox.catalog.records import Picture, Product
from tests import photos, pressing
from tests.scenes import Variant, asset, part_of

State = ProductSync.State


def shot(name: str, sku: str, seed: int, **known):
    return asset(name, sku, content=photos.photo(seed), **known)


def filled(sku: str, *pictures: tuple[bytes, str], alts: str = "Old") -> Product:
    """A product with these pictures: (content, file name)."""
    there = [Picture(content, name, alts) for content, name in pictures]
    return Product(handle=f"product-{sku}", title=f"Product {sku}", variants=(Variant(sku=sku),), pictures=there)


def foreign(place, handle: str) -> list[str]:
    return [name for name in place.gallery(handle) if "-al" not in name]


def uploaded(place) -> int:
    return sum(entry["mutation"] == "fileCreate" for entry in place.mutations())


def test_what_is_there_is_adopted_and_never_uploaded(scene):
    front, back = photos.photo(1), photos.photo(2)
    theirs = filled("a", (photos.encoded_again(front), "1.jpg"), (photos.resized(back, 450), "2.jpg"))
    place = scene([theirs], [shot("front", "a", 1), shot("back", "a", 2)])
    before = place.gallery("product-a")
    run = place.run(place.select("front", "back"))
    lines = part_of(run).changes.all()
    assert [(line.change, line.outcome, line.reason.code) for line in lines] == [
        ("keep", "done", "gallery.adopted"),
        ("keep", "done", "gallery.adopted"),
    ]
    assert place.gallery("product-a") == before
    assert not place.mutations()
    assert set(Link.objects.exclude(adopted="").values_list("name", flat=True)) == {"front", "back"}
    assert StoreFile.objects.filter(adopted=True, state="ready").count() == 2


def test_the_second_run_changes_nothing(scene):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1), shot("back", "a", 2)])
    place.run(place.select("front", "back"))
    assert len(place.gallery("product-a")) == 2
    written = len(place.mutations())
    again = place.run(place.select("front", "back"))
    assert part_of(again).products.get().state == State.UNCHANGED
    assert len(place.mutations()) == written


def test_in_a_mode_that_only_adds_an_adopted_picture_stays_where_somebody_put_it(scene):
    theirs = filled("a", (photos.photo(1), "1.jpg"), (photos.photo(9), "own.jpg"))
    place = scene([theirs], [shot("front", "a", 1), shot("back", "a", 2)])
    chosen = place.select("front", "back", link_mode="append")
    run = place.run(chosen)
    assert place.assets_in("product-a") == ["1", "own", "back"]
    kept = part_of(run).changes.get(asset_id=Link.objects.get(name="front").asset_id)
    assert (kept.change, kept.reason.code) == ("keep", "gallery.adopted")
    place.world.journal.clear()
    place.run(chosen)
    assert (place.mutations(), place.assets_in("product-a")) == ([], ["1", "own", "back"])


def test_an_adopted_picture_moves_where_the_mode_says_what_stands_where(scene):
    theirs = filled("a", (photos.photo(9), "own.jpg"), (photos.photo(1), "1.jpg"))
    place = scene([theirs], [shot("front", "a", 1), shot("back", "a", 2)])
    run = place.run(place.select("front", "back", link_mode="overwrite_and_add"))
    assert place.assets_in("product-a") == ["1", "back"]
    line = part_of(run).changes.get(asset_id=Link.objects.get(name="front").asset_id)
    assert (line.position_before, line.position_after, line.reason.code) == (2, 1, "gallery.adopted")
    place.undo(run)
    assert place.assets_in("product-a") == ["own", "1"]
    assert not Link.objects.exists()


def test_undo_gives_back_the_former_standing(scene):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1)])
    run = place.run(place.select())
    assert Link.objects.get().adopted
    back = place.undo(run)
    assert part_of(back).products.get().state == State.DONE
    assert [line.reason.code for line in part_of(back).changes.all()] == ["gallery.given_back"]
    assert not Link.objects.exists()
    assert not StoreFile.objects.filter(adopted=True).exists()
    assert place.gallery("product-a") == ["1.jpg"]
    again = place.undo(back)
    assert part_of(again).products.get().state == State.DONE
    assert Link.objects.get().adopted


@pytest.mark.parametrize("mode", ["append", "reset", "overwrite_and_add", "mirror"])
@pytest.mark.cases(2)
def test_no_mode_doubles_or_loses_what_is_adopted(scene, mode):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1)])
    for _ in range(2):
        place.run(place.select(link_mode=mode))
        assert place.gallery("product-a") == ["1.jpg"]


def test_a_mirror_leaves_what_it_did_not_bring(scene):
    """Adopted is not brought: a mirror of other assets takes away what AssetLink put there, and nothing else."""
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1), shot("back", "a", 2)])
    place.run(place.select("front", "back"))
    place.run(place.select("back", link_mode="mirror"))
    assert place.assets_in("product-a") == ["1", "back"]


def test_a_new_version_replaces_an_adopted_picture(scene):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1)])
    place.run(place.select())
    found = next(iter(place.world.environments[0].assets.values()))
    place.meddle("PUT", f"/world/assets/{found.asset_id}", {"redraw": True})
    run = place.run(place.select())
    assert [(line.change, line.reason.code) for line in part_of(run).changes.all()] == [
        ("replace", "gallery.new_version")
    ]
    assert place.assets_in("product-a") == ["front"]
    assert not Link.objects.get().adopted


def test_another_asset_of_the_same_picture_is_brought(scene):
    """Nothing like it stands in its own gallery, whatever another one has."""
    theirs = [filled("a", (photos.photo(1), "1.jpg")), filled("b")]
    place = scene(theirs, [shot("front", "a", 1), shot("again", "b", 1)])
    place.run(place.select())
    assert place.gallery("product-a") == ["1.jpg"]
    assert place.assets_in("product-b") == ["again"]


def test_each_product_may_have_a_file_of_its_own(scene):
    """Another tool uploads a picture once for every product; the ledger knows each as the one asset."""
    theirs = [
        Product(
            handle=f"p-{at}",
            title="Same",
            variants=(Variant(sku="a"),),
            pictures=[Picture(photos.photo(1), f"{at}.jpg")],
        )
        for at in range(2)
    ]
    place = scene(theirs, [shot("front", "a", 1)])
    selection = place.select()
    selection.arrangements.create(
        keying=str(selection.keying),
        key="a",
        picks={str(place.stores[0].pk): [place.shop.product_with(f"p-{at}").id for at in range(2)]},
    )
    run = place.run(selection)
    assert Link.objects.exclude(adopted="").count() == 2, list(part_of(run).changes.values_list("change", "reason"))
    assert StoreFile.objects.filter(adopted=True).count() == 1
    assert not uploaded(place)


def test_a_failed_look_adopts_nothing(scene, monkeypatch):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1)])
    monkeypatch.setattr("linking.adopting.thumbnails.MOST_BYTES", 10)
    run = place.run(place.select())
    assert place.assets_in("product-a") == ["1", "front"]
    assert [line.reason.code for line in part_of(run).changes.all()] == ["gallery.not_compared"]


def test_what_there_was_no_time_for_is_said(scene, monkeypatch):
    monkeypatch.setattr(comparing, "LOOKING", 0)
    place = scene([filled("a", (photos.photo(1), "1.jpg")), filled("b")], [shot("front", "a", 1), shot("back", "b", 2)])
    run = place.run(place.select(), dry_run=True)
    said = {line.name: line.reason.code for line in part_of(run).changes.all()}
    assert said == {"front": "gallery.not_compared", "back": ""}


def test_what_there_was_time_for_counts(scene, monkeypatch):
    """Both sides of a gallery are fetched before those of the next one."""
    monkeypatch.setattr(comparing, "SOME", 2)
    skus = ["a", "b", "c"]
    theirs = [filled(sku, (photos.photo(at), f"{at}.jpg")) for at, sku in enumerate(skus)]
    place = scene(theirs, [shot(f"shot {at}", sku, at) for at, sku in enumerate(skus)])
    real, turns = thumbnails.fetched, []

    def once(addresses, hosts, *, until, pause):
        turns.append(len(addresses))
        return real(addresses, hosts, until=until if len(turns) == 1 else 0, pause=pause)

    monkeypatch.setattr(thumbnails, "fetched", once)
    place.run(place.select())
    assert turns == [2, 2, 2]
    assert Link.objects.exclude(adopted="").count() == 1


def test_what_is_known_is_not_asked_or_fetched_again(scene):
    place = scene([filled("a", (photos.photo(1), "1.jpg"), (photos.photo(5), "5.jpg"))], [shot("front", "a", 1)])
    first = place.run(place.select(), dry_run=True)
    kept = list(MediumLook.objects.values_list("pk", "seen"))
    second = place.run(place.select(), dry_run=True)
    assert part_of(second).requests == part_of(first).requests - 1
    assert list(MediumLook.objects.values_list("pk", "seen")) == kept


def test_galleries_of_ours_cost_nothing(scene):
    place = scene([filled("a")], [shot("front", "a", 1), shot("back", "a", 2)])
    place.run(place.select("front"))
    place.run(place.select("front", "back"), dry_run=True)
    assert not MediumLook.objects.exists()


def test_a_plan_that_was_shown_is_refused_where_the_picture_has_left(scene):
    place = scene([filled("a", (photos.photo(1), "1.jpg"), (photos.photo(5), "5.jpg"))], [shot("front", "a", 1)])
    shown = place.run(place.select(), dry_run=True)
    place.delete_file(place.shop.product_with("product-a").media[0])
    place.apply(shown)
    assert part_of(shown).products.get().state == State.REFUSED
    assert not Link.objects.exists()


def test_unlinking_takes_an_adopted_picture_out_and_undo_brings_it_back_adopted(scene):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1)])
    place.run(place.select())
    gone = place.apply(place.finish(pressing.unlink(place.member, list(Link.objects.all()), "out")))
    assert place.gallery("product-a") == []
    assert not Link.objects.exists()
    place.undo(gone)
    assert place.gallery("product-a") == ["1.jpg"]
    assert Link.objects.get().adopted
