"""Bulk queries: run by the clock, five at a time, written down as shuffled JSONL."""

import json
from itertools import pairwise

import pytest

from sandbox.settings import MalformedSetting, Settings
from sandbox.shopify.installs import Install
from tests.sandbox.shopify.bulk import PRODUCTS, products, start
from tests.sandbox.shopify.conftest import APP_DOCUMENTS, DOCUMENTS, HTTP, Client, picture

CATALOG = (APP_DOCUMENTS / "CatalogBulk.graphql").read_text()


def poll(client, operation):
    return client.run_ours("BulkStatus", id=operation)


def finished(client, query=PRODUCTS):
    operation = start(client, query)
    client.world.forward(2)
    return poll(client, operation)


def lines(status):
    got = HTTP.request("GET", status["url"] or status["partialDataUrl"])
    assert got.status == 200
    return [json.loads(line) for line in got.data.splitlines()]


def test_it_is_created_then_running_then_completed(client, world, mugs):
    world.settings.bulk_seconds = (4.0, 4.0)
    operation = start(client)
    assert (poll(client, operation)["status"], poll(client, operation)["objectCount"]) == ("CREATED", "0")
    world.forward(2.5)
    running = poll(client, operation)
    assert (running["status"], running["url"]) == ("RUNNING", None)
    assert 0 < int(running["objectCount"]) < 20
    world.forward(1.5)
    done = poll(client, operation)
    assert (done["status"], done["errorCode"], done["objectCount"], done["rootObjectCount"]) == (
        "COMPLETED",
        None,
        "20",
        "20",
    )


def test_operations_are_listed_to_the_app_that_started_them(client, shop, mugs):
    first, second = start(client), start(client)
    listed = client.run_ours("BulkOperations")["nodes"]
    assert [(row["id"], row["query"]) for row in listed] == [(second, PRODUCTS), (first, PRODUCTS)]
    shop.bulk_operations[first].client_id = "another app"
    assert [row["id"] for row in client.run_ours("BulkOperations")["nodes"]] == [second]


def test_the_result_holds_every_object_and_children_name_their_parent(client, shop, mugs):
    status = finished(client, CATALOG)
    rows = lines(status)
    assert (status["objectCount"], status["rootObjectCount"], len(rows)) == ("60", "20", 60)
    roots = {row["id"]: row for row in rows if "__parentId" not in row}
    assert roots.keys() == set(mugs)
    assert roots[mugs[0]] == {
        "id": mugs[0],
        "title": "Mug 0",
        "handle": "mug-0",
        "vendor": "",
        "productType": "",
        "tags": [],
        "status": "ACTIVE",
    }
    for row in rows:
        if "__parentId" in row:
            assert row["id"] in [variant.id for variant in shop.products[row["__parentId"]].variants]


def test_slashes_are_escaped_and_the_size_is_that_of_the_file(client, mugs):
    status = finished(client, CATALOG)
    body = HTTP.request("GET", status["url"]).data
    assert b'"sku":"L\\/1"' in body
    assert b'"id":"gid:\\/\\/shopify\\/Product\\/' in body
    assert status["fileSize"] == str(len(body))


def test_children_need_not_follow_their_parents_unless_grouping_is_asked_for(client, world, mugs):
    query = "mutation ($q: String!) { bulkOperationRunQuery(query: $q, groupObjects: true) { bulkOperation { id } } }"
    grouped = client.get(query, {"q": CATALOG})["bulkOperationRunQuery"]["bulkOperation"]["id"]
    loose = start(client, CATALOG)
    world.forward(2)

    def follow(rows):
        return all(b["__parentId"] in (a["id"], a.get("__parentId")) for a, b in pairwise(rows) if "__parentId" in b)

    assert [follow(lines(poll(client, one))) for one in (grouped, loose)] == [True, False]
    assert lines(poll(client, loose)) == lines(poll(client, loose))


def test_media_of_products_and_metafields_are_read(client, shop):
    product = shop.add_product(
        handle="mug",
        title="Mug",
        metafields={("custom", "a"): ("single_line_text_field", "x")},
        pictures=[picture(f"{n}.jpg") for n in range(3)],
    )
    inner = 'id metafield(namespace: "custom", key: "a") { value } media { edges { node { id alt } } }'
    rows = lines(finished(client, products(inner)))
    assert {"id": product, "metafield": {"value": "x"}} in rows
    assert sum(row.get("__parentId") == product for row in rows) == 3


