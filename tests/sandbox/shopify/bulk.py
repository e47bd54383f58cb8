"""Bulk queries as tests write and start them."""

PRODUCTS = "{ products { edges { node { id title } } } }"


def products(inner):
    return f"{{ products {{ edges {{ node {{ {inner} }} }} }} }}"


def start(client, query=PRODUCTS):
    """The id of the operation."""
    answer = client.run_ours("BulkQuery", query=query)
    assert answer["userErrors"] == []
    assert answer["bulkOperation"]["status"] == "CREATED"
    return answer["bulkOperation"]["id"]
