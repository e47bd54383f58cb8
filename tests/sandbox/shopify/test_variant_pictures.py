"""Pictures of variants: one each, a ready image of the same product, and one error refuses the whole call."""

import pytest
import urllib3

from tests.sandbox.shopify.conftest import picture
from tests.sandbox.shopify.staging import new_video


def mug(shop, *, variants=2, pictures=("a.jpg", "b.jpg"), handle="mug", of_first=()):
    rows = [{"title": f"V{number}"} for number in range(variants)]
    files = [picture(name, variants=[0] if name in of_first else []) for name in pictures]
    return shop.add_product(handle=handle, title="Mug", variants=rows, pictures=files)


def variants_of(shop, product):
    return [variant.id for variant in shop.products[product].variants]


def pictures(client, product):
    """The picture of each variant, as the app reads them."""
    (node,) = client.run_ours("VariantPictures", ids=[product])
    return [next((m["id"] for m in v["media"]["nodes"]), None) for v in node["variants"]["nodes"]]


def pair(variant, *media):
    return {"variantId": variant, "mediaIds": list(media)}


def append(client, product, *pairs):
    return client.run("VariantAppend", productId=product, variantMedia=list(pairs))


def detach(client, product, *pairs):
    return client.run("VariantDetach", productId=product, variantMedia=list(pairs))


def test_pictures_are_attached_and_detached_and_stay_in_the_gallery(client, shop):
    product = mug(shop)
    (first, second), (a, b) = variants_of(shop, product), client.gallery(product)
    answer = append(client, product, pair(first, a), pair(second, b))
    assert [v["id"] for v in answer["productVariants"]] == [first, second]
    assert (answer["userErrors"], pictures(client, product)) == ([], [a, b])
    assert detach(client, product, pair(first, a))["userErrors"] == []
    assert (pictures(client, product), client.gallery(product)) == ([None, b], [a, b])


def test_the_documents_of_the_app_do_the_same(client, shop):
    product = mug(shop)
    first, a = variants_of(shop, product)[0], client.gallery(product)[0]
    shown = client.run_ours("VariantsShow", productId=product, variants=[{"id": first, "mediaId": a}])
    assert shown == {"productVariants": [{"id": first}], "userErrors": []}
    assert pictures(client, product) == [a, None]
    row = {"productId": product, "variantMedia": [pair(first, a)]}
    assert client.run_ours("VariantsDetach", **row) == {"userErrors": []}
    assert pictures(client, product) == [None, None]


def refused(answer, *errors):
    assert answer == {
        "product": None,
        "productVariants": None,
        "userErrors": [{"field": field, "message": message, "code": code} for field, message, code in errors],
    }


def at(key, row=0):
    return ["variantMedia", str(row), key]


ALREADY = "The given variant already has attached media.", "PRODUCT_VARIANT_ALREADY_HAS_MEDIA"


def test_a_variant_that_has_a_picture_refuses_another_and_nothing_is_done(client, shop):
    product = mug(shop, of_first=["a.jpg"])
    (first, second), (a, b) = variants_of(shop, product), client.gallery(product)
    answer = append(client, product, pair(second, b), pair(first, b))
    refused(answer, (at("variantId", 1), *ALREADY))
    assert pictures(client, product) == [a, None]
    refused(append(client, product, pair(first, a)), (at("variantId"), *ALREADY))


@pytest.mark.parametrize("call", [append, detach])
def test_more_than_100_pairs_are_refused(client, shop, call):
    product = mug(shop, variants=101)
    (a, _), variants = client.gallery(product), variants_of(shop, product)
    message, code = "Exceeded 100 variant-media pairs per mutation.", "MAXIMUM_VARIANT_MEDIA_PAIRS_EXCEEDED"
    refused(call(client, product, *(pair(v, a) for v in variants)), (["variantMedia"], message, code))
    if call is append:
        assert append(client, product, *(pair(v, a) for v in variants[:100]))["userErrors"] == []


@pytest.mark.parametrize("call", [append, detach])
def test_a_pair_has_exactly_one_medium(client, shop, call):
    product = mug(shop)
    (first, second), (a, b) = variants_of(shop, product), client.gallery(product)
    refused(
        call(client, product, pair(first, a, b), pair(second)),
        (at("mediaIds", 0), "Only one mediaId is allowed per media input.", "TOO_MANY_MEDIA_PER_INPUT_PAIR"),
        (at("mediaIds", 1), "The mediaIds list cannot be empty.", "BLANK"),
    )


def test_a_variant_comes_once(client, shop):
    product = mug(shop)
    first, (a, b) = variants_of(shop, product)[0], client.gallery(product)
    message = "Variant was specified in more than one media input."
    refused(
        append(client, product, pair(first, a), pair(first, b)),
        (at("variantId"), message, "PRODUCT_VARIANT_SPECIFIED_MULTIPLE_TIMES"),
    )


