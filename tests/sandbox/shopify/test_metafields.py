"""metafieldsSet is atomic and compares digests, metafieldsDelete passes over what is not there."""

import json

import pytest

from tests.sandbox.shopify.conftest import DOCUMENTS, picture
from tests.sandbox.shopify.staging import new_video

NAME = {"namespace": "cloudinary", "key": "swatch"}
TEXT = "single_line_text_field"


def mug(shop, handle="mug", **more):
    return shop.add_product(handle=handle, title="Mug", **more)


def row(owner, value="x", **more):
    return {"ownerId": owner, **NAME, "type": TEXT, "value": value, **more}


def put(client, *rows):
    return client.run("SetMetafields", metafields=list(rows))


def value_of(client, owner):
    """{id, value, compareDigest} as the app reads it, None if there is none."""
    (node,) = client.run_ours("OwnerMetafields", ids=[owner], **NAME)
    return node["metafield"]


def error_of(answer):
    """(field of the first row, code) of the only error; nothing was written."""
    assert answer["metafields"] is None
    (error,) = answer["userErrors"]
    assert error["field"][:2] == ["metafields", "0"]
    return error["field"][2], error["code"]


def test_metafields_of_products_and_variants_are_set_and_changed_under_the_same_id(client, shop):
    product = mug(shop)
    variant = shop.products[product].variants[0].id
    answer = client.run_ours("MetafieldsSet", metafields=[row(product, "a"), row(variant, "b")])
    assert answer["userErrors"] == []
    assert [(m["namespace"], m["key"]) for m in answer["metafields"]] == [("cloudinary", "swatch")] * 2
    first = value_of(client, product)
    assert (first["value"], value_of(client, variant)["value"]) == ("a", "b")
    put(client, row(product, "c"))
    second = value_of(client, product)
    assert (second["value"], second["id"]) == ("c", first["id"])
    assert second["compareDigest"] != first["compareDigest"]


def test_more_than_25_are_refused(client, shop):
    product = mug(shop)
    answer = put(client, *(row(product, key=f"key-{number}") for number in range(26)))
    message = "Exceeded the maximum metafields input limit of 25."
    error = {"field": ["metafields"], "message": message, "code": "LESS_THAN_OR_EQUAL_TO", "elementIndex": None}
    assert answer == {"metafields": None, "userErrors": [error]}
    assert len(put(client, *(row(product, key=f"key-{number}") for number in range(25)))["metafields"]) == 25


def test_one_bad_row_and_nothing_is_written(client, shop):
    product = mug(shop)
    answer = put(client, row(product), row("gid://shopify/Product/1"))
    assert (answer["metafields"], answer["userErrors"][0]["field"]) == (None, ["metafields", "1", "ownerId"])
    assert value_of(client, product) is None


def test_a_digest_that_is_not_the_present_one_is_stale(client, shop):
    product = mug(shop)
    (made,) = put(client, row(product, "a"))["metafields"]
    assert put(client, row(product, "b", compareDigest=made["compareDigest"]))["userErrors"] == []
    assert error_of(put(client, row(product, "c", compareDigest=made["compareDigest"]))) == (
        "compareDigest",
        "STALE_OBJECT",
    )
    assert value_of(client, product)["value"] == "b"


def test_a_digest_of_null_means_that_there_must_be_none_yet(client, shop):
    product = mug(shop)
    assert put(client, row(product, "a", compareDigest=None))["userErrors"] == []
    assert error_of(put(client, row(product, "b", compareDigest=None))) == ("compareDigest", "STALE_OBJECT")


def test_without_a_digest_the_last_writer_wins(client, shop):
    product = mug(shop)
    for value in "ab":
        assert put(client, row(product, value))["userErrors"] == []
    assert value_of(client, product)["value"] == "b"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (TEXT, "one line", "two\nlines"),
        ("number_integer", "-12", "1.5"),
        ("number_decimal", "1.5", "1,5"),
        ("boolean", "true", "yes"),
        ("date", "2026-11-21", "21.11.2026"),
        ("date_time", "2026-11-21T10:00:00Z", "soon"),
        ("json", '{"a": 1}', "{a: 1}"),
        ("url", "https://x.test/", "x.test"),
        ("color", "#a0B1c2", "red"),
        ("list.single_line_text_field", '["a", "b"]', "a, b"),
    ],
)
def test_values_must_fit_their_type(client, shop, kind, good, bad):
    product = mug(shop)
    assert error_of(put(client, row(product, bad, type=kind))) == ("value", "INVALID_VALUE")
    assert put(client, row(product, good, type=kind))["userErrors"] == []


