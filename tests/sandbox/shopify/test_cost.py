"""What requests cost: before and after, what the bucket admits, and the exact answers when it does not."""

import pytest

from sandbox.shopify.cost import Pricing
from sandbox.shopify.execution import executable
from sandbox.shopify.schema import checked
from tests.sandbox.shopify.conftest import DOCUMENTS, Client, picture

GID = "gid://shopify/Product/1"
PICTURES = "media(first: 250) { nodes { id preview { image { url } } } }"
VARIANTS = "variants(first: 250) { nodes { id media(first: 250) { nodes { id } } } }"
HUGE = f"{{ products(first: 250) {{ nodes {{ {PICTURES} {VARIANTS} }} }} }}"


def requested(text, **variables):
    document = checked(text)
    assert document.errors == ()
    return Pricing(executable(), document.document, document.operation(None), variables).requested


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ('{ productVariants(first: 2, query: "sku:1") { nodes { id sku product { id } } } }', 4),
        ('{ productVariants(first: 250, query: "a OR b") { nodes { id sku barcode product { id handle } } } }', 24),
        ("{ products(first: 250) { nodes { id title handle vendor tags } } }", 13),
        ('{ products(first: 250) { nodes { id metafield(namespace: "a", key: "b") { value } } } }', 24),
        (f'{{ product(id: "{GID}") {{ media(first: 250) {{ nodes {{ id alt status }} }} }} }}', 14),
        (
            f'{{ product(id: "{GID}") {{ media(first: 250) '
            "{ nodes { id alt status ... on MediaImage { image { url width height } } } } } }",
            25,
        ),
        (
            f'{{ nodes(ids: ["{GID}", "{GID}2"]) {{ ... on Product {{ media(first: 250) '
            "{ nodes { id ... on MediaImage { image { url } } } } } } }",
            25,
        ),
        ("{ products(first: 50) { nodes { media(first: 250) { nodes { id alt status } } } } }", 100),
        (
            f'{{ nodes(ids: ["{GID}"]) {{ id ... on File {{ fileStatus alt fileErrors {{ code details message }} }} '
            "... on MediaImage { image { url width height } } ... on Video { sources { url } } } }",
            3,
        ),
        ("{ productsCount { count } }", 10),
        ("{ shop { name } }", 1),
        (f'{{ job(id: "{GID}") {{ id done }} }}', 1),
        (f'{{ a: productByIdentifier(identifier: {{id: "{GID}"}}) {{ id }} b: product(id: "{GID}") {{ id }} }}', 2),
    ],
)
def test_a_query_costs_what_shopify_was_seen_to_ask_for(text, points):
    assert requested(text) == points


@pytest.mark.parametrize(
    ("page", "factor"),
    [(1, 1), (2, 1), (3, 2), (5, 3), (10, 4), (20, 5), (25, 6), (50, 7), (100, 9), (150, 10), (200, 10), (250, 11)],
)
def test_connections_grow_with_the_logarithm_of_the_page(page, factor):
    assert requested(f"{{ products(first: {page}) {{ nodes {{ id }} }} }}") == 2 + factor
    assert requested(f"{{ products(last: {page}) {{ nodes {{ id }} }} }}") == 2 + factor


@pytest.mark.parametrize(
    ("name", "points"),
    [("FileCreate", 21), ("FileUpdate", 11), ("FileDelete", 10), ("ReorderMedia", 10), ("ProductAddMedia", 10)],
)
def test_a_mutation_costs_its_base_and_what_its_payload_has_beyond_two_objects(name, points):
    assert requested((DOCUMENTS / f"{name}.graphql").read_text()) == points


def test_product_set_costs_its_rows_too():
    text = (DOCUMENTS / "ProductSetFiles.graphql").read_text()
    assert requested(text, input={"files": [{}] * 10}) == 41


def test_a_page_in_a_variable_and_its_default_count():
    text = "query A($n: Int = 250) { products(first: $n) { nodes { id } } }"
    assert (requested(text), requested(text, n=2)) == (13, 3)


@pytest.mark.parametrize(("products", "points"), [(0, 2), (1, 3), (23, 4), (46, 5)])
def test_a_connection_is_charged_for_what_came_back(client, shop, products, points):
    for number in range(products):
        shop.add_product(handle=f"p{number}", title="Mug")
    cost = client.post("{ products(first: 250) { nodes { id title handle vendor tags } } }").cost
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (13, points)


