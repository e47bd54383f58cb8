"""Searches only propose: tokens, near hits, ignored fields with warnings, and an index that lags."""

import pytest


@pytest.fixture
def goods(shop):
    shop.define_metafield("custom", "material", "single_line_text_field", True)
    shop.define_metafield("custom", "sizes", "list.single_line_text_field", True)
    shop.define_metafield("custom", "code", "single_line_text_field", False)
    shop.add_product(
        handle="red-shirt",
        title="Red Shirt",
        vendor="Fjord & Fern",
        product_type="Shirts",
        tags=["Summer", "linen shirt"],
        variants=[{"title": "S / Red", "sku": "2001", "barcode": "4001"}, {"title": "M / Red", "sku": "SH-RED-M"}],
        metafields={
            ("custom", "material"): ("single_line_text_field", "Linen"),
            ("custom", "sizes"): ("list.single_line_text_field", '["S", "M"]'),
            ("custom", "code"): ("single_line_text_field", "X1"),
        },
    )
    shop.add_product(
        handle="red-mug",
        title="Red Mug",
        status="DRAFT",
        tags=["kitchen"],
        variants=[{"sku": "SH-RED-M-2"}, {"sku": "200"}],
    )
    shop.add_product(handle="blue-mug", title="Blue Mug (large)", variants=[{"sku": 'A "B" 1'}])


def search(client, query, resource="products", field="handle"):
    text = f"query ($q: String!) {{ {resource}(first: 250, query: $q) {{ nodes {{ {field} }} }} }}"
    answer = client.post(text, {"q": query})
    found = [node[field] for node in answer.data[resource]["nodes"]]
    return found, answer.body["extensions"].get("search", [])


def handles(client, query):
    return set(search(client, query)[0])


def skus(client, query):
    return search(client, query, "productVariants", "sku")[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title:red", {"red-shirt", "red-mug"}),
        ('title:"red shirt"', {"red-shirt"}),
        ('title:"shirt red"', set()),
        ('title:"red"', {"red-shirt", "red-mug"}),
        ("title:mu", {"red-mug", "blue-mug"}),
        ('title:"mu"', set()),
        ("title:RED -title:mug", {"red-shirt"}),
        ("tag:linen", {"red-shirt"}),
        ('tag:"linen shirt"', {"red-shirt"}),
        ("tag:line", set()),
        ("tag:line*", {"red-shirt"}),
        ("tag_not:summer", {"red-mug", "blue-mug"}),
        ("vendor:fjord", {"red-shirt"}),
        ('vendor:"Fjord & Fern"', {"red-shirt"}),
        ("product_type:shirts", {"red-shirt"}),
        ("status:DRAFT", {"red-mug"}),
        ("status:active,draft", {"red-shirt", "red-mug", "blue-mug"}),
        ("handle:red-mug,blue-mug", {"red-mug", "blue-mug"}),
        ("handle:red", set()),
        ("barcode:*", {"red-shirt"}),
        ("-barcode:*", {"red-mug", "blue-mug"}),
        ("title:red OR title:blue title:mug", {"red-mug", "blue-mug"}),
        ("title:red (title:shirt OR title:cup)", {"red-shirt"}),
        ("shirt", {"red-shirt"}),
        ("variant_title:red", {"red-shirt"}),
        ("tag:(x", set()),
        ("created_at:>2020-01-01", {"red-shirt", "red-mug", "blue-mug"}),
        ("created_at:<2020-01-01", set()),
    ],
)
def test_products_are_found_by_tokens(client, goods, query, found):
    assert handles(client, query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sku:200", ["2001", "200"]),
        ('sku:"200"', ["200"]),
        ('sku:"SH-RED-M"', ["SH-RED-M", "SH-RED-M-2"]),
        ('sku:"sh red m"', ["SH-RED-M", "SH-RED-M-2"]),
        (r'sku:"A \"B\" 1"', ['A "B" 1']),
        ('sku:"2001" OR sku:"200"', ["2001", "200"]),
        ("barcode:4001", ["2001"]),
        ("option1:S", ["2001"]),
        ("title:shirt", ["2001", "SH-RED-M"]),
        ("product_status:DRAFT", ["SH-RED-M-2", "200"]),
    ],
)
def test_variants_are_found_with_near_hits(client, goods, query, found):
    assert skus(client, query) == found


def test_ids_are_found_by_number_list_and_range(client, shop, goods):
    first, second, third = (product_id.rpartition("/")[2] for product_id in shop.products)
    assert handles(client, f"id:{second}") == {"red-mug"}
    assert handles(client, f"id:{first},{third}") == {"red-shirt", "blue-mug"}
    assert handles(client, f"id:>{first}") == {"red-mug", "blue-mug"}
    assert skus(client, f"product_ids:{first}") == ["2001", "SH-RED-M"]