def test_variants_and_files_are_read_as_roots_too(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture(variants=[0])])
    (file,), (variant,) = client.gallery(product), [v.id for v in shop.products[product].variants]
    rows = lines(finished(client, (DOCUMENTS / "GalleriesBulk.graphql").read_text()))
    medium = {"id": file, "alt": "", "status": "READY", "mediaContentType": "IMAGE", "__parentId": product}
    expected = [
        {"id": product},
        medium,
        {"id": variant, "sku": None},
        {"id": file, "__parentId": variant},
        {"id": file, "fileStatus": "READY"},
    ]
    assert sorted(rows, key=str) == sorted(expected, key=str)


def test_more_rows_than_a_page_holds_are_read_and_first_is_ignored(client, shop):
    for number in range(300):
        shop.add_product(handle=f"p-{number}", title="P")
    assert finished(client)["objectCount"] == "300"
    assert finished(client, "{ products(first: 2) { edges { node { id } } } }")["objectCount"] == "300"


def test_without_objects_there_is_no_url(client):
    status = finished(client)
    assert (status["status"], status["url"], status["objectCount"], status["fileSize"]) == (
        "COMPLETED",
        None,
        "0",
        None,
    )


def test_the_data_are_those_of_the_moment_it_runs_and_do_not_lag(client, shop, world, mugs):
    world.settings.bulk_seconds = (4.0, 4.0)
    operation = start(client)

    def rename(title):
        client.run("ProductAddMedia", product={"id": mugs[0], "title": title}, media=[])

    rename("New")
    made = client.run("ProductSetFiles", input={"title": "Made after the start"})["product"]["id"]
    world.forward(1)
    poll(client, operation)
    rename("Newer")
    world.forward(3)
    found = {row["id"]: row["title"] for row in lines(poll(client, operation))}
    assert (found[mugs[0]], found[made]) == ("New", "Made after the start")


def test_five_at_a_time_and_the_sixth_names_them(client, world):
    ids = [start(client) for _ in range(5)]
    answer = client.run_ours("BulkQuery", query=PRODUCTS)
    message = f"A bulk query operation for this app and shop is already in progress: {', '.join(ids)}."
    error = {"field": None, "message": message, "code": "OPERATION_IN_PROGRESS"}
    assert answer == {"bulkOperation": None, "userErrors": [error]}
    world.add_shop(domain="other.myshopify.com")
    start(Client(world, domain="other.myshopify.com"))
    world.forward(2)
    start(client)


def test_only_the_start_is_charged_and_polls_cost_one(client, shop, mugs):
    text = {name: (APP_DOCUMENTS / f"{name}.graphql").read_text() for name in ("BulkQuery", "BulkStatus")}
    before = shop.bucket.available
    begun = client.post(text["BulkQuery"], {"query": CATALOG})
    assert (begun.cost["requestedQueryCost"], begun.cost["actualQueryCost"]) == (10, 10)
    asked = client.post(text["BulkStatus"], {"id": begun.data["bulkOperationRunQuery"]["bulkOperation"]["id"]})
    assert (asked.cost["requestedQueryCost"], asked.cost["actualQueryCost"]) == (1, 1)
    assert shop.bucket.available == before - 11


def test_a_missing_scope_lets_it_fail_with_access_denied(client, shop, mugs):
    shop.scopes = {"write_files"}
    status = finished(client)
    assert (status["status"], status["errorCode"], status["url"]) == ("FAILED", "ACCESS_DENIED", None)


def test_the_scopes_that_count_are_those_of_the_app_that_asks(client, shop, mugs):
    narrow = Install("narrow", ["write_files"])
    shop.installs["narrow"] = narrow
    client.token = narrow.issue("client_credentials", now=client.world.clock(), seconds=3600)
    assert finished(client)["errorCode"] == "ACCESS_DENIED"


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_a_scripted_failure_leaves_partial_data(client, world, mugs, code):
    world.faults.add(service="shopify", kind="bulk_fails", match="products", code=code)
    status = finished(client)
    assert (status["status"], status["errorCode"], status["url"]) == ("FAILED", code, None)
    assert (status["objectCount"], len(lines(status))) == ("10", 10)
    assert finished(client)["status"] == "COMPLETED"


