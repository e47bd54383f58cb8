"""fileUpdate: the batch is checked whole (existence, READY, references), alt texts row by row; references fill galleries."""

import pytest

from tests.sandbox.shopify.conftest import DOCUMENTS, picture

MISSING = "gid://shopify/MediaImage/1"


def gallery_of(shop, *names, handle="mug"):
    return shop.add_product(handle=handle, title="Mug", pictures=[picture(name) for name in names])


def new_files(client, sources, *names):
    return client.ready(*({"originalSource": f"{sources}/{name}.jpg"} for name in names))


def test_files_are_added_at_the_end_in_the_order_of_the_rows(client, shop, sources):
    product = gallery_of(shop, "old.jpg")
    old = client.gallery(product)
    added = new_files(client, sources, "b", "a", "c")
    answer = client.update(*({"id": file, "referencesToAdd": [product]} for file in added))
    assert answer["userErrors"] == []
    assert client.gallery(product) == old + added


def test_a_file_that_is_in_the_gallery_already_is_not_doubled(client, shop):
    product = gallery_of(shop, "a.jpg", "b.jpg")
    before = client.gallery(product)
    client.update({"id": before[0], "referencesToAdd": [product]})
    assert client.gallery(product) == before


def test_one_file_can_be_added_to_many_products(client, shop, sources):
    products = [gallery_of(shop, handle=f"mug-{n}") for n in range(3)]
    (file,) = new_files(client, sources, "a")
    client.update({"id": file, "referencesToAdd": products})
    assert [client.gallery(product) for product in products] == [[file]] * 3


def test_a_removed_file_stays_in_the_store_and_leaves_the_variants(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture(variants=[0])])
    (file,) = client.gallery(product)
    client.update({"id": file, "referencesToRemove": [product]})
    page = client.run("ProductPage", id=product)
    assert (page["media"]["nodes"], page["variants"]["nodes"][0]["media"]["nodes"]) == ([], [])
    assert client.statuses([file]) == ["READY"]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ([MISSING], f'File id ["{MISSING}"] does not exist.'),
        ([MISSING, f"{MISSING}2"], f'File ids ["{MISSING}", "{MISSING}2"] do not exist.'),
    ],
)
def test_missing_ids_reject_the_whole_batch(client, shop, missing, message):
    (file,) = client.gallery(gallery_of(shop, "a.jpg"))
    answer = client.update({"id": file, "alt": "new"}, *({"id": one, "alt": "new"} for one in missing))
    assert answer["files"] == []
    assert answer["userErrors"] == [{"field": ["files"], "message": message, "code": "FILE_DOES_NOT_EXIST"}]
    assert shop.files[file].alt == ""


def test_an_id_of_another_type_is_a_missing_file(client, shop):
    (error,) = client.update({"id": gallery_of(shop), "alt": "new"})["userErrors"]
    assert error["code"] == "FILE_DOES_NOT_EXIST"


def test_one_file_that_is_not_ready_rejects_the_whole_batch(client, shop, sources):
    product = gallery_of(shop, "a.jpg")
    (ready,) = client.gallery(product)
    (young,) = client.create({"originalSource": f"{sources}/b.jpg"})["files"]
    answer = client.update({"id": ready, "alt": "new"}, {"id": young["id"], "referencesToAdd": [product]})
    error = {"field": ["files"], "message": "Non-ready files cannot be updated.", "code": "NON_READY_STATE"}
    assert answer == {"files": [], "userErrors": [error]}
    assert (client.gallery(product), shop.files[ready].alt) == ([ready], "")


def test_a_failed_file_cannot_be_updated(client, sources):
    (failed,) = client.create({"originalSource": f"{sources}/missing.jpg"})["files"]
    client.settled([failed["id"]])
    (error,) = client.update({"id": failed["id"], "alt": "new"})["userErrors"]
    assert error["code"] == "NON_READY_STATE"


def test_existence_is_checked_before_readiness(client, sources):
    (young,) = client.create({"originalSource": f"{sources}/b.jpg"})["files"]
    (error,) = client.update({"id": young["id"]}, {"id": MISSING})["userErrors"]
    assert error["code"] == "FILE_DOES_NOT_EXIST"


def test_an_alt_text_that_is_too_long_leaves_the_other_rows_to_be_applied(client, shop):
    first, second = client.gallery(gallery_of(shop, "a.jpg", "b.jpg"))
    answer = client.update({"id": first, "alt": "x" * 513}, {"id": second, "alt": "new"})
    assert [file["id"] for file in answer["files"]] == [second]
    assert answer["userErrors"] == [
        {
            "field": ["files", "0", "alt"],
            "message": "The alt value exceeds the maximum limit of 512 characters.",
            "code": "ALT_VALUE_LIMIT_EXCEEDED",
        }
    ]
    assert (shop.files[first].alt, shop.files[second].alt) == ("", "new")


@pytest.mark.parametrize("target", ["gid://shopify/Product/1", "gid://shopify/Collection/1"])
def test_a_reference_to_what_is_no_product_of_the_store_rejects_the_batch(client, shop, target):
    (file,) = client.gallery(gallery_of(shop, "a.jpg"))
    answer = client.update({"id": file, "referencesToAdd": [target], "alt": "new"})
    message, code = "The reference target does not exist", "REFERENCE_TARGET_DOES_NOT_EXIST"
    assert answer == {"files": [], "userErrors": [{"field": ["files"], "message": message, "code": code}]}
    assert shop.files[file].alt == ""