@pytest.mark.parametrize(
    "query",
    ["metafields.custom.material:linen", "metafields.custom.material:Lin", "metafields.custom.sizes:L"],
)
def test_metafields_are_compared_exactly_and_with_case(client, goods, query):
    assert search(client, query) == ([], [])


@pytest.mark.parametrize(
    "query",
    ['metafields.custom.material:"Linen"', "metafields.custom.material:Lin*", 'metafields.custom.sizes:"M"'],
)
def test_metafields_are_found_by_value_prefix_and_list_element(client, goods, query):
    assert search(client, query) == (["red-shirt"], [])


@pytest.mark.parametrize("field", ["colour", "metafields.custom.code", "metafields.custom.unknown", "product_id"])
def test_an_unknown_or_unfilterable_field_is_ignored_with_a_warning_and_everything_comes_back(client, goods, field):
    found, (entry,) = search(client, f'{field}:"X1"')
    assert len(found) == 3
    assert entry == {
        "path": ["products"],
        "query": f'{field}:"X1"',
        "warnings": [
            {"field": field, "message": "Invalid search field for this query.", "code": "invalid_field"},
        ],
    }


@pytest.mark.parametrize("field", ["handle", "metafields.custom.material"])
def test_variants_have_neither_handle_nor_metafields(client, goods, field):
    found, (entry,) = search(client, f"{field}:x", "productVariants", "sku")
    assert (len(found), entry["warnings"][0]["code"]) == (5, "invalid_field")


@pytest.mark.parametrize("term", ["id:abc", "status:GONE", "created_at:yesterday"])
def test_a_value_that_the_field_does_not_take_is_ignored_with_a_warning(client, goods, term):
    found, (entry,) = search(client, term)
    field, value = term.split(":")
    message = f"Input `{value}` is not an accepted value."
    assert (len(found), entry["warnings"]) == (3, [{"field": field, "message": message, "code": "invalid_value"}])


def test_an_ignored_field_leaves_the_rest_of_the_query_in_force(client, goods):
    found, (entry,) = search(client, "colour:x title:mug")
    assert (set(found), len(entry["warnings"])) == ({"red-mug", "blue-mug"}, 1)


def test_a_colon_in_an_unquoted_sku_ends_in_a_warning_and_all_products(client, goods):
    found, (entry,) = search(client, "sku:AB:CD")
    assert (len(found), entry["warnings"][0]["field"]) == (3, "AB")


def test_the_debug_header_adds_how_the_query_was_parsed(client, goods):
    client.headers["Shopify-Search-Query-Debug"] = "1"
    _, (entry,) = search(client, 'sku:"A" OR title:b')
    terms = [{"field": "sku", "match_phrase": "A"}, {"field": "title", "match_all": "b"}]
    assert (entry["parsed"], entry["warnings"]) == ({"or": terms}, [])


def test_what_is_changed_is_found_only_after_the_index_lag(client, world, shop, goods):
    product = shop.product_with("red-mug")
    client.run("ProductAddMedia", product={"id": product.id, "title": "Green Mug"}, media=[])
    assert handles(client, "title:green") == set()
    assert handles(client, "title:red") == {"red-shirt", "red-mug"}
    assert client.run("ProductByIdentifier", identifier={"handle": "red-mug"})["title"] == "Green Mug"
    world.forward(5)
    assert handles(client, "title:green") == {"red-mug"}
    assert handles(client, "title:red") == {"red-shirt"}


def test_a_new_file_is_found_by_name_only_after_the_index_lag(client, world, sources):
    (file,) = client.create({"originalSource": f"{sources}/red-1.jpg"})["files"]
    by_name = 'filename:"red-1.jpg"'
    assert search(client, by_name, "files", "id")[0] == []
    world.forward(5)
    assert search(client, by_name, "files", "id")[0] == [file["id"]]
    for query in ("filename:red", "media_type:IMAGE", f"id:{file['id'].rpartition('/')[2]}"):
        assert search(client, query, "files", "id")[0] == [file["id"]], query
    assert search(client, "media_type:VIDEO", "files", "id")[0] == []
    client.settled([file["id"]])
    assert search(client, "status:READY", "files", "id")[0] == []
    world.forward(5)
    assert search(client, "status:READY", "files", "id")[0] == [file["id"]]


def test_a_real_field_that_the_sandbox_keeps_no_data_for_is_refused(client, goods):
    answer = client.post('{ products(first: 1, query: "inventory_total:1") { nodes { id } } }')
    assert answer.error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"


def test_50_terms_over_2000_products_take_well_under_a_second(client, shop):
    import time

    for number in range(2000):
        shop.add_product(handle=f"p{number}", title=f"Product {number}", variants=[{"sku": f"SKU-{number:04}"}])
    query = " OR ".join(f'sku:"SKU-{number:04}"' for number in range(0, 2000, 40))
    started = time.process_time()
    assert len(skus(client, query)) == 50
    assert time.process_time() - started < 1
