"""productUpdate with media: appends new files in order, does not wait for READY, and one bad row refuses all."""

import pytest

from tests.sandbox.shopify.conftest import picture


def add(client, product, *sources, **fields):
    media = [{"mediaContentType": "IMAGE", "originalSource": source} for source in sources]
    return client.run("ProductAddMedia", product={"id": product, **fields}, media=media)


@pytest.fixture
def mug(shop):
    return shop.add_product(handle="mug", title="Mug", pictures=[picture("a.jpg")])


def test_media_are_appended_in_order_and_are_processing_at_the_next_read(client, shop, mug, sources):
    add(client, mug, f"{sources}/c.jpg", f"{sources}/b.jpg")
    gallery = client.gallery(mug)
    assert [shop.files[media].filename for media in gallery] == ["a.jpg", "c.jpg", "b.jpg"]
    assert client.statuses(gallery) == ["READY", "PROCESSING", "PROCESSING"]
    assert client.settled(gallery) == ["READY"] * 3


def test_the_same_picture_added_twice_is_two_files(client, mug, sources):
    add(client, mug, f"{sources}/b.jpg")
    add(client, mug, f"{sources}/b.jpg")
    assert len(set(client.gallery(mug))) == 3


def test_one_malformed_url_rejects_the_whole_update(client, shop, mug, sources):
    answer = add(client, mug, f"{sources}/b.jpg", "nonsense", title="Big mug")
    error = {"field": ["media", "1", "originalSource"], "message": "Image URL is invalid"}
    assert answer["userErrors"] == [error]
    assert (len(client.gallery(mug)), shop.products[mug].title) == (1, "Mug")


def test_a_picture_that_cannot_be_downloaded_turns_failed_and_still_takes_a_place(client, mug, sources):
    assert add(client, mug, f"{sources}/missing.jpg")["userErrors"] == []
    gallery = client.gallery(mug)
    assert client.settled(gallery) == ["READY", "FAILED"]
    assert client.gallery(mug) == gallery
    (_, failed) = client.run("ProductPage", id=mug)["media"]["nodes"]
    assert [error["code"] for error in failed["mediaErrors"]] == ["IMAGE_DOWNLOAD_FAILURE"]


def test_its_user_errors_have_no_code(client, mug):
    query = 'mutation { productUpdate(product: {title: "x"}) { userErrors { code } } }'
    assert client.post(query).error["extensions"] == {
        "code": "undefinedField",
        "typeName": "UserError",
        "fieldName": "code",
    }


def test_a_video_needs_a_staged_upload(client, mug, sources):
    media = [{"mediaContentType": "VIDEO", "originalSource": f"{sources}/v.mp4"}]
    answer = client.run("ProductAddMedia", product={"id": mug}, media=media)
    assert answer["userErrors"][0]["field"] == ["media", "0", "originalSource"]
    assert len(client.gallery(mug)) == 1