def test_a_failure_without_objects_has_no_partial_data(client, world):
    world.faults.add(service="shopify", kind="bulk_fails")
    status = finished(client)
    assert (status["errorCode"], status["partialDataUrl"]) == ("INTERNAL_SERVER_ERROR", None)


def test_a_malformed_failure_is_reported(world):
    fault = {"service": "shopify", "kind": "bulk_fails", "code": "THROTTLED"}
    assert HTTP.request("POST", f"{world.base_url}/faults", json=fault).status == 400


def test_canceling_takes_a_moment_and_leaves_no_data(client, world, mugs):
    operation = start(client)
    answer = client.run_ours("BulkCancel", id=operation)
    assert answer == {"bulkOperation": {"id": operation, "status": "CANCELING"}, "userErrors": []}
    world.forward(2)
    status = poll(client, operation)
    assert (status["status"], status["url"], status["partialDataUrl"]) == ("CANCELED", None, None)


def test_what_is_over_cannot_be_canceled(client, world):
    operation = finished(client)["id"]
    answer = client.run_ours("BulkCancel", id=operation)
    assert (answer["bulkOperation"]["status"], [e["field"] for e in answer["userErrors"]]) == ("COMPLETED", [["id"]])
    missing = client.run_ours("BulkCancel", id="gid://shopify/BulkOperation/1")
    assert (missing["bulkOperation"], len(missing["userErrors"])) == (None, 1)


def test_user_errors_of_canceling_have_no_code(client):
    query = "mutation ($id: ID!) { bulkOperationCancel(id: $id) { userErrors { code } } }"
    error = client.post(query, {"id": "gid://shopify/BulkOperation/1"}).error
    assert error["extensions"]["code"] == "undefinedField"


def test_the_result_can_be_fetched_for_seven_days(client, world, mugs):
    status = finished(client)
    world.forward(604_790)
    assert HTTP.request("GET", status["url"]).status == 200
    world.forward(10)
    late = poll(client, status["id"])
    assert (late["status"], late["url"], HTTP.request("GET", status["url"]).status) == ("EXPIRED", None, 404)


def test_the_result_is_not_there_before_it_is_complete(client, world, shop, mugs):
    world.settings.bulk_seconds = (4.0, 4.0)
    start(client)
    world.forward(2)
    (operation,) = shop.bulk_operations.values()
    address = f"{world.base_url}/bulk/{operation.token}.jsonl"
    assert HTTP.request("GET", address).status == 404
    world.forward(2)
    assert HTTP.request("GET", address).status == 200


def test_an_unknown_operation_is_null_and_an_id_of_another_type_an_error(client):
    assert poll(client, "gid://shopify/BulkOperation/1") is None
    error = client.post("query ($id: ID!) { bulkOperation(id: $id) { id } }", {"id": "gid://shopify/Job/1"}).error
    assert error["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_all_about_an_operation_can_be_read_also_after_a_restart(client, world, shop, mugs):
    from sandbox.shopify.shop import Shop

    operation = finished(client)["id"]
    young = start(client)
    before = client.run("BulkOperation", id=operation)
    assert (before["type"], before["query"], before["createdAt"][:4]) == ("QUERY", PRODUCTS, "2026")
    world.shops[shop.domain] = Shop.load(json.loads(json.dumps(shop.dump())), world)
    assert client.run("BulkOperation", id=operation) == before
    world.forward(2)
    assert poll(client, young)["status"] == "COMPLETED"


def test_starts_and_cancellations_are_in_the_journal_with_the_variables_as_sent(client, world):
    operation = start(client)
    client.run_ours("BulkCancel", id=operation)
    entries = [(e["operation"], e["variables"], e["cost"]) for e in world.journal.since(0)]
    assert entries == [
        ("bulkOperationRunQuery", {"query": PRODUCTS}, 10),
        ("bulkOperationCancel", {"id": operation}, 10),
    ]


@pytest.mark.parametrize("name", ["bulk_seconds", "video_seconds"])
def test_how_long_it_takes_can_be_set(name):
    settings = Settings()
    settings.change({name: [0, 0.5]})
    assert getattr(settings, name) == (0.0, 0.5)
    with pytest.raises(MalformedSetting, match=name):
        settings.change({name: [2, 1]})
