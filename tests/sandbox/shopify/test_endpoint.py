"""The HTTP side: stores by Host, tokens, scopes, headers, and scripted mishaps as a client meets them."""

from types import SimpleNamespace

import pytest
import urllib3

from sandbox.shopify import endpoint
from tests.sandbox.shopify.conftest import HTTP, TOKEN, Client, picture

CREATE = "mutation Make($files: [FileCreateInput!]!) { fileCreate(files: $files) { files { id } userErrors { code } } }"
SHOP = "{ shop { name } }"


def script(world, **fault):
    answer = HTTP.request("POST", f"{world.base_url}/faults", json={"service": "shopify", **fault})
    assert answer.status == 200, answer.data
    return answer.json()["id"]


def journal(world, **fields):
    return HTTP.request("GET", f"{world.base_url}/journal.json", fields=fields).json()


def test_the_host_header_chooses_the_store(world, client):
    world.add_shop(domain="other.myshopify.com").name = "Other"
    assert client.get(SHOP)["shop"]["name"] == "Fern"
    assert Client(world, domain="other.myshopify.com").get(SHOP)["shop"]["name"] == "Other"
    assert Client(world, domain="Fern.myshopify.com:443").post(SHOP).status == 200


@pytest.mark.parametrize("wrong", [{"domain": "none.myshopify.com"}, {"version": "2019-04"}])
def test_an_unknown_host_or_version_is_not_found(world, wrong):
    answer = Client(world, **{"domain": "fern.myshopify.com", **wrong}).post(SHOP)
    assert (answer.status, answer.body) == (404, {"errors": "Not Found"})


@pytest.mark.parametrize("token", ["", "shpat_other"])
def test_a_wrong_token_is_unauthorised(world, token):
    answer = Client(world, token=token).post(SHOP)
    message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    assert (answer.status, answer.body) == (401, {"errors": message})


def test_answers_carry_version_and_request_id(client):
    headers = client.post(SHOP).headers
    assert headers["X-Shopify-API-Version"] == "2026-10"
    assert headers["X-Request-Id"]


def test_a_body_without_a_query_is_a_bad_request(client):
    assert client.post("").status == 400


@pytest.mark.parametrize(
    ("scope", "query", "field", "required"),
    [
        ("products", "{ products(first: 1) { nodes { id } } }", "products", "read_products"),
        ("files", "{ files(first: 1) { nodes { id } } }", "files", "read_files"),
        ("files", "mutation { fileCreate(files: []) { files { id } } }", "fileCreate", "write_files"),
        (
            "products",
            'mutation { productDelete(input: {id: "gid://shopify/Product/1"}) { deletedProductId } }',
            "productDelete",
            "write_products",
        ),
    ],
)
def test_a_missing_scope_is_access_denied(client, shop, scope, query, field, required):
    shop.scopes -= {f"read_{scope}", f"write_{scope}"}
    answer = client.post(query)
    words = f"`{required}` access scope."
    assert answer.status == 200
    assert answer.error["message"] == f"Access denied for {field} field. Required access: {words}"
    assert answer.error["extensions"] == {
        "code": "ACCESS_DENIED",
        "documentation": "https://shopify.dev/api/usage/access-scopes",
        "requiredAccess": words,
    }
    assert "cost" in answer.body["extensions"]


def test_write_access_is_read_access_too(client, shop):
    shop.scopes = {"write_products"}
    assert client.post("{ products(first: 1) { nodes { id } } }").data


def test_a_throttled_answer_on_demand(world, client):
    script(world, kind="throttled")
    answer = client.post(SHOP)
    assert (answer.status, answer.error["extensions"]["code"]) == (200, "THROTTLED")
    assert answer.cost["requestedQueryCost"] == 1
    assert answer.cost["actualQueryCost"] is None
    assert client.post(SHOP).data


def test_a_429_says_when_to_come_back(world, client):
    script(world, kind="http_429")
    answer = client.post(SHOP)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "2.0")
    assert answer.body["errors"].startswith("Exceeded 2 calls per second for api client.")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_gateway_errors_are_html_and_come_before_the_work(world, client, shop, sources, status):
    script(world, kind=f"http_{status}")
    answer = client.post(CREATE, {"files": [{"originalSource": f"{sources}/a.jpg"}]})
    assert answer.status == status
    assert answer.body.startswith("<!DOCTYPE html>")
    assert shop.files == {}


@pytest.mark.parametrize("status", [401, 402, 403, 404, 423])
def test_refusals_of_the_whole_store_are_json(world, client, status):
    script(world, kind=f"http_{status}")
    answer = client.post(SHOP)
    assert (answer.status, list(answer.body)) == (status, ["errors"])


def test_an_internal_error_before_the_work(world, client, shop, sources):
    script(world, kind="internal_error")
    answer = client.post(CREATE, {"files": [{"originalSource": f"{sources}/a.jpg"}]})
    assert answer.status == 200
    request_id = answer.error["extensions"]["requestId"]
    assert answer.body == {
        "errors": [
            {
                "message": "Internal error. Looks like something went wrong on our end.\n"
                f"Request ID: {request_id} (include this in support requests).",
                "extensions": {"requestId": request_id, "code": "INTERNAL_SERVER_ERROR"},
            }
        ],
        "data": None,
    }
    assert (shop.files, journal(world)["entries"]) == ({}, [])