def test_more_than_250_media_in_a_gallery_are_refused(client, shop, sources):
    product = gallery_of(shop, *(f"{n}.jpg" for n in range(249)))
    first, second = new_files(client, sources, "y", "z")
    (error,) = client.update({"id": first, "referencesToAdd": [product]}, {"id": second, "referencesToAdd": [product]})[
        "userErrors"
    ]
    assert (error["field"], error["code"]) == (["files"], "PRODUCT_MEDIA_LIMIT_EXCEEDED")
    assert len(client.gallery(product)) == 249
    assert client.update({"id": first, "referencesToAdd": [product]})["userErrors"] == []


def test_a_new_source_keeps_id_and_path_and_shows_null_until_it_is_there(client, shop, sources):
    (file,) = client.gallery(gallery_of(shop, "a.jpg"))
    old = preview(client, file)
    (row,) = client.update({"id": file, "originalSource": f"{sources}/red.jpg"})["files"]
    assert (row["fileStatus"], row["image"]) == ("READY", None)
    assert (client.statuses([file]), preview(client, file)) == (["READY"], old)
    new = replaced(client, file)
    assert new != old
    assert new.partition("?v=")[0] == old.partition("?v=")[0]


def test_a_bad_new_source_fails_in_silence_and_keeps_the_old_picture(client, shop, sources):
    (file,) = client.gallery(gallery_of(shop, "a.jpg"))
    old = preview(client, file)
    assert client.update({"id": file, "originalSource": f"{sources}/page.jpg"})["userErrors"] == []
    assert replaced(client, file) == old
    assert (client.statuses([file]), shop.files[file].problem) == (["READY"], None)


def test_image_and_preview_cannot_be_replaced_together(client, shop, sources):
    (file,) = client.gallery(gallery_of(shop, "a.jpg"))
    source = f"{sources}/b.jpg"
    errors = client.update({"id": file, "originalSource": source, "previewImageSource": source})["userErrors"]
    message = "Cannot update the preview image and image at the same time because they are one and the same."
    assert [(e["field"], e["message"], e["code"]) for e in errors] == [
        (["files", "0", "previewImageSource"], message, "INVALID"),
        (["files", "0", "originalSource"], message, "INVALID"),
    ]


def test_a_filename_keeps_its_extension(client, shop):
    (file,) = client.gallery(gallery_of(shop, "a.jpg"))
    (error,) = client.update({"id": file, "filename": "b.png"})["userErrors"]
    message = "The filename extension provided must match the original filename."
    assert error == {"field": ["files"], "message": message, "code": "INVALID_FILENAME_EXTENSION"}
    assert client.update({"id": file, "filename": "b.jpg"})["userErrors"] == []
    assert "/files/b.jpg?v=" in preview(client, file)


def test_videos_keep_their_source_and_their_name(client, shop, sources):
    product = shop.add_product(handle="mug", title="Mug", pictures=[{"content": b"film", "filename": "film.mp4"}])
    (video,) = client.gallery(product)
    (by_source,) = client.update({"id": video, "originalSource": f"{sources}/b.mp4"})["userErrors"]
    (by_name,) = client.update({"id": video, "filename": "b.mp4"})["userErrors"]
    assert by_source == {
        "field": ["files", "0", "originalSource"],
        "message": "Updating the original source is not supported for this media type.",
        "code": "INVALID",
    }
    assert by_name == {
        "field": ["files"],
        "message": "Updating the filename is only supported on images and generic files",
        "code": "UNSUPPORTED_MEDIA_TYPE_FOR_FILENAME_UPDATE",
    }


def test_references_need_the_permission_to_write_products(client, shop):
    (file,) = client.gallery(product := gallery_of(shop, "a.jpg"))
    shop.scopes.discard("write_products")
    query = "mutation ($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { files { id } } }"
    answer = client.post(query, {"files": [{"id": file, "referencesToAdd": [product]}]})
    assert answer.error["message"] == "Access denied: Missing permission to manage products."
    assert (answer.error["extensions"]["code"], answer.error["path"]) == ("ACCESS_DENIED", ["fileUpdate"])
    assert (answer.body["data"], "cost" in answer.body["extensions"]) == ({"fileUpdate": None}, True)
    assert client.update({"id": file, "alt": "new"})["userErrors"] == []


def test_250_rows_cost_10_points(client, shop):
    product = gallery_of(shop, *(f"{n}.jpg" for n in range(250)))
    query = "mutation ($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { files { id } userErrors { code } } }"
    cost = client.post(query, {"files": [{"id": file, "alt": "new"} for file in client.gallery(product)]}).cost
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, 10)


def preview(client, file):
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on File { preview { image { url } } } } }"
    return client.get(query, {"ids": [file]})["nodes"][0]["preview"]["image"]["url"]


def replaced(client, file):
    """The picture's address once the new source has come to an end."""
    while client.shop.files[file].download:
        client.settled([file])
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on MediaImage { image { url } } } }"
    return client.get(query, {"ids": [file]})["nodes"][0]["image"]["url"]


def test_what_nobody_knows_the_outcome_of_is_refused_as_not_imitated(client, shop):
    product = gallery_of(shop, "a.jpg")
    (file,) = client.gallery(product)
    text = (DOCUMENTS / "FileUpdate.graphql").read_text()
    for rows in (
        [{"id": file, "alt": "one"}, {"id": file, "alt": "other"}],
        [{"id": file, "referencesToAdd": [product, product]}],
        [{"id": file, "referencesToAdd": [product], "referencesToRemove": [product]}],
    ):
        assert client.post(text, {"files": rows}).error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"
    assert (client.gallery(product), shop.files[file].alt) == ([file], "")
