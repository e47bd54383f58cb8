"""Bulk queries, over HTTP: waiting for their turn and their end, and fetching what they read from the right place only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from linking.domain.fields import ShopifyField
from linking.shopify import bulk
from linking.shopify.catalog import bulk_query
from setup.models import Store
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from tests.peer import Answer, Peer, good
from tests.scenes import Metafield, product
from tests.servers import listening

SKUS = bulk_query(ShopifyField.parse("sku"))


@pytest.fixture
def place(scene):
    found = scene([product("a", title="Chair / oak \\ ash"), product("b")])
    found.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    return found


def read(client: ShopifyClient, query: str = SKUS) -> list[dict]:
    url = bulk.await_end(client, bulk.start(client, query), lambda count: None)
    with bulk.result(client.store, url) as objects:
        return list(objects)


def refused(call: Callable[[], object]) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        call()
    return caught.value


def test_a_catalog_is_read_with_its_children_named_after_their_parents(place):
    found = read(ShopifyClient(place.stores[0]))
    parents = {node["id"]: node["handle"] for node in found if "__parentId" not in node}
    children = {node["sku"]: parents[node["__parentId"]] for node in found if "__parentId" in node}
    assert children == {"a": "product-a", "b": "product-b"}


def test_slashes_and_backslashes_come_as_they_are(place):
    titles = [node.get("handle") and node["title"] for node in read(ShopifyClient(place.stores[0]))]
    assert "Chair / oak \\ ash" in titles


def test_a_metafield_is_named_in_the_query_itself(scene):
    fields = [Metafield("custom", "code", "single_line_text_field")]
    place = scene([product("a", metafields={("custom", "code"): ("single_line_text_field", "C1")})], metafields=fields)
    [found] = read(ShopifyClient(place.stores[0]), bulk_query(ShopifyField.parse("metafield:custom.code")))
    assert found["metafield"]["value"] == "C1"


def test_a_store_without_products_has_no_result_and_that_is_no_error(scene):
    assert read(ShopifyClient(scene().stores[0])) == []


def test_a_bulk_query_waits_while_five_others_run(place):
    place.world.settings.change({"bulk_seconds": [1.0, 1.0]})
    client, reported = ShopifyClient(place.stores[0]), []
    others = [bulk.start(client, SKUS) for _ in range(5)]
    sixth = bulk.start(client, SKUS, waiting=reported.append)
    assert sixth not in others
    assert set(reported) == {bulk.OTHERS_RUN}


def test_progress_is_reported_at_every_look_and_the_pauses_grow(place):
    place.world.settings.change({"bulk_seconds": [2.0, 2.0]})
    pauses, counts = [], []

    def pause(seconds: float, reason: str) -> None:
        pauses.append(seconds)
        place.world.forward += seconds

    client = ShopifyClient(place.stores[0], pause=pause)
    bulk.await_end(client, bulk.start(client, SKUS), counts.append)
    assert (counts[0], counts[-1]) == (0, 4)
    assert len(pauses) >= 3
    assert pauses == sorted(set(pauses))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("INTERNAL_SERVER_ERROR", Remedy.GIVE_UP),
        ("TIMEOUT", Remedy.GIVE_UP),
        ("ACCESS_DENIED", Remedy.GIVE_UP),
    ],
)
def test_a_partial_result_counts_for_nothing(place, code, remedy):
    place.world.faults.add(service="shopify", kind="bulk_fails", code=code)
    client = ShopifyClient(place.stores[0])
    id = bulk.start(client, SKUS)
    error = refused(lambda: bulk.await_end(client, id, lambda count: None))
    assert (error.remedy, error.code) == (remedy, code)
    assert f"broke off reading the catalog ({code})" in error.text
    assert place.shop.bulk_operations[id].content  # there was a part of it


def test_one_that_was_cancelled_by_somebody_says_so(place):
    place.world.settings.change({"bulk_seconds": [30.0, 30.0]})
    client = ShopifyClient(place.stores[0])
    id = bulk.start(client, SKUS)
    bulk.cancel(client, id)
    error = refused(lambda: bulk.await_end(client, id, lambda count: None))
    assert (error.code, error.reason) == ("CANCELED", bulk.CANCELED)


def test_one_that_has_ended_can_be_cancelled_without_an_error(place):
    client = ShopifyClient(place.stores[0])
    id = bulk.start(client, SKUS)
    bulk.await_end(client, id, lambda count: None)
    bulk.cancel(client, id)
    bulk.cancel(client, "gid://shopify/BulkOperation/999")


def test_one_that_shopify_no_longer_knows_is_reported(place):
    client = ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)
    error = refused(lambda: bulk.await_end(client, "gid://shopify/BulkOperation/999", lambda count: None))
    assert error.reason == bulk.LOST


def status(**known: object) -> Answer:
    row = {"id": "1", "status": "COMPLETED", "errorCode": None, "objectCount": "5", "url": "https://x.shopify.com/1"}
    return good({"bulkOperation": row | known})


UNSEEN = good({"bulkOperation": None})


def awaited(peer: Peer) -> str:
    return bulk.await_end(peer.client(), "1", lambda count: None)


@pytest.mark.parametrize(
    "odd",
    [
        UNSEEN,
        status(status=None),
        status(status="NEWLY_INVENTED"),
        status(url=None),
        status(url=None, objectCount=None),
    ],
    ids=["null", "no status", "another status", "no file", "no file and no count"],
)
def test_an_operation_that_is_not_wholly_shown_is_looked_at_again(peer, odd):
    peer.answers(odd, odd, status(status="RUNNING", url=None), odd, status())
    assert awaited(peer) == "https://x.shopify.com/1"
    peer.answers(odd)
    assert refused(lambda: awaited(peer)).remedy == Remedy.GIVE_UP
    assert len(peer.asked) == bulk.BLIND_LOOKS


def test_no_file_is_an_empty_catalog_only_if_no_objects_were_read(peer):
    peer.answers(status(url=None, objectCount="0"))
    assert awaited(peer) == ""


@pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
def test_a_start_waits_for_its_turn_whatever_the_limit_is_called(peer, code):
    full = {"bulkOperation": None, "userErrors": [{"field": None, "message": "Full.", "code": code}]}
    begun = {"bulkOperation": {"id": "1", "status": "CREATED"}, "userErrors": None}
    reported = []
    peer.answers(*[good({"bulkOperationRunQuery": full})] * 3, good({"bulkOperationRunQuery": begun}))
    assert bulk.start(peer.client(), SKUS, waiting=reported.append) == "1"
    assert reported == [bulk.OTHERS_RUN] * 3


def test_a_start_that_is_never_answered_is_for_later(peer):
    nothing = good({"bulkOperations": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    peer.answers(lambda asked: nothing if asked.name == "BulkOperations" else Answer(b"", 502))
    assert refused(lambda: bulk.start(peer.client(), SKUS)).remedy == Remedy.LATER
    assert peer.names.count("BulkQuery") == bulk.TRIES


def test_a_result_is_gone_after_a_week(place):
    client = ShopifyClient(place.stores[0])
    id = bulk.start(client, SKUS)
    bulk.await_end(client, id, lambda count: None)
    place.world.forward += 8 * 24 * 3600
    assert refused(lambda: bulk.await_end(client, id, lambda count: None)).code == "EXPIRED"


@pytest.mark.parametrize("kind", ["lost_answer", "error_after", "http_503"])
def test_a_start_that_was_not_answered_is_asked_for_again(place, kind):
    place.world.faults.add(service="shopify", kind=kind, operation="bulkOperationRunQuery")
    client = ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)
    assert bulk.look(client, bulk.start(client, SKUS))


@pytest.mark.parametrize("kind", ["lost_answer", "error_after", "internal_error_after"])
def test_an_operation_whose_start_was_not_answered_is_found_again(place, kind):
    place.world.settings.change({"bulk_seconds": [30.0, 30.0]})
    place.world.faults.add(service="shopify", kind=kind, operation="bulkOperationRunQuery")
    client = ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)
    assert [bulk.start(client, SKUS)] == list(place.shop.bulk_operations)


def test_an_operation_of_somebody_else_is_not_taken_for_ours(place):
    place.world.settings.change({"bulk_seconds": [30.0, 30.0]})
    client = ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)
    theirs, other = bulk.start(client, SKUS), bulk.start(client, bulk_query(ShopifyField.parse("title")))
    place.world.faults.add(service="shopify", kind="reset", operation="bulkOperationRunQuery")
    assert bulk.start(client, SKUS, taken=lambda: {theirs}) not in (theirs, other)


def test_a_query_that_shopify_refuses_is_an_error(place):
    error = refused(lambda: bulk.start(ShopifyClient(place.stores[0]), "{ shop { name } }"))
    assert "must contain at least one connection" in error.text


@pytest.mark.parametrize(
    "url",
    [
        "https://storage.googleapis.com/shopify-tiers/bulk-1.jsonl?GoogleAccessId=x",
        "https://files.shopify.com/bulk-1.jsonl",
    ],
)
def test_results_are_fetched_from_shopifys_storage(url):
    assert bulk.trusted(Store(domain="s.myshopify.com"), url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.googleapis.com/x.jsonl",
        "https://storage.googleapis.com:8443/x.jsonl",
        "https://storage.googleapis.com@127.0.0.1/x.jsonl",
        "https://evil.example\\.shopify.com/x.jsonl",
        "https://evilshopify.com/x.jsonl",
        "https://storage.googleapis.com.evil.example/x.jsonl",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:6379/",
        "file:///etc/passwd",
        "",
    ],
)
def test_results_are_fetched_from_nowhere_else(url):
    error = refused(lambda: bulk.trusted(Store(domain="s.myshopify.com"), url))
    assert error.code == "strange_address"


def test_the_sandboxs_results_come_from_the_sandbox_only():
    store = Store(domain="s.myshopify.com", api_base="http://127.0.0.1:8001")
    assert bulk.trusted(store, "http://127.0.0.1:8001/bulk/x.jsonl")
    for url in ("http://127.0.0.1:8002/bulk/x.jsonl", "https://storage.googleapis.com/x.jsonl"):
        assert refused(lambda url=url: bulk.trusted(store, url)).code == "strange_address"


@contextmanager
def storage(*answers: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[Store, str, list[str]]]:
    """A server that gives these answers, one after another; the store whose sandbox it is, a result's URL, and the headers
    that came."""
    left, seen = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(str(self.headers))
            left.pop(0)(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with listening(Handler) as base:
        yield Store(domain="s.myshopify.com", api_base=base, access_token="shpat_secret"), f"{base}/bulk/x.jsonl", seen


def answer(body: bytes, *, status: int = 200, reported: int | None = None, **headers: str) -> Callable[..., None]:
    """`reported`: the length that is announced; the connection breaks off before it is reached."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) if reported is None else reported))
        handler.end_headers()
        handler.wfile.write(body)

    return give


def test_a_download_that_breaks_off_begins_again():
    with storage(answer(b'{"id": "1"}\n{"id"', reported=60), answer(b'{"id": "1"}\n{"id": "2"}\n')) as (
        store,
        url,
        seen,
    ):
        with bulk.result(store, url) as objects:
            assert [found["id"] for found in objects] == ["1", "2"]
        assert len(seen) == 2


def test_a_redirect_is_not_followed_and_no_token_goes_along():
    away = answer(b"", status=302, Location="http://127.0.0.1:9/")
    with storage(*[away] * 3) as (store, url, seen):
        with (
            pytest.raises(ShopifyError, match="could not download the result of the bulk query \\(302\\)"),
            bulk.result(store, url),
        ):
            pass
        assert not any("shpat_secret" in headers for headers in seen)
