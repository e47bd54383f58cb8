"""Reading: nodes in order, galleries, previews, metafields, identifiers, pages."""

import pytest

from tests.sandbox.shopify.conftest import Client, picture


def test_nodes_come_in_the_order_of_the_ids_with_null_for_unknown_ones(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture()])
    (file,) = client.gallery(product)
    ids = [file, "gid://shopify/Product/1", product, "gid://shopify/Order/1", file]
    nodes = client.get("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids})["nodes"]
    assert [node and node["id"] for node in nodes] == [file, None, product, None, file]


def test_a_picture_is_null_until_ready(client, shop, sources):
    (file,) = client.create({"originalSource": f"{sources}/a.jpg"})["files"]
    fields = "image { url width height } preview { image { url } }"
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on MediaImage {{ {fields} }} }} }}"
    (node,) = client.get(query, {"ids": [file["id"]]})["nodes"]
    assert (node["image"], node["preview"]["image"]) == (None, None)
    client.settled([file["id"]])
    (node,) = client.get(query, {"ids": [file["id"]]})["nodes"]
    assert (node["image"]["width"], node["image"]["height"]) == (40, 50)
    assert node["preview"]["image"]["url"] == node["image"]["url"]


def test_seeded_pictures_are_ready_in_order_with_alt_and_variants(client, shop):
    variants = [{"title": "S", "sku": "1"}, {"title": "M", "sku": "2"}]
    pictures = [picture("a.jpg", alt="front"), picture("b.jpg", variants=[0, 1]), picture("a.jpg")]
    product = shop.add_product(handle="mug", title="Mug", variants=variants, pictures=pictures)
    page = client.run("ProductPage", id=product)
    media = page["media"]["nodes"]
    assert [node["alt"] for node in media] == ["front", "", ""]
    assert {node["status"] for node in media} == {"READY"}
    assert [v["media"]["nodes"][0]["id"] for v in page["variants"]["nodes"]] == [media[1]["id"]] * 2
    assert len({node["image"]["url"] for node in media}) == 3


def test_a_taken_handle_cannot_be_seeded(shop):
    shop.add_product(handle="mug", title="Mug")
    with pytest.raises(ValueError, match="mug"):
        shop.add_product(handle="mug", title="Mug")


def test_metafields_and_their_definitions(client, shop):
    shop.define_metafield("custom", "material", "single_line_text_field", True)
    shop.define_metafield("custom", "code", "single_line_text_field", False)
    metafields = {("custom", "material"): ("single_line_text_field", "Clay")}
    product = shop.add_product(handle="mug", title="Mug", metafields=metafields)
    query = """query ($id: ID!) { product(id: $id) { a: metafield(namespace: "custom", key: "material") { type value }
        b: metafield(namespace: "custom", key: "code") { value } } }"""
    found = client.get(query, {"id": product})["product"]
    assert found == {"a": {"type": "single_line_text_field", "value": "Clay"}, "b": None}
    query = """{ metafieldDefinitions(first: 5, ownerType: PRODUCT, namespace: "custom") {
        nodes { capabilities { adminFilterable { enabled } } } } }"""
    nodes = client.get(query)["metafieldDefinitions"]["nodes"]
    assert [node["capabilities"]["adminFilterable"]["enabled"] for node in nodes] == [True, False]


def test_a_product_is_identified_by_id_and_handle(client, shop):
    product = shop.add_product(handle="mug", title="Mug")
    for identifier in ({"id": product}, {"handle": "mug"}):
        assert client.run("ProductByIdentifier", identifier=identifier)["id"] == product
    assert client.run("ProductByIdentifier", identifier={"handle": "cup"}) is None


def test_a_custom_id_needs_a_definition_of_type_id(client, shop):
    product = shop.add_product(handle="mug", title="Mug", metafields={("custom", "pim"): ("id", "7")})
    query = """{ productByIdentifier(identifier: {customId: {namespace: "custom", key: "pim", value: "7"}}) { id } }"""
    error = client.post(query).error
    assert error["message"] == "Metafield definition of type 'id' is required when using custom ids."
    shop.define_metafield("custom", "pim", "id", False)
    assert client.get(query)["productByIdentifier"]["id"] == product


def test_the_shop_and_what_the_app_may_do(client, shop):
    found = client.get(
        "{ shop { name myshopifyDomain plan { publicDisplayName } } currentAppInstallation { accessScopes { handle } } }"
    )
    assert found["shop"] == {
        "name": "Fern",
        "myshopifyDomain": "fern.myshopify.com",
        "plan": {"publicDisplayName": "Basic"},
    }
    scopes = [scope["handle"] for scope in found["currentAppInstallation"]["accessScopes"]]
    assert scopes == sorted(shop.scopes)


@pytest.mark.parametrize(
    ("plan", "named", "development"),
    [("development", "Development", True), ("basic", "Basic", False), ("plus", "Plus", False)],
)
def test_a_development_store_says_so_and_has_the_standard_rate(world, plan, named, development):
    world.add_shop(domain="other.myshopify.com", plan=plan)
    answer = Client(world, "other.myshopify.com").post("{ shop { plan { publicDisplayName partnerDevelopment } } }")
    assert answer.data["shop"]["plan"] == {"publicDisplayName": named, "partnerDevelopment": development}
    assert (answer.cost["throttleStatus"]["restoreRate"] == 100.0) == (plan != "plus")


