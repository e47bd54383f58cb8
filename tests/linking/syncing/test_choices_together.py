"""Everything that people choose by hand, in one run of two stores: chosen, bounded, ordered, named, adopted, and another mode
in one of the stores. What is shown is done and reported, a second run writes nothing, and undo brings back what there was."""

from collections import Counter

import pytest

from linking.models import Link, Selection
from linking.reporting.rows import lines_of
from tests import photos
from tests.linking.matching.by_hand import entered, send
from tests.linking.syncing.test_adopting import filled, shot
from tests.linking.syncing.test_stores_that_differ import planned
from tests.scenes import asset, product


@pytest.fixture
def place(client, scene):
    shelf = [
        product("oak", title="Öak Chair", pictures=1),
        product("elm", title="Elm table"),  # one store has not got it
        filled("cup", (photos.encoded_again(photos.photo(1)), "1.jpg"), (photos.photo(7), "own.jpg")),
        product("draft", status="DRAFT", pictures=1),  # nor the other this one
    ]
    pictures = [asset(name, "oak", at, metadata={"sequence": at}) for at, name in enumerate(("f1", "f2"), 1)]
    pictures += [asset("d1", "draft", 3), asset("l1", "lost", 4), shot("c1", "cup", 1)]
    found = scene(shelf, pictures, stores=2)
    found.environment.file_name_template = "{product.title} {position}"
    found.environment.save()
    own = {str(found.stores[1].pk): {"link_mode": "prepend"}}
    order = {"order_field": "metadata:sequence", "order_descending": True}
    entered(client, found, bound={"status": ["ACTIVE"]}, store_settings=own, **order)
    send(client, found, "choose", "lost", "product-elm")
    return found


def galleries(place) -> list[dict[str, list[str]]]:
    """Of each store, by handle, what its pictures are called without our marks."""
    shops = [place.world.shops[store.domain] for store in place.stores]
    return [
        {
            one.handle: [shop.files[id].filename.split("-al")[0].removesuffix(".jpg") for id in one.media]
            for one in shop.products.values()
        }
        for shop in shops
    ]


def test_all_choices_meet_in_one_run_of_two_stores(place):
    before, chosen = galleries(place), Selection.objects.get()
    shown = place.run(chosen, dry_run=True)
    plan = planned(shown)
    assert galleries(place) == before
    assert not place.mutations()
    done = place.apply(shown)
    assert planned(done) == plan
    first = {"product-oak": ["product-oak-0", "oeak-chair-1", "oeak-chair-2"], "product-elm": ["elm-table-1"]}
    second = {"product-oak": ["oeak-chair-1", "oeak-chair-2", "product-oak-0"], "product-draft": ["product-draft-0"]}
    assert galleries(place) == [{"product-cup": ["1", "own"]} | one for one in (first, second)]
    said = Counter((line.asset, line.reason) for line in lines_of(done) if line.reason)
    assert said["l1", "Chosen by hand."] == 1
    assert said["c1", "Adopted: it was there already."] == 2
    assert sum(n for (name, why), n in said.items() if name == "d1" and "outside of the chosen products" in why) == 1
    written = len(place.mutations())
    again = place.run(Selection.objects.get())
    assert {line.outcome for line in lines_of(again) if line.product and line.asset != "d1"} == {"unchanged"}
    assert len(place.mutations()) == written
    place.undo(done)
    assert galleries(place) == before
    assert not Link.objects.exists()
