"""Products that a person looks for in a store, to choose one for a group."""

import re
import unicodedata
from urllib.parse import unquote

import pytest

from linking.matching import looking
from linking.models import GroupArrangement
from tests.linking.matching.by_hand import entered, found, gid, ids_in, lost_and_oak, popover, send
from tests.linking.visits import text_of
from tests.scenes import asset, product
from tests.tiers import product_of

ODD = [
    '"',
    "\\",
    "a:b",
    "oak*",
    "* *",
    "🙂 oak",
    "O'Neill",
    "(oak",
    "oak OR elm)",
    "-oak",
    "title:",
    "a" * 2000,
]


@pytest.fixture
def place(client, scene):
    return lost_and_oak(client, scene)


@pytest.fixture
def asked(monkeypatch):
    """The doors to stores that were opened, each with what it spent."""
    doors, kept = [], looking.client_of
    monkeypatch.setattr(looking, "client_of", lambda store: doors.append(kept(store)) or doors[-1])
    return doors


@pytest.mark.parametrize(("kept", "typed"), product_of(["NFC", "NFD"], ["Café", "café cha", "cha café"]))
def test_a_title_is_found_however_it_is_composed(scene, kept, typed):
    place = scene([product("a", title=unicodedata.normalize(kept, "Café chair")), product("b")], [])
    page = looking.look(place.stores[0], typed).page
    assert [found.card.handle for found in page.products] == ["product-a"]


def test_a_product_is_found_by_title_code_handle_and_address(client, place):
    wanted, store = gid(place, "product-elm"), place.stores[0]
    addresses = [wanted, store.product_admin_url(wanted), "https://north.example/de/products/product-elm?variant=3"]
    for typed in ("elm", "Elm ta", "table elm", "product-elm", "ELM", *addresses):
        assert ids_in(found(client, place, typed)) == [wanted], typed


def test_what_was_found_shows_its_gallery_its_code_and_how_many_there_are(client, place):
    page = found(client, place, "oak")
    assert page.content.decode().count("<img") == 2  # of three pictures
    text = text_of(page)
    assert "Oak chair" in text
    assert "product-oak · oak" in text
    assert 'data-announce="1 product found"' in page.content.decode()


@pytest.mark.parametrize("typed", ODD)
@pytest.mark.cases(4)
def test_whatever_is_typed_is_answered(client, place, typed):
    answer = found(client, place, typed)
    assert answer.status_code == 200
    assert len(answer.content) < 20_000


def test_of_an_address_of_another_store_that_is_said_and_nobody_is_asked(client, place, asked):
    other = f"https://{place.stores[1].domain}/products/product-elm"
    assert f"address of {place.stores[1].domain}, which is another store" in text_of(found(client, place, other))
    assert asked == []


def test_nothing_found_and_too_little_typed_say_so(client, place):
    assert "No product of North fits “zebra”." in text_of(found(client, place, "zebra"))
    assert "at least two" in text_of(found(client, place, "o"))
    assert text_of(found(client, place, " ")).strip() == ""


def test_more_products_than_one_answer_holds_come_page_by_page(client, scene):
    place = entered(
        client, scene([product(f"s{at}", title=f"Lamp shade {at}") for at in range(9)], [asset("a", "lost")])
    )
    first = found(client, place, "lamp shade")
    after = unquote(re.search(r"after=([^&\"]+)", first.content.decode())[1])
    second = found(client, place, "lamp shade", after=after)
    both = [*ids_in(first), *ids_in(second)]
    assert (len(ids_in(first)), len(set(both)), len(both)) == (7, 9, 9)
    assert "data-announce" not in second.content.decode()


@pytest.mark.parametrize("typed", ["oak", "oak chair", "/products/product-oak"])
@pytest.mark.cases(2)
def test_one_request_of_at_most_twenty_points_answers_what_is_typed(client, place, typed, asked):
    ids_in(found(client, place, typed))
    [used] = asked
    assert used.spent.requests == 1
    assert max(used.pace.asked.values()) <= 20


@pytest.mark.parametrize(
    ("kind", "known", "said"),
    [
        ("throttled", {}, "busy"),
        ("http_503", {}, "busy"),
        ("http_401", {}, ""),
    ],
)
@pytest.mark.cases(2)
def test_a_store_that_does_not_answer_says_so_and_the_page_goes_on(client, place, kind, known, said):
    place.world.faults.add(service="shopify", kind=kind, times=None, **known)
    answer = found(client, place, "oak")
    assert (answer.status_code, "Try again" in text_of(answer)) == (200, True)
    assert said in text_of(answer)
    refused = send(client, place, "choose", "lost", "product-oak")
    assert (refused.status_code, refused["HX-Retarget"]) == (200, f"#find-note-{place.stores[0].pk}")
    assert not GroupArrangement.objects.exists()


def test_a_store_that_was_disconnected_meanwhile_is_not_asked(client, place):
    type(place.stores[0]).objects.filter(pk=place.stores[0].pk).update(status="disconnected")
    assert "Try again" in text_of(found(client, place, "oak"))
    assert send(client, place, "choose", "lost", "product-oak").status_code == 200
    assert not GroupArrangement.objects.exists()


def test_without_a_ticked_store_there_is_nothing_to_look_in(client, place):
    place.selection.stores.clear()
    assert found(client, place, "oak").status_code == 404
    assert "Tick a store first." in popover(client, place, "lost")