def test_videos_cannot_be_attached(client, shop):
    product = mug(shop)
    video = new_video(client)
    client.settled([video])
    client.update({"id": video, "referencesToAdd": [product]})
    refused(
        append(client, product, pair(variants_of(shop, product)[0], video)),
        (at("mediaIds"), "Non-image media cannot be attached to variants.", "INVALID_MEDIA_TYPE"),
    )


def test_pictures_that_are_not_ready_cannot_be_attached(client, shop, sources):
    product = mug(shop, pictures=())
    row = {"mediaContentType": "IMAGE", "originalSource": f"{sources}/a.jpg"}
    client.run("ProductAddMedia", product={"id": product}, media=[row])
    (young,) = client.gallery(product)
    first = variants_of(shop, product)[0]
    refused(
        append(client, product, pair(first, young)),
        (at("mediaIds"), "Non-ready media cannot be attached to variants.", "NON_READY_MEDIA"),
    )
    client.settled([young])
    assert append(client, product, pair(first, young))["userErrors"] == []


@pytest.mark.parametrize("call", [append, detach])
def test_media_and_variants_must_be_of_the_product(client, shop, call):
    here, elsewhere = mug(shop), mug(shop, handle="cup")
    (first, second), (a, _) = variants_of(shop, here), client.gallery(here)
    other_variant, other_file = variants_of(shop, elsewhere)[0], client.gallery(elsewhere)[0]
    refused(
        call(client, here, pair(first, other_file), pair(other_variant, a), pair(second, elsewhere)),
        (at("mediaIds", 0), "Media does not exist on the specified product.", "MEDIA_DOES_NOT_EXIST_ON_PRODUCT"),
        (
            at("variantId", 1),
            "Variant does not exist on the specified product.",
            "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT",
        ),
        (at("mediaIds", 2), "Media does not exist on the specified product.", "MEDIA_DOES_NOT_EXIST_ON_PRODUCT"),
    )


def test_what_is_not_attached_cannot_be_detached(client, shop):
    product = mug(shop, of_first=["a.jpg"])
    (first, second), (a, b) = variants_of(shop, product), client.gallery(product)
    message, code = "The specified media is not attached to the specified variant.", "MEDIA_IS_NOT_ATTACHED_TO_VARIANT"
    answer = detach(client, product, pair(first, a), pair(second, b))
    refused(answer, (at("variantId", 1), message, code))
    assert pictures(client, product) == [a, None]


