"""fileDelete cascades for good; productDelete leaves the files."""

from tests.sandbox.shopify.conftest import picture

MISSING = "gid://shopify/MediaImage/1"


def test_a_deleted_file_leaves_galleries_and_variants_at_once(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture("a.jpg", variants=[0]), picture("b.jpg")])
    first, second = client.gallery(product)
    assert client.run("FileDelete", fileIds=[first]) == {"deletedFileIds": [first], "userErrors": []}
    page = client.run("ProductPage", id=product)
    assert [node["id"] for node in page["media"]["nodes"]] == [second]
    assert page["variants"]["nodes"][0]["media"]["nodes"] == []
    assert client.get("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [first]}) == {"nodes": [None]}


def test_one_missing_id_refuses_all(client, shop):
    (file,) = client.gallery(shop.add_product(handle="mug", title="Mug", pictures=[picture()]))
    answer = client.run("FileDelete", fileIds=[file, MISSING, f"{MISSING}2"])
    message = f"File ids {MISSING},{MISSING}2 do not exist."
    error = {"field": ["fileIds"], "message": message, "code": "FILE_DOES_NOT_EXIST"}
    assert answer == {"deletedFileIds": None, "userErrors": [error]}
    assert client.statuses([file]) == ["READY"]


def test_the_name_of_a_deleted_file_is_free_again(client, sources):
    (file,) = client.ready({"originalSource": f"{sources}/a.jpg"})
    client.run("FileDelete", fileIds=[file])
    answer = client.create({"originalSource": f"{sources}/a.jpg", "duplicateResolutionMode": "RAISE_ERROR"})
    assert answer["userErrors"] == []


def test_a_file_deleted_while_it_is_downloaded_stays_away(client, sources):
    (file,) = client.create({"originalSource": f"{sources}/a.jpg"})["files"]
    client.run("FileDelete", fileIds=[file["id"]])
    client.world.forward(10)
    assert client.run("Files")["nodes"] == []


def test_a_deleted_product_leaves_its_files(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture()])
    (file,) = client.gallery(product)
    assert client.run("ProductDelete", id=product) == {"deletedProductId": product, "userErrors": []}
    assert client.get("query ($id: ID!) { product(id: $id) { id } }", {"id": product}) == {"product": None}
    assert client.run("ProductsCount") == {"count": 0}
    assert client.statuses([file]) == ["READY"]
    assert client.run("ProductDelete", id=product)["userErrors"] == [
        {"field": ["id"], "message": "Product does not exist"}
    ]
