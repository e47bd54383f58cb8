"""Scripted behaviours of galleries: the order that additions land in, late reorders, refused and locked writes."""

import pytest

from sandbox.shopify import mutations, refusals
from sandbox.shopify.call import RESOLVERS
from tests.sandbox.shopify.conftest import picture

LOCKED = "MEDIA_CANNOT_BE_MODIFIED"


@pytest.fixture
def mug(shop):
    """With two pictures, of which the first is its variant's."""
    pictures = [picture("x.jpg", variants=[0]), picture("y.jpg")]
    return shop.add_product(handle="mug", title="Mug", variants=[{"title": "S", "sku": "1"}], pictures=pictures)


@pytest.fixture
def loose(shop):
    """Three pictures that stand in the gallery of another product."""
    pot = shop.add_product(handle="pot", title="Pot", pictures=[picture(f"{name}.jpg") for name in "abc"])
    return list(shop.products[pot].media)


def reorder(client, product, media, position="0"):
    return client.run("ReorderMedia", id=product, moves=[{"id": media, "newPosition": position}])


def attach(client, product, variant, media):
    rows = [{"variantId": variant, "mediaIds": [media]}]
    return client.run("VariantAppend", productId=product, variantMedia=rows)


def codes(answer):
    return [error["code"] for error in answer.get("userErrors", answer.get("mediaUserErrors"))]


def test_what_is_added_in_one_call_lands_in_the_opposite_order(client, mug, loose):
    x, y = client.gallery(mug)
    client.script("media_shuffled")
    answer = client.update(*({"id": file_id, "referencesToAdd": [mug]} for file_id in loose))
    assert [file["id"] for file in answer["files"]] == loose
    assert client.gallery(mug) == [x, y, *reversed(loose)]


def test_without_it_additions_land_as_asked(client, mug, loose):
    client.script("media_shuffled")
    client.clear()
    client.update(*({"id": file_id, "referencesToAdd": [mug]} for file_id in loose))
    assert client.gallery(mug)[2:] == loose


def test_one_addition_has_no_order_and_is_not_counted(client, mug, loose):
    client.script("media_shuffled", times=1)
    client.update({"id": loose[0], "referencesToAdd": [mug]})
    assert client.scripted() == ["media_shuffled"]


def test_a_file_that_is_there_already_stays_once_at_its_place(client, mug, loose):
    x, y = client.gallery(mug)
    client.script("media_shuffled")
    client.update(*({"id": file_id, "referencesToAdd": [mug]} for file_id in (loose[0], x, loose[1])))
    assert client.gallery(mug) == [x, y, loose[1], loose[0]]


def test_a_reorder_runs_late_and_its_job_says_so(client, world, mug):
    x, y = client.gallery(mug)
    client.script("slow_reorders", seconds=25)
    job = reorder(client, mug, y)["job"]["id"]
    world.forward(24)
    assert (client.gallery(mug), client.run("Job", id=job)["done"]) == ([x, y], False)
    world.forward(1)
    assert (client.gallery(mug), client.run("Job", id=job)["done"]) == ([y, x], True)


def test_a_reorder_asked_for_after_it_is_cleared_overtakes_the_late_one(client, world, mug):
    x, y = client.gallery(mug)
    client.script("slow_reorders", seconds=25)
    reorder(client, mug, y)
    client.clear()
    reorder(client, mug, x)
    world.forward(1)
    assert client.gallery(mug) == [x, y]
    world.forward(25)
    assert client.gallery(mug) == [y, x]


def test_a_reorder_can_be_slow_for_one_product(client, world, mug, shop):
    client.script("slow_reorders", seconds=25, match="gid://shopify/Product/1")
    _x, y = client.gallery(mug)
    reorder(client, mug, y)
    world.forward(1)
    assert client.gallery(mug)[0] == y


def test_a_refused_mutation_does_nothing_and_costs_its_base(client, world, shop, mug):
    x, y = client.gallery(mug)
    client.script("refused", operation="productReorderMedia", code=LOCKED, times=1)
    answer = reorder(client, mug, y)
    message = "Media cannot be modified. It is currently being modified by another operation."
    assert answer == {"job": None, "mediaUserErrors": [{"field": ["id"], "message": message, "code": LOCKED}]}
    (entry,) = world.journal.since(0)
    assert (entry["cost"], [error["code"] for error in entry["user_errors"]]) == (10, [LOCKED])
    world.forward(1)
    assert client.gallery(mug) == [x, y]
    assert reorder(client, mug, y)["job"]


@pytest.mark.parametrize(
    ("operation", "code", "field", "empty"),
    [
        ("fileUpdate", "FILE_LOCKED", ["files"], {"files": []}),
        ("fileUpdate", "NON_READY_STATE", ["files"], {"files": []}),
        ("fileCreate", "VIDEO_THROTTLE_EXCEEDED", ["files"], {"files": []}),
        ("fileDelete", "FILE_DOES_NOT_EXIST", ["fileIds"], {"deletedFileIds": None}),
        ("metafieldsSet", "STALE_OBJECT", ["metafields", "0", "compareDigest"], {"metafields": None}),
        ("productSet", "A_CODE_OF_TOMORROW", ["input"], {"product": None}),
    ],
)
def test_each_mutation_is_refused_as_it_refuses_itself(client, mug, loose, sources, operation, code, field, empty):
    client.script("refused", operation=operation, code=code)
    metafield = {"ownerId": mug, "namespace": "custom", "key": "ab", "type": "boolean", "value": "true"}
    calls = {
        "fileUpdate": ("FileUpdate", {"files": [{"id": loose[0], "alt": "new"}]}),
        "fileCreate": ("FileCreate", {"files": [{"originalSource": f"{sources}/z.jpg"}]}),
        "fileDelete": ("FileDelete", {"fileIds": [loose[0]]}),
        "metafieldsSet": ("SetMetafields", {"metafields": [metafield]}),
        "productSet": ("ProductSetFiles", {"identifier": {"id": mug}, "input": {"files": []}}),
    }
    document, variables = calls[operation]
    answer = client.run(document, **variables)
    assert (codes(answer), answer["userErrors"][0]["field"]) == ([code], field)
    assert {key: answer[key] for key in empty} == empty
    client.clear()
    assert codes(client.run(document, **variables)) == []