def test_a_missing_product_is_a_user_error_and_an_id_of_another_type_a_top_level_one(client, shop):
    answer = append(client, "gid://shopify/Product/1", pair(*(["gid://shopify/ProductVariant/1"] * 2)))
    assert answer["userErrors"][0]["code"] == "PRODUCT_DOES_NOT_EXIST"
    query = (
        "mutation ($id: ID!, $rows: [ProductVariantAppendMediaInput!]!) "
        "{ productVariantAppendMedia(productId: $id, variantMedia: $rows) { userErrors { field } } }"
    )
    error = client.post(query, {"id": "gid://shopify/ProductVariant/1", "rows": []}).error
    assert error["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_bulk_update_replaces_a_picture_without_detaching(client, shop):
    product = mug(shop, of_first=["a.jpg"])
    first, (_, b) = variants_of(shop, product)[0], client.gallery(product)
    rows = [{"id": first, "mediaId": b}]
    assert client.run("VariantsBulkUpdate", productId=product, variants=rows)["userErrors"] == []
    assert pictures(client, product) == [b, None]


def test_bulk_update_refuses_pictures_of_other_products_and_then_changes_nothing(client, shop):
    product, other = mug(shop), mug(shop, handle="cup")
    (first, second), (a, _) = variants_of(shop, product), client.gallery(product)
    rows = [{"id": first, "mediaId": a}, {"id": second, "mediaId": client.gallery(other)[0]}]
    answer = client.run("VariantsBulkUpdate", productId=product, variants=rows)
    error = {"message": "Image must be for this product", "code": "MUST_BE_FOR_THIS_PRODUCT"}
    assert answer["userErrors"] == [{"field": ["variants", "1", "mediaId"], **error}]
    assert pictures(client, product) == [None, None]
    client.run("VariantsBulkUpdate", productId=product, variants=rows, allowPartialUpdates=True)
    assert pictures(client, product) == [a, None]


def test_removing_a_reference_or_deleting_the_file_clears_variants(client, shop):
    product = mug(shop, of_first=["a.jpg"])
    second, (a, b) = variants_of(shop, product)[1], client.gallery(product)
    append(client, product, pair(second, b))
    client.update({"id": a, "referencesToRemove": [product]})
    assert pictures(client, product) == [None, b]
    client.run("FileDelete", fileIds=[b])
    assert pictures(client, product) == [None, None]


def test_variant_pictures_cost_10_and_need_write_products(client, shop):
    product = mug(shop)
    first, a = variants_of(shop, product)[0], client.gallery(product)[0]
    query = (
        "mutation ($id: ID!, $rows: [ProductVariantAppendMediaInput!]!) "
        "{ productVariantAppendMedia(productId: $id, variantMedia: $rows) { userErrors { field message code } } }"
    )
    variables = {"id": product, "rows": [pair(first, a)]}
    assert client.post(query, variables).cost["actualQueryCost"] == 10
    assert client.post(query, variables).cost["actualQueryCost"] == 10  # an error costs the same
    shop.scopes = {"read_products", "write_files"}
    error = client.post(query, variables).error
    assert (error["extensions"]["code"], "`write_products`" in error["message"]) == ("ACCESS_DENIED", True)


def test_bulk_update_refuses_pictures_that_are_not_ready(client, world, shop, sources):
    product = mug(shop, of_first=["a.jpg"])
    first, a = variants_of(shop, product)[0], client.gallery(product)[0]
    row = {"originalSource": f"{sources}/new.jpg", "mediaContentType": "IMAGE"}
    client.run("ProductAddMedia", product={"id": product}, media=[row])
    new = client.gallery(product)[-1]
    answer = client.run("VariantsBulkUpdate", productId=product, variants=[{"id": first, "mediaId": new}])
    assert [(e["field"], e["code"]) for e in answer["userErrors"]] == [(["variants", "0", "mediaId"], "INVALID_INPUT")]
    assert pictures(client, product)[0] == a
    client.settled([new])
    assert client.run("VariantsBulkUpdate", productId=product, variants=[{"id": first, "mediaId": new}])[
        "productVariants"
    ]
    assert pictures(client, product)[0] == new


@pytest.mark.parametrize("row", [{}, {"mediaId": None}])
def test_bulk_update_without_a_picture_does_not_detach_one(client, shop, row):
    product = mug(shop, of_first=["a.jpg"])
    first, a = variants_of(shop, product)[0], client.gallery(product)[0]
    assert client.run("VariantsBulkUpdate", productId=product, variants=[{"id": first, **row}])["userErrors"] == []
    assert pictures(client, product)[0] == a


def test_a_bulk_update_whose_answer_is_lost_is_done(client, world, shop):
    product = mug(shop, of_first=["a.jpg"])
    first, (_, b) = variants_of(shop, product)[0], client.gallery(product)
    client.script("lost_answer", operation="productVariantsBulkUpdate", times=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.run("VariantsBulkUpdate", productId=product, variants=[{"id": first, "mediaId": b}])
    assert pictures(client, product)[0] == b
    assert [entry["answer"] for entry in world.journal.since(0)] == ["lost"]


def test_what_becomes_of_a_variant_in_two_rows_is_not_guessed(client, shop):
    product = mug(shop)
    first, (a, b) = variants_of(shop, product)[0], client.gallery(product)
    query = "mutation ($id: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $v) "
    rows = [{"id": first, "mediaId": a}, {"id": first, "mediaId": b}]
    error = client.post(query + "{ userErrors { code } } }", {"id": product, "v": rows}).error
    assert error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"


def test_a_variant_gets_a_sku_by_which_it_is_found(client, shop, world):
    product = shop.add_product(handle="mug", title="Mug", variants=[{"title": "S", "sku": "OLD"}])
    [variant] = client.run("ProductPage", id=product)["variants"]["nodes"]
    rows = [{"id": variant["id"], "inventoryItem": {"sku": "NEW"}}]
    assert client.run("VariantsBulkUpdate", productId=product, variants=rows)["userErrors"] == []
    world.forward(60)
    found = client.get('{ productVariants(first: 5, query: "sku:NEW") { nodes { id sku } } }')["productVariants"][
        "nodes"
    ]
    assert found == [{"id": variant["id"], "sku": "NEW"}]


def test_variants_tell_their_options_and_one_that_nobody_named_is_the_title(client, shop):
    rows = [{"title": "Fern / S", "options": {"Color": "Fern", "Size": "S"}}]
    product, plain = shop.add_product(handle="tee", title="Tee", variants=rows), mug(shop)
    (of_tee, of_mug) = client.run_ours("VariantOptions", ids=[product, plain])
    options = [variant["selectedOptions"] for node in (of_tee, of_mug) for variant in node["variants"]["nodes"]]
    assert options[0] == [{"name": "Color", "value": "Fern"}, {"name": "Size", "value": "S"}]
    assert options[1] == [{"name": "Title", "value": "V0"}]