def test_only_products_that_customers_see_have_a_store_url(client, shop):
    for status in ("ACTIVE", "DRAFT"):
        shop.add_product(handle=status.lower(), title="Mug", status=status)
    nodes = client.get("{ products(first: 5) { nodes { onlineStoreUrl } } }")["products"]["nodes"]
    assert [node["onlineStoreUrl"] is not None for node in nodes] == [True, False]


def test_pages_follow_one_another_without_gaps(client, shop):
    for number in range(5):
        shop.add_product(handle=f"p{number}", title="Mug")
    query = "query ($after: String) { products(first: 2, after: $after) { nodes { handle } pageInfo { hasNextPage endCursor } } }"
    after, found = None, []
    while True:
        page = client.get(query, {"after": after})["products"]
        found.append([node["handle"] for node in page["nodes"]])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == [["p0", "p1"], ["p2", "p3"], ["p4"]]


def test_last_and_reverse_and_before(client, shop):
    for number in range(4):
        shop.add_product(handle=f"p{number}", title="Mug")

    def page(arguments):
        text = f"{{ products({arguments}) {{ nodes {{ handle }} pageInfo {{ endCursor }} }} }}"
        return client.get(text)["products"]

    def found(arguments):
        return [node["handle"] for node in page(arguments)["nodes"]]

    assert found("last: 2") == ["p2", "p3"]
    assert found("first: 2, reverse: true") == ["p3", "p2"]
    assert found(f'last: 1, before: "{page("first: 3")["pageInfo"]["endCursor"]}"') == ["p1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('query: "x"', "you must provide one of first or last"),
        ("first: 1, last: 1", "providing both first and last is not supported"),
        ('first: 1, after: "nonsense"', "Malformed cursor"),
        ("first: 251", "first must be less than or equal to 250"),
    ],
)
def test_wrong_paging_arguments_are_bad_requests(client, arguments, message):
    answer = client.post(f"{{ products({arguments}) {{ nodes {{ id }} }} }}")
    assert (answer.error["message"], answer.error["extensions"]["code"]) == (message, "BAD_REQUEST")
    assert "cost" in answer.body["extensions"]


def test_every_field_of_the_schema_is_answered(client, shop):
    """A field that no resolver and no record knows would be refused only when somebody asks for it."""
    from graphql import get_named_type, is_leaf_type, is_object_type

    from sandbox.shopify.execution import executable

    product = shop.add_product(
        handle="mug",
        title="Mug",
        metafields={("custom", "a"): ("single_line_text_field", "x")},
        pictures=[picture(), {"content": b"film", "filename": "film.mp4"}, {"content": b"%PDF", "filename": "a.pdf"}],
    )
    shop.define_metafield("custom", "a", "single_line_text_field", True)
    definition = shop.definitions["custom.a"].id
    ids = [product, shop.products[product].variants[0].id, *shop.files, definition]
    types = {
        name: executable().type_map[name]
        for name in ("Product", "ProductVariant", "MediaImage", "Video", "GenericFile")
    }
    for name, kind in types.items():
        assert is_object_type(kind)
        leaves = [
            f'{f}(id: "gid://shopify/Collection/1")' if "id" in field.args else f
            for f, field in kind.fields.items()
            if is_leaf_type(get_named_type(field.type))
        ]
        query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {name} {{ {' '.join(leaves)} }} }} }}"
        assert any(client.get(query, {"ids": ids})["nodes"]), name


def test_a_gallery_that_is_longer_than_a_page_is_read_to_its_end(client, shop):
    pictures = [picture(f"{number}.jpg") for number in range(253)]
    product = shop.add_product(handle="mug", title="Mug", pictures=pictures)
    first = client.run("GalleryPage", id=product)["media"]
    rest = client.run("GalleryPage", id=product, after=first["pageInfo"]["endCursor"])["media"]
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (250, True)
    assert (len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (3, False)
    assert [node["id"] for node in first["nodes"] + rest["nodes"]] == shop.products[product].media


@pytest.mark.parametrize(
    ("sort_key", "reverse", "names"),
    [
        ("CREATED_AT", True, ["a.jpg", "c.jpg", "b.jpg"]),
        ("FILENAME", False, ["a.jpg", "b.jpg", "c.jpg"]),
        ("ID", True, ["a.jpg", "c.jpg", "b.jpg"]),
    ],
)
def test_files_are_listed_in_the_order_that_is_asked_for(client, world, shop, sort_key, reverse, names):
    for name in "bca":
        shop.add_product(handle=name, title=name, pictures=[picture(f"{name}.jpg")])
        world.forward(1)
    query = """query ($key: FileSortKeys, $reverse: Boolean, $after: String) {
      files(first: 2, sortKey: $key, reverse: $reverse, after: $after) { nodes { id createdAt } pageInfo { endCursor } } }"""
    first = client.get(query, {"key": sort_key, "reverse": reverse})["files"]
    rest = client.get(query, {"key": sort_key, "reverse": reverse, "after": first["pageInfo"]["endCursor"]})["files"]
    assert [shop.files[node["id"]].filename for node in first["nodes"] + rest["nodes"]] == names
    assert first["nodes"][0]["createdAt"].endswith("Z")


def test_a_list_read_backwards_goes_on_after_a_row_that_is_gone(client, shop):
    ids = [shop.add_product(handle=name, title=name) for name in "abcd"]
    query = "query ($after: String) { products(first: 2, reverse: true, after: $after) { nodes { id } pageInfo { endCursor } } }"
    first = client.get(query)["products"]
    client.run("ProductDelete", id=ids[2])
    rest = client.get(query, {"after": first["pageInfo"]["endCursor"]})["products"]["nodes"]
    assert [node["id"] for node in rest] == [ids[1], ids[0]]
