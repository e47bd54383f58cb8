"""What a bulk query may ask for; what it may not is refused in the recorded words."""

import pytest
from graphql import build_schema

from sandbox.shopify import bulk_rules
from tests.sandbox.shopify.bulk import PRODUCTS, products, start
from tests.sandbox.shopify.conftest import APP_DOCUMENTS

VARIANTS = "variants { edges { node { id } } }"
FIVE = " ".join(f"p{n}: products {{ edges {{ node {{ id }} }} }}" for n in range(5))


def refused(client, query):
    """The message, which comes alone and with INVALID on the query."""
    answer = client.run_ours("BulkQuery", query=query)
    assert answer["bulkOperation"] is None
    (error,) = answer["userErrors"]
    assert (error["field"], error["code"]) == (["query"], "INVALID")
    return error["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ shop { name } }", "Bulk queries must contain at least one connection."),
        (
            f"{{ {FIVE} p5: products {{ edges {{ node {{ id }} }} }} }}",
            "Bulk queries cannot contain more than 5 connections.",
        ),
        (
            products("id variants { edges { node { id media { edges { node { id } } } } } }"),
            "Bulk queries cannot contain connections with a nesting depth greater than 2.",
        ),
        (
            f'{{ nodes(ids: ["gid://shopify/Product/1"]) {{ ... on Product {{ id {VARIANTS} }} }} }}',
            "Bulk queries cannot contain a top level `nodes` field.",
        ),
        (
            products(f"title {VARIANTS}"),
            "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of"
            " 'ID' return type. Connection fields without 'id': products.",
        ),
        (
            products(f"number: id {VARIANTS}"),
            "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of"
            " 'ID' return type. Connection fields without 'id': products.",
        ),
        (
            "{ products { nodes { id } } }",
            "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g:"
            " 'products { edges { node {'. Selecting via 'nodes' is not supported."
            " Invalid connection fields: 'products'.",
        ),
        ("{ products { edges { node { id }", "Invalid bulk query: syntax error, unexpected end of file at [1, 33]"),
        (products("id prize"), "Invalid bulk query: Field 'prize' doesn't exist on type 'Product'"),
    ],
)
def test_what_a_bulk_query_may_not_be_is_refused_in_the_recorded_words(client, query, message):
    assert refused(client, query) == message


def test_five_connections_and_a_depth_of_two_are_allowed_also_by_fragments(client, mugs):
    start(client, f"{{ {FIVE} }}")
    start(client, "query { products { edges { node { ...P } } } } fragment P on Product { id " + VARIANTS + " }")


def test_a_connection_within_a_list_is_refused(monkeypatch):
    """No list of the pruned schema holds one, so a schema of two types stands in."""
    schema = build_schema(
        """
        schema { query: QueryRoot }
        type QueryRoot { shop: Shop }
        type Shop { services: [Service!]! }
        type Service { levels: LevelConnection }
        type LevelConnection { edges: [LevelEdge!]! }
        type LevelEdge { node: Level }
        type Level { id: ID }
        """
    )
    monkeypatch.setattr("sandbox.shopify.schema.schema", lambda: schema)
    message = bulk_rules.problem("{ shop { services { levels { edges { node { id } } } } } }")
    assert message == "Queries that contain a connection field within a list field are not currently supported."


def test_more_than_65535_bytes_are_too_large(client):
    query = PRODUCTS + "#" + "x" * (65_536 - len(PRODUCTS) - 1)
    assert refused(client, query) == "Query is too large (65536 bytes; maximum is 65535 bytes)"
    start(client, query[:-1])


def test_mutations_and_variables_are_no_bulk_queries(client):
    assert refused(client, 'mutation { fileDelete(fileIds: ["gid://shopify/Video/1"]) { deletedFileIds } }')
    assert refused(client, (APP_DOCUMENTS / "CatalogMetafieldBulk.graphql").read_text())


def test_what_the_sandbox_does_not_imitate_is_said_at_once(client, mugs):
    query = "mutation ($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id } } }"
    error = client.post(query, {"q": "{ products(sortKey: TITLE) { edges { node { id } } } }"}).error
    assert error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"