def test_variants_are_refused_as_a_whole(client, shop, mug):
    _x, y = client.gallery(mug)
    variant = shop.products[mug].variants[0]
    client.script("refused", code="NON_READY_MEDIA", match=variant.id)
    answer = attach(client, mug, variant.id, y)
    assert (answer["product"], answer["productVariants"], codes(answer)) == (None, None, ["NON_READY_MEDIA"])
    rows = [{"id": variant.id, "mediaId": y}]
    answer = client.run("VariantsBulkUpdate", productId=mug, variants=rows)
    assert (answer["product"], answer["productVariants"], codes(answer)) == ({"id": mug}, None, ["NON_READY_MEDIA"])
    assert variant.picture != y


def test_a_refused_staged_upload_is_an_empty_target(client):
    client.script("refused", operation="stagedUploadsCreate", code="ANY")
    row = {"resource": "IMAGE", "filename": "a.jpg", "mimeType": "image/jpeg", "httpMethod": "POST"}
    answer = client.stage(row)
    assert answer["stagedTargets"] == [{"url": None, "resourceUrl": None, "parameters": []}]
    assert answer["userErrors"][0]["field"] == ["input", "0"]


def test_only_what_is_named_is_refused(client, mug, loose):
    client.script("refused", operation="fileUpdate", code="FILE_LOCKED", match=loose[0])
    assert codes(client.update({"id": loose[0], "alt": "new"})) == ["FILE_LOCKED"]
    assert codes(client.update({"id": loose[1], "alt": "new"})) == []
    assert client.gallery(mug)
    assert client.run("ReorderMedia", id=mug, moves=[{"id": loose[0], "newPosition": "0"}])["job"]


def test_a_code_that_the_sandbox_makes_up_by_mistake_is_still_found(client, mug, monkeypatch):
    monkeypatch.setattr(mutations.product_reorder_media, "user_error", lambda *_: {"message": "m", "code": "TYPO"})
    answer = client.post(
        "mutation ($id: ID!) { productReorderMedia(id: $id, moves: []) { mediaUserErrors { code } } }",
        {"id": "gid://shopify/Product/1"},
    )
    assert "TYPO" in answer.error["message"]


def test_every_mutation_can_be_refused():
    assert refusals.REFUSED.keys() == {field for kind, field in RESOLVERS if kind == "Mutation"}


def writes_to(client, shop, product, file_id):
    """Every mutation that touches a product or its gallery, one after another: their codes."""
    variant = shop.products[product].variants[0]
    metafield = {"ownerId": variant.id, "namespace": "custom", "key": "ab", "type": "boolean", "value": "true"}
    pair = [{"variantId": variant.id, "mediaIds": [shop.products[product].media[0]]}]
    return [
        codes(reorder(client, product, file_id)),
        codes(client.update({"id": file_id, "alt": "new"})),
        codes(client.run("ProductSetFiles", identifier={"handle": "mug"}, input={"title": "New"})),
        codes(client.run("SetMetafields", metafields=[metafield])),
        codes(client.run("VariantDetach", productId=product, variantMedia=pair)),
        codes(client.run("FileDelete", fileIds=[file_id])),
    ]


def test_a_locked_gallery_refuses_every_write_for_some_time_from_the_first_on(client, world, shop, mug):
    x, y = client.gallery(mug)
    client.script("locked", match=mug, seconds=30)
    world.forward(100)
    expected = [[LOCKED], ["FILE_LOCKED"], [LOCKED], [LOCKED], [LOCKED], ["FILE_LOCKED"]]
    assert writes_to(client, shop, mug, y) == expected
    world.forward(29)
    assert writes_to(client, shop, mug, y) == expected
    assert (client.gallery(mug), shop.files[y].alt) == ([x, y], "")
    world.forward(1)
    assert codes(reorder(client, mug, y)) == []
    assert client.scripted() == []


def test_a_lock_is_of_one_product_by_its_handle_and_goes_when_it_is_cleared(client, mug, loose):
    x, _y = client.gallery(mug)
    client.script("locked", match="mug", seconds=30)
    assert codes(client.update({"id": loose[0], "alt": "new"})) == []
    assert codes(client.update({"id": loose[0], "referencesToAdd": [mug]})) == ["FILE_LOCKED"]
    assert codes(client.update({"id": loose[0], "alt": "new"}, {"id": x, "alt": "new"})) == ["FILE_LOCKED"]
    client.clear()
    assert codes(client.update({"id": loose[0], "referencesToAdd": [mug]})) == []


def test_a_file_that_a_metafield_is_set_to_does_not_make_its_galleries_the_metafields_product(client, mug, loose):
    client.script("locked", match="pot", seconds=30)
    metafield = {"ownerId": mug, "namespace": "custom", "key": "ab", "type": "file_reference", "value": loose[0]}
    assert codes(client.run("SetMetafields", metafields=[metafield])) == []


def test_a_lock_may_begin_later(client, mug, loose):
    client.script("locked", seconds=30, after=1)
    assert [codes(client.update({"id": loose[0], "alt": alt})) for alt in "abc"] == [
        [],
        ["FILE_LOCKED"],
        ["FILE_LOCKED"],
    ]
