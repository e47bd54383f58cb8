"""Scripted answers of an odd shape, and errors that say little of what was done."""

import gzip
import json
import math

import pytest
import urllib3

from tests.sandbox.shopify.conftest import HTTP, picture

ADD = """mutation ($id: ID!, $alt: String) { again: fileUpdate(files: [{id: $id, alt: $alt}]) {
  files { id } userErrors { field message code } } }"""
ORDER = """mutation ($id: ID!) { productReorderMedia(id: $id, moves: []) { job { id } mediaUserErrors { code } } }"""


QUERY = {"query": "{ shop { name } }"}


def raw(client, timeout=10.0, **options):
    """The answer as it comes over the wire."""
    headers = {"Host": client.domain, "X-Shopify-Access-Token": client.token, "Content-Type": "application/json"}
    address = f"{client.world.base_url}/admin/api/2026-10/graphql.json"
    return HTTP.request("POST", address, body=json.dumps(QUERY), headers=headers, timeout=timeout, **options)


@pytest.fixture
def file_id(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture()])
    return shop.products[product].media[0]


@pytest.fixture
def add(client, shop, file_id):
    """Sets the alt text; the whole answer."""
    return lambda alt="new": client.post(ADD, {"id": file_id, "alt": alt})


def test_extensions_or_their_cost_are_null(client, add):
    client.script("null_shapes", code="extensions", times=1)
    assert "extensions" in add().body
    client.script("null_shapes", code="extensions", times=1)
    assert add().body["extensions"] is None
    client.script("null_shapes", code="cost", times=1)
    assert add().body["extensions"] == {"cost": None}
    assert add().cost["actualQueryCost"] == 10


def test_user_errors_are_null_where_there_are_none(client, shop, file_id, add):
    client.script("null_shapes", code="userErrors")
    assert add().body["data"] == {"again": {"files": [{"id": file_id}], "userErrors": None}}
    assert shop.files[file_id].alt == "new"
    assert add("x" * 513).body["data"]["again"]["userErrors"][0]["code"] == "ALT_VALUE_LIMIT_EXCEEDED"
    product = next(iter(shop.products))
    assert client.post(ORDER, {"id": product}).body["data"]["productReorderMedia"]["mediaUserErrors"] is None
    client.clear()
    assert add().body["data"]["again"]["userErrors"] == []


def test_the_payload_is_null_or_its_key_is_missing_after_the_work(client, world, shop, file_id, add):
    client.script("null_shapes", code="payload", times=1)
    assert add("one").body["data"] == {"again": None}
    assert shop.files[file_id].alt == "one"
    client.script("null_shapes", code="data_key", times=1)
    assert add("two").body["data"] == {}
    assert shop.files[file_id].alt == "two"
    assert [entry["answer"] for entry in world.journal.since(0)] == ["lost", "lost"]
    assert add().data["again"]["files"] == [{"id": file_id}]


def test_shapes_of_payloads_wait_for_a_mutation(client, add):
    client.script("null_shapes", code="payload", times=1)
    assert client.get("{ shop { name } }")["shop"]
    assert add().body["data"] == {"again": None}


def test_errors_are_null_beside_data(client, add):
    client.script("null_shapes", code="errors_null", times=1)
    body = add().body
    assert body["errors"] is None
    assert body["data"]["again"]["files"]
    assert "errors" not in add().body


def test_several_shapes_at_once(client, add):
    for code in ("cost", "userErrors", "errors_null"):
        client.script("null_shapes", code=code)
    body = add().body
    assert (body["errors"], body["extensions"], body["data"]["again"]["userErrors"]) == (None, {"cost": None}, None)


def test_throttled_without_cost_does_nothing(client, world, shop, file_id, add):
    client.script("throttled_without_cost", times=1)
    answer = add()
    assert (answer.status, answer.error["extensions"]["code"]) == (200, "THROTTLED")
    assert answer.body["extensions"] == {"cost": None}
    client.script("throttled_without_cost", code="no_extensions", times=1)
    assert add().body.keys() == {"errors"}
    assert shop.files[file_id].alt == ""
    assert world.journal.totals()[client.domain]["throttled"] == 2
    assert world.journal.since(0) == []
    assert add().data


def test_every_fifth_request_is_throttled(client):
    client.script("throttled_without_cost", every=5)
    throttled = ["errors" in client.post("{ shop { name } }").body for _ in range(11)]
    assert throttled == [False, False, False, False, True] * 2 + [False]


def test_a_graphql_error_does_nothing(client, shop, file_id, add):
    client.script("graphql_error", code="BAD_DAY", times=1)
    answer = add()
    assert (answer.status, answer.body["data"], answer.error["extensions"]) == (200, None, {"code": "BAD_DAY"})
    assert shop.files[file_id].alt == ""
    assert add().data


def test_a_graphql_error_comes_after_the_work(client, world, shop, file_id, add):
    client.script("graphql_error_after", code="TIMEOUT", times=1)
    answer = add()
    assert (answer.status, answer.body["data"], answer.error["extensions"]) == (200, None, {"code": "TIMEOUT"})
    assert shop.files[file_id].alt == "new"
    assert [entry["answer"] for entry in world.journal.since(0)] == ["lost"]
    assert add().data


