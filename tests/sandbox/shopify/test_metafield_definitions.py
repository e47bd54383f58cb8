"""metafieldDefinitionCreate: one definition per owner type and name, capabilities, validations."""

import json

import pytest

NAME = {"namespace": "cloudinary", "key": "swatch"}
SWATCH = {
    **NAME,
    "name": "Swatch",
    "type": "file_reference",
    "ownerType": "PRODUCT",
    "validations": [{"name": "file_type_options", "value": '["Image"]'}],
}


def create(client, **more):
    return client.run_ours("MetafieldDefinitionCreate", definition={**SWATCH, **more})


def error_of(answer):
    assert answer["createdDefinition"] is None
    (error,) = answer["userErrors"]
    assert error["field"][0] == "definition"
    return error["field"][1], error["code"]


@pytest.mark.parametrize("owner", ["PRODUCT", "PRODUCTVARIANT"])
def test_a_definition_is_made_and_found_by_owner_type_and_name(client, owner):
    made = create(client, ownerType=owner)
    assert made["userErrors"] == []
    found = client.run_ours("SwatchDefinition", ownerType=owner, **NAME)["nodes"]
    assert found == [{"id": made["createdDefinition"]["id"], "type": {"name": "file_reference"}}]
    other = "PRODUCT" if owner == "PRODUCTVARIANT" else "PRODUCTVARIANT"
    assert client.run_ours("SwatchDefinition", ownerType=other, **NAME)["nodes"] == []


def test_everything_about_it_can_be_read(client):
    made = create(client, description="A colour", capabilities={"adminFilterable": {"enabled": True}})
    (node,) = client.run("MetafieldDefinitions", ownerType="PRODUCT")["nodes"]
    assert node == {
        "id": made["createdDefinition"]["id"],
        **NAME,
        "name": "Swatch",
        "description": "A colour",
        "ownerType": "PRODUCT",
        "type": {"name": "file_reference"},
        "validations": SWATCH["validations"],
        "capabilities": {"adminFilterable": {"enabled": True}, "uniqueValues": {"enabled": False}},
    }


def test_a_name_that_exists_is_taken(client):
    create(client)
    answer = create(client, type="single_line_text_field", validations=[])
    message = "Key is in use for Product metafields on the 'cloudinary' namespace."
    error = {"field": ["definition", "key"], "message": message, "code": "TAKEN"}
    assert answer == {"createdDefinition": None, "userErrors": [error]}


def switched(capability, on=True):
    return {"capabilities": {capability: {"enabled": on}}, "validations": []}


def options(value):
    return {"validations": [{"name": "file_type_options", "value": value}]}


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": " "}, "name", "BLANK"),
        ({"name": "x" * 256}, "name", "TOO_LONG"),
        ({"key": "x"}, "key", "TOO_SHORT"),
        ({"namespace": "a.b"}, "namespace", "INVALID_CHARACTER"),
        ({"validations": SWATCH["validations"] * 2}, "validations", "DUPLICATE_OPTION"),
        ({"type": "picture"}, "type", "INCLUSION"),
        ({"type": "json", **switched("adminFilterable")}, "capabilities", "INVALID_CAPABILITY"),
        (switched("uniqueValues"), "capabilities", "INVALID_CAPABILITY"),
        ({"type": "id", **switched("uniqueValues", False)}, "capabilities", "CAPABILITY_REQUIRED_BUT_DISABLED"),
        (options("Image"), "validations", "INVALID_OPTION"),
        (options('["Picture"]'), "validations", "INVALID_OPTION"),
        ({"type": "url"}, "validations", "INVALID_OPTION"),
        ({"access": {"admin": "MERCHANT_READ_WRITE"}}, "access", "ADMIN_ACCESS_INPUT_NOT_ALLOWED"),
    ],
)
def test_what_a_definition_cannot_be_is_refused(client, wrong, field, code):
    assert error_of(create(client, **wrong)) == (field, code)
    assert create(client)["userErrors"] == []


def test_an_owner_type_has_256_definitions_at_most(client, shop):
    for number in range(255):
        shop.define_metafield("custom", f"key-{number}", "boolean", False)
    assert create(client)["userErrors"] == []
    assert error_of(create(client, key="one-more")) == ("ownerType", "RESOURCE_TYPE_LIMIT_EXCEEDED_BY_APP")


def test_metafields_that_fit_take_the_definition_s_type_and_others_stay(client, shop):
    rows = {"mug": "12", "cup": "many"}
    ids = [
        shop.add_product(
            handle=handle, title=handle, metafields={("custom", "amount"): ("single_line_text_field", text)}
        )
        for handle, text in rows.items()
    ]
    create(client, namespace="custom", key="amount", type="number_integer", validations=[])
    types = [shop.products[one].metafields["custom.amount"].type for one in ids]
    assert types == ["number_integer", "single_line_text_field"]


def test_a_definition_costs_10_and_needs_write_products(client, shop):
    query = (
        "mutation ($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) "
        "{ createdDefinition { id } userErrors { field message code } } }"
    )
    assert client.post(query, {"d": SWATCH}).cost["actualQueryCost"] == 10
    shop.scopes = {"write_files"}
    assert client.post(query, {"d": SWATCH}).error["extensions"]["code"] == "ACCESS_DENIED"


def test_definitions_outlive_a_restart(client, shop, world):
    from sandbox.shopify.shop import Shop

    create(client, ownerType="PRODUCTVARIANT")
    before = client.run("MetafieldDefinitions", ownerType="PRODUCTVARIANT")
    world.shops[shop.domain] = Shop.load(json.loads(json.dumps(shop.dump())), world)
    assert client.run("MetafieldDefinitions", ownerType="PRODUCTVARIANT") == before


@pytest.mark.parametrize(
    "asked", ["ownerType: CUSTOMER", "ownerType: PRODUCT, sortKey: NAME", "ownerType: PRODUCT, pinnedStatus: PINNED"]
)
def test_what_is_not_imitated_of_the_list_is_not_left_out_in_silence(client, asked):
    answer = client.post(f"{{ metafieldDefinitions(first: 5, {asked}) {{ nodes {{ id }} }} }}")
    assert answer.error["extensions"]["code"] == "SANDBOX_UNSUPPORTED"
