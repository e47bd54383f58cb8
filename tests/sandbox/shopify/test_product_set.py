"""productSet with files: the gallery becomes exactly the list; a key left out is left alone."""

import pytest

from tests.sandbox.shopify.conftest import picture


@pytest.fixture
def mug(shop):
    pictures = [picture("a.jpg", variants=[0]), picture("b.jpg"), picture("c.jpg")]
    return shop.add_product(handle="mug", title="Mug", pictures=pictures)


def put(client, product, **given):
    return client.run("ProductSetFiles", identifier={"id": product}, input=given)


def test_the_order_of_the_list_is_the_order_of_the_gallery(client, mug):
    a, b, c = client.gallery(mug)
    assert put(client, mug, files=[{"id": c}, {"id": a}, {"id": b}])["userErrors"] == []
    assert client.gallery(mug) == [c, a, b]


def test_a_file_left_out_is_detached_from_gallery_and_variants_and_stays_in_the_store(client, mug):
    a, b, c = client.gallery(mug)
    put(client, mug, files=[{"id": b}, {"id": c}])
    page = client.run("ProductPage", id=mug)
    assert [node["id"] for node in page["media"]["nodes"]] == [b, c]
    assert page["variants"]["nodes"][0]["media"]["nodes"] == []
    assert client.statuses([a]) == ["READY"]


def test_without_the_key_files_the_gallery_is_untouched(client, mug):
    before = client.gallery(mug)
    put(client, mug, title="Big mug")
    assert client.gallery(mug) == before


def test_an_empty_list_empties_the_gallery(client, mug):
    put(client, mug, files=[])
    assert client.gallery(mug) == []


def test_a_row_with_an_id_attaches_a_file_that_was_elsewhere(client, shop, mug):
    other = shop.add_product(handle="cup", title="Cup", pictures=[picture("cup.jpg")])
    (file,) = client.gallery(other)
    put(client, mug, files=[{"id": file}])
    assert client.gallery(mug) == client.gallery(other) == [file]


def test_a_row_without_an_id_makes_a_new_file_on_every_call(client, shop, mug, sources):
    for _ in range(2):
        put(client, mug, files=[{"originalSource": f"{sources}/new.jpg"}])
    names = [file.filename for file in shop.files.values() if file.filename.startswith("new")]
    assert len(names) == len(set(names)) == 2
    assert len(client.gallery(mug)) == 1


def test_alt_on_a_row_with_an_id_updates_it(client, shop, mug):
    a, *_ = client.gallery(mug)
    put(client, mug, files=[{"id": a, "alt": "A mug"}])
    assert shop.files[a].alt == "A mug"


def test_an_unknown_file_refuses_the_whole_call(client, mug):
    before = client.gallery(mug)
    answer = put(client, mug, files=[{"id": before[0]}, {"id": "gid://shopify/MediaImage/1"}])
    assert (answer["product"], answer["userErrors"][0]["code"]) == (None, "INVALID_INPUT")
    assert client.gallery(mug) == before


def test_an_unknown_product_id_is_a_user_error(client, shop):
    answer = client.run("ProductSetFiles", input={"id": "gid://shopify/Product/1", "files": []})
    error = {"field": ["input", "id"], "message": "Product does not exist", "code": "PRODUCT_DOES_NOT_EXIST"}
    assert answer == {"product": None, "userErrors": [error]}


def test_an_id_in_both_places_is_not_allowed(client, mug):
    answer = client.run("ProductSetFiles", identifier={"id": mug}, input={"id": mug, "files": []})
    message = "The id field is not allowed if identifier is provided."
    assert answer["userErrors"] == [{"field": ["input"], "message": message, "code": "ID_NOT_ALLOWED"}]
    assert len(client.gallery(mug)) == 3


@pytest.mark.parametrize("identifier", [{"handle": "new-mug"}, None])
def test_no_match_by_handle_and_no_identifier_create_a_product(client, world, shop, mug, identifier):
    client.run("ProductSetFiles", identifier=identifier, input={"title": "New mug", "files": []})
    assert {product.handle for product in shop.products.values()} == {"mug", "new-mug"}
    query = '{ products(first: 2, query: "title:new") { nodes { handle } } }'
    assert client.get(query)["products"]["nodes"] == []
    world.forward(5)
    assert client.get(query)["products"]["nodes"] == [{"handle": "new-mug"}]


def test_a_custom_id_without_its_definition_is_a_top_level_error(client):
    query = (
        "mutation ($by: ProductSetIdentifiers) { productSet(identifier: $by, input: {files: []}) { product { id } } }"
    )
    answer = client.post(query, {"by": {"customId": {"namespace": "custom", "key": "pim", "value": "1"}}})
    assert answer.error["message"] == "Metafield definition of type 'id' is required when using custom ids."
    assert answer.error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(("files", "cost"), [(1, 12), (5, 20), (10, 29), (20, 48), (50, 105), (100, 200), (250, 485)])
def test_every_row_costs_also_those_that_change_nothing(client, shop, files, cost):
    product = shop.add_product(handle="big", title="Big", pictures=[picture(f"{n}.jpg") for n in range(files)])
    rows = [{"id": file} for file in client.gallery(product)]
    shop.bucket.charge(-2000)
    query = "mutation ($in: ProductSetInput!) { productSet(input: $in) { product { id } } }"
    answer = client.post(query, {"in": {"id": product, "files": rows}})
    assert answer.cost["requestedQueryCost"] == answer.cost["actualQueryCost"] == cost


def test_more_than_250_rows_are_refused_before_anything_runs(client, mug):
    query = "mutation ($f: [FileSetInput!]) { productSet(input: {files: $f}) { product { id } } }"
    answer = client.post(query, {"f": [{}] * 385})
    assert answer.error["message"] == "The input array size of 385 is greater than the maximum allowed of 250."
    assert answer.error["path"] == ["productSet", "input", "files"]


def test_what_the_sandbox_does_not_imitate_is_refused_and_not_ignored(client, mug):
    query = "mutation ($in: ProductSetInput!) { productSet(input: $in) { product { id } } }"
    answer = client.post(query, {"in": {"title": "Mug", "collections": []}})
    assert answer.error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"