def test_nested_connections_and_interfaces_are_charged_for_what_came_back(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture(f"{n}.jpg") for n in range(50)])
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Product {{ {PICTURES} }} }} }}"
    cost = client.post(query, {"ids": [product]}).cost
    assert cost["requestedQueryCost"] == 36
    assert cost["actualQueryCost"] == 1 + 2 + 7  # ceil(3 points * 11 * 50 / 250)


def test_nodes_are_charged_for_each_of_them_but_never_more_than_was_asked_for(client, shop):
    products = [shop.add_product(handle=f"p{n}", title="Mug", pictures=[picture(f"{n}.jpg")]) for n in range(40)]
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Product {{ {PICTURES} }} }} }}"
    assert [client.post(query, {"ids": products[:n]}).cost["actualQueryCost"] for n in (1, 3, 7, 40)] == [4, 10, 22, 36]


def test_null_objects_cost_one_point(client):
    query = "query ($id: ID!) { product(id: $id) { media(first: 250) { nodes { id } } } }"
    assert client.post(query, {"id": GID}).cost["actualQueryCost"] == 1


def test_the_answer_carries_the_bucket_and_is_charged_the_actual_cost(client, shop, world):
    shop.bucket.charge(100)
    cost = client.post("{ products(first: 250) { nodes { id } } }").cost
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 1898, "restoreRate": 100.0}
    assert cost == {"requestedQueryCost": 13, "actualQueryCost": 2, "throttleStatus": status}
    world.forward(0.5)
    assert shop.bucket.available == 1948
    world.forward(60)
    assert shop.bucket.available == 2000


@pytest.mark.parametrize(
    ("plan", "size", "rate"), [("basic", 2000, 100), ("advanced", 4000, 200), ("plus", 20000, 1000)]
)
def test_each_plan_has_its_own_bucket(world, plan, size, rate):
    world.add_shop(domain=f"{plan}.myshopify.com", plan=plan)
    status = Client(world, domain=f"{plan}.myshopify.com").post("{ shop { name } }").cost["throttleStatus"]
    assert (status["maximumAvailable"], status["restoreRate"]) == (size, rate)


def test_too_little_in_the_bucket_is_throttled_and_nothing_runs(client, shop, world, sources):
    shop.bucket.charge(1985)
    query = "mutation ($f: [FileCreateInput!]!) { fileCreate(files: $f) { files { id } } }"
    answer = client.post(query, {"f": [{"originalSource": f"{sources}/a.jpg"}]})
    assert (answer.status, answer.headers.get("Retry-After")) == (200, None)
    assert answer.body == {
        "errors": [
            {
                "message": "Throttled",
                "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
            }
        ],
        "extensions": {
            "cost": {
                "requestedQueryCost": 20,
                "actualQueryCost": None,
                "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 15, "restoreRate": 100.0},
            }
        },
    }
    assert shop.files == {}
    world.forward(0.06)
    assert client.post(query, {"f": []}).status == 200
    assert world.journal.totals()[shop.domain]["throttled"] == 1


def test_admission_needs_the_requested_cost_even_if_the_actual_is_small(client, shop):
    shop.bucket.charge(2000 - 12)
    assert client.post("{ products(first: 250) { nodes { id } } }").error["message"] == "Throttled"


def test_more_than_1000_points_are_refused_without_extensions(client, shop):
    answer, cost = client.post(HUGE), requested(HUGE)
    assert list(answer.body) == ["errors"]
    assert answer.error["message"].startswith(
        f"Query cost is {cost}, which exceeds the single query max cost limit (1000).\n\nSee https://shopify.dev/"
    )
    assert answer.error["extensions"] == {
        "code": "MAX_COST_EXCEEDED",
        "cost": cost,
        "maxCost": 1000,
        "documentation": "https://shopify.dev/api/usage/limits#rate-limits",
    }
    assert shop.bucket.available == 2000


def test_the_debug_header_adds_the_cost_of_fields(client):
    client.headers["Shopify-GraphQL-Cost-Debug"] = "1"
    fields = client.post("{ shop { name plan { publicDisplayName } } }").cost["fields"]
    assert fields == [{"path": ["shop"], "definedCost": 1, "requestedTotalCost": 2, "requestedChildrenCost": 1}]