def test_a_blank_value_and_one_of_more_than_64_kb_are_refused(client, shop):
    product = mug(shop)
    assert error_of(put(client, row(product, ""))) == ("value", "BLANK")
    assert error_of(put(client, row(product, "x" * 65_537))) == ("value", "TOO_LONG")
    assert put(client, row(product, "x" * 65_536))["userErrors"] == []
    assert put(client, row(product, json.dumps("x" * 100_000), type="json", key="json"))["userErrors"] == []


def test_a_type_is_needed_unless_it_is_known(client, shop):
    product, other = mug(shop), mug(shop, "cup")
    untyped = row(product)
    del untyped["type"]
    assert error_of(put(client, untyped)) == ("type", "BLANK")
    shop.define_metafield(*NAME.values(), "number_integer", False)
    assert error_of(put(client, untyped)) == ("value", "INVALID_VALUE")
    assert put(client, {**untyped, "value": "1"})["metafields"][0]["type"] == "number_integer"
    assert error_of(put(client, row(other, "1"))) == ("type", "INVALID_TYPE")
    assert error_of(put(client, row(other, "1", key="other", type="swatch"))) == ("type", "INCLUSION")


def test_names_have_their_lengths_and_characters(client, shop):
    product = mug(shop)
    named = [{"namespace": "ab"}, {"namespace": "a" * 256}, {"key": "a"}, {"key": "a" * 65}, {"key": "a b"}]
    assert [error_of(put(client, row(product, **name))) for name in named] == [
        ("namespace", "TOO_SHORT"),
        ("namespace", "TOO_LONG"),
        ("key", "TOO_SHORT"),
        ("key", "TOO_LONG"),
        ("key", "INVALID"),
    ]


def test_a_file_reference_is_the_gid_of_a_file_that_exists(client, shop):
    product = mug(shop, pictures=[picture()])
    (file,) = client.gallery(product)
    bad = ["a.jpg", product, "gid://shopify/MediaImage/1", f"{file}0"]
    for value in bad:
        assert error_of(put(client, row(product, value, type="file_reference"))) == ("value", "INVALID_VALUE")
    assert put(client, row(product, file, type="file_reference"))["userErrors"] == []
    assert value_of(client, product)["value"] == file


def test_a_file_that_is_not_ready_or_failed_is_no_value(client, shop, sources):
    product = mug(shop)
    variant = shop.products[product].variants[0].id
    rows = [{"originalSource": f"{sources}/{name}.jpg", "contentType": "IMAGE"} for name in ("a", "missing")]
    early, failing = (file["id"] for file in client.create(*rows)["files"])
    given = {"type": "file_reference"}
    assert error_of(put(client, row(variant, early, **given))) == ("value", "INVALID_VALUE")
    assert client.settled([early, failing]) == ["READY", "FAILED"]
    assert error_of(put(client, row(variant, failing, **given))) == ("value", "INVALID_VALUE")
    assert put(client, row(variant, early, **given))["userErrors"] == []


def test_what_two_rows_for_one_metafield_do_is_not_known(client, shop):
    query = (DOCUMENTS / "SetMetafields.graphql").read_text()
    answer = client.post(query, {"metafields": [row(mug(shop), "a"), row(mug(shop, "other"), "b")]})
    assert answer.data["metafieldsSet"]["userErrors"] == []
    [owner] = [one.id for one in shop.products.values() if one.handle == "mug"]
    error = client.post(query, {"metafields": [row(owner, "a"), row(owner, "b")]}).error
    assert error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"