def test_408_comes_before_or_after_the_work(client, world, shop, file_id, add):
    client.script("http_408", times=1)
    assert (add().status, shop.files[file_id].alt) == (408, "")
    client.script("error_after", code="408", times=1)
    assert (add().status, shop.files[file_id].alt) == (408, "new")
    client.script("error_after", times=1)
    answer = add("html")
    assert (answer.status, answer.body.startswith("<!DOCTYPE html>")) == (502, True)
    assert shop.files[file_id].alt == "html"
    assert [entry["answer"] for entry in world.journal.since(0)] == ["lost", "lost"]


def test_every_third_write_is_done_and_answered_by_another_error(client, shop, file_id, add):
    client.script("error_after", code="408", operation="fileUpdate", every=9)
    client.script("error_after", code="502", operation="fileUpdate", every=9, after=3)
    client.script("graphql_error_after", code="TIMEOUT", operation="fileUpdate", every=9, after=6)
    statuses = []
    for number in range(18):
        answer = add(str(number))
        statuses.append(answer.status if answer.status != 200 else answer.body.get("errors", [{}])[0].get("extensions"))
        assert shop.files[file_id].alt == str(number)
    assert statuses[8:18] == [408, None, None, 502, None, None, {"code": "TIMEOUT"}, None, None, 408]


def test_an_error_stands_beside_data_that_is_whole(client, world, shop, file_id, add):
    client.script("errors_beside", code="SOMETHING", times=1)
    answer = add()
    assert answer.error["extensions"] == {"code": "SOMETHING"}
    assert answer.body["data"]["again"] == {"files": [{"id": file_id}], "userErrors": []}
    assert (shop.files[file_id].alt, answer.cost["actualQueryCost"]) == ("new", 10)
    assert [entry["answer"] for entry in world.journal.since(0)] == ["sent"]
    assert add().data


def test_an_error_stands_beside_the_errors_that_are_there(client):
    client.script("errors_beside", code="SOMETHING")
    body = client.post('{ job(id: "gid://shopify/Product/1") { done } }').body
    assert [error["extensions"]["code"] for error in body["errors"]] == ["RESOURCE_NOT_FOUND", "SOMETHING"]


@pytest.mark.parametrize("code", ["no_json", "html", "empty", "deep", "nan", "array", "broken_gzip"])
def test_the_work_is_done_whatever_the_body(client, world, shop, file_id, code):
    client.script("body", code=code, times=1)
    answer = raw(client, preload_content=False, decode_content=False)
    body = answer.read(decode_content=False)
    assert answer.status == 200
    answers = {
        "no_json": lambda: body.startswith(b"upstream"),
        "html": lambda: body.startswith(b"<!DOCTYPE html>") and answer.headers["Content-Type"].startswith("text/html"),
        "empty": lambda: body == b"",
        "deep": lambda: (body.count(b"["), body.count(b"]")) == (100_000, 100_000),
        "nan": lambda: math.isnan(json.loads(body)["extensions"]["cost"]["actualQueryCost"]),
        "array": lambda: json.loads(body)[0]["data"] == {"shop": {"name": "Fern"}},
        "broken_gzip": lambda: answer.headers["Content-Encoding"] == "gzip" and body.startswith(b"\x1f\x8b"),
    }
    assert answers[code]()
    assert json.loads(raw(client).data)["data"] == {"shop": {"name": "Fern"}}
    assert world.journal.totals()[client.domain]["queries"] == 2


def test_a_write_whose_body_is_odd_is_done_and_its_answer_is_lost(client, world, shop, file_id, add):
    client.script("body", code="html", times=1)
    assert (add().body.startswith("<!DOCTYPE html>"), shop.files[file_id].alt) == (True, "new")
    assert [entry["answer"] for entry in world.journal.since(0)] == ["lost"]


def test_a_gzip_that_is_cut_off_cannot_be_unpacked(client):
    client.script("body", code="broken_gzip", times=1)
    packed = raw(client, preload_content=False, decode_content=False).read(decode_content=False)
    with pytest.raises(EOFError):
        gzip.decompress(packed)


def test_a_gzip_without_end_grows_until_its_time_is_over(client):
    client.script("body", code="endless_gzip", seconds=0.5, times=1)
    answer, pieces = raw(client, preload_content=False), []
    assert answer.headers["Content-Encoding"] == "gzip"
    with pytest.raises(urllib3.exceptions.ProtocolError):
        pieces.extend(answer.stream(65536, decode_content=True))
    assert {bytes(piece).strip() for piece in pieces} == {b""}
    assert json.loads(raw(client).data)["data"]


def test_a_gzip_without_end_ends_when_the_other_side_hangs_up(client):
    client.script("body", code="endless_gzip", seconds=600, times=1)
    answer = raw(client, preload_content=False)
    assert next(answer.stream(1000))
    answer.close()
    assert json.loads(raw(client).data)["data"]
