"""The door to a store, over HTTP: what it waits out, what it repeats, what it reports, and in which words."""

import pytest

from linking.shopify import files
from linking.shopify.files import NewFile
from setup.models import Store
from setup.shopify.client import ShopifyClient
from setup.shopify.connection import CONNECTION, check
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import Document
from tests.processes import wait_until
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("front", "a")])


def client_of(place, **known) -> ShopifyClient:
    waits = known.setdefault("waits", [])
    return ShopifyClient(place.stores[0], pause=lambda seconds, reason: waits.append((seconds, reason)))


def fault(place, kind: str, **known) -> None:
    place.world.faults.add(service="shopify", kind=kind, **known)


def refusal(client: ShopifyClient, document: Document = CONNECTION, **variables) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        client.run(document, **variables)
    return caught.value


def a_write(place) -> dict:
    picture = next(iter(place.world.environments[0].assets.values()))
    base = place.world.environments[0].delivery_base
    url = f"{base}/{place.environment.cloud_name}/image/upload/f_jpg/v{picture.version}/{picture.public_id}.jpg"
    return {"files": [{"originalSource": url, "filename": "front.jpg", "contentType": "IMAGE"}]}


def test_a_store_tells_who_it_is(place):
    store = check(Store.objects.get())
    assert (store.name, store.plan != "") == ("North", True)
    assert {"write_files", "write_products"} <= set(store.scopes)


def test_every_call_is_counted_with_what_it_cost(place):
    client = client_of(place)
    client.run(CONNECTION)
    assert (client.spent.requests, client.spent.mutations) == (1, 0)
    assert client.spent.points >= 1


def test_throttling_is_waited_out_and_never_raised(place):
    waits = []
    fault(place, "throttled", times=7)
    client = client_of(place, waits=waits)
    assert client.run(CONNECTION)["shop"]["name"] == "North"
    assert client.spent.throttled == 7
    assert len(waits) >= 7


def test_429_is_waited_out_as_long_as_it_asks(place):
    waits = []
    fault(place, "http_429", times=6)
    client_of(place, waits=waits).run(CONNECTION)
    assert [seconds for seconds, _ in waits] == [2.0] * 6


def test_a_call_is_held_back_until_the_bucket_holds_its_cost(place):
    waits = []
    client = client_of(place, waits=waits)
    client.run(CONNECTION)
    client.pace.available, client.pace.asked["Connection"] = 0.0, 500.0
    client.run(CONNECTION)
    [(seconds, reason)] = waits
    assert 0 < seconds <= 500 / client.pace.rate
    assert "limit" in str(reason)


@pytest.mark.parametrize("kind", ["http_500", "http_502", "http_503", "internal_error", "reset", "lost_answer"])
def test_a_read_is_repeated_after(place, kind):
    fault(place, kind, times=2)
    assert client_of(place).run(CONNECTION)["shop"]["name"] == "North"


def test_a_read_that_never_succeeds_is_given_up_for_later(place):
    fault(place, "http_503", times=None)
    assert refusal(client_of(place)).remedy == Remedy.LATER


@pytest.mark.parametrize(
    "kind", ["http_502", "error_after", "internal_error", "internal_error_after", "reset", "lost_answer"]
)
def test_a_write_of_unknown_outcome_is_never_repeated(place, kind):
    fault(place, kind, times=1, operation="fileCreate")
    error = refusal(client_of(place), files.CREATE, **a_write(place))
    assert error.remedy == Remedy.LOOK
    done = kind in ("error_after", "internal_error_after", "lost_answer")
    assert len(place.mutations()) == int(done)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("http_401", "access token"), ("http_402", "frozen"), ("http_403", "does not let"), ("http_423", "locked")],
)
def test_a_store_that_refuses_twice_is_stopped_with_what_to_do(place, kind, words):
    fault(place, kind, times=2)
    error = refusal(client_of(place))
    assert error.remedy == Remedy.STOP_STORE
    assert words in error.text


@pytest.mark.parametrize("kind", ["http_401", "http_402", "http_403", "http_404", "http_423"])
def test_a_single_refusal_stops_nothing(place, kind):
    waits = []
    fault(place, kind)
    client = client_of(place, waits=waits)
    assert client.run(CONNECTION)["shop"]["name"] == "North"
    [(seconds, _)] = waits
    assert 1 <= seconds <= 2


def test_a_dead_token_stops_the_store(place):
    place.stores[0].access_token = "shpat_dead"
    place.stores[0].save()
    place.stores[0].refresh_from_db()
    assert refusal(client_of(place)).remedy == Remedy.STOP_STORE


def test_a_missing_scope_is_named(place):
    place.shop.scopes -= {"write_files", "read_files"}
    error = refusal(client_of(place), files.CREATE, **a_write(place))
    assert error.remedy == Remedy.STOP_STORE
    with pytest.raises(ShopifyError, match="write_files"):
        check(place.stores[0])


def test_a_wrong_document_is_given_up_with_shopifys_words(place):
    error = refusal(client_of(place), Document("Wrong", "query Wrong { shop { nome } }"))
    assert error.remedy == Remedy.GIVE_UP
    assert "nome" in error.text


def test_a_search_by_a_field_that_shopify_does_not_know_is_an_error_and_not_everything(place):
    wrong = Document("Wrong", "query Wrong($query: String!) { products(first: 5, query: $query) { nodes { id } } }")
    assert refusal(client_of(place), wrong, query="colour:red").code == "search_warning"


def test_a_guard_keeps_a_write_in(place):
    def stop():
        raise RuntimeError("not now")

    client = ShopifyClient(place.stores[0], guard=stop)
    client.run(CONNECTION)
    with pytest.raises(RuntimeError):
        client.run(files.CREATE, **a_write(place))
    assert place.mutations() == []


def test_two_stores_on_one_connection_pool_never_mix(scene):
    from concurrent.futures import ThreadPoolExecutor

    place = scene([product("a")], [], stores=2)
    clients = {store.name: ShopifyClient(store) for store in place.stores}

    def who(at: int) -> bool:
        name = ["North", "South"][at % 2]
        return clients[name].run(CONNECTION)["shop"]["name"] == name

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(who, range(100)))


MARK = "al0123456789ab-01234567"
NAME = f"front-{MARK}.jpg"


def test_a_taken_file_name_is_refused_and_the_file_is_found_by_its_name(place):
    client, url = client_of(place), a_write(place)["files"][0]["originalSource"]
    [first] = files.create(client, [NewFile(NAME, url)]).ids
    [refused] = files.create(client, [NewFile(NAME, url)]).refusals
    assert refused.name_taken
    wait_until(lambda: files.states(client, [first])[first].status == "READY")
    place.world.forward += 10
    assert files.by_mark(client, {MARK: NAME}).found[MARK].id == first