def test_a_file_must_be_of_a_type_that_the_definition_allows(client, shop):
    product = mug(shop, pictures=[picture()])
    validations = [{"name": "file_type_options", "value": '["Image"]'}]
    definition = {**NAME, "name": "Swatch", "type": "file_reference", "ownerType": "PRODUCT"}
    client.run_ours("MetafieldDefinitionCreate", definition={**definition, "validations": validations})
    wanted = {"type": "file_reference"}
    assert error_of(put(client, row(product, new_video(client), **wanted))) == ("value", "INVALID_VALUE")
    assert put(client, row(product, client.gallery(product)[0], **wanted))["userErrors"] == []


def test_a_list_of_files_has_at_most_128_of_them(client, shop):
    product = mug(shop, pictures=[picture()])
    (file,) = client.gallery(product)
    listed = {"type": "list.file_reference"}
    assert error_of(put(client, row(product, json.dumps([file] * 129), **listed))) == ("value", "INVALID_VALUE")
    answer = put(client, row(product, json.dumps([file, "x"]), **listed))
    assert answer["userErrors"][0]["elementIndex"] == 1
    assert put(client, row(product, json.dumps([file] * 128), **listed))["userErrors"] == []


def test_unique_values_are_unique(client, shop):
    capabilities = {"uniqueValues": {"enabled": True}}
    definition = {**NAME, "name": "No.", "type": TEXT, "ownerType": "PRODUCT", "capabilities": capabilities}
    client.run_ours("MetafieldDefinitionCreate", definition=definition)
    product, other = mug(shop), mug(shop, "cup")
    assert put(client, row(product, "1"))["userErrors"] == []
    assert put(client, row(product, "1"))["userErrors"] == []
    assert error_of(put(client, row(other, "1"))) == ("value", "TAKEN")


def test_searches_see_a_new_value_after_the_index_lag(client, shop, world):
    shop.define_metafield(*NAME.values(), TEXT, True)
    product = mug(shop)
    put(client, row(product, "red"))
    query = '{ products(first: 1, query: "metafields.cloudinary.swatch:red") { nodes { id } } }'
    assert client.get(query)["products"]["nodes"] == []
    world.forward(5)
    assert client.get(query)["products"]["nodes"] == [{"id": product}]


def test_deleting_answers_the_identifiers_and_null_for_what_is_not_there(client, shop):
    product, other = mug(shop), mug(shop, "cup")
    put(client, row(product))
    gone, missing = {"ownerId": product, **NAME}, {"ownerId": other, **NAME}
    answer = client.run_ours("MetafieldsDelete", metafields=[gone, missing])
    assert answer == {"deletedMetafields": [gone, None], "userErrors": []}
    assert value_of(client, product) is None


def test_a_set_of_25_costs_10_and_needs_write_products(client, shop):
    product = mug(shop)
    query = (
        "mutation ($rows: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $rows) "
        "{ metafields { id namespace key compareDigest } userErrors { field message code } } }"
    )
    rows = {"rows": [row(product, key=f"key-{number}") for number in range(25)]}
    cost = client.post(query, rows).cost
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, 10)
    shop.scopes = {"write_files", "read_products"}
    assert client.post(query, rows).error["extensions"]["code"] == "ACCESS_DENIED"


def test_mutations_of_metafields_are_in_the_journal_with_the_variables_as_sent(client, shop, world):
    rows = [row(mug(shop))]
    client.run_ours("MetafieldsSet", metafields=rows)
    entry = world.journal.since(0)[-1]
    assert (entry["operation"], entry["document"], entry["variables"]) == (
        "metafieldsSet",
        "MetafieldsSet",
        {"metafields": rows},
    )


def test_metafields_outlive_a_restart(client, shop, world):
    from sandbox.shopify.shop import Shop

    product = mug(shop)
    variant = shop.products[product].variants[0].id
    put(client, row(product, "a"), row(variant, "b"))
    before = [value_of(client, owner) for owner in (product, variant)]
    world.shops[shop.domain] = Shop.load(json.loads(json.dumps(shop.dump())), world)
    assert [value_of(client, owner) for owner in (product, variant)] == before