@pytest.mark.parametrize(("kind", "status"), [("internal_error_after", 200), ("error_after", 502)])
def test_an_error_after_the_work_was_done(world, client, shop, sources, kind, status):
    script(world, kind=kind, operation="fileCreate")
    answer = client.post(CREATE, {"files": [{"originalSource": f"{sources}/a.jpg"}]})
    assert (answer.status, len(shop.files)) == (status, 1)
    (entry,) = journal(world)["entries"]
    assert (entry["operation"], entry["answer"]) == ("fileCreate", "lost")


def test_an_answer_that_is_lost_after_the_work_was_done(world, client, shop, sources):
    script(world, kind="lost_answer", operation="fileCreate")
    with pytest.raises(urllib3.exceptions.HTTPError):
        client.post(CREATE, {"files": [{"originalSource": f"{sources}/a.jpg"}]})
    assert len(shop.files) == 1
    assert [entry["answer"] for entry in journal(world)["entries"]] == ["lost"]
    assert client.post(SHOP).data


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "hang", "seconds": 0.05}])
def test_a_connection_that_closes_before_the_work(world, client, shop, sources, fault):
    script(world, **fault)
    with pytest.raises(urllib3.exceptions.HTTPError):
        client.post(CREATE, {"files": [{"originalSource": f"{sources}/a.jpg"}]})
    assert (shop.files, journal(world)["entries"]) == ({}, [])


def test_a_slow_answer_is_a_good_one(world, client, monkeypatch):
    slept = []
    monkeypatch.setattr(endpoint, "time", SimpleNamespace(sleep=slept.append))
    script(world, kind="slow", seconds=0.2)
    assert client.post(SHOP).data
    assert slept == [0.2]


def test_media_fail_on_demand(world, client, sources):
    script(world, kind="media_fails", match="bad", code="IMAGE_PROCESSING_FAILURE", times=None)
    files = client.create({"originalSource": f"{sources}/a.jpg"}, {"originalSource": f"{sources}/bad.jpg"})["files"]
    ids = [file["id"] for file in files]
    assert client.settled(ids) == ["READY", "FAILED"]
    assert client.shop.files[ids[1]].problem["code"] == "IMAGE_PROCESSING_FAILURE"


def test_the_journal_has_every_mutation_that_ran_and_nothing_else(world, client, shop, sources):
    client.post(SHOP)
    client.post(CREATE, {"files": [{"originalSource": f"{sources}/a.jpg"}]})
    client.post(CREATE, {"files": [{"originalSource": "nonsense"}]})
    shop.bucket.charge(1960)
    assert client.post(CREATE, {"files": []}).error["message"] == "Throttled"
    client.post(CREATE, {})
    entries = journal(world)["entries"]
    first, second = entries
    assert {key: first[key] for key in ("seq", "store", "operation", "document", "cost", "user_errors", "answer")} == {
        "seq": 1,
        "store": "fern.myshopify.com",
        "operation": "fileCreate",
        "document": "Make",
        "cost": 20,
        "user_errors": [],
        "answer": "sent",
    }
    assert first["variables"] == {"files": [{"originalSource": f"{sources}/a.jpg"}]}
    assert first["request_id"]
    assert [error["code"] for error in second["user_errors"]] == ["INVALID_IMAGE_SOURCE_URL"]
    totals = {"requests": 5, "queries": 1, "mutations": 2, "points": 41, "throttled": 1}
    assert journal(world)["totals"] == {"fern.myshopify.com": totals}
    assert [entry["seq"] for entry in journal(world, since="1")["entries"]] == [2]


def test_a_mutation_that_is_refused_at_the_top_level_is_not_in_the_journal(world, client, shop):
    client.post('mutation { productDelete(input: {id: "gid://shopify/Order/1"}) { deletedProductId } }')
    assert journal(world)["entries"] == []


def test_pictures_are_served_and_scaled_down_by_width(world, client, shop):
    from io import BytesIO

    from PIL import Image

    product = shop.add_product(handle="mug", title="Mug", pictures=[picture("my mug.jpg")])
    media = client.run("ProductPage", id=product)["media"]["nodes"]
    url = media[0]["image"]["url"]
    assert url.startswith(f"{world.base_url}/cdn/fern.myshopify.com/files/my%20mug.jpg?v=")
    for wish, size in (("", (40, 50)), ("&width=20", (20, 25)), ("&width=400", (40, 50))):
        answer = HTTP.request("GET", url + wish)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert Image.open(BytesIO(answer.data)).size == size
    assert HTTP.request("GET", url.replace("mug.jpg", "cup.jpg")).status == 404


def test_a_kept_connection_survives_a_refused_request(world):
    """An unread body would be taken for the next request."""
    import http.client

    connection = http.client.HTTPConnection(world.base_url.removeprefix("http://"), timeout=5)
    for host, status in (("none.myshopify.com", 404), ("fern.myshopify.com", 200)):
        headers = {"Host": host, "X-Shopify-Access-Token": TOKEN, "Content-Type": "application/json"}
        connection.request("POST", "/admin/api/2026-10/graphql.json", '{"query": "{ shop { name } }"}', headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_a_mistake_of_the_sandbox_does_not_look_like_an_answer(client, monkeypatch):
    monkeypatch.setattr("sandbox.shopify.queries.PLAN_NAMES", {})
    assert client.post("{ shop { name } }").status == 500


def test_only_posts_are_answered(world):
    headers = {"Host": "fern.myshopify.com", "X-Shopify-Access-Token": TOKEN}
    assert HTTP.request("GET", f"{world.base_url}/admin/api/2026-10/graphql.json", headers=headers).status == 405
